"""Store one page of a source: raw records, their events, the readings that follow, and the cursor, page by page."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from syncd.domain.digest import digest
from syncd.domain.events import TicketEvent
from syncd.domain.problem import Problem
from syncd.errors import SyncdError
from syncd.ports.connector import Cursor, Mapped, Mapper, Page, RawRecord, Rechecked
from syncd.ports.repositories import EVENTS_A_TRANSACTION, NewRecord, SourceId, TicketNo
from syncd.ports.store import Fence, Store, Work
from syncd.services.assess import Assessment, Rules, assess
from syncd.services.gone import GONE_PART, event_id, gone_records, is_gone, map_gone, returned_record

POISON_LIMIT = 20
"""Quarantined tickets in a pass beyond which the source, not the tickets, is suspected; or 1 % if that is more."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Where a source's records go and what they are measured by."""

    store: Store
    fence: Fence
    source: SourceId
    source_name: str
    mapper: Mapper
    rules: Rules


@dataclass(slots=True)
class PageReport:
    """What storing records came to."""

    records: int = 0
    created: int = 0
    changed: int = 0
    new_events: int = 0
    withdrawn: int = 0
    problems: int = 0
    quarantined: dict[str, str] = field(default_factory=dict)
    assessments: list[Assessment] = field(default_factory=list)

    def add(self, other: "PageReport") -> None:
        """Count what another part of the page came to."""
        self.new_events += other.new_events
        self.withdrawn += other.withdrawn
        self.problems += other.problems
        self.assessments += other.assessments

    @property
    def unchanged(self) -> int:
        """Records that said nothing new."""
        return self.records - self.changed


def _nothing(work: Work) -> None:
    del work


@dataclass(frozen=True, slots=True)
class _Ready:
    """A changed record, mapped."""

    new: NewRecord
    mapped: Mapped
    withdrawn: tuple[str, ...]


def store_page(
    intake: Intake, page: Page, *, stream: str, expected: Cursor | None, now: datetime, from_history: bool = False
) -> PageReport:
    """Store a page; its cursor is saved with its last tickets, so that a kill repeats reading and loses nothing."""
    report = PageReport(records=len(page.records), problems=len(page.problems))
    ready = _prepare(intake, page.records, report, now)
    chunks = list(_chunks(ready)) or [[]]
    for chunk in chunks[:-1]:
        _store_chunk(intake, chunk, report, now, from_history=from_history)

    def move_cursor(work: Work) -> None:
        if page.cursor != expected:
            work.checkpoints.set(intake.source, stream, page.cursor, expected=expected)

    _store_chunk(intake, chunks[-1], report, now, from_history=from_history, after=move_cursor)
    return report


def note_source_problems(intake: Intake, problems: Sequence[Problem], *, now: datetime) -> None:
    """Replace what is found wrong with a source as a whole; what has healed is gone thereby."""
    with intake.store.begin(intake.fence) as work:
        work.problems.replace(intake.source, {"": problems}, now)
        work.commit()


def store_rechecked(intake: Intake, rechecked: Rechecked, *, now: datetime) -> PageReport:
    """Store tickets re-read by id, and that some are gone; no cursor moves."""
    with intake.store.view() as view:
        known = view.records.newest(intake.source, [(ticket, GONE_PART) for ticket in rechecked.gone])
    records = [*rechecked.records, *gone_records(rechecked.gone, known, now)]
    report = PageReport(records=len(records))
    for chunk in _chunks(_prepare(intake, records, report, now)):
        _store_chunk(intake, chunk, report, now, from_history=False)
    return report


def poisoned(quarantined: int, tickets: int) -> bool:
    """Whether so many tickets of a pass were quarantined that the source itself is suspect."""
    return quarantined > max(POISON_LIMIT, tickets // 100)


def map_record(mapper: Mapper, source_name: str, record: RawRecord) -> Mapped:
    """Return what a redacted record says; records that a ticket is gone are the core's own."""
    return map_gone(source_name, record) if record.part == GONE_PART else mapper.map(record)


def _prepare(intake: Intake, records: Sequence[RawRecord], report: PageReport, now: datetime) -> list[_Ready]:
    """Redact, compare with what is known, and map what changed; poison goes to quarantine."""
    mapper = intake.mapper
    poison: dict[str, str] = {}
    fresh: dict[tuple[str, str], NewRecord] = {}
    for record in records:
        if not (_holds(record.ticket) and _holds(record.part)):
            poison[_held(record.ticket)] = "store: the ticket's id holds a character that no store can keep"
            continue
        try:
            redacted = record if record.part == GONE_PART else mapper.redact(record)
            fresh[record.ticket, record.part] = NewRecord(redacted, digest(redacted.payload, mapper.volatile))
        except Exception as cause:  # noqa: BLE001 - one record must not stop the page (poison rule)
            poison[record.ticket] = f"redact: {type(cause).__name__}: {cause}"
    with intake.store.view() as view:
        known = view.records.digests(intake.source, list(fresh))
        changed = {key: new for key, new in fresh.items() if known.get(key) != new.digest}
        before = view.records.newest(intake.source, [key for key in changed if key in known])
        gone = [(ticket, "") for ticket, part in changed if part == GONE_PART]
        heads = view.records.newest(intake.source, gone)
        seen = [(ticket, GONE_PART) for ticket, part in fresh if part != GONE_PART]
        back = [record for record in view.records.newest(intake.source, seen).values() if is_gone(record)]
    ready = [_returned(intake, record, fresh[record.ticket, ""].record, now) for record in back]
    for key, new in changed.items():
        try:
            mapped = map_record(mapper, intake.source_name, new.record)
            if key[1] == GONE_PART:
                mapped = _with_head(mapper, mapped, heads.get((key[0], "")))
            withdrawn = _withdrawn(intake, before.get(key), mapped)
        except Exception as cause:  # noqa: BLE001 - as above
            poison[key[0]] = f"map: {type(cause).__name__}: {cause}"
            continue
        ready.append(_Ready(new, mapped, withdrawn))
    report.changed += len(changed)
    report.created += sum(key not in known for key in changed)
    if poison:
        _quarantine(intake, poison, [changed[key] for key in changed if key[0] in poison], report, now)
    return ready


def _holds(text: str) -> bool:
    """Whether text can be kept: PostgreSQL refuses NUL, no database takes half a surrogate pair."""
    return _held(text) == text


def _held(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _returned(intake: Intake, gone: RawRecord, main: RawRecord, now: datetime) -> _Ready:
    """A ticket that was gone and is shown again: the notice that it was gone is withdrawn."""
    record = returned_record(gone, now)
    new = NewRecord(record, digest(record.payload, ()))
    return _Ready(new, _with_head(intake.mapper, map_gone(intake.source_name, record), main), (event_id(gone),))


def _with_head(mapper: Mapper, mapped: Mapped, record: RawRecord | None) -> Mapped:
    """What a record says, under the name and address that its ticket's own record gives it."""
    if record is None:
        return mapped
    return replace(mapped, timeline=replace(mapper.map(record).timeline, events=mapped.timeline.events))


def _withdrawn(intake: Intake, before: RawRecord | None, mapped: Mapped) -> tuple[str, ...]:
    """Events that the record before this one held and this one lacks."""
    if before is None or not mapped.complete:
        return ()
    try:
        earlier = map_record(intake.mapper, intake.source_name, before)
    except Exception:  # noqa: BLE001 - the record before was poison itself: none of its events were stored
        return ()
    if not earlier.complete:
        return ()
    kept = {event.id for event in mapped.timeline.events}
    return tuple(event.id for event in earlier.timeline.events if event.id not in kept)


def _quarantine(
    intake: Intake, poison: Mapping[str, str], records: Sequence[NewRecord], report: PageReport, now: datetime
) -> None:
    report.quarantined.update(poison)
    with intake.store.begin(intake.fence) as work:
        work.records.put(intake.source, records, now)
        for ticket, reason in sorted(poison.items()):
            work.quarantine.put(intake.source, ticket, reason, now)
        work.commit()


def _chunks(ready: Sequence[_Ready]) -> Iterator[list[_Ready]]:
    """Group records so that a transaction writes at most `EVENTS_A_TRANSACTION` events, a larger ticket alone."""
    chunk: list[_Ready] = []
    size = 0
    for item in ready:
        events = len(item.mapped.timeline.events)
        if chunk and size + events > EVENTS_A_TRANSACTION:
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += events
    if chunk:
        yield chunk


def _store_chunk(
    intake: Intake,
    chunk: Sequence[_Ready],
    report: PageReport,
    now: datetime,
    *,
    from_history: bool,
    after: Callable[[Work], None] = _nothing,
) -> None:
    """Write a chunk, and `after` it in the same transaction; a ticket that the store cannot hold is set aside."""
    written = PageReport()
    try:
        _append_head_start(intake, chunk, written, now)
        with intake.store.begin(intake.fence) as work:
            if chunk:
                _write_chunk(intake, work, chunk, written, now, from_history=from_history, apart=report.quarantined)
            after(work)
            work.commit()
    except SyncdError:
        raise
    except Exception as cause:
        if not chunk:
            raise
        # One of them holds what no column can: a character, a number. Alone, it stops nobody else.
        for item in chunk if len(chunk) > 1 else ():
            _store_chunk(intake, [item], report, now, from_history=from_history)
        if len(chunk) == 1:
            _set_aside(intake, chunk[0], cause, report, now)
        _store_chunk(intake, (), report, now, from_history=from_history, after=after)
        return
    report.add(written)


def _set_aside(intake: Intake, item: _Ready, cause: Exception, report: PageReport, now: datetime) -> None:
    ticket = item.new.record.ticket
    # The cause may quote what the store cannot hold.
    reason = f"store: {type(cause).__name__}"
    report.quarantined[ticket] = reason
    with intake.store.begin(intake.fence) as work:
        work.quarantine.put(intake.source, ticket, reason, now)
        work.commit()


def _append_head_start(intake: Intake, chunk: Sequence[_Ready], report: PageReport, now: datetime) -> None:
    """Append all but the last events of a ticket too large for one transaction, without measuring it yet.

    Its record is kept only with the rest, so that a kill in between reads it as changed again.
    """
    for item in chunk:
        head = item.mapped.timeline
        for start in range(0, len(head.events) - EVENTS_A_TRANSACTION, EVENTS_A_TRANSACTION):
            with intake.store.begin(intake.fence) as work:
                number = work.tickets.lock(intake.source, [head])[head.id]
                part = head.events[start : start + EVENTS_A_TRANSACTION]
                report.new_events += work.tickets.append({number: part}, recorded_at=now)
                work.commit()


def _write_chunk(
    intake: Intake,
    work: Work,
    chunk: Sequence[_Ready],
    report: PageReport,
    now: datetime,
    *,
    from_history: bool,
    apart: Container[str],
) -> None:
    heads = [item.mapped.timeline for item in chunk]
    numbers = work.tickets.lock(intake.source, heads)
    work.records.put(intake.source, [item.new for item in chunk], now)
    # Several parts of one ticket may come together.
    events: dict[TicketNo, list[TicketEvent]] = {}
    withdrawn: dict[TicketNo, list[str]] = {}
    for item in chunk:
        number = numbers[item.mapped.timeline.id]
        events.setdefault(number, []).extend(item.mapped.timeline.events)
        if item.withdrawn:
            withdrawn.setdefault(number, []).extend(item.withdrawn)
    report.new_events += work.tickets.append(events, recorded_at=now)
    if withdrawn:
        report.withdrawn += work.tickets.withdraw(withdrawn, now)
    findings: dict[str, list[Problem]] = {}
    for item in chunk:
        findings.setdefault(item.mapped.timeline.id, []).extend(item.mapped.problems)
    work.problems.replace(intake.source, findings, now)
    report.problems += sum(len(found) for found in findings.values())
    # A ticket of which another part is poison stays apart.
    work.quarantine.lift(intake.source, [head.id for head in heads if head.id not in apart])
    report.assessments.append(
        assess(work, sorted(set(numbers.values())), intake.rules, as_of=now, from_history=from_history)
    )
