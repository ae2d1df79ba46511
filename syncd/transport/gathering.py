"""Calls side by side, a bounded number at once."""

import contextvars
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def gather(calls: Sequence[Callable[[], T]], *, width: int, name: str) -> list[T]:
    """Return the calls' answers in the order of the calls, running up to `width` of them at once.

    After a failure no further call begins; those under way are awaited, and of all failures the one of the earliest
    call is raised. With a width of 1 everything happens on the calling thread, in order. The threads are daemons, which
    those of `concurrent.futures` are not: a stopping process does not wait for a read of a minute (design.md, law 5).
    """
    if width <= 1 or len(calls) <= 1:
        return [call() for call in calls]
    answers: dict[int, T] = {}
    failures: dict[int, BaseException] = {}
    todo = iter(enumerate(calls))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                following = None if failures else next(todo, None)
            if following is None:
                return
            place, call = following
            try:
                answers[place] = call()
            except BaseException as failure:  # noqa: BLE001  raised on the calling thread, below
                with lock:
                    failures[place] = failure

    threads = [
        # A context each, so that what is bound to log lines on the calling thread is bound here as well.
        threading.Thread(target=contextvars.copy_context().run, args=(work,), name=f"{name}-{number}", daemon=True)
        for number in range(min(width, len(calls)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[min(failures)]
    return [answers[place] for place in range(len(calls))]
