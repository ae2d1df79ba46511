"""One target applied to one ticket: its cycles, each judged by its promises. Pure, and total but for calendars."""

from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from syncd.domain.breaks import next_edge
from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import DEFAULT, Goal
from syncd.domain.deadlines import at_risk, deadlines_of, first_due
from syncd.domain.endings import End, Ending
from syncd.domain.evidence import Evidenced, evidenced, refusals
from syncd.domain.history import History
from syncd.domain.instant import from_us, to_us
from syncd.domain.matching import Match
from syncd.domain.matrix import prioritised
from syncd.domain.merging import ABSORBED, earliest_start, taken_over
from syncd.domain.names import Metric, PauseEvidence, PeriodBy, Stage, Verdict
from syncd.domain.pauses import pauses_of
from syncd.domain.period import period_name_at
from syncd.domain.promises import Outcome, binding_of, outcomes_of
from syncd.domain.reading import Cycle, Refusal
from syncd.domain.run import Run
from syncd.domain.runs import Runs, runs_of
from syncd.domain.segments import Segment, last_moment, pause_cause, segments_of
from syncd.domain.silence import NOTHING, silence_of

PROVISIONAL = "provisional_pause"
"""The flag of a cycle whose pause still waits for the message that would support it."""

AWAITED = "not_before"
"""The flag of a clock that waits for its appointment."""


class Clock(NamedTuple):
    """What one clock says: its cycles, what kept it from having any, and when it will say something else by itself."""

    cycles: tuple[Cycle, ...]
    flags: tuple[str, ...] = ()
    changes_at: int | None = None


class View(NamedTuple):
    """A ticket as one clock sees it, and its runs."""

    history: History
    match: Match
    found: Runs
    evidence: Evidenced | None


def clock_of(history: History, match: Match) -> Clock:
    """Return what a clock says as of `history.now`.

    Elapsed time never shrinks as that grows, and `breached_at` never moves once set. Raises CalendarExhausted when a
    calendar cannot say when a goal will be due.
    """
    now = history.now
    if match.start.at > now:
        return Clock((), (AWAITED, *match.flags), match.start.at)
    until = match.contract.until
    view, runs = settled_runs(history, match)
    cycles: list[Cycle] = []
    used = NOTHING
    for seen, run in runs:
        cycle, used = _cycle(seen, run, used)
        cycles.append(cycle)
    changes_at = _changes_at(view, match, None if until is None else to_us(until))
    return Clock(tuple(cycles), (*match.flags, *view.found.flags), changes_at)


def settled_runs(history: History, match: Match) -> tuple[View, list[tuple[View, Run]]]:
    """Return a ticket as a clock sees it, and the clock's runs, each with the ticket as it is to be judged.

    Of an ended contract those open and unmissed at its end are cancelled there, and no new ones begin.
    """
    view, until = view_of(history, match), match.contract.until
    if until is None or history.now <= to_us(until):
        return view, [(view, run) for run in view.found.runs]
    end = to_us(until)
    moments = tuple(moment for moment in history.moments if moment.at <= end)
    then = view_of(history._replace(moments=moments, now=end), match)
    found: list[tuple[View, Run]] = []
    for run, gone_on in zip(then.found.runs, view.found.runs, strict=False):
        if run.ending is not None:
            found.append((then, run))
            continue
        binding = judge(then.history, run, then.match).binding
        if binding is not None and binding.broken is not None:
            found.append((view, gone_on))
        else:
            run.finish(end, len(moments), None, Ending(End.CANCELLED, ("contract_ended",)))
            found.append((then, run))
    return view, found


def view_of(history: History, match: Match) -> View:
    """Return a ticket as a clock sees it: with its own priorities and the pauses that it accepts, cut into runs."""
    target, vendor = match.target, match.contract.vendor.id
    if target.priority_from is not None:
        history = prioritised(history, target.priority_from)
    evidence = None
    if target.pause_evidence is PauseEvidence.REQUIRED:
        evidence = evidenced(history, target, vendor)
        history = evidence.history
    if match.amendments:
        match = match._replace(amendments=tuple(each for each in match.amendments if each.at <= history.now))
    found = runs_of(history, target, vendor, match.start, _Grace(history, match))
    return View(history, match, found, evidence)


class _Grace:
    """Counts what follows a stop: on the clock's own calendar for it, else on that of the binding promise."""

    __slots__ = ("_history", "_match")

    def __init__(self, history: History, match: Match) -> None:
        self._history, self._match = history, match

    def in_time(self, run: Run, at: int, span: Goal) -> bool:
        """Whether an instant is no later than `span` counted from a run's stop."""
        stopped = run.ended_at
        if stopped is None:
            return False
        # Which promise binds matters only where calendars disagree: that spares judging a run at every reopening.
        answers = {at <= _after(calendar, stopped, span) for calendar in self._calendars()}
        return answers.pop() if len(answers) == 1 else at <= self.last_in_time(run, span)

    def last_in_time(self, run: Run, span: Goal) -> int:
        """Return the last instant that is, in microseconds."""
        return _after(self._calendar(run), run.spans[-1].end or 0, span)

    def _calendars(self) -> list[ServiceCalendar]:
        target = self._match.target
        if target.reopen_calendar is not None:
            return [target.reopen_calendar]
        stated = [*target.calendars.values()]
        for each in self._match.amendments:
            stated += each.target.calendars.values()
        return list({id(calendar): calendar for calendar in stated}.values())

    def _calendar(self, run: Run) -> ServiceCalendar:
        target = self._match.target
        if target.reopen_calendar is not None:
            return target.reopen_calendar
        binding = judge(self._history, run, self._match).binding
        if binding is not None:
            return binding.calendar
        return target.calendars.get(DEFAULT) or next(iter(target.calendars.values()))


def _after(calendar: ServiceCalendar, start: int, span: Goal) -> int:
    return calendar.due_us(start, calendar.goal_us(span, start))


class Judgement(NamedTuple):
    """A run cut into segments, what came of its promises, and the one that binds; `end` is its stop or the present."""

    segments: list[Segment]
    outcomes: list[Outcome]
    binding: Outcome | None
    end: int


def judge(history: History, run: Run, match: Match) -> Judgement:
    """Return how a run stands as of `history.now`."""
    end = history.now if run.ended_at is None else run.ended_at
    segments = segments_of(history, run, match)
    outcomes = outcomes_of(segments, match.target)
    if run.absorbed:
        outcomes += taken_over(history, run, segments, match.target)
    return Judgement(segments, outcomes, binding_of(outcomes, end), end)


def _changes_at(view: View, match: Match, until: int | None) -> int | None:
    """The next instant at which a clock says something else though nothing happens."""
    now, found = view.history.now, []
    if match.amendments:
        found = [each.at for each in match.amendments if each.at > now]
    if view.found.confirms_at is not None:
        found.append(view.found.confirms_at + 1)
    if view.evidence is not None and view.evidence.provisional_until is not None:
        found.append(view.evidence.provisional_until + 1)
    if match.breaks and (edge := next_edge(match.breaks, now)) is not None:
        found.append(edge)
    if until is not None and until >= now:
        found.append(until + 1)
    return min(found) if found else None


def _cycle(view: View, run: Run, used: Fraction) -> tuple[Cycle, Fraction]:
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
