"""The page of single tickets, which is served only where the configuration asks for it, and never grows beyond a limit.

A series per ticket is what makes a Prometheus server fall over, and what goes over a scrape's `sample_limit` takes the
whole page with it. So it has a page of its own, holds only clocks that are at risk or breached, and says what it left
out. The value is the deadline, which does not change while time passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.ports.readings import OpenClock
from syncd.telemetry import fleet_names as names
from syncd.telemetry.exposition import render_rows
from syncd.telemetry.names import Family
from syncd.telemetry.period_rows import NO_PRIORITY, Labels
from syncd.telemetry.snapshot import MAX_AGE, Ready, answer

MOST_TICKETS = 500
"""No configuration may ask for more."""


@dataclass(frozen=True, slots=True)
class _Published:
    at: datetime
    page: Ready


class TicketPage:
    """The newest list of clocks at risk or breached, at most `limit` of them."""

    def __init__(self, limit: int, *, max_age: timedelta = MAX_AGE) -> None:
        self.limit = min(limit, MOST_TICKETS)
        self._max_age = max_age
        self._published: _Published | None = None

    def publish(self, clocks: Sequence[OpenClock], alarming: int, at: datetime) -> None:
        """Serve these clocks from now on, most urgent first; `alarming` is how many there are in all."""
        kept = clocks[: self.limit]
        deadlines: dict[Labels, float] = {}
        for clock in kept:
            if clock.due_at is not None:
                labels = (
                    clock.source, clock.ticket, clock.vendor, clock.contract, clock.target,
                    clock.priority or NO_PRIORITY,
                )  # fmt: skip
                due = clock.due_at.timestamp()
                deadlines[labels] = min(due, deadlines.get(labels, due))
        rows: Mapping[Family, Mapping[Labels, float]] = {
            names.TICKET_DEADLINE: deadlines,
            names.TICKET_LIMIT: {(): self.limit},
            names.TICKET_DROPPED: {(): max(alarming - len(kept), 0)},
        }
        self._published = _Published(at, Ready().then(render_rows(rows)))

    def page(self, accept: str, accept_encoding: str, now: datetime) -> tuple[bytes, Mapping[str, str]]:
        """Return the page's bytes and headers; an empty page where what was published is too old to be true."""
        published = self._published
        fresh = published is not None and now - published.at <= self._max_age
        ready = published.page if published is not None and fresh else Ready()
        return answer(ready, b"", accept, accept_encoding)
