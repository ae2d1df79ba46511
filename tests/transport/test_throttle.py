import threading
from datetime import timedelta

import pytest

from syncd.errors import SourceThrottled
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.hooks import Throttled
from syncd.transport.limits import Limits
from syncd.transport.throttle import Throttle
from tests.transport.scripted import START, Remembered


def throttle(limits: Limits | None = None) -> tuple[Throttle, VirtualNow, Remembered]:
    now, hooks = VirtualNow(START), Remembered()
    return Throttle("snow", now=now, limits=limits or Limits(), hooks=hooks), now, hooks


def instants(gate: Throttle, now: VirtualNow, count: int) -> list[float]:
    """Pass the gate so many times; return when each pass happened."""
    seen = []
    for _ in range(count):
        with gate.admission():
            seen.append(now.monotonic())
    return seen


def test_without_a_pace_nothing_waits() -> None:
    gate, now, hooks = throttle()
    assert instants(gate, now, 3) == [0, 0, 0]
    assert hooks.waits == []


def test_calls_are_spaced_to_the_pace() -> None:
    gate, now, hooks = throttle(Limits(requests_per_second=4))
    assert instants(gate, now, 4) == [0, 0.25, 0.5, 0.75]
    assert hooks.waits == [Throttled("snow", "pace", 0.25)] * 3


def test_a_pace_of_our_own_choice_is_waited_for_however_slow() -> None:
    gate, now, _ = throttle(Limits(requests_per_second=0.001, patience=10))
    assert instants(gate, now, 2) == [0, 1000]


def test_time_without_calls_saves_up_no_burst() -> None:
    gate, now, _ = throttle(Limits(requests_per_second=4))
    instants(gate, now, 1)
    now.advance(60)
    assert instants(gate, now, 2) == [60, 60.25]


def test_a_hold_is_sat_out_once() -> None:
    gate, now, hooks = throttle()
    gate.hold(90)
    assert gate.held() == 90
    assert instants(gate, now, 2) == [90, 90]
    assert hooks.waits == [Throttled("snow", "source", 90)]
    assert gate.held() == 0


def test_a_shorter_hold_does_not_shorten_a_longer_one() -> None:
    gate, _, _ = throttle()
    gate.hold(90)
    gate.hold(5)
    assert gate.held() == 90


@pytest.mark.parametrize("nonsense", [-5.0, float("nan")])
def test_a_hold_that_means_nothing_holds_nothing(nonsense: float) -> None:
    gate, now, _ = throttle()
    gate.hold(nonsense)
    assert instants(gate, now, 1) == [0]


def test_no_hold_is_longer_than_a_day() -> None:
    gate, _, _ = throttle()
    gate.hold(1e12)
    assert gate.held() == timedelta(days=1).total_seconds()


def test_a_hold_beyond_our_patience_is_left_to_the_worker_without_waiting() -> None:
    gate, now, hooks = throttle(Limits(patience=60))
    gate.hold(61)
    with pytest.raises(SourceThrottled) as caught, gate.admission():
        pytest.fail("it was let through")
    assert caught.value.retry_after == 61
    assert caught.value.source == "snow"
    assert now.slept == []
    assert hooks.waits == []


def test_a_stop_ends_the_wait_with_what_was_left_of_it() -> None:
    gate, now, _ = throttle()
    gate.hold(20)
    now.stop()
    with pytest.raises(SourceThrottled, match="stopped") as caught, gate.admission():
        pytest.fail("it was let through")
    assert caught.value.retry_after == 20


def test_the_slot_is_free_again_after_a_failure() -> None:
    gate, now, _ = throttle()
    with pytest.raises(KeyError), gate.admission():
        raise KeyError
    assert instants(gate, now, 1) == [0]


def test_a_call_within_a_call_is_told_instead_of_waiting_for_itself() -> None:
    gate, now, _ = throttle()
    with gate.admission(), pytest.raises(RuntimeError, match="within another"), gate.admission():
        pytest.fail("it was let through")
    assert instants(gate, now, 1) == [0]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_calls_are_under_way_than_allowed_over_all_threads(concurrency: int) -> None:
    gate, _, _ = throttle(Limits(concurrency=concurrency))
    inside = threading.Semaphore(0)
    leave = threading.Event()
    one_too_many = threading.Event()

    def call(entered: threading.Event | None = None) -> None:
        with gate.admission():
            inside.release()
            if entered is not None:
                entered.set()
            assert leave.wait(10)

    threads = [threading.Thread(target=call) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    assert all(inside.acquire(timeout=10) for _ in range(concurrency)), "the slots were never all taken"
    late = threading.Thread(target=call, args=(one_too_many,))
    late.start()
    assert not one_too_many.wait(0.1)
    leave.set()
    assert one_too_many.wait(10)
    for thread in [*threads, late]:
        thread.join(10)


def test_threads_share_one_pace() -> None:
    gate, now, _ = throttle(Limits(requests_per_second=10, concurrency=4))
    seen: list[float] = []

    def call() -> None:
        with gate.admission():
            seen.append(now.monotonic())

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(seen) == 8
    # Sleeps of several threads add up on a virtual clock, so gaps can be wider than the pace, never narrower.
    assert now.monotonic() >= 0.7 - 1e-6
