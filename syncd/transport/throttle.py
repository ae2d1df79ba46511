"""One source's pace: how many calls at once, how far apart, and not before the source wants to be asked again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from syncd.errors import SourceThrottled
from syncd.ports.now import Now
from syncd.transport.header_values import LONGEST_WAIT
from syncd.transport.hooks import Cause, Hooks, Throttled
from syncd.transport.limits import Limits
from syncd.transport.waiting import wait_out


class Throttle:
    """Lets calls through, one source's from all its threads."""

    def __init__(self, source: str, *, now: Now, limits: Limits, hooks: Hooks) -> None:
        self._source = source
        self._now = now
        self._hooks = hooks
        self._spacing = 0.0 if limits.requests_per_second is None else 1.0 / limits.requests_per_second
        self._patience = limits.patience
        self._slots = threading.BoundedSemaphore(limits.concurrency)
        self._within = threading.local()
        self._lock = threading.Lock()
        self._next_at = float("-inf")
        self._held_until = float("-inf")
        self._endpoints: dict[str, float] = {}
        """Until when single endpoints are left alone; those that are over are forgotten."""

    def hold(self, seconds: float, endpoint: str | None = None) -> None:
        """Send nothing for so many seconds (a day at most), to one endpoint or at all; a longer hold stays."""
        at = self._now.monotonic()
        until = at + min(seconds, LONGEST_WAIT)
        with self._lock:
            if endpoint is None:
                self._held_until = max(self._held_until, until)
                return
            self._endpoints = {name: end for name, end in self._endpoints.items() if end > at}
            self._endpoints[endpoint] = max(self._endpoints.get(endpoint, until), until)

    def held(self) -> float:
        """Return how many seconds nothing may be sent yet; 0 for none."""
        with self._lock:
            return max(0.0, self._held_until - self._now.monotonic())

    @contextmanager
    def admission(self, endpoint: str = "") -> Iterator[None]:
        """Wait for a turn, and keep one of the source's slots while inside.

        Raises `SourceThrottled` when the source wants to be left alone for longer than a call may take, or when the
        process stops meanwhile. A call within a call would wait for its own slot, so it is an error at once.
        """
        if getattr(self._within, "call", False):
            message = "a call to a source was made within another call's slot"
            raise RuntimeError(message)
        with self._slots:
            self._wait_for_turn(endpoint)
            self._within.call = True
            try:
                yield
            finally:
                self._within.call = False

    def _wait_for_turn(self, endpoint: str) -> None:
        while (turn := self._take_turn(endpoint)) is not None:
            cause, seconds = turn
            if cause == "source" and seconds > self._patience:
                raise SourceThrottled(self._source, seconds, f"asked to be left alone for another {seconds:.0f} s")
            before = self._now.monotonic()
            done = wait_out(self._now, seconds)
            waited = self._now.monotonic() - before
            self._hooks.throttled(Throttled(self._source, cause, waited))
            if not done:
                raise SourceThrottled(self._source, seconds - waited, "stopped while waiting for its turn")

    def _take_turn(self, endpoint: str) -> tuple[Cause, float] | None:
        """Take the next turn if it has come; else return why to wait and how long."""
        with self._lock:
            at = self._now.monotonic()
            held_until = max(self._held_until, self._endpoints.get(endpoint, at))
            if held_until > at:
                return "source", held_until - at
            if self._next_at > at:
                return "pace", self._next_at - at
            self._next_at = at + self._spacing
            return None
