"""The gate before SQLite's one writer: urgent ones first, otherwise in the order of arrival."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from syncd.errors import StoreBusy

PATIENCE = 30.0
"""Seconds that anybody waits: no wait of ours is longer."""


class Gate:
    """Lets one through at a time."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._turn = Condition()
        self._taken = False
        self._urgent: deque[object] = deque()
        self._others: deque[object] = deque()

    @property
    def waiting(self) -> tuple[int, int]:
        """How many urgent ones and how many others wait."""
        with self._turn:
            return len(self._urgent), len(self._others)

    def _next(self) -> object:
        return self._urgent[0] if self._urgent else self._others[0]

    @contextmanager
    def passing(self, *, urgent: bool = False) -> Iterator[None]:
        """Wait for the turn and hold it; raises `StoreBusy` when it does not come."""
        queue = self._urgent if urgent else self._others
        ticket = object()
        with self._turn:
            queue.append(ticket)
            came = False
            try:
                came = self._turn.wait_for(lambda: not self._taken and self._next() is ticket, self._patience)
            finally:
                queue.remove(ticket)
                if came:
                    self._taken = True
                else:
                    self._turn.notify_all()
        if not came:
            raise StoreBusy(f"another transaction has kept the store for {self._patience:g} s")
        try:
            yield
        finally:
            with self._turn:
                self._taken = False
                self._turn.notify_all()
