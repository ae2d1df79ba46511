"""The gate before SQLite's one writer."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from syncd.errors import StoreBusy
from syncd.store.gate import Gate


def until(holds: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    pause = Event()
    for _ in range(10_000):
        if holds():
            return
        pause.wait(0.001)
    pytest.fail("it never came to that")


def test_urgent_ones_go_first_and_the_others_in_order_of_arrival() -> None:
    gate, went = Gate(), []

    def go(name: str, *, urgent: bool) -> None:
        with gate.passing(urgent=urgent):
            went.append(name)

    with ThreadPoolExecutor(6) as pool, gate.passing():
        sent: list[Future[None]] = []
        for name, urgent in [("a", False), ("b", False), ("timer", True), ("c", False), ("renewal", True)]:
            sent.append(pool.submit(go, name, urgent=urgent))
            until(lambda: sum(gate.waiting) == len(sent))
        assert gate.waiting == (2, 3)
        assert went == []
    assert [one.result() for one in sent] == [None] * 5
    assert went == ["timer", "renewal", "a", "b", "c"]


def test_one_that_fails_lets_the_next_one_through() -> None:
    gate = Gate()
    with pytest.raises(KeyError), gate.passing():
        raise KeyError
    with gate.passing():
        assert gate.waiting == (0, 0)


def test_nobody_waits_for_ever() -> None:
    gate = Gate(patience=0.01)
    with gate.passing():
        for urgent in (False, True):
            with pytest.raises(StoreBusy, match=r"kept the store for 0\.01 s"), gate.passing(urgent=urgent):
                pytest.fail("two at once")
    assert gate.waiting == (0, 0)
    with gate.passing():
        """Whoever gave up no longer stands in the way."""
