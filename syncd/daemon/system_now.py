"""Real time: the one place where the process asks what time it is and waits."""

import threading
import time
from datetime import UTC, datetime


class SystemNow:
    """The machine's clock; waits end early when the process is stopping."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self._stop = threading.Event() if stop is None else stop

    def utc(self) -> datetime:
        """This instant, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, or return early when the process is stopping."""
        self._stop.wait(max(seconds, 0.0))
