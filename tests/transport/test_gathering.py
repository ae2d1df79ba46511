import contextvars
import threading

import pytest

from syncd.transport.gathering import gather
from syncd.transport.limits import Limits
from tests.transport.scripted import Scripted, desk, status

WORKER: contextvars.ContextVar[str] = contextvars.ContextVar("worker", default="nobody")


@pytest.mark.parametrize("width", [1, 2, 3, 50])
def test_answers_come_in_the_order_of_the_calls(width: int) -> None:
    assert gather([lambda n=n: n * n for n in range(20)], width=width, name="t") == [n * n for n in range(20)]  # type: ignore[misc]  # mypy cannot infer a lambda's default


def test_no_calls_are_no_answers() -> None:
    assert gather([], width=4, name="t") == []


def test_calls_run_side_by_side() -> None:
    meeting = threading.Barrier(3, timeout=10)
    assert sorted(gather([meeting.wait] * 3, width=3, name="t")) == [0, 1, 2]


@pytest.mark.parametrize("width", [1, 4])
def test_a_failure_is_raised_and_nothing_begins_after_it(width: int) -> None:
    ran: list[str] = []
    failing: list[threading.Thread] = []
    begun = threading.Event()

    def first() -> None:
        ran.append("first")
        failing.append(threading.current_thread())
        begun.set()
        message = "the first"
        raise ValueError(message)

    def later() -> None:
        ran.append("later")
        assert begun.wait(10)
        failing[0].join(10)  # its thread ends only after its failure was noted

    with pytest.raises(ValueError, match="the first"):
        gather([first] + [later] * 50, width=width, name="t")
    assert len(ran) <= width


@pytest.mark.parametrize("first_to_fail", ["early", "late"])
def test_of_several_failures_the_one_of_the_earliest_call_is_raised_whichever_came_first(first_to_fail: str) -> None:
    both = threading.Barrier(2, timeout=10)
    threads: dict[str, threading.Thread] = {}

    def fail(name: str) -> None:
        threads[name] = threading.current_thread()
        both.wait()
        if name != first_to_fail:
            threads[first_to_fail].join(10)
        raise ValueError(name)

    with pytest.raises(ValueError, match="early"):
        gather([lambda: fail("early"), lambda: fail("late")], width=2, name="t")


def test_no_more_run_at_once_than_the_width() -> None:
    lock = threading.Lock()
    running: list[int] = []
    crowded = threading.Event()
    most = 0

    def call() -> None:
        nonlocal most
        with lock:
            running.append(1)
            most = max(most, len(running))
            if len(running) > 2:
                crowded.set()
        crowded.wait(0.05)
        with lock:
            running.pop()

    gather([call] * 6, width=2, name="t")
    assert most == 2


def test_calls_under_way_are_awaited_before_a_failure_leaves() -> None:
    failed, finished = threading.Event(), threading.Event()

    def slow() -> None:
        assert failed.wait(10)
        finished.set()

    def failing() -> None:
        failed.set()
        raise KeyError

    with pytest.raises(KeyError):
        gather([slow, failing], width=2, name="t")
    assert finished.is_set()


def test_what_is_bound_on_the_calling_thread_is_bound_in_the_calls() -> None:
    token = WORKER.set("snow")
    try:
        assert gather([WORKER.get] * 4, width=4, name="t") == ["snow"] * 4
    finally:
        WORKER.reset(token)


def test_a_hanging_call_cannot_keep_the_process_alive() -> None:
    daemons = gather([lambda: threading.current_thread().daemon] * 4, width=4, name="t")
    assert daemons == [True] * 4


def test_the_toolkit_allows_as_many_threads_as_the_source() -> None:
    wide = desk(Scripted(status(200)), limits=Limits(concurrency=2))
    names = set(wide.toolkit.gather([lambda: threading.current_thread().name] * 9))
    wide.toolkit.close()
    assert names <= {"snow-0", "snow-1"}


def test_inline_means_on_the_calling_thread() -> None:
    inline = desk(Scripted(status(200)), limits=Limits(concurrency=8), inline=True)
    threads = inline.toolkit.gather([threading.current_thread] * 9)
    inline.toolkit.close()
    assert set(threads) == {threading.current_thread()}
