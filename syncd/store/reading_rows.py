"""Readings as rows, both ways: one row a cycle, and one with cycle number 0 for a clock that has none.

Columns hold what is searched, counted or listed; the body holds the rest, so that what comes back is what was put.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec

from syncd.domain.goals import counts_goals, goals_of
from syncd.domain.instant import from_us, to_us
from syncd.domain.names import Verdict
from syncd.domain.reading import Cycle, Reading, Rejected, waits_for
from syncd.store.codec import encoder, rest_of
from syncd.store.codes import METRICS, STAGE_NUMBERS, STAGES, VERDICT_NUMBERS, VERDICTS
from syncd.store.instants import at_or_none, us_or_none
from syncd.store.tables import SPENT, reading

_COLUMNS = frozenset({
    "started_at", "stopped_at", "due_at", "late_from", "breached_at", "at_risk_at", "number", "goal_us", "elapsed_us",
    "stage", "verdict", "priority", "period", "spent",
})  # fmt: skip
CycleRest: Any = rest_of(Cycle, without=_COLUMNS)
_REST: tuple[str, ...] = CycleRest.__struct_fields__
_rest: Callable[[Any], tuple[Any, ...]] = attrgetter(*_REST)
_NO_INSTANTS = (None,) * 7
_UNSPENT = (None,) * len(SPENT)
_NO_CYCLE = 0
_GOALS = 1 << 30
"""From here on rows have no cycle, but what goals add to tallies."""
_NONE = 99
"""The stage and verdict of a row without a cycle: none of those there are, so that nothing counts or lists it."""
_MET, _MISSED, _PENDING = (VERDICT_NUMBERS[verdict] for verdict in (Verdict.MET, Verdict.MISSED, Verdict.PENDING))

ReadingRow = tuple[Any, ...]
"""One value a column, in the table's order."""

STAGE = list(reading.c.keys()).index("stage")
"""The place of a cycle's stage in its row; the first place is the instant as of which the row speaks."""


_Body: Any = msgspec.defstruct(
    "Body",
    [
        ("cycle", CycleRest | None, None),
        ("flags", tuple[str, ...], ()),
        ("rejected", tuple[Rejected, ...], ()),
        ("changes_at", datetime | None, None),
        ("elsewhere", tuple[str, ...], ()),
    ],
    omit_defaults=True,
    frozen=True,
)
"""What has no column: of the cycle, and, in the first row of a clock, of its reading."""
_NOTHING = encoder.encode(_Body())
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_Body)


def reading_rows(said: Reading, *, ticket: int, definition: int, place: int) -> list[ReadingRow]:
    """Return the rows of a reading in the table's column order; `place` is its place among its ticket's.

    A cycle counts in tallies at its `decided_at`; a verdict that has none (unverifiable, excluded) at the stop, without
    a stop at the start. A pending cycle does not count. Of an update clock goals count, in rows of their own behind
    its cycles.
    """
    as_of = to_us(said.as_of)
    of_reading: tuple[object, ...] = (said.flags, said.rejected, said.changes_at, said.elsewhere)
    if not said.cycles:
        body = encoder.encode(_Body(None, *of_reading))
        return [
            (
                as_of,
                *_NO_INSTANTS,
                None,
                0,
                ticket,
                definition,
                _NO_CYCLE,
                0,
                0,
                place,
                _NONE,
                _NONE,
                None,
                None,
                None,
                *_UNSPENT,
                body,
            )
        ]
    rows: list[ReadingRow] = []
    by_goals = counts_goals(said)
    for cycle in said.cycles:
        body = encoder.encode(_Body(CycleRest(*_rest(cycle)), *of_reading))
        of_reading = ()
        verdict = VERDICT_NUMBERS[cycle.verdict]
        is_met, is_missed = (verdict == _MET, verdict == _MISSED) if not by_goals else (False, False)
        counts = is_met or is_missed or verdict not in (_MET, _MISSED, _PENDING)
        counted = cycle.decided_at or cycle.stopped_at or cycle.started_at if counts else None
        rows.append((
            as_of, to_us(cycle.started_at), us_or_none(cycle.stopped_at), us_or_none(cycle.due_at),
            us_or_none(cycle.late_from), us_or_none(cycle.breached_at), us_or_none(cycle.at_risk_at),
            us_or_none(counted), cycle.goal_us, cycle.elapsed_us, ticket, definition, cycle.number,
            int(is_met), int(is_missed), place, STAGE_NUMBERS[cycle.stage], verdict, cycle.priority,
            cycle.period, waits_for(cycle), *(_UNSPENT if cycle.spent is None else _stored(cycle.spent)), body,
        ))  # fmt: skip
    if by_goals:
        goals = [(cycle.priority, each) for cycle in said.cycles for each in goals_of(cycle)]
        for n, (priority, (at, met, missed)) in enumerate(goals):
            rows.append((
                as_of, *_NO_INSTANTS[1:], at, None, 0, ticket, definition, _GOALS + n, met, missed, place, _NONE, _NONE,
                priority, None, None, *_UNSPENT, _NOTHING,
            ))  # fmt: skip
    return rows


def _stored(spent: tuple[int, ...]) -> tuple[int | None, ...]:
    """Return totals as they are stored: nought takes no room, except the last, which says that there are any."""
    # Written out, because rows are made by the million: a generator would take three times as long.
    excluded, unknown, out_of_hours, other_vendor, customer, third_party, vendor = spent
    return (
        excluded or None,
        unknown or None,
        out_of_hours or None,
        other_vendor or None,
        customer or None,
        third_party or None,
        vendor,
    )


def _spent(row: ReadingRow) -> tuple[int, ...] | None:
    stored = row[_SPENT:_BODY]
    return None if stored[-1] is None else tuple(us or 0 for us in stored)


def _cycle(row: ReadingRow, rest: Any) -> Cycle:
    (
        _, started_at, stopped_at, due_at, late_from, breached_at, at_risk_at, _, goal_us, elapsed_us, _, _, number, _,
        _, _, stage, verdict, priority, period, *_,
    ) = row  # fmt: skip
    return Cycle(
        number=number,
        priority=priority,
        started_at=from_us(started_at),
        stopped_at=at_or_none(stopped_at),
        stage=STAGES[stage],
        verdict=VERDICTS[verdict],
        goal_us=goal_us,
        elapsed_us=elapsed_us,
        due_at=at_or_none(due_at),
        late_from=at_or_none(late_from),
        breached_at=at_or_none(breached_at),
        at_risk_at=at_or_none(at_risk_at),
        period=period,
        spent=_spent(row),
        **dict(zip(_REST, _rest(rest), strict=True)),
    )


def reading_of(rows: Sequence[ReadingRow]) -> Reading:
    """Return the reading of one clock's rows in order of their cycles.

    Behind its own columns each row has the names of source, ticket, the ticket's id, vendor, contract, revision and
    target, and the metric's number.
    """
    head = rows[0]
    bodies = [_decoder.decode(row[_BODY]) for row in rows]
    source, shown, ticket_id, vendor, contract, revision, target, metric = head[_BODY + 1 :]
    return Reading(
        source=source,
        ticket=shown,
        ticket_id=ticket_id,
        vendor=vendor,
        contract=contract,
        revision=revision,
        target=target,
        metric=METRICS[metric],
        as_of=from_us(head[0]),
        cycles=tuple(_cycle(row, body.cycle) for row, body in zip(rows, bodies, strict=True) if body.cycle is not None),
        flags=bodies[0].flags,
        rejected=bodies[0].rejected,
        changes_at=bodies[0].changes_at,
        elsewhere=bodies[0].elsewhere,
    )


_SPENT, _BODY = (list(reading.c.keys()).index(name) for name in (SPENT[0], "body"))
