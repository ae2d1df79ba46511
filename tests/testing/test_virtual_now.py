from datetime import UTC, datetime, timedelta, timezone

import pytest

from syncd.ports.now import Now
from syncd.testing.virtual_now import VirtualNow

START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def test_it_is_the_clock_that_the_core_asks_for() -> None:
    clock: Now = VirtualNow(START)
    assert clock.utc() == START
    assert clock.monotonic() == 0


def test_sleeping_moves_both_of_its_hands_and_is_remembered() -> None:
    now = VirtualNow(START)
    now.sleep(30)
    now.sleep(0.25)
    assert now.utc() == START + timedelta(seconds=30.25)
    assert now.monotonic() == 30.25
    assert now.slept == [30, 0.25]


def test_advancing_is_no_sleep() -> None:
    now = VirtualNow(START)
    now.advance(5)
    assert now.monotonic() == 5
    assert now.slept == []


def test_the_shortest_sleep_still_moves_it() -> None:
    now = VirtualNow(START)
    now.sleep(1e-9)
    assert now.monotonic() == 1e-6


@pytest.mark.parametrize("seconds", [0.0, -3.0], ids=["no time at all", "a time gone by"])
def test_sleeping_never_moves_it_back(seconds: float) -> None:
    now = VirtualNow(START)
    now.sleep(seconds)
    assert now.utc() == START


def test_a_thousand_short_sleeps_add_up_exactly() -> None:
    now = VirtualNow(START)
    for _ in range(1000):
        now.sleep(0.001)
    assert now.utc() == START + timedelta(seconds=1)


def test_setting_the_wall_clock_leaves_measured_time_alone() -> None:
    now = VirtualNow(START)
    now.advance(10)
    now.set_wall(START - timedelta(hours=1))
    assert now.utc() == START - timedelta(hours=1)
    assert now.monotonic() == 10
    now.advance(1)
    assert now.utc() == START - timedelta(hours=1) + timedelta(seconds=1)


def test_after_a_stop_sleep_returns_early_but_time_can_pass() -> None:
    now = VirtualNow(START)
    now.stop()
    now.sleep(10)
    assert now.utc() == START
    now.advance(10)
    assert now.utc() == START + timedelta(seconds=10)


def test_it_shows_utc_wherever_it_was_started() -> None:
    now = VirtualNow(START.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert now.utc().tzinfo is UTC
    assert now.utc() == START


def test_it_refuses_to_start_at_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="aware"):
        VirtualNow(START.replace(tzinfo=None))
