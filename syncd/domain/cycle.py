"""A run's cycle, as a reading shows it."""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from syncd.domain.deadlines import at_risk, deadlines_of, first_due
from syncd.domain.endings import End
from syncd.domain.escalation import rungs_of
from syncd.domain.evidence import Evidenced, refusals
from syncd.domain.history import History
from syncd.domain.instant import from_us
from syncd.domain.judgement import judge
from syncd.domain.ledger import spent_of
from syncd.domain.matching import Match
from syncd.domain.merging import ABSORBED, earliest_start
from syncd.domain.names import Metric, PeriodBy, Stage, Verdict
from syncd.domain.pauses import pauses_of
from syncd.domain.period import period_name_at
from syncd.domain.reading import Cycle
from syncd.domain.run import Run
from syncd.domain.runs import Runs
from syncd.domain.segments import Segment
from syncd.domain.silence import silence_of

# Members are looked up once: by name, from their enumeration, each look takes a tenth of a microsecond.
_GONE, _UPDATE, _DECIDED = End.GONE, Metric.UPDATE, PeriodBy.DECIDED
_RUNNING, _PAUSED, _MISSED = Stage.RUNNING, Stage.PAUSED, Verdict.MISSED
_COUNTED = frozenset({Verdict.MET, Verdict.MISSED})
_STAGES = {End.STOPPED: Stage.COMPLETED, End.CANCELLED: Stage.CANCELLED}

PROVISIONAL = "provisional_pause"
"""The flag of a cycle whose pause still waits for the message that would support it."""


class View(NamedTuple):
    """A ticket as one clock sees it, and its runs."""

    history: History
    match: Match
    found: Runs
    evidence: Evidenced | None


def cycle_of(view: View, run: Run, used: Fraction, *, spent: bool) -> tuple[Cycle, Fraction]:
    """A run's cycle, whose time it was where that is wanted, and the goals of silence used up on the ticket with it."""
    history, match = view.history, view.match
    target, ending = match.target, run.ending
    segments, outcomes, binding, end = judge(history, run, match)
    stage = _stage(run, segments)
    due, late, resumed, breaks = deadlines_of(binding, outcomes, target, stage, end)
    stopped = None if ending is None or ending.end is _GONE else end
    breached = None if binding is None else binding.broken
    verdict = _verdict(run, missed=breached is not None)
    started = earliest_start(history, run) if run.absorbed else run.started_at
    decided = _decided(target.period_by, verdict, started, stopped, breached, due)
    first = _first_due(history, run, segments, due)
    due_at = None if due is None else from_us(due)
    stopped_at = None if stopped is None else from_us(stopped)
    breached_at = due_at if breached == due else _instant(breached)
    # By position, in the order of the fields: names would take four times as long.
    cycle = Cycle(
        run.number,
        segments[-1].priority if binding is None else binding.priority,
        from_us(started),
        stopped_at,
        stage,
        verdict,
        None if binding is None else binding.goal,
        0 if binding is None else binding.elapsed,
        due_at if first == due else _instant(first),
        due_at,
        None if resumed is None else from_us(resumed),
        due_at if late == due else _instant(late),
        breached_at,
        _instant(at_risk(binding, target, stage, end)) if ending is None else None,
        stopped_at if decided == stopped else breached_at if decided == breached else _instant(decided),
        None if decided is None else period_name_at(match.contract, decided),
        pauses_of(segments, going_on=stage is _PAUSED),
        run.started_by,
        None if stopped is None else run.ended_by,
        run.false_resolves,
        _flags(view, run, end),
        _instant(breaks) if ending is None else None,
    )
    if spent and stopped is not None and target.metric is not _UPDATE:
        calendar = None if binding is None else binding.calendar
        cycle = cycle._replace(spent=spent_of(history, run, calendar, match, started))
    if target.metric is _UPDATE and binding is not None and binding.goal:
        silence = silence_of(binding, used)
        used = silence.used
        cycle = cycle._replace(
            misses=silence.misses,
            miss_at=tuple(map(from_us, silence.missed)),
            begun=silence.begun,
            begun_at=tuple(map(from_us, silence.began)),
        )
        if stage is Stage.RUNNING and ending is None:
            breaks = binding.calendar.late_us(end, silence.next_miss - binding.elapsed)
            cycle = cycle._replace(breaks_at=from_us(breaks))
    if match.revision.escalation and binding is not None and ending is None:
        cycle = cycle._replace(rungs=rungs_of(match.revision.escalation, binding, target, stage, end))
    if view.evidence is not None:
        cycle = cycle._replace(refused=refusals(view.evidence, run.started_at, end))
    if match.amendments:
        # A silence goes on by the goal that it began with.
        until, live = (run.started_at, True) if target.metric is _UPDATE else (end, ending is None)
        cycle = cycle._replace(revision=_amended_by(match, until, live=live))
    return cycle, used


def _flags(view: View, run: Run, end: int) -> tuple[str, ...]:
    flags = () if run.ending is None else run.ending.flags
    if run.absorbed:
        flags += (ABSORBED,)
    if view.evidence is not None and view.evidence.provisional_in(run.started_at, end):
        flags += (PROVISIONAL,)
    return flags


def _first_due(history: History, run: Run, segments: list[Segment], due: int | None) -> int | None:
    """The deadline as it looked at the start: of a run that nothing ever changed, the one it has."""
    first, priority = segments[0], history.moments[run.spans[0].first].priority
    unchanged = len(segments) == 1 and first.cause is None and first.priority == priority and not run.absorbed
    return due if unchanged and due is not None else first_due(priority, run.started_at, first.terms)


def _amended_by(match: Match, end: int, *, live: bool) -> str | None:
    """The name of the last revision whose goals a cycle that ended or stands at `end` went on by."""
    names = [each.revision.name for each in match.amendments if each.at < end or (live and each.at == end)]
    return names[-1] if names else None


def _stage(run: Run, segments: list[Segment]) -> Stage:
    ending = run.ending
    if ending is None or ending.end is _GONE:
        return _RUNNING if segments[-1].cause is None else _PAUSED
    return _STAGES[ending.end]


_VERDICTS = {End.STOPPED: Verdict.MET, End.CANCELLED: Verdict.EXCLUDED, End.GONE: Verdict.UNVERIFIABLE}


def _verdict(run: Run, *, missed: bool) -> Verdict:
    if missed:
        return _MISSED
    return Verdict.PENDING if run.ending is None else _VERDICTS[run.ending.end]


def _decided(
    period_by: PeriodBy, verdict: Verdict, started: int, stopped: int | None, breached: int | None, due: int | None
) -> int | None:
    """The instant that puts a cycle into a period; None while there is no verdict that counts."""
    if verdict not in _COUNTED:
        return None
    decided = breached if verdict is _MISSED else stopped
    if period_by is _DECIDED:
        return decided
    match period_by:
        case PeriodBy.DEADLINE:
            return decided if due is None else due
        case PeriodBy.STOPPED:
            return decided if stopped is None else stopped
        case _:
            return started


def _instant(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)
