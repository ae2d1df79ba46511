"""Readings as rows, both ways: one row a cycle, and one with cycle number 0 for a clock that has none.

Columns hold what is searched, counted or listed; the body holds the rest, so that what comes back is what was put.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from syncd.domain.instant import from_us, to_us
from syncd.domain.names import Verdict
from syncd.domain.reading import Cycle, Reading, Rejected
from syncd.store.codec import encoder, rest_of
from syncd.store.codes import METRICS, STAGE_NUMBERS, STAGES, VERDICT_NUMBERS, VERDICTS
from syncd.store.instants import at_or_none, us_or_none

_INSTANTS = ("started_at", "stopped_at", "due_at", "late_from", "breached_at", "at_risk_at")
_COLUMNS = frozenset({
    *_INSTANTS, "number", "goal_us", "elapsed_us", "stage", "verdict", "priority", "period",
})  # fmt: skip
CycleRest = rest_of(Cycle, without=_COLUMNS)
_REST = tuple(field.name for field in fields(Cycle) if field.name not in _COLUMNS)
_rest: Callable[[Cycle], tuple[Any, ...]] = attrgetter(*_REST)
_instants: Callable[[Cycle], tuple[datetime | None, ...]] = attrgetter(*_INSTANTS)
_NO_INSTANTS = (None,) * len(_INSTANTS)
_NO_CYCLE = 0
_NONE = 99
"""The stage and verdict of a row without a cycle: none of those there are, so that nothing counts or lists it."""
_COUNTED = frozenset({Verdict.MET, Verdict.MISSED, Verdict.UNVERIFIABLE, Verdict.EXCLUDED})

ReadingRow = tuple[Any, ...]
"""One value a column, in the table's order."""


_Body: Any = msgspec.defstruct(
    "Body",
    [
        ("cycle", CycleRest | None, None),
        ("flags", tuple[str, ...], ()),
        ("rejected", tuple[Rejected, ...], ()),
        ("changes_at", datetime | None, None),
    ],
    omit_defaults=True,
    frozen=True,
)
"""What has no column: of the cycle, and, in the first row of a clock, of its reading."""
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a cycle adds to tallies: at which instant, and how many goals met and missed."""

    at: int | None
    met: int
    missed: int


def counted(cycle: Cycle) -> Counted:
    """Return what a cycle adds to tallies.

    Its instant is `decided_at`; a verdict that has none (unverifiable, excluded) counts at the stop, without a stop at
    the start. A pending cycle adds nothing.
    """
    if cycle.verdict not in _COUNTED:
        return Counted(None, 0, 0)
    at = cycle.decided_at or cycle.stopped_at or cycle.started_at
    return Counted(to_us(at), int(cycle.verdict is Verdict.MET), int(cycle.verdict is Verdict.MISSED))


def reading_rows(said: Reading, *, ticket: int, definition: int, place: int) -> Iterator[ReadingRow]:
    """Yield the rows of a reading in the table's column order; `place` is its place among its ticket's."""
    as_of, flags, rejected, changes_at = to_us(said.as_of), said.flags, said.rejected, said.changes_at
    if not said.cycles:
        body = encoder.encode(_Body(None, flags, rejected, changes_at))
        yield (
            as_of, *_NO_INSTANTS, None, None, 0, ticket, definition, _NO_CYCLE, 0, 0, place, _NONE, _NONE, None, None,
            body,
        )  # fmt: skip
    for cycle in said.cycles:
        rest = CycleRest(**dict(zip(_REST, _rest(cycle), strict=True)))
        body = encoder.encode(_Body(rest, flags, rejected, changes_at))
        flags, rejected, changes_at = (), (), None
        adds = counted(cycle)
        yield (
            as_of, *map(us_or_none, _instants(cycle)), adds.at, cycle.goal_us, cycle.elapsed_us, ticket, definition,
            cycle.number, adds.met, adds.missed, place, STAGE_NUMBERS[cycle.stage], VERDICT_NUMBERS[cycle.verdict],
            cycle.priority, cycle.period, body,
        )  # fmt: skip


def _cycle(row: Any, rest: Any) -> Cycle:
    columns: dict[str, Any] = {name: at_or_none(getattr(row, name)) for name in _INSTANTS}
    return Cycle(
        number=row.cycle,
        goal_us=row.goal_us,
        elapsed_us=row.elapsed_us,
        stage=STAGES[row.stage],
        verdict=VERDICTS[row.verdict],
        priority=row.priority,
        period=row.period,
        **columns,
        **{name: getattr(rest, name) for name in _REST},
    )  # fmt: skip


def reading_of(rows: Sequence[Any]) -> Reading:
    """Return the reading of one clock's rows in order of their cycles, joined with definition, ticket and source."""
    bodies = [_decoder.decode(row.body) for row in rows]
    head = rows[0]
    return Reading(
        source=head.source,
        ticket=head.shown,
        ticket_id=head.ticket_id,
        vendor=head.vendor,
        contract=head.contract,
        revision=head.revision,
        target=head.target,
        metric=METRICS[head.metric],
        as_of=from_us(head.as_of),
        cycles=tuple(_cycle(row, body.cycle) for row, body in zip(rows, bodies, strict=True) if body.cycle is not None),
        flags=bodies[0].flags,
        rejected=bodies[0].rejected,
        changes_at=bodies[0].changes_at,
    )
