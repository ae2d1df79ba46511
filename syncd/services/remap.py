"""Rebuild what is derived, offline: events from raw records, readings from events. Tells nobody anything."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice

from syncd.domain.events import TicketEvent
from syncd.domain.timeline import Timeline
from syncd.ports.connector import Mapped, RawRecord
from syncd.ports.repositories import TicketNo
from syncd.ports.store import Fence, Store
from syncd.services.assess import Rules, measure_stored
from syncd.services.gone import GONE_PART
from syncd.services.ingest import Intake, map_record

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
    withdrawn: dict[TicketNo, Sequence[str]] = {}
    with intake.store.begin(intake.fence) as work:
        report.generation = work.sources.begin_generation(intake.source, intake.mapper.version)
        work.commit()
    with intake.store.view() as view:
        tickets = groupby(view.records.stream(intake.source), key=_ticket)
        while chunk := [list(records) for _, records in islice(tickets, TICKETS_A_TRANSACTION)]:
            withdrawn.update(_remap_chunk(intake, chunk, report, now))
            progress(sum(len(records) for records in chunk))
    with intake.store.begin(intake.fence) as work:
        work.sources.activate_generation(intake.source, report.generation, intake.mapper.version)
        work.tickets.withdraw(withdrawn, now)
        work.commit()
    return report


def remeasure(store: Store, fence: Fence, rules: Rules, *, now: datetime, progress: Progress) -> RemeasureReport:
    """Measure every stored ticket again. What is found out thereby is known from then on and told to nobody."""
    report = RemeasureReport()
    with store.view() as view:
        tickets = view.tickets.stream()
        while chunk := list(islice(tickets, TICKETS_A_TRANSACTION)):
            with store.begin(fence) as work:
                report.quarantined += measure_stored(work, chunk, rules, as_of=now)
                work.commit()
            report.tickets += len(chunk)
            progress(len(chunk))
    return report


def _ticket(record: RawRecord) -> str:
    return record.ticket


def _remap_chunk(
    intake: Intake, chunk: Sequence[Sequence[RawRecord]], report: RemapReport, now: datetime
) -> dict[TicketNo, Sequence[str]]:
    """Append one chunk's events to the new generation; return which of them the source no longer shows."""
    timelines: list[Timeline] = []
    partial: set[str] = set()
    for records in chunk:
        report.records += len(records)
        try:
            mapped = [map_record(intake.mapper, intake.source_name, record) for record in _main_first(records)]
        except Exception as cause:  # noqa: BLE001 - one ticket must not stop the others (poison rule)
            report.quarantined[records[0].ticket] = f"map: {type(cause).__name__}: {cause}"
            continue
        timelines.append(replace(mapped[0].timeline, events=tuple(_events(mapped))))
        if not all(each.complete for each in mapped):
            partial.add(mapped[0].timeline.id)
    with intake.store.begin(intake.fence) as work:
        numbers = work.tickets.lock(intake.source, timelines)
        events: dict[TicketNo, Sequence[TicketEvent]] = {numbers[each.id]: each.events for each in timelines}
        # What an incomplete record no longer tells, and what was withdrawn, the generation before still knows.
        partly = {numbers[ticket] for ticket in partial}
        withdrawn: dict[TicketNo, Sequence[str]] = {}
        for number, stored in work.tickets.timelines(sorted(events)).items():
            told = {event.id for event in events[number]}
            gone = stored.withdrawn - told
            kept = [event for event in stored.timeline.events if number in partly or event.id in gone]
            events[number] = (*events[number], *kept)
            if gone:
                withdrawn[number] = sorted(gone)
        report.events += work.tickets.append(events, recorded_at=now, generation=report.generation)
        for ticket, reason in sorted(report.quarantined.items()):
            work.quarantine.put(intake.source, ticket, reason, now)
        work.commit()
    return withdrawn


def _main_first(records: Sequence[RawRecord]) -> Sequence[RawRecord]:
    """The ticket's own record gives its name; that it is gone does not."""
    return sorted(records, key=lambda record: record.part == GONE_PART)


def _events(mapped: Sequence[Mapped]) -> Iterator[TicketEvent]:
    for each in mapped:
        yield from each.timeline.events
