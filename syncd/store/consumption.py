"""Which share of its goal a cycle had used when it stopped: the same question asked of a row and asked in SQL."""

from typing import Any

import sqlalchemy as sa

from syncd.domain.names import Stage, Verdict
from syncd.ports.readings import CONSUMED_STEPS
from syncd.store.codes import STAGE_NUMBERS, VERDICT_NUMBERS
from syncd.store.tables import reading

_NAMES = list(reading.c.keys())
_STAGE, _VERDICT, _GOAL, _ELAPSED, _COUNTED_AT = (
    _NAMES.index(name) for name in ("stage", "verdict", "goal_us", "elapsed_us", "counted_at")
)
_COMPLETED = STAGE_NUMBERS[Stage.COMPLETED]
_DECIDED = (VERDICT_NUMBERS[Verdict.MET], VERDICT_NUMBERS[Verdict.MISSED])

BEYOND = len(CONSUMED_STEPS)
"""The step of a cycle that used more than the last share."""

STOPPED = sa.and_(reading.c.stage == _COMPLETED, reading.c.verdict.in_(_DECIDED), reading.c.goal_us > 0)
"""Cycles that stopped and were decided against a goal; a goal of no time has no shares."""

STEP = sa.case(
    *((reading.c.elapsed_us * 100 <= reading.c.goal_us * percent, step) for step, percent in enumerate(CONSUMED_STEPS)),
    else_=BEYOND,
)
"""The place in `CONSUMED_STEPS` of the first share not exceeded. Whole numbers: exactly the goal is 100."""

THOUSANDTHS = reading.c.elapsed_us * 1000 // reading.c.goal_us
"""The share, rounded down: both engines divide whole numbers so. Sums are of these."""


def step_of(row: tuple[Any, ...]) -> tuple[int, int] | None:
    """Return the step of a reading's row and its thousandths; None for one that does not count here."""
    goal, elapsed = row[_GOAL], row[_ELAPSED]
    if row[_COUNTED_AT] is None or row[_STAGE] != _COMPLETED or row[_VERDICT] not in _DECIDED or not goal:
        return None
    step = next((at for at, percent in enumerate(CONSUMED_STEPS) if elapsed * 100 <= goal * percent), BEYOND)
    return step, elapsed * 1000 // goal
