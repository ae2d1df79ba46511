"""Steps: work that says when it wants to be called next (design.md law 5)."""

import threading
from datetime import datetime, timedelta
from typing import Protocol

LONGEST_WAIT = timedelta(seconds=30)
"""No wait is longer, so that a suspended machine or a clock that jumps is noticed."""


class Step(Protocol):
    """One worker's work, cut into pieces short enough to be stopped between."""

    @property
    def name(self) -> str:
        """The worker's name in logs and metrics."""
        ...

    def step(self, now: datetime) -> datetime:
        """Do what is due and return when there will be more; an instant not after `now` asks for the next turn."""
        ...


class Wake:
    """A bell: whoever has made work for a step rings, its driver wakes early."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        """Wake the driver, now or as soon as it would wait."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Wait for the bell, at most so long."""
        self._event.wait(seconds)
        self._event.clear()

    def rung(self) -> bool:
        """Whether somebody rang since the last time this was asked."""
        was = self._event.is_set()
        self._event.clear()
        return was
