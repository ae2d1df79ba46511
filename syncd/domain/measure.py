"""What every clock on a ticket says as of an instant: a pure function of events, contracts and calendars."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from syncd.domain.adjustment import adjusted
from syncd.domain.amendment import read_anew
from syncd.domain.clock import clock_of
from syncd.domain.contract import Agreements
from syncd.domain.events import TicketEvent
from syncd.domain.history import History, fold
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


def measure(timeline: Timeline, agreements: Agreements, *, as_of: datetime, spent: bool = False) -> Measurement:
    """Return everything that the clocks of all contracts say of a ticket; `spent` asks for whose time cycles were.

    Where it is not known who acted, the ticket is measured twice, all unknown as the vendor and all as the customer: a
    verdict that differs is unverifiable, one that does not is flagged.
    """
    history = fold(timeline, as_of=as_of)
    if not history.unknown_actors:
        return _measure(history, agreements, spent=spent)
    as_vendor, as_customer = (
        _measure(fold(_read_as(timeline, party), as_of=as_of), agreements, spent=spent)
        for party in (Party.VENDOR, Party.CUSTOMER)
    )
    others = {(reading.contract, reading.target): reading for reading in as_customer.readings}
    readings = tuple(_agree(reading, others.get((reading.contract, reading.target))) for reading in as_vendor.readings)
    return Measurement(readings, as_vendor.uncovered)


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


def _agree(reading: Reading, other: Reading | None) -> Reading:
    """Return a reading whose verdicts hold whoever the unknown actors were."""
    others = () if other is None else other.cycles
    if len(others) != len(reading.cycles):
        longer = reading.cycles if len(reading.cycles) >= len(others) else others
        return reading._replace(cycles=tuple(_unverifiable(cycle) for cycle in longer))
    cycles = tuple(
        mine._replace(flags=(*mine.flags, UNKNOWN_ACTOR)) if mine.verdict is theirs.verdict else _unverifiable(mine)
        for mine, theirs in zip(reading.cycles, others, strict=True)
    )
    return reading._replace(cycles=cycles)


def _unverifiable(cycle: Cycle) -> Cycle:
    return cycle._replace(verdict=Verdict.UNVERIFIABLE, flags=(*cycle.flags, UNKNOWN_ACTOR))
