"""Readings as rows, both ways: one row a cycle, and one with cycle number 0 for a clock that has none.

Columns hold what is searched, counted or listed; the body holds the rest, so that what comes back is what was put.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import msgspec

from syncd.domain.instant import from_us, to_us
from syncd.domain.names import Verdict
from syncd.domain.reading import Cycle, Reading, Rejected
from syncd.store.codec import encoder, rest_of
from syncd.store.codes import METRICS, STAGE_NUMBERS, STAGES, VERDICT_NUMBERS, VERDICTS
from syncd.store.instants import at_or_none, us_or_none
from syncd.store.tables import reading

_INSTANTS = ("started_at", "stopped_at", "due_at", "late_from", "breached_at", "at_risk_at")
_COLUMNS = frozenset({
    *_INSTANTS, "number", "goal_us", "elapsed_us", "stage", "verdict", "priority", "period",
})  # fmt: skip
CycleRest = rest_of(Cycle, without=_COLUMNS)
_REST = tuple(field.name for field in fields(Cycle) if field.name not in _COLUMNS)
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
    """Yield the rows of a reading; `place` is its place among its ticket's."""
    shared = {"ticket": ticket, "definition": definition, "place": place, "as_of": to_us(said.as_of)}
    first = _Body(flags=said.flags, rejected=said.rejected)
    if not said.cycles:
        yield _row(_EMPTY | shared | {"body": encoder.encode(first)})
    for cycle in said.cycles:
        rest = CycleRest(**{name: getattr(cycle, name) for name in _REST})
        body = _Body(rest, first.flags, first.rejected)
        first = _Body()
        adds = counted(cycle)
        columns = {name: us_or_none(getattr(cycle, name)) for name in _INSTANTS} | {
            "cycle": cycle.number, "goal_us": cycle.goal_us, "elapsed_us": cycle.elapsed_us,
            "stage": STAGE_NUMBERS[cycle.stage], "verdict": VERDICT_NUMBERS[cycle.verdict],
            "priority": cycle.priority, "period": cycle.period,
            "counted_at": adds.at, "met": adds.met, "missed": adds.missed, "body": encoder.encode(body),
        }  # fmt: skip
        yield _row(shared | columns)


_NAMES = tuple(column.name for column in reading.columns)
_EMPTY: dict[str, Any] = dict.fromkeys(_NAMES) | {
    "cycle": _NO_CYCLE, "elapsed_us": 0, "met": 0, "missed": 0,
    "stage": _NONE, "verdict": _NONE,
}  # fmt: skip


def _row(values: dict[str, Any]) -> ReadingRow:
    return tuple(values[name] for name in _NAMES)


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
    )
