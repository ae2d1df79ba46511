"""Store one page of a source: raw records, their events, the readings that follow, and the cursor, page by page."""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from syncd.domain.events import TicketEvent
from syncd.domain.problem import Problem
from syncd.errors import StoreBusy, SyncdError
from syncd.ports.connector import Cursor, Page, Rechecked
from syncd.ports.repositories import EVENTS_A_TRANSACTION, TicketNo
from syncd.ports.store import Work
from syncd.services.assess import assess
from syncd.services.gone import GONE_PART, gone_records
from syncd.services.intake import Intake, PageReport
from syncd.services.poison import set_aside
from syncd.services.prepare import Ready, prepare
from syncd.services.settle import settle


def _nothing(work: Work) -> None:
    del work


def store_page(
    intake: Intake, page: Page, *, stream: str, expected: Cursor | None, now: datetime, from_history: bool = False
) -> PageReport:
    """Store a page; its cursor is saved with its last tickets, so that a kill repeats reading and loses nothing."""
    report = PageReport(records=len(page.records), problems=len(page.problems))
    ready = prepare(intake, page.records, report, now)
    chunks = list(_chunks(ready)) or [[]]
    for chunk in chunks[:-1]:
        _store_chunk(intake, chunk, report, now, from_history=from_history)

    def move_cursor(work: Work) -> None:
        if page.cursor != expected:
            work.checkpoints.set(intake.source, stream, page.cursor, expected=expected)

    _store_chunk(intake, chunks[-1], report, now, from_history=from_history, after=move_cursor)
    _settle(intake, report, now)
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
    for chunk in _chunks(prepare(intake, records, report, now)):
        _store_chunk(intake, chunk, report, now, from_history=False)
    _settle(intake, report, now)
    return report


def _settle(intake: Intake, report: PageReport, now: datetime) -> None:
    """Measure again what is joined to what changed."""
    # In a busy store the notes stay, and the deadline timer takes them up.
    with suppress(StoreBusy):
        while (assessment := settle(intake.store, intake.fence, intake.rules, now=now)) is not None:
            report.assessments.append(assessment)


def _chunks(ready: Sequence[Ready]) -> Iterator[list[Ready]]:
    """Group records so that a transaction writes at most `EVENTS_A_TRANSACTION` events, a larger ticket alone."""
    chunk: list[Ready] = []
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
    chunk: Sequence[Ready],
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
            set_aside(intake, chunk[0].new.record.ticket, cause, report, now)
        _store_chunk(intake, (), report, now, from_history=from_history, after=after)
        return
    report.add(written)


def _append_head_start(intake: Intake, chunk: Sequence[Ready], report: PageReport, now: datetime) -> None:
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
    chunk: Sequence[Ready],
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
    if report.new_events and not from_history:
        report.delays += [now - at for at in work.tickets.learned(list(events), now)]
    if withdrawn:
        report.withdrawn += work.tickets.withdraw(withdrawn, now)
    findings: dict[str, list[Problem]] = {}
    for item in chunk:
        findings.setdefault(item.mapped.timeline.id, []).extend(item.mapped.problems)
    work.problems.replace(intake.source, findings, now)
    report.problems += sum(len(found) for found in findings.values())
    # A ticket of which another part is poison stays apart.
    work.quarantine.lift(intake.source, [head.id for head in heads if head.id not in apart])
    changed = sorted(set(numbers.values()))
    report.assessments.append(assess(work, changed, intake.rules, as_of=now, from_history=from_history, just_read=True))
    if intake.rules.agreements.have_records:
        # All of them: what links to one may be written at this moment, out of sight.
        work.links.mark(changed)
