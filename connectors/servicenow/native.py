"""What the instance's own SLA engine says (`task_sla`): evidence beside our reading, never in its place.

The shape is the same for every source that has such clocks: an `attribute` event named `native:NAME`, at the instants
that the source gives, which becomes `running` where a clock starts, `missed` where it breaches, `met` or `missed` where
it completes, `cancelled` where it was called off; `original` holds the source's own goal.

Percentages, elapsed and remaining times are stale by design (ServiceNowDocs, "SLA timings": refreshed by jobs every
minute to every five days) and are never asked for. A planned end moves with every pause, and means nothing during one
(KB0550783): it is kept only where it dates a breach. That a clock is paused is today's state and no dated fact.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from connectors.servicenow.cells import Row, text
from connectors.servicenow.stamps import instant
from syncd.domain.events import AttributeChanged
from syncd.domain.names import Party
from syncd.domain.native import PREFIX

TABLE = "task_sla"

_DEFINITION = ("sla.name", "sla.target", "sla.duration", "sla.duration_type")
_LASTING = ("sys_id", "sla", *_DEFINITION, "stage", "start_time", "end_time", "has_breached", "sys_created_on")
_DATING = ("planned_end_time", "pause_time")
"""Of breached rows only; of others they change without a meaning."""

FIELDS = (*_LASTING, *_DATING)
"""What is asked for, the definition's part by dots."""

_OPEN = frozenset({"", "starting", "in_progress", "paused"})
_ENDED_WELL = frozenset({"completed", "achieved"})
_CANCELLED = "cancelled"
_EPOCH = "1970-01-01 00:00:00"

_LAST = 1_000_000_000
"""Places behind all other events of one instant, the opening of a much updated ticket included."""

_WIDTH = 4
"""Places of one row."""


def kept(row: Row) -> dict[str, object]:
    """Return what is kept of a row. Idempotent."""
    fields = (*_LASTING, *_DATING) if _breached(row) else _LASTING
    return {field: row[field] for field in fields if field in row}


def evidence(slas: Iterable[Row], opened_at: datetime) -> Iterator[AttributeChanged]:
    """Yield what the source's clocks say happened.

    A clock may start long before its row was attached (retroactive start), even before the ticket was opened: it is
    told from the opening on, and where an earlier row of its name had run (the ticket was reopened, the clock reset)
    from its attachment on, so that it does not run through what the other one said. `original` names its own start.
    """
    ended: dict[str, datetime] = {}
    by_attachment = sorted(slas, key=lambda row: (text(row, "sys_created_on"), text(row, "sys_id")))
    for place, row in enumerate(by_attachment):
        run = _run(row, opened_at, ended.get(_name(row)))
        if run is None:
            continue
        if run.stopped_at is not None:
            ended[run.name] = run.stopped_at
        said = _said(row, run)
        for rank, (at, to, at_earliest) in enumerate(_moments(row, run)):
            yield AttributeChanged(
                id=f"{text(row, 'sys_id')}:{to}:{at:%Y%m%d%H%M%S}", at=at, by=Party.SYSTEM, at_earliest=at_earliest,
                seq=_LAST + place * _WIDTH + rank, name=PREFIX + run.name, to=to, original=said,
            )  # fmt: skip


class _Run(NamedTuple):
    """One row: where it is told to start, where it stopped and how."""

    name: str
    start: datetime
    """The row's own, possibly before the ticket."""
    from_at: datetime
    stopped_at: datetime | None
    outcome: str


def _run(row: Row, opened_at: datetime, before: datetime | None) -> _Run | None:
    """Return a row's run; None for one that cannot be dated."""
    start, end = instant(text(row, "start_time")), instant(text(row, "end_time"))
    stage = text(row, "stage")
    if start is None or not text(row, "sys_id"):
        return None
    from_at = max(start, opened_at)
    if before is not None and from_at <= before:
        from_at = max(before, instant(text(row, "sys_created_on")) or before)
    outcome = "missed" if _breached(row) else "met"
    if stage == _CANCELLED:
        outcome = _CANCELLED
    elif stage not in _ENDED_WELL:
        # `breached` is a stage of its own in the 2010 engine; an unknown word says nothing about the end.
        end = end if stage == "breached" else None
        if end is None and stage not in _OPEN and not _breached(row):
            return None
        return _Run(_name(row), start, from_at, None if end is None else max(end, from_at), outcome)
    return None if end is None else _Run(_name(row), start, from_at, max(end, from_at), outcome)


def _moments(row: Row, run: _Run) -> Iterator[tuple[datetime, str, datetime | None]]:
    """Yield instant, value, and the earliest instant where only a stretch is known."""
    yield run.from_at, "running", None
    if _breached(row):
        planned, paused = instant(text(row, "planned_end_time")), instant(text(row, "pause_time"))
        if planned is not None and (paused is None or planned <= paused):
            breach = max(planned, run.from_at)
            if run.stopped_at is None or breach < run.stopped_at:
                yield breach, "missed", None
        elif paused is not None and run.stopped_at is None:
            # What breached and then paused did so before the pause; no column says when.
            yield max(paused, run.from_at), "missed", run.from_at
    if run.stopped_at is not None:
        yield run.stopped_at, run.outcome, None


def _said(row: Row, run: _Run) -> str | None:
    """Return the source's own goal, target and start, as far as it tells them."""
    parts = []
    goal = _millis(row)
    if goal is not None:
        parts.append(f"goal {goal} ms")
    target = text(row, "sla.target")
    if target and target != "none":
        parts.append(f"target {target}")
    if run.start != run.from_at:
        parts.append(f"counted from {run.start:%Y-%m-%dT%H:%M:%SZ}")
    return "; ".join(parts) or None


def _millis(row: Row) -> int | None:
    """Return the definition's duration, which is written as a date; None for a relative one, which a script decides."""
    duration, beginning = instant(text(row, "sla.duration")), instant(_EPOCH)
    if duration is None or beginning is None or text(row, "sla.duration_type"):
        return None
    return (duration - beginning) // timedelta(milliseconds=1) or None


def _name(row: Row) -> str:
    return text(row, "sla.name").strip() or text(row, "sla") or text(row, "sys_id")


def _breached(row: Row) -> bool:
    return text(row, "has_breached") == "true" or text(row, "stage") == "breached"
