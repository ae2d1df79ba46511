"""A clock that moves only when told to."""

import math
import threading
from datetime import UTC, datetime, timedelta


class VirtualNow:
    """`syncd.ports.now.Now` for tests and simulations: sleeping moves it, nothing waits.

    Time is kept in whole microseconds, as datetimes are, and every positive sleep moves it by at least one, so that
    loops that wait for an instant end. Safe to share between threads; sleeps of several add up.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            message = "a virtual clock starts at an aware instant"
            raise ValueError(message)
        self._start = start.astimezone(UTC)
        self._lock = threading.Lock()
        self._elapsed_us = 0
        self._set_by_us = 0
        self._stopping = False
        self._slept: list[float] = []

    @property
    def slept(self) -> list[float]:
        """The seconds of every sleep so far, as asked for."""
        with self._lock:
            return list(self._slept)

    def utc(self) -> datetime:
        """Return the instant that the clock shows."""
        with self._lock:
            return self._start + timedelta(microseconds=self._elapsed_us + self._set_by_us)

    def monotonic(self) -> float:
        """Return the seconds since the start, whatever the clock was set to meanwhile."""
        with self._lock:
            return self._elapsed_us / 1_000_000

    def sleep(self, seconds: float) -> None:
        """Move on at once; after `stop`, return without moving, as a real wait cut short does."""
        with self._lock:
            self._slept.append(seconds)
            if not self._stopping:
                self._elapsed_us += _microseconds(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass while nobody sleeps."""
        with self._lock:
            self._elapsed_us += _microseconds(seconds)

    def set_wall(self, instant: datetime) -> None:
        """Set the clock on the wall, forwards or back; measured time goes on as before."""
        with self._lock:
            shown = self._start + timedelta(microseconds=self._elapsed_us + self._set_by_us)
            self._set_by_us += (instant - shown) // timedelta(microseconds=1)

    def stop(self) -> None:
        """Let every further sleep return early, as when the process is stopping."""
        with self._lock:
            self._stopping = True


def _microseconds(seconds: float) -> int:
    return max(0, math.ceil(seconds * 1_000_000))
