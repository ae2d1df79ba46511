"""What every clock on a ticket says as of an instant: a pure function of events, contracts and calendars."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from syncd.domain.adjustment import adjusted
from syncd.domain.amendment import read_anew
from syncd.domain.clock import clock_of
from syncd.domain.contract import Agreements
from syncd.domain.events import TicketEvent
from syncd.domain.history import History, fold
from syncd.domain.inexact import retimed
from syncd.domain.instant import from_us
from syncd.domain.matching import Match, matches, uncovered_reason
from syncd.domain.names import Party, Quality, Transition, Verdict
from syncd.domain.quality import doubted
from syncd.domain.reading import Cycle, Reading, Uncovered
from syncd.domain.rejection import rejected_of
from syncd.domain.timeline import Timeline

ENGINE = 5
"""Rises whenever the same events and contracts would come to another reading: what is stored is measured again then."""


# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_FULL = Quality.FULL


class Measurement(NamedTuple):
    """A ticket's readings; `uncovered` says why there are none."""

    readings: tuple[Reading, ...]
    uncovered: Uncovered | None


UNKNOWN_ACTOR = "unknown_actor"
"""The flag of a cycle that was read with unknown actors as the vendor."""

INEXACT_TIME = "inexact_time"
"""The flag of a cycle that was read with every event of which only an interval is known at the end of that."""


def measure(timeline: Timeline, agreements: Agreements, *, as_of: datetime, spent: bool = False) -> Measurement:
    """Return everything that the clocks of all contracts say of a ticket; `spent` asks for whose time cycles were.

    Where it is not known who acted, or of an event only the interval in which it happened, the ticket is measured in
    every such way as well: a verdict that differs is unverifiable, one that does not is flagged.
    """
    history = fold(timeline, as_of=as_of)
    found = _by_anyone(history, agreements, spent=spent)
    if not history.inexact:
        return found
    others = [_by_anyone(fold(each, as_of=as_of), agreements, spent=False) for each in retimed(timeline, as_of=as_of)]
    return _agreed(found, others, INEXACT_TIME)


def _by_anyone(history: History, agreements: Agreements, *, spent: bool) -> Measurement:
    if not history.unknown_actors:
        return _measure(history, agreements, spent=spent)
    as_vendor, as_customer = (
        _measure(fold(_read_as(history.timeline, party), as_of=history.as_of), agreements, spent=spent)
        for party in (Party.VENDOR, Party.CUSTOMER)
    )
    return _agreed(as_vendor, [as_customer], UNKNOWN_ACTOR)


def _measure(history: History, agreements: Agreements, *, spent: bool) -> Measurement:
    if not history.moments:
        return Measurement((), None)
    found = [_reading(history, match, agreements, spent=spent) for match in matches(history, agreements)]
    for contract in agreements.contracts:
        if len(contract.revisions) > 1 and any(
            each.transition is Transition.WHOLE_PERIOD for each in contract.revisions
        ):
            found = read_anew(
                history,
                contract,
                found,
                agreements.exclusions,
                lambda match: _reading(history, match, agreements, spent=spent),
            )
    if found:
        return Measurement(tuple(found), None)
    return Measurement((), _uncovered(history, agreements))


def _reading(history: History, match: Match, agreements: Agreements, *, spent: bool) -> Reading:
    timeline, target, contract = history.timeline, match.target, match.contract
    cycles, flags, changes_at = clock_of(history, match, spent=spent)
    if timeline.quality is not _FULL:
        cycles = tuple(doubted(cycle, timeline, target, as_of=history.as_of) for cycle in cycles)
    if target.excluded_when or agreements.exclusions:
        cycles = adjusted(cycles, history, match, agreements.exclusions)
    # By position, in the order of the fields: names would take four times as long.
    return Reading(
        timeline.source,
        timeline.ticket,
        timeline.id,
        contract.vendor.id,
        contract.id,
        match.revision.name,
        target.name,
        target.metric,
        history.as_of,
        cycles,
        flags,
        rejected_of(history, target, contract.vendor.id),
        None if changes_at is None else from_us(changes_at),
    )


def _uncovered(history: History, agreements: Agreements) -> Uncovered:
    timeline = history.timeline
    return Uncovered(
        source=timeline.source,
        ticket=timeline.ticket,
        ticket_id=timeline.id,
        vendor=history.vendor,
        as_of=history.as_of,
        reason=uncovered_reason(history, agreements),
    )


def believed(timeline: Timeline, *, as_of: datetime) -> History:
    """Return the history that a ticket's readings show: unknown actors, where there are any, read as the vendor."""
    history = fold(timeline, as_of=as_of)
    return fold(_read_as(timeline, Party.VENDOR), as_of=as_of) if history.unknown_actors else history


def _read_as(timeline: Timeline, party: Party) -> Timeline:
    events: list[TicketEvent] = [
        replace(event, by=party) if event.by is Party.UNKNOWN else event for event in timeline.events
    ]
    return replace(timeline, events=tuple(events))


def _agreed(shown: Measurement, others: Sequence[Measurement], doubt: str) -> Measurement:
    """Return what is shown, its verdicts only where they hold in all other ways that a doubt leaves open."""
    named = [{(each.contract, each.target): each for each in other.readings} for other in others]
    readings = (
        _agreeing(reading, [each.get((reading.contract, reading.target)) for each in named], doubt)
        for reading in shown.readings
    )
    return Measurement(tuple(readings), shown.uncovered)


def _agreeing(reading: Reading, others: Sequence[Reading | None], doubt: str) -> Reading:
    """Return a reading whose verdicts hold whatever a doubt leaves open, and which knows when one may cease to."""
    ways = [() if other is None else other.cycles for other in others]
    longest = max([reading.cycles, *ways], key=len)
    alike = all(len(cycles) == len(reading.cycles) for cycles in ways)
    cycles = tuple(
        _doubted(cycle, doubt, holds=alike and all(_same(cycle, other[place]) for other in ways))
        for place, cycle in enumerate(longest)
    )
    changes = [reading.changes_at, *(at for other in others if other is not None for at in _changes(other))]
    return reading._replace(cycles=cycles, changes_at=min((at for at in changes if at is not None), default=None))


def _same(one: Cycle, other: Cycle) -> bool:
    return one.verdict is other.verdict and one.misses == other.misses


def _doubted(cycle: Cycle, doubt: str, *, holds: bool) -> Cycle:
    verdict = cycle.verdict if holds else Verdict.UNVERIFIABLE
    return cycle._replace(verdict=verdict, flags=(*cycle.flags, doubt))


def _changes(reading: Reading) -> list[datetime | None]:
    """The instants at which a reading says something else though nothing happens: right after a break, not at it."""
    breaks = (cycle.breaks_at for cycle in reading.cycles)
    return [reading.changes_at, *(each + timedelta.resolution for each in breaks if each is not None)]
