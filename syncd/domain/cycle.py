"""A run's cycle, as a reading shows it."""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from syncd.domain.deadlines import at_risk, deadlines_of, first_due
from syncd.domain.endings import End
from syncd.domain.evidence import Evidenced, refusals
from syncd.domain.history import History
from syncd.domain.instant import from_us
from syncd.domain.judgement import judge
from syncd.domain.matching import Match
from syncd.domain.merging import ABSORBED, earliest_start
from syncd.domain.names import Metric, PeriodBy, Stage, Verdict
from syncd.domain.pauses import pauses_of
from syncd.domain.period import period_name_at
from syncd.domain.reading import Cycle, Refusal
from syncd.domain.run import Run
from syncd.domain.runs import Runs
from syncd.domain.segments import Segment, last_moment, pause_cause
from syncd.domain.silence import silence_of

PROVISIONAL = "provisional_pause"
"""The flag of a cycle whose pause still waits for the message that would support it."""


class View(NamedTuple):
    """A ticket as one clock sees it, and its runs."""

    history: History
    match: Match
    found: Runs
    evidence: Evidenced | None


def cycle_of(view: View, run: Run, used: Fraction) -> tuple[Cycle, Fraction]:
    """A run's cycle, and the goals of silence used up on the ticket with it."""
    history, match = view.history, view.match
    target, ending = match.target, run.ending
    segments, outcomes, binding, end = judge(history, run, match)
    stage = _stage(history, run, match, segments)
    due, late, resumed, breaks = deadlines_of(binding, outcomes, target, stage, end)
    silence = None
    if target.metric is Metric.UPDATE and binding is not None and binding.goal:
        silence = silence_of(binding, used)
        used = silence.used
        if stage is Stage.RUNNING:
            breaks = binding.calendar.late_us(end, silence.next_miss - binding.elapsed)
    stopped = None if ending is None or ending.end is End.GONE else end
    breached = None if binding is None else binding.broken
    verdict = _verdict(run, missed=breached is not None)
    started = earliest_start(history, run) if run.absorbed else run.started_at
    decided = _decided(target.period_by, verdict, started, stopped, breached, due)
    flags = () if ending is None else ending.flags
    refused: tuple[Refusal, ...] = ()
    if run.absorbed:
        flags += (ABSORBED,)
    if view.evidence is not None:
        refused = refusals(view.evidence, run.started_at, end)
        if view.evidence.provisional_in(run.started_at, end):
            flags += (PROVISIONAL,)
    cycle = Cycle(
        number=run.number,
        priority=segments[-1].priority if binding is None else binding.priority,
        started_at=from_us(started),
        stopped_at=_instant(stopped),
        stage=stage,
        verdict=verdict,
        goal_us=None if binding is None else binding.goal,
        elapsed_us=0 if binding is None else binding.elapsed,
        first_due_at=_instant(_first_due(history, run, segments, due)),
        due_at=_instant(due),
        due_if_resumed=_instant(resumed),
        late_from=_instant(late),
        breached_at=_instant(breached),
        at_risk_at=_instant(at_risk(binding, target, stage, end)) if ending is None else None,
        decided_at=_instant(decided),
        period=None if decided is None else period_name_at(match.contract, decided),
        pauses=pauses_of(segments, going_on=stage is Stage.PAUSED),
        started_by=run.started_by,
        stopped_by=None if stopped is None else run.ended_by,
        false_resolves=run.false_resolves,
        flags=flags,
        breaks_at=_instant(breaks) if ending is None else None,
        misses=0 if silence is None else silence.misses,
        miss_at=() if silence is None else tuple(map(from_us, silence.missed)),
        begun=0 if silence is None else silence.begun,
        begun_at=() if silence is None else tuple(map(from_us, silence.began)),
        refused=refused,
        revision=_amended_by(match, end, live=ending is None) if match.amendments else None,
    )
    return cycle, used


def _first_due(history: History, run: Run, segments: list[Segment], due: int | None) -> int | None:
    """The deadline as it looked at the start: of a run that nothing ever changed, the one it has."""
    first, priority = segments[0], history.moments[run.spans[0].first].priority
    unchanged = len(segments) == 1 and first.cause is None and first.priority == priority and not run.absorbed
    return due if unchanged and due is not None else first_due(priority, run.started_at, first.terms)


def _amended_by(match: Match, end: int, *, live: bool) -> str | None:
    """The name of the last revision whose goals a cycle that ended or stands at `end` went on by."""
    names = [each.revision.name for each in match.amendments if each.at < end or (live and each.at == end)]
    return names[-1] if names else None


def _stage(history: History, run: Run, match: Match, segments: list[Segment]) -> Stage:
    ending = run.ending
    if ending is None:
        return Stage.RUNNING if segments[-1].cause is None else Stage.PAUSED
    if ending.end is End.GONE:
        state = last_moment(history, run)
        cause = pause_cause(state, segments[-1].terms, match.contract.vendor.id, state.priority)
        return Stage.RUNNING if cause is None else Stage.PAUSED
    return _STAGES[ending.end]


_STAGES = {End.STOPPED: Stage.COMPLETED, End.CANCELLED: Stage.CANCELLED}
_VERDICTS = {End.STOPPED: Verdict.MET, End.CANCELLED: Verdict.EXCLUDED, End.GONE: Verdict.UNVERIFIABLE}


def _verdict(run: Run, *, missed: bool) -> Verdict:
    if missed:
        return Verdict.MISSED
    return Verdict.PENDING if run.ending is None else _VERDICTS[run.ending.end]


def _decided(
    period_by: PeriodBy, verdict: Verdict, started: int, stopped: int | None, breached: int | None, due: int | None
) -> int | None:
    """The instant that puts a cycle into a period; None while there is no verdict that counts."""
    if verdict not in (Verdict.MET, Verdict.MISSED):
        return None
    decided = breached if verdict is Verdict.MISSED else stopped
    match period_by:
        case PeriodBy.DECIDED:
            return decided
        case PeriodBy.DEADLINE:
            return decided if due is None else due
        case PeriodBy.STOPPED:
            return decided if stopped is None else stopped
        case PeriodBy.CREATED:
            return started


def _instant(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)
