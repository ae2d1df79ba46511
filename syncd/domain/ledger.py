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


OWNERS = tuple(Owner)
"""The order in which totals are kept."""

NOBODY_S: tuple[int, ...] = (0,) * len(OWNERS)
"""The totals of no time at all."""

_OUT_OF_HOURS, _OTHER_VENDOR, _CUSTOMER, _THIRD_PARTY, _VENDOR = (
    OWNERS.index(owner)
    for owner in (Owner.OUT_OF_HOURS, Owner.OTHER_VENDOR, Owner.CUSTOMER, Owner.THIRD_PARTY, Owner.VENDOR)
)
# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_PARTIAL, _AWAITS_CUSTOMER, _AWAITS_THIRD = Quality.PARTIAL, Awaiting.CUSTOMER, Awaiting.THIRD_PARTY
_OPEN = tuple(OPEN_PHASES)
"""A tuple is searched by identity first; a set would ask each member for its hash."""


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
    if history.timeline.quality is _PARTIAL:
        claims[Owner.UNKNOWN] = [
            Interval(to_us(gap.start), to_us(gap.end)) for gap in history.timeline.gaps if gap.missing & _WHO
        ]
    if calendar is not None:
        claims[Owner.OUT_OF_HOURS] = subtract([whole], calendar.windows(start, end))
    for since, until, moment in _states(history, run, end):
        claims[OWNERS[_place(moment, match.contract.vendor.id)]].append(Interval(since, until))
    claims[Owner.VENDOR] = [whole]
    return tuple(sorted(_settled(claims, whole)))


def totals(entries: Iterable[Entry]) -> dict[Owner, int]:
    """Return the microseconds of each owner, all of them named; they add up to the time from start to end."""
    found = dict.fromkeys(Owner, 0)
    for start, end, owner in entries:
        found[owner] += end - start
    return found


def spent_of(history: History, run: Run, calendar: ServiceCalendar | None, match: Match, start: int) -> tuple[int, ...]:
    """Return the totals of a cycle's ledger in the order of `OWNERS`, in a few microseconds where no claim overlaps.

    For every cycle that ends: so no entries are made, and neighbouring states of one owner are asked for together.
    """
    if match.breaks or history.timeline.quality is _PARTIAL:
        return tuple(totals(ledger_of(history, run, calendar, match, start)).values())
    end = history.now if run.ended_at is None else run.ended_at
    if start == end:
        return NOBODY_S
    moments, vendor = history.moments, match.contract.vendor.id
    spent = list(NOBODY_S)
    since, owner, at = start, _VENDOR, run.started_at
    first = run.spans[0].first
    for place in range(first, len(moments)):
        moment = moments[place]
        if place > first:
            at = moment.at
        if at >= end:
            break
        whose = _place(moment, vendor)
        if whose != owner:
            _spend(spent, calendar, since, at, owner)
            since, owner = at, whose
    _spend(spent, calendar, since, end, owner)
    return tuple(spent)


def _spend(spent: list[int], calendar: ServiceCalendar | None, since: int, until: int, owner: int) -> None:
    counted = until - since if calendar is None else calendar.counted_us(since, until)
    spent[owner] += counted
    spent[_OUT_OF_HOURS] += until - since - counted


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


def _place(moment: Moment, vendor: str) -> int:
    """Whose a state of the ticket is, in hours: the place among the owners."""
    holder = moment.holder
    if holder != vendor:
        return _CUSTOMER if holder is None or holder == US else _OTHER_VENDOR
    if moment.awaiting is _AWAITS_CUSTOMER or moment.phase not in _OPEN:
        return _CUSTOMER
    return _THIRD_PARTY if moment.awaiting is _AWAITS_THIRD else _VENDOR


def _settled(claims: dict[Owner, list[Interval]], whole: Interval) -> Iterator[Entry]:
    """Give each instant to the first owner that claims it."""
    left = union([whole])
    for owner in Owner:
        claimed = intersect(left, union(claims[owner]))
        yield from (Entry(start, end, owner) for start, end in claimed)
        left = subtract(left, claimed)
