"""Time, as the shell may ask for it; the core is told."""

from datetime import datetime
from typing import Protocol


class Now(Protocol):
    """A clock on the wall and a way to wait; tests drive a virtual one."""

    def utc(self) -> datetime:
        """Return this instant, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for measuring and for timeouts."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; returns early when the process is stopping, so callers in loops look at what they wait for."""
        ...
