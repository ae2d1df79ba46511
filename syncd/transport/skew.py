"""A source's clock against ours, as far as the `Date` of its answers tells."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from syncd.ports.now import Now
from syncd.transport.header_values import http_date
from syncd.transport.hooks import Hooks, SkewMeasured

_RESOLUTION = timedelta(seconds=1)
"""HTTP dates are cut to whole seconds (RFC 9110 section 5.6.7)."""


class SkewMeter:
    """Keeps the newest answer's `Date`.

    The source stamped its answer at some instant within `[date, date + 1 s)` of its clock, and did so between our
    sending and our receiving. Hence its clock minus ours lies between `date - received` and `date + 1 s - sent`; what
    is reported is the value in there that is nearest to 0, so that neither the missing fraction nor a slow answer looks
    like a wrong clock.
    """

    def __init__(self, source: str, *, now: Now, hooks: Hooks) -> None:
        self._source = source
        self._now = now
        self._hooks = hooks
        self._lock = threading.Lock()
        self._newest: tuple[datetime, float] | None = None

    def observe(self, headers: Mapping[str, str], *, sent: datetime) -> None:
        """Note an answer just received to a request sent at an instant of our clock.

        Answers out of a cache (`Age`, RFC 9111 section 5.1) bear the date of another request and are passed over, as
        are those during which our own clock was set back.
        """
        date = http_date(headers.get("date"))
        received = self._now.utc()
        if date is None or headers.get("age", "0").strip() != "0" or received < sent:
            return
        with self._lock:
            self._newest = (date, self._now.monotonic())
        lowest = (date - received).total_seconds()
        highest = (date + _RESOLUTION - sent).total_seconds()
        self._hooks.skew_measured(SkewMeasured(self._source, max(lowest, min(highest, 0.0))))

    def source_time(self) -> datetime | None:
        """Return the source's own time, never ahead of its clock and at most a second and a journey behind it."""
        with self._lock:
            newest = self._newest
        if newest is None:
            return None
        date, received = newest
        return date + timedelta(seconds=self._now.monotonic() - received)
