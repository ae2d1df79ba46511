"""Whose time each second of a cycle was (design.md section 7, *Ledger*)."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.history import History, Moment
from syncd.domain.instant import to_us
from syncd.domain.interval import Interval, intersect, subtract, union
from syncd.domain.matching import Match
from syncd.domain.names import OPEN_PHASES, US, Awaiting, Quality
from syncd.domain.run import Run


class Owner(StrEnum):
    """Who a second belongs to, in the order in which claims to it are heard."""

    EXCLUDED = "excluded"
    UNKNOWN = "unknown"
    OUT_OF_HOURS = "out_of_hours"
    OTHER_VENDOR = "other_vendor"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    VENDOR = "vendor"


class Entry(NamedTuple):
    """A stretch `[start, end)` in microseconds, and whose it was."""

    start: int
    end: int
    owner: Owner


_WHO = frozenset({"opened", "phase", "handed_over", "notified"})
"""Kinds of events that say who holds or is awaited."""


def ledger_of(
    history: History, run: Run, calendar: ServiceCalendar | None, match: Match, start: int
) -> tuple[Entry, ...]:
    """Return a cycle's ledger from `start` to its stop or the present: in order, touching, none empty.

    `calendar` is that of the binding promise; without one nothing is out of hours.
    """
    end = history.now if run.ended_at is None else run.ended_at
    whole = Interval(start, end)
    claims: dict[Owner, list[Interval]] = {owner: [] for owner in Owner}
    # What was taken over from a ticket merged into this one lies before: breaks are this ticket's own.
    claims[Owner.EXCLUDED] = [Interval(max(each.start, run.started_at), each.end) for each in match.breaks]
    if history.timeline.quality is Quality.PARTIAL:
        claims[Owner.UNKNOWN] = [
            Interval(to_us(gap.start), to_us(gap.end)) for gap in history.timeline.gaps if gap.missing & _WHO
        ]
    if calendar is not None:
        claims[Owner.OUT_OF_HOURS] = subtract([whole], calendar.windows(start, end))
    for since, until, moment in _states(history, run, end):
        claims[_owner(moment, match.contract.vendor.id)].append(Interval(since, until))
    claims[Owner.VENDOR] = [whole]
    return tuple(sorted(_settled(claims, whole)))


def totals(entries: Iterable[Entry]) -> dict[Owner, int]:
    """Return the microseconds of each owner, all of them named; they add up to the time from start to end."""
    found = dict.fromkeys(Owner, 0)
    for start, end, owner in entries:
        found[owner] += end - start
    return found


def _states(history: History, run: Run, end: int) -> Iterator[tuple[int, int, Moment]]:
    """Each state of the ticket from the run's first on, those between a stop and a resumption included.

    A start before the opening has the state of the opening.
    """
    moments = history.moments
    first = run.spans[0].first
    for place in range(first, len(moments)):
        since = run.started_at if place == first else moments[place].at
        until = moments[place + 1].at if place + 1 < len(moments) else end
        yield since, until, moments[place]


def _owner(moment: Moment, vendor: str) -> Owner:
    if moment.holder is not None and moment.holder not in (US, vendor):
        return Owner.OTHER_VENDOR
    if moment.holder != vendor or moment.awaiting is Awaiting.CUSTOMER or moment.phase not in OPEN_PHASES:
        return Owner.CUSTOMER
    return Owner.THIRD_PARTY if moment.awaiting is Awaiting.THIRD_PARTY else Owner.VENDOR


def _settled(claims: dict[Owner, list[Interval]], whole: Interval) -> Iterator[Entry]:
    """Give each instant to the first owner that claims it."""
    left = union([whole])
    for owner in Owner:
        claimed = intersect(left, union(claims[owner]))
        yield from (Entry(start, end, owner) for start, end in claimed)
        left = subtract(left, claimed)
