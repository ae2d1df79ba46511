"""Spans in which a contract's clocks stand still: planned maintenance, and what was excluded by a signed record."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from syncd.domain.conditions import held
from syncd.domain.contract import Contract, Exclusion, Maintenance, Target
from syncd.domain.history import History
from syncd.domain.instant import to_us
from syncd.domain.interval import subtract, union
from syncd.domain.timeline import Timeline

EXCLUDED = "excluded"
MAINTENANCE = "maintenance"


class Break(NamedTuple):
    """A span `[start, end)` in microseconds in which clocks pause for `cause`."""

    start: int
    end: int
    cause: str


def breaks_of(
    history: History, contract: Contract, target: Target, exclusions: Iterable[Exclusion]
) -> tuple[Break, ...]:
    """Return the spans in which a target's clock on a ticket stands still: in order, none overlapping another."""
    excluded = union(
        piece
        for each in exclusions
        if each.start is not None and each.end is not None and concerns(each, contract, target, history.timeline)
        for piece in held(each.when, history, to_us(each.start), to_us(each.end))
    )
    planned = union(
        piece
        for each in contract.maintenance
        if _announced(each)
        for piece in held(each.when, history, to_us(each.start), to_us(each.end))
    )
    breaks = [Break(start, end, EXCLUDED) for start, end in excluded]
    breaks += [Break(start, end, MAINTENANCE) for start, end in subtract(planned, excluded)]
    return tuple(sorted(breaks))


def concerns(exclusion: Exclusion, contract: Contract, target: Target, timeline: Timeline) -> bool:
    """Whether a record is about a target's clock on a ticket, conditions left aside."""
    if exclusion.contract != contract.id or (exclusion.targets and target.name not in exclusion.targets):
        return False
    if exclusion.ticket is None:
        return True
    source, ticket = exclusion.ticket
    return source == timeline.source and ticket in (timeline.ticket, timeline.id)


def next_edge(breaks: Sequence[Break], after: int) -> int | None:
    """Return the first instant after `after` at which a span begins or ends."""
    return min((edge for each in breaks for edge in (each.start, each.end) if edge > after), default=None)


def _announced(window: Maintenance) -> bool:
    """Whether a window counts: one announced later than agreed does not."""
    if window.announced_at is None:
        return True
    return window.announced_at <= window.start - timedelta(microseconds=window.notice_us)
