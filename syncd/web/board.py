"""The status page's contents: which clocks, which sources, which totals, in words."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from syncd.ports.outbox import QueueState
from syncd.ports.readings import OpenClock, OpenCount
from syncd.web.sources import Facts, Status, WorkerStatus
from syncd.web.wording import ClockState, clock_state, explain_path, link, span_text

BREACHES_SHOWN = 25
NEXT_SHOWN = 50

_PAGE = 200
_PAGES = 10
"""How far down the list of deadlines the board looks; breached clocks stand first, as their deadlines are past."""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One open clock on the board."""

    vendor: str
    source: str
    ticket: str
    title: str | None
    link: str | None
    explain: str
    target: str
    priority: str | None
    due_at: datetime | None
    distance: str
    """How far the deadline is away, before or behind; empty where there is none."""
    late: bool
    state: ClockState


@dataclass(frozen=True, slots=True)
class VendorLine:
    """One vendor's open clocks by state, and its nearest deadline that is not past."""

    name: str
    counts: Counter[str]
    deadline: datetime | None
    distance: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source on the board."""

    worker: WorkerStatus
    success: str
    watermark: str
    next_pass: str


@dataclass(frozen=True, slots=True)
class NotifierLine:
    """One notifier on the board; `oldest` is how long the oldest notice has waited, empty where none does."""

    queue: QueueState
    oldest: str
    command: str | None
    """What shows its dead letters; None where there are none."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the status page."""

    at: datetime
    status: Status
    totals: Counter[str]
    breaches: Sequence[ClockLine]
    breaches_hidden: int
    upcoming: Sequence[ClockLine]
    vendors: Sequence[VendorLine]
    sources: Sequence[SourceLine]
    notifiers: Sequence[NotifierLine]
    waiting_notices: int
    dead_notices: int

    @property
    def healthy_sources(self) -> int:
        """How many sources are neither stale nor in trouble."""
        return sum(not line.worker.stale and line.worker.failures == 0 for line in self.sources)


def board(facts: Facts, now: datetime) -> Board:
    """Return the status page's contents as of now."""
    status = facts.status()
    counts = facts.open_counts()
    totals = _totals(counts)
    breaches, upcoming = _clocks(facts, status, now)
    return Board(
        at=now,
        status=status,
        totals=totals,
        breaches=breaches,
        breaches_hidden=max(0, totals["breached"] - len(breaches)),
        upcoming=upcoming,
        vendors=_vendors(counts, status, now),
        sources=[_source(worker, now) for worker in sorted(status.workers, key=lambda worker: worker.name)],
        notifiers=[_notifier(queue, now) for queue in status.queues],
        waiting_notices=sum(queue.pending for queue in status.queues),
        dead_notices=sum(queue.dead for queue in status.queues),
    )


def _totals(counts: Sequence[OpenCount]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for count in counts:
        totals[count.state] += count.count
    return totals


def _clocks(facts: Facts, status: Status, now: datetime) -> tuple[list[ClockLine], list[ClockLine]]:
    """Return the longest overdue breaches and the nearest deadlines among the others."""
    breaches: list[ClockLine] = []
    upcoming: list[ClockLine] = []
    for page in range(_PAGES):
        clocks = facts.open_clocks(_PAGE, page * _PAGE)
        for clock in clocks:
            line = _clock(clock, status, now)
            if line.state == "breached":
                breaches.append(line)
            elif line.due_at is not None:
                upcoming.append(line)
        if len(clocks) < _PAGE or len(upcoming) >= NEXT_SHOWN:
            break
    return breaches[:BREACHES_SHOWN], upcoming[:NEXT_SHOWN]


def _clock(clock: OpenClock, status: Status, now: datetime) -> ClockLine:
    return ClockLine(
        vendor=status.vendors.get(clock.vendor, clock.vendor),
        source=clock.source,
        ticket=clock.ticket,
        title=clock.title,
        link=link(clock.url),
        explain=explain_path(clock.source, clock.ticket),
        target=clock.target,
        priority=clock.priority,
        due_at=clock.due_at,
        distance="" if clock.due_at is None else span_text(clock.due_at - now),
        late=clock.due_at is not None and clock.due_at < now,
        state=clock_state(clock, now),
    )


def _vendors(counts: Sequence[OpenCount], status: Status, now: datetime) -> list[VendorLine]:
    by_vendor: dict[str, Counter[str]] = {vendor: Counter() for vendor in status.vendors}
    deadlines: dict[str, datetime] = {}
    for count in counts:
        by_vendor.setdefault(count.vendor, Counter())[count.state] += count.count
        if count.deadline is not None and count.deadline >= now and count.state in {"ok", "at_risk"}:
            deadlines[count.vendor] = min(count.deadline, deadlines.get(count.vendor, count.deadline))
    lines = [
        VendorLine(
            status.vendors.get(vendor, vendor),
            states,
            deadline := deadlines.get(vendor),
            "" if deadline is None else span_text(deadline - now),
        )
        for vendor, states in by_vendor.items()
    ]
    return sorted(lines, key=lambda line: (-line.counts["breached"], -line.counts["at_risk"], line.name))


def _source(worker: WorkerStatus, now: datetime) -> SourceLine:
    return SourceLine(
        worker,
        success="never" if worker.last_success_at is None else f"{span_text(now - worker.last_success_at)} ago",
        watermark="" if worker.watermark is None else f"{span_text(now - worker.watermark)} ago",
        next_pass=_next(worker, now),
    )


def _notifier(queue: QueueState, now: datetime) -> NotifierLine:
    return NotifierLine(
        queue,
        oldest="" if queue.oldest_at is None else span_text(now - queue.oldest_at),
        command=f"syncd notices list --dead --channel {shlex.quote(queue.channel)}" if queue.dead else None,
    )


def _next(worker: WorkerStatus, now: datetime) -> str:
    if worker.next_pass_at is None:
        return ""
    return "now" if worker.next_pass_at <= now else f"in {span_text(worker.next_pass_at - now)}"
