"""One target applied to one ticket: its cycles, each judged by its promises. Pure, and total but for calendars."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Contract, Target
from syncd.domain.deadlines import at_risk, deadlines_of, first_due
from syncd.domain.endings import End, Ending
from syncd.domain.history import History
from syncd.domain.instant import from_us, to_us
from syncd.domain.names import PeriodBy, Stage, Verdict
from syncd.domain.pauses import pauses_of
from syncd.domain.period import period_at
from syncd.domain.promises import Outcome, binding_of, outcomes_of
from syncd.domain.reading import Cycle
from syncd.domain.runs import Run, Runs, Start, runs_of
from syncd.domain.segments import Segment, last_moment, pause_cause, segments_of


def cycles_of(
    history: History, contract: Contract, target: Target, start: Start, *, as_of: datetime
) -> tuple[tuple[Cycle, ...], tuple[str, ...]]:
    """Return a clock's cycles as of an instant, and what kept it from having any.

    Elapsed time never shrinks as `as_of` grows, and `breached_at` never moves once set. Raises CalendarExhausted when
    a calendar cannot say when a goal will be due.
    """
    if contract.until is not None and as_of > contract.until:
        return _until_the_end(history, contract, target, start, contract.until, as_of=as_of)
    return _all_cycles(history, contract, target, start, to_us(as_of))


def _all_cycles(
    history: History, contract: Contract, target: Target, start: Start, now: int
) -> tuple[tuple[Cycle, ...], tuple[str, ...]]:
    found = clock_runs(history, target, contract.vendor.id, start)
    return tuple(_cycle(history, run, contract, target, now) for run in found.runs), found.flags


def clock_runs(history: History, target: Target, vendor: str, start: Start) -> Runs:
    """Return the runs of a clock, resumed as its grace allows."""

    def in_grace(run: Run, at: int) -> bool:
        stopped = run.ended_at
        calendar = _grace_calendar(history, run, target, vendor)
        if stopped is None or calendar is None:
            return False
        return at <= calendar.due_us(stopped, calendar.goal_us(target.reopen_grace, stopped))

    return runs_of(history, target, vendor, start, in_grace)


class Judgement(NamedTuple):
    """A run cut into segments, what came of its promises, and the one that binds; `end` is its stop or `as_of`."""

    segments: list[Segment]
    outcomes: list[Outcome]
    binding: Outcome | None
    end: int


def judge(history: History, run: Run, target: Target, vendor: str, now: int) -> Judgement:
    """Return how a run stands at an instant, in microseconds."""
    end = now if run.ended_at is None else run.ended_at
    segments = segments_of(history, run, target, vendor, now)
    outcomes = outcomes_of(segments, target)
    return Judgement(segments, outcomes, binding_of(outcomes, end), end)


def _until_the_end(
    history: History, contract: Contract, target: Target, start: Start, until: datetime, *, as_of: datetime
) -> tuple[tuple[Cycle, ...], tuple[str, ...]]:
    """The cycles of an ended contract: those open and unmissed at its end are cancelled there, no new ones begin."""
    end, now = to_us(until), to_us(as_of)
    vendor = contract.vendor.id
    seen = history._replace(moments=tuple(moment for moment in history.moments if moment.at <= end))
    found = clock_runs(seen, target, vendor, start)
    later = clock_runs(history, target, vendor, start).runs
    cycles = []
    for run, gone_on in zip(found.runs, later, strict=False):
        cycle = _cycle(seen, run, contract, target, end)
        if run.ending is None and cycle.verdict is Verdict.PENDING:
            run.finish(end, len(seen.moments), None, Ending(End.CANCELLED, ("contract_ended",)))
            cycle = _cycle(seen, run, contract, target, end)
        elif run.ending is None:
            cycle = _cycle(history, gone_on, contract, target, now)
        cycles.append(cycle)
    return tuple(cycles), found.flags


def _grace_calendar(history: History, run: Run, target: Target, vendor: str) -> ServiceCalendar | None:
    if target.reopen_calendar is not None:
        return target.reopen_calendar
    stopped = run.ended_at
    if stopped is not None:
        binding = judge(history, run, target, vendor, stopped).binding
        if binding is not None:
            return binding.calendar
    return target.calendars.get("default") or next(iter(target.calendars.values()), None)


def _cycle(history: History, run: Run, contract: Contract, target: Target, now: int) -> Cycle:
    vendor = contract.vendor.id
    ending = run.ending
    segments, outcomes, binding, end = judge(history, run, target, vendor, now)
    stage = _stage(history, run, target, vendor, segments)
    due, late, resumed, breaks = deadlines_of(binding, outcomes, target, stage, end)
    stopped = None if ending is None or ending.end is End.GONE else _instant(end)
    breached = None if binding is None else _instant(binding.broken)
    verdict = _verdict(run, missed=breached is not None)
    due_at, started = _instant(due), run.started_at
    decided = _decided(target.period_by, verdict, started, stopped, breached, due_at)
    return Cycle(
        number=run.number,
        priority=segments[-1].priority if binding is None else binding.priority,
        started_at=from_us(started),
        stopped_at=stopped,
        stage=stage,
        verdict=verdict,
        goal_us=None if binding is None else binding.goal,
        elapsed_us=0 if binding is None else binding.elapsed,
        first_due_at=_instant(first_due(history.moments[run.spans[0].first].priority, started, target)),
        due_at=due_at,
        due_if_resumed=_instant(resumed),
        late_from=_instant(late),
        breached_at=breached,
        at_risk_at=_instant(at_risk(binding, target, stage, end)) if ending is None else None,
        decided_at=decided,
        period=None if decided is None else period_at(contract, decided).name,
        pauses=pauses_of(segments, going_on=stage is Stage.PAUSED),
        started_by=run.started_by,
        stopped_by=None if stopped is None else run.ended_by,
        false_resolves=run.false_resolves,
        flags=() if ending is None else ending.flags,
        breaks_at=_instant(breaks) if ending is None else None,
    )


def _stage(history: History, run: Run, target: Target, vendor: str, segments: list[Segment]) -> Stage:
    ending = run.ending
    if ending is None:
        return Stage.RUNNING if segments[-1].cause is None else Stage.PAUSED
    if ending.end is End.GONE:
        state = last_moment(history, run)
        return Stage.RUNNING if pause_cause(state, target, vendor, state.priority) is None else Stage.PAUSED
    return _STAGES[ending.end]


_STAGES = {End.STOPPED: Stage.COMPLETED, End.CANCELLED: Stage.CANCELLED}
_VERDICTS = {End.STOPPED: Verdict.MET, End.CANCELLED: Verdict.EXCLUDED, End.GONE: Verdict.UNVERIFIABLE}


def _verdict(run: Run, *, missed: bool) -> Verdict:
    if missed:
        return Verdict.MISSED
    return Verdict.PENDING if run.ending is None else _VERDICTS[run.ending.end]


def _decided(
    period_by: PeriodBy,
    verdict: Verdict,
    started: int,
    stopped: datetime | None,
    breached: datetime | None,
    due: datetime | None,
) -> datetime | None:
    """The instant that puts a cycle into a period; None while there is no verdict that counts."""
    if verdict not in (Verdict.MET, Verdict.MISSED):
        return None
    decided = breached if verdict is Verdict.MISSED else stopped
    match period_by:
        case PeriodBy.DECIDED:
            return decided
        case PeriodBy.DEADLINE:
            return due or decided
        case PeriodBy.STOPPED:
            return stopped or decided
        case PeriodBy.CREATED:
            return from_us(started)


@lru_cache(maxsize=1024)
def _instant(us: int | None) -> datetime | None:
    """The instant; remembered, because the deadlines of a cycle, and the clocks of a ticket, share many."""
    return None if us is None else from_us(us)
