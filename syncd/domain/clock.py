"""One target applied to one ticket: its cycles, each judged by its promises. Pure, and total but for calendars."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Contract, Target
from syncd.domain.endings import End
from syncd.domain.history import History
from syncd.domain.instant import from_us, to_us
from syncd.domain.names import PeriodBy, Stage, Verdict
from syncd.domain.period import period_at
from syncd.domain.promises import Outcome, binding_of, outcomes_of
from syncd.domain.reading import Cycle, Pause
from syncd.domain.runs import Run, Runs, Start, runs_of
from syncd.domain.segments import Segment, pause_cause, segments_of


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
    end = to_us(until)
    seen = history._replace(moments=tuple(moment for moment in history.moments if moment.at <= end))
    at_end, flags = _all_cycles(seen, contract, target, start, end)
    later, _ = _all_cycles(history, contract, target, start, to_us(as_of))
    cycles = []
    for cycle, now in zip(at_end, later, strict=False):
        if cycle.stopped_at is not None:
            cycles.append(cycle)
        elif cycle.verdict is Verdict.PENDING:
            cycles.append(
                replace(
                    cycle, stage=Stage.CANCELLED, verdict=Verdict.EXCLUDED, stopped_at=until, due_at=None,
                    due_if_resumed=None, late_from=None, at_risk_at=None, flags=("contract_ended",),
                )
            )  # fmt: skip
        else:
            cycles.append(now)
    return tuple(cycles), flags


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
    segments, _, binding, end = judge(history, run, target, vendor, now)
    broken = None if binding is None else binding.broken
    stage = _stage(history, run, target, vendor, segments)
    verdict = _verdict(run, missed=broken is not None)
    due, late, resumed = _deadlines(binding, target, stage, end, open_ended=ending is None or ending.end is End.GONE)
    stopped = None if ending is None or ending.end is End.GONE else from_us(end)
    breached = None if broken is None else from_us(broken)
    decided = _decided(target, verdict, run, stopped, breached, due)
    return Cycle(
        number=run.number,
        priority=segments[-1].priority if binding is None else binding.priority,
        started_at=from_us(run.started_at),
        stopped_at=stopped,
        stage=stage,
        verdict=verdict,
        goal_us=None if binding is None else binding.goal,
        elapsed_us=0 if binding is None else binding.elapsed,
        first_due_at=_first_due(segments[0], target),
        due_at=_instant(due),
        due_if_resumed=_instant(resumed),
        late_from=_instant(late),
        breached_at=breached,
        at_risk_at=_at_risk(binding, target, stage, end) if ending is None else None,
        decided_at=decided,
        period=None if decided is None else period_at(contract, decided).name,
        pauses=_pauses(segments, end, open_ended=stage is Stage.PAUSED),
        started_by=run.started_by,
        stopped_by=None if stopped is None else run.ended_by,
        false_resolves=run.false_resolves,
        flags=() if ending is None else ending.flags,
    )


def _stage(history: History, run: Run, target: Target, vendor: str, segments: list[Segment]) -> Stage:
    ending = run.ending
    if ending is None:
        return Stage.RUNNING if segments[-1].cause is None else Stage.PAUSED
    if ending.end is End.GONE:
        last = run.spans[-1].last
        state = history.moments[(len(history.moments) if last is None else last) - 1]
        return Stage.RUNNING if pause_cause(state, target, vendor, state.priority) is None else Stage.PAUSED
    return Stage.COMPLETED if ending.end is End.STOPPED else Stage.CANCELLED


def _verdict(run: Run, *, missed: bool) -> Verdict:
    if missed:
        return Verdict.MISSED
    if run.ending is None:
        return Verdict.PENDING
    if run.ending.end is End.GONE:
        return Verdict.UNVERIFIABLE
    return Verdict.MET if run.ending.end is End.STOPPED else Verdict.EXCLUDED


def _deadlines(
    binding: Outcome | None, target: Target, stage: Stage, end: int, *, open_ended: bool
) -> tuple[int | None, int | None, int | None]:
    """Where the binding promise is due, late from, and would be due if it resumed at `end` (*Deadline*)."""
    if binding is None:
        return None, None, None
    if binding.broken is not None:
        return binding.due, binding.broken, None
    if stage is Stage.CANCELLED:
        return None, None, None
    due = binding.due_from(end)
    if stage is Stage.PAUSED and open_ended:
        return None, None, binding.calendar.due_us(end, max(binding.goal - binding.elapsed, 0))
    if target.strict_due:
        late = binding.limit_at
        return due, binding.calendar.due_us(end, binding.limit - binding.elapsed) if late is None else late, None
    return due, binding.calendar.late_us(end, binding.limit - binding.elapsed), None


def _first_due(first: Segment, target: Target) -> datetime | None:
    goal = target.goal(first.priority)
    if goal is None or first.priority is None:
        return None
    calendar = target.calendar(first.priority)
    return from_us(calendar.due_us(first.start, calendar.goal_us(goal, first.start)))


def _at_risk(binding: Outcome | None, target: Target, stage: Stage, end: int) -> datetime | None:
    """When the at-risk share of the goal was used up, or will be if nothing changes."""
    if binding is None:
        return None
    share = -(-binding.goal * target.at_risk.numerator // target.at_risk.denominator)
    elapsed = 0
    for start, _, counted in binding.counted:
        if elapsed + counted >= share:
            return from_us(binding.calendar.due_us(start, max(share - elapsed, 0)))
        elapsed += counted
    if stage is Stage.PAUSED:
        return None
    return from_us(binding.calendar.due_us(end, share - elapsed))


def _decided(
    target: Target,
    verdict: Verdict,
    run: Run,
    stopped: datetime | None,
    breached: datetime | None,
    due: int | None,
) -> datetime | None:
    if verdict not in (Verdict.MET, Verdict.MISSED):
        return None
    decided = breached if verdict is Verdict.MISSED else stopped
    match target.period_by:
        case PeriodBy.DEADLINE:
            return decided if due is None else from_us(due)
        case PeriodBy.STOPPED:
            return stopped or decided
        case PeriodBy.CREATED:
            return from_us(run.started_at)
        case PeriodBy.DECIDED:
            return decided


def _pauses(segments: list[Segment], end: int, *, open_ended: bool) -> tuple[Pause, ...]:
    """The stretches paused for one cause without a break, the last one open while the pause goes on."""
    if all(segment.cause is None for segment in segments):
        return ()
    joined: list[tuple[int, int, str, str]] = []
    reached: int | None = None
    for segment in segments:
        if segment.cause is None:
            reached = None if segment.end > segment.start else reached
            continue
        if joined and reached == segment.start and joined[-1][2] == segment.cause:
            joined[-1] = (joined[-1][0], segment.end, segment.cause, joined[-1][3])
        else:
            joined.append((segment.start, segment.end, segment.cause, segment.event))
        reached = segment.end
    pauses = []
    for place, (start, until, cause, event) in enumerate(joined, start=1):
        ongoing = open_ended and until == end and place == len(joined)
        if until > start or ongoing:
            pauses.append(Pause(from_us(start), None if ongoing else from_us(until), cause, event))
    return tuple(pauses)


def _instant(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)
