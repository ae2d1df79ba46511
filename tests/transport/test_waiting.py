import pytest

from syncd.testing.virtual_now import VirtualNow
from syncd.transport.waiting import wait_out
from tests.transport.scripted import START


@pytest.mark.parametrize(
    ("seconds", "sleeps"),
    [
        pytest.param(12.5, [12.5], id="a short wait is one sleep"),
        pytest.param(75.0, [30.0, 30.0, 15.0], id="a long wait is cut into sleeps of half a minute"),
        pytest.param(0.0, [], id="no wait is no sleep"),
        pytest.param(-4.0, [], id="a wait that is over is no sleep"),
    ],
)
def test_it_sleeps(seconds: float, sleeps: list[float]) -> None:
    now = VirtualNow(START)
    assert wait_out(now, seconds)
    assert now.slept == sleeps


@pytest.mark.parametrize("seconds", [75.0, 1.0, 0.06])
def test_a_stop_cuts_it_short_and_is_told(seconds: float) -> None:
    now = VirtualNow(START)
    now.stop()
    assert not wait_out(now, seconds)
    assert len(now.slept) == 1


def test_a_wait_too_short_to_tell_ends_even_on_a_clock_that_stands() -> None:
    now = VirtualNow(START)
    now.stop()
    assert wait_out(now, 0.04)


class EarlyTimer(VirtualNow):
    """Wakes a millisecond early every time, as timers may."""

    def sleep(self, seconds: float) -> None:
        super().sleep(max(seconds - 0.001, 0.0005))


def test_a_timer_that_wakes_a_little_early_is_no_stop() -> None:
    now = EarlyTimer(START)
    assert wait_out(now, 90)
    assert now.monotonic() == pytest.approx(90, abs=0.005)
