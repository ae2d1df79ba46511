"""Rebuild what is derived, offline: events from raw records, readings from events. Tells nobody anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice

from syncd.domain.events import TicketEvent
from syncd.domain.timeline import Timeline
from syncd.ports.connector import Mapped, RawRecord
from syncd.ports.repositories import TicketNo
from syncd.ports.store import Fence, Store
from syncd.services.assess import UNMEASURABLE, measure_stored
from syncd.services.cause import cause_of
from syncd.services.gone import GONE_PART
from syncd.services.intake import Intake, map_record
from syncd.services.rules import Rules
from syncd.services.settle import settle

TICKETS_A_TRANSACTION = 1000
"""Nobody else writes while a store is rebuilt, so transactions are as large as is quick."""

Progress = Callable[[int], None]
"""Called with how many more are done."""


@dataclass(slots=True)
class RemapReport:
    """What mapping every raw record of a source again came to."""

    records: int = 0
    events: int = 0
    generation: int = 0
    quarantined: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RemeasureReport:
    """What measuring every ticket again came to."""

    tickets: int = 0
    quarantined: int = 0


def remap(intake: Intake, *, now: datetime, progress: Progress) -> RemapReport:
    """Map a source's raw records into a new generation of events and switch to it; readings are not touched."""
    report = RemapReport()
    with intake.store.begin(intake.fence) as work:
        apart = [each for each in work.quarantine.all() if each.source == intake.source_name]
        work.quarantine.lift(intake.source, [each.ticket_id for each in apart])
        report.generation = work.sources.begin_generation(intake.source, intake.mapper.version)
        work.commit()
    with intake.store.view() as view:
        tickets = groupby(view.records.stream(intake.source), key=_ticket)
        while chunk := [list(records) for _, records in islice(tickets, TICKETS_A_TRANSACTION)]:
            _remap_chunk(intake, chunk, report, now)
            progress(sum(len(records) for records in chunk))
    with intake.store.begin(intake.fence) as work:
        work.sources.activate_generation(intake.source, report.generation, intake.mapper.version)
        work.commit()
    return report


def remeasure(store: Store, fence: Fence, rules: Rules, *, now: datetime, progress: Progress) -> RemeasureReport:
    """Measure every stored ticket again. What is found out thereby is known from then on and told to nobody."""
    report = RemeasureReport()
    _try_again(store, fence)
    with store.view() as view:
        tickets = view.tickets.stream()
        while chunk := list(islice(tickets, TICKETS_A_TRANSACTION)):
            with store.begin(fence) as work:
                report.quarantined += measure_stored(work, chunk, rules, as_of=now)
                work.commit()
            report.tickets += len(chunk)
            progress(len(chunk))
    while settle(store, fence, rules, now=now, from_history=True) is not None:
        continue
    return report


def _try_again(store: Store, fence: Fence) -> None:
    """Take back the tickets that could not be measured; those that still cannot are set aside again."""
    with store.begin(fence) as work:
        ids = {row.name: row.id for row in work.sources.all()}
        for each in work.quarantine.all():
            if each.reason.startswith(UNMEASURABLE):
                work.quarantine.lift(ids[each.source], [each.ticket_id])
        work.commit()


def _ticket(record: RawRecord) -> str:
    return record.ticket


def _remap_chunk(intake: Intake, chunk: Sequence[Sequence[RawRecord]], report: RemapReport, now: datetime) -> None:
    """Append one chunk's events to the new generation."""
    timelines: list[Timeline] = []
    partial: set[str] = set()
    for records in chunk:
        report.records += len(records)
        try:
            mapped = [map_record(intake.mapper, intake.source_name, record) for record in _main_first(records)]
        except Exception as cause:  # noqa: BLE001 - one ticket must not stop the others (poison rule)
            report.quarantined[records[0].ticket] = f"map: {cause_of(cause)}"
            continue
        timelines.append(_joined(mapped))
        if not all(each.complete for each in mapped):
            partial.add(mapped[0].timeline.id)
    with intake.store.begin(intake.fence) as work:
        numbers = work.tickets.lock(intake.source, timelines)
        events: dict[TicketNo, Sequence[TicketEvent]] = {numbers[each.id]: each.events for each in timelines}
        # What an incomplete record no longer tells, the generation before still knows; what was withdrawn is carried
        # over by the store.
        kept = work.tickets.timelines([numbers[ticket] for ticket in sorted(partial)]) if partial else {}
        for number, stored in kept.items():
            kept_events = [event for event in stored.timeline.events if event.id not in stored.withdrawn]
            events[number] = (*events[number], *kept_events)
        report.events += work.tickets.append(events, recorded_at=now, generation=report.generation)
        for ticket, reason in sorted(report.quarantined.items()):
            work.quarantine.put(intake.source, ticket, reason, now)
        work.commit()


def _main_first(records: Sequence[RawRecord]) -> Sequence[RawRecord]:
    """The ticket's own record gives its name; that it is gone does not."""
    return sorted(records, key=lambda record: record.part == GONE_PART)


def _joined(mapped: Sequence[Mapped]) -> Timeline:
    """Return the timeline that a ticket's parts tell together; nearly every ticket has one."""
    first = mapped[0].timeline
    if len(mapped) == 1:
        return first
    return replace(first, events=tuple(event for each in mapped for event in each.timeline.events))
