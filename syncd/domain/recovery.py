"""The end of what was told of a clock: when it is true no more, and the notice that says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from syncd.domain.changes import OPEN
from syncd.domain.names import Verdict
from syncd.domain.notice import OF_CLOCKS, Notice, NoticeKey, Step
from syncd.domain.reading import Cycle, Reading


def ended_at(key: NoticeKey, readings: Sequence[Reading], *, as_of: datetime, gone: bool) -> datetime | None:
    """Return since when a notice of a clock is true no more, at the latest `as_of`; None while it is true.

    `readings` are its ticket's, `gone` says that the source shows the ticket no more. A pause ends nothing, a breach
    does not end the risk before it: both last until the cycle is over.
    """
    cycle = _cycle_of(key, readings)
    if cycle is None or gone:
        return as_of
    if cycle.stage not in OPEN:
        return min(cycle.stopped_at or as_of, as_of)
    return None if _holds(key, cycle, as_of) else as_of


def recovered(told: Sequence[Notice], at: datetime) -> Notice:
    """Return the notice that these, all of one cycle and priority or of one thing, are over since an instant."""
    last = max(told, key=lambda notice: (notice.at, notice.key.text()))
    detail = "" if last.key.step in OF_CLOCKS else last.key.detail
    key = replace(last.key, step=Step.RECOVERED, ordinal=0, detail=detail)
    of = tuple(sorted({notice.key.text() for notice in told}))
    return replace(last, key=key, at=max(at, last.at), late=False, of=of)


def _cycle_of(key: NoticeKey, readings: Sequence[Reading]) -> Cycle | None:
    for reading in readings:
        if (reading.contract, reading.target) == (key.contract, key.target):
            return next((cycle for cycle in reading.cycles if cycle.started_by == key.started_by), None)
    return None


def _holds(key: NoticeKey, cycle: Cycle, as_of: datetime) -> bool:
    """Tell whether a step is true of an open cycle."""
    if cycle.verdict is Verdict.MISSED:
        return key.ordinal <= cycle.misses
    if cycle.verdict is not Verdict.PENDING or key.priority != cycle.priority:
        return False
    if key.step is Step.AT_RISK:
        return cycle.at_risk_at is not None and cycle.at_risk_at <= as_of
    reached = {rung.text for rung in cycle.rungs if not rung.after_breach and rung.at <= as_of}
    return key.step is Step.ESCALATED and key.detail in reached
