"""What became true of a ticket's clocks and is worth telling, from two readings of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from syncd.domain.contract import DEFAULT, Contract
from syncd.domain.names import Stage, Verdict
from syncd.domain.notice import Notice, NoticeKey, Step
from syncd.domain.priority import urgency
from syncd.domain.reading import Cycle, Reading
from syncd.domain.timeline import Timeline

LATE_AFTER = timedelta(minutes=5)
"""How long after the fact a notice says that it is late."""

TOO_OLD_AFTER = timedelta(hours=24)
"""How long after the fact nobody is told any more, except in a digest."""

OPEN = frozenset({Stage.RUNNING, Stage.PAUSED})

_TICK = timedelta(microseconds=1)


class Withheld(StrEnum):
    """Why a notice is told to nobody, only in a digest, or later: a closed set, because it labels metrics."""

    BEFORE_NOTIFY_FROM = "before_notify_from"
    TOO_OLD = "too_old"
    OVER = "over"
    HISTORY = "history"
    RULES_CHANGED = "rules_changed"
    SOURCE_STALE = "source_stale"
    CLOCK_SKEW = "clock_skew"
    STORM = "storm"


class Change(NamedTuple):
    """A notice, and why it is withheld; None where it is to be told."""

    notice: Notice
    withheld: Withheld | None
    revision: str
    """The revision of the contract that the clock runs by."""


def changes(
    before: Sequence[Reading],
    after: Sequence[Reading],
    timeline: Timeline,
    contracts: Mapping[str, Contract],
    *,
    source_id: int,
    as_of: datetime,
    from_history: bool = False,
    rules_since: datetime | None = None,
) -> list[Change]:
    """Return what is true of a ticket as of `as_of` and was not before; contracts by id.

    `from_history` says that the ticket was read from the past (backfill, replay), which never tells anybody. What was
    measured before by other rules than those of `rules_since` tells nobody what was true already then.
    """
    known = {key for reading in before for key, *_ in _steps(reading, timeline, source_id, reading.as_of)}
    found = []
    for reading in after:
        contract = contracts[reading.contract]
        for key, cycle, at in _steps(reading, timeline, source_id, as_of):
            if key in known:
                continue
            notice = Notice(
                key=key,
                at=at,
                source=reading.source,
                ticket=reading.ticket,
                url=timeline.url,
                vendor=reading.vendor,
                vendor_name=contract.vendor.name,
                priority=key.priority,
                goal_us=cycle.goal_us or 0,
                elapsed_us=cycle.elapsed_us,
                due_at=cycle.due_at,
                late=as_of - at > LATE_AFTER,
                metric=reading.metric,
                level=level_of(contract, key.priority),
            )
            withheld = _withheld(notice, cycle, reading, contract, as_of, from_history=from_history)
            if withheld is None and rules_since is not None and at <= rules_since:
                withheld = Withheld.RULES_CHANGED
            found.append(Change(notice, withheld, reading.revision))
    return found


def level_of(contract: Contract, priority: str) -> int:
    """Return a priority's place among those that the contract names, 1 for the most urgent."""
    named = {
        each
        for revision in contract.revisions
        for target in revision.targets
        for goals in (target.goals, *(row.goals for row in target.arrivals))
        for each in goals
    } - {DEFAULT}
    return 1 + sum(urgency(each) < urgency(priority) for each in named)


def wake_at(readings: Iterable[Reading]) -> datetime | None:
    """Return when the first of these clocks will say something new if nothing happens; None if none will."""
    moments = []
    for reading in readings:
        if reading.changes_at is not None:
            moments.append(reading.changes_at)
        for cycle in reading.cycles:
            pending = cycle.verdict is Verdict.PENDING
            at_risk = cycle.at_risk_at if pending and cycle.stage is Stage.RUNNING else None
            if at_risk is not None and at_risk > reading.as_of:
                moments.append(at_risk)
            if cycle.stage is Stage.RUNNING:
                ahead = (rung for rung in cycle.rungs if rung.at > reading.as_of)
                moments.extend(rung.at for rung in ahead if rung.after_breach != pending)
            watched = pending or cycle.misses or (cycle.raw is not None and cycle.raw.verdict is Verdict.PENDING)
            if cycle.breaks_at is not None and watched:
                # At that instant the goal is used up exactly, which is still in time.
                moments.append(cycle.breaks_at + _TICK)
    return min(moments, default=None)


def _steps(
    reading: Reading, timeline: Timeline, source_id: int, as_of: datetime
) -> Iterable[tuple[NoticeKey, Cycle, datetime]]:
    for cycle in reading.cycles:
        if cycle.priority is None:
            continue
        for step, at, ordinal, detail in _reached(cycle, as_of):
            key = NoticeKey(
                source_id=source_id,
                ticket_id=timeline.id,
                contract=reading.contract,
                target=reading.target,
                started_by=cycle.started_by,
                priority=cycle.priority,
                step=step,
                ordinal=ordinal,
                detail=detail,
            )
            yield key, cycle, at


def _reached(cycle: Cycle, as_of: datetime) -> Iterable[tuple[Step, datetime, int, str]]:
    missed = cycle.verdict is Verdict.MISSED
    if cycle.stage is Stage.RUNNING and cycle.verdict is Verdict.PENDING:
        if cycle.at_risk_at is not None and cycle.at_risk_at <= as_of:
            yield Step.AT_RISK, cycle.at_risk_at, 0, ""
    elif missed and cycle.misses:
        for ordinal, at in enumerate(cycle.miss_at, start=1):
            yield Step.BREACHED, at, ordinal, ""
    elif missed and cycle.breached_at is not None:
        yield Step.BREACHED, cycle.breached_at, 0, ""
    for rung in cycle.rungs:
        told = missed if rung.after_breach else cycle.stage is Stage.RUNNING and cycle.verdict is Verdict.PENDING
        if told and rung.at <= as_of:
            yield Step.ESCALATED, rung.at, 0, rung.text


def _withheld(
    notice: Notice, cycle: Cycle, reading: Reading, contract: Contract, as_of: datetime, *, from_history: bool
) -> Withheld | None:
    if from_history:
        return Withheld.HISTORY
    if notice.at < contract.revision(reading.revision).notify_from:
        return Withheld.BEFORE_NOTIFY_FROM
    if cycle.stage not in OPEN:
        return Withheld.OVER
    return Withheld.TOO_OLD if as_of - notice.at > TOO_OLD_AFTER else None
