"""The promises by which one cycle is judged, and what came of each (design.md section 7, *Promises*)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Target
from syncd.domain.names import Metric, PriorityChange
from syncd.domain.priority import urgency
from syncd.domain.segments import UNCOVERED, Segment


class Promise(NamedTuple):
    """Over which segments a priority's promise counts, and in which it is in force.

    `first` and `end` bound the segments that matter to it: it counts and holds in no other. `since` is the instant at
    which a goal of working days is turned into counted time, None for the one at which it first comes into force.
    """

    priority: str
    counts: Sequence[bool]
    in_force: Sequence[bool]
    first: int = 0
    end: int | None = None
    since: int | None = None


class Counting(NamedTuple):
    """What a promise's calendar counted in a segment `[start, end)`, in microseconds."""

    start: int
    end: int
    gained: int
    calendar: ServiceCalendar


@dataclass(slots=True)
class Outcome:
    """What came of one promise. Instants and durations are microseconds.

    `due` is where counted time reached the goal while in force, `broken` where it exceeded goal and tolerance; None
    while it has not. `counted` holds the segments over which it counted.
    """

    priority: str
    calendar: ServiceCalendar
    goal: int
    limit: int
    since: int
    counted: list[Counting]
    elapsed: int = 0
    in_force: bool = False
    due: int | None = None
    broken: int | None = None
    limit_at: int | None = None
    kept: int = 0

    def amend(self, calendar: ServiceCalendar, goal: int, tolerance: int) -> None:
        """Go on by another goal and calendar; what is broken stays so."""
        if self.broken is None:
            self.calendar, self.goal, self.limit = calendar, goal, goal + tolerance
            self.due = self.limit_at = None

    def deadlines_from(self, end: int, *, strict: bool) -> tuple[int, int]:
        """Return what `due_from` and `breaks_from` do."""
        if self.due is None and not strict and self.limit == self.goal:
            return self.calendar.deadlines_us(end, self.goal - self.elapsed)
        return self.due_from(end), self.breaks_from(end, strict=strict)

    def due_from(self, end: int) -> int:
        """Return where it was due, else where it will be when counted on from `end`."""
        return self.calendar.due_us(end, self.goal - self.elapsed) if self.due is None else self.due

    def breaks_from(self, end: int, *, strict: bool) -> int:
        """Return the instant after which it will be broken when counted on from `end`; not for broken ones."""
        if not strict:
            return self.calendar.late_us(end, self.limit - self.elapsed)
        return self.calendar.due_us(end, self.limit - self.elapsed) if self.limit_at is None else self.limit_at


def outcomes_of(segments: Sequence[Segment], target: Target) -> list[Outcome]:
    """Return what came of every promise that existed in a cycle; empty without a covered priority."""
    if len(segments) == 1:
        (only,) = segments
        if only.priority is None:
            return []
        outcome = outcome_of(segments, target, Promise(only.priority, (only.cause is None,), (True,)))
        return [] if outcome is None else [outcome]
    found = [outcome_of(segments, target, promise) for promise in _promises(segments, target)]
    return [outcome for outcome in found if outcome is not None]


def binding_of(outcomes: Sequence[Outcome], end: int) -> Outcome | None:
    """Return the promise that speaks for a cycle: the one broken first, else the one due first, counted on from `end`.

    Ties go to the more urgent. None while no promise is in force.
    """
    if len(outcomes) == 1:
        (only,) = outcomes
        return only if only.in_force or only.broken is not None else None
    broken = [outcome for outcome in outcomes if outcome.broken is not None]
    if broken:
        return min(broken, key=lambda outcome: (outcome.broken, urgency(outcome.priority)))
    held = [outcome for outcome in outcomes if outcome.in_force]
    return min(held, key=lambda outcome: (outcome.due_from(end), urgency(outcome.priority)), default=None)


def outcome_of(segments: Sequence[Segment], target: Target, promise: Promise) -> Outcome | None:
    """Return what came of one promise; None where its priority never had a goal while it was in force."""
    name = promise.priority
    outcome: Outcome | None = None
    counted: list[Counting] = []
    elapsed = 0
    terms: Target | None = None
    goal, calendar = None, None
    for place in range(promise.first, len(segments) if promise.end is None else promise.end):
        segment = segments[place]
        if segment.terms is not terms:
            terms = segment.terms
            goal = terms.goal(name)
            calendar = None if goal is None else terms.calendar(name)
            if outcome is not None and goal is not None and calendar is not None:
                outcome.amend(calendar, calendar.goal_us(goal, outcome.since), target.tolerance_us)
        in_force = goal is not None and promise.in_force[place]
        gained = 0
        if calendar is not None and promise.counts[place]:
            gained = calendar.counted_us(segment.start, segment.end)
            if segment.end > segment.start:
                counted.append(Counting(segment.start, segment.end, gained, calendar))
        if in_force and outcome is None and goal is not None and calendar is not None:
            since = segment.start if promise.since is None else promise.since
            goal_us = calendar.goal_us(goal, since)
            outcome = Outcome(name, calendar, goal_us, goal_us + target.tolerance_us, since, counted)
        if outcome is not None:
            if in_force and outcome.broken is None:
                if elapsed + gained >= outcome.goal:
                    _watch(outcome, segment, elapsed, gained, strict=target.strict)
            elif not in_force and outcome.in_force:
                outcome.kept = elapsed
            outcome.in_force = in_force
        elapsed += gained
    if outcome is not None:
        if promise.end is not None and promise.end < len(segments) and outcome.in_force:
            outcome.kept, outcome.in_force = elapsed, False
        dropped = outcome.broken is not None and not outcome.in_force
        outcome.elapsed = outcome.kept if dropped else elapsed
    return outcome


def _promises(segments: Sequence[Segment], target: Target) -> list[Promise]:
    running = [segment.cause is None for segment in segments]
    first = segments[0].priority
    always = [True] * len(segments)
    policy = target.priority_change
    if target.metric is Metric.UPDATE or all(each.priority == first for each in segments):
        # Whatever the policy: it has nothing to decide.
        return [] if first is None else [Promise(first, running, always)]
    priorities = [None if segment.cause == UNCOVERED else segment.priority for segment in segments]
    if policy is PriorityChange.AT_CREATION:
        first = priorities[0]
        return [] if first is None else [Promise(first, running, always)]
    names = list(dict.fromkeys(name for name in priorities if name is not None))
    if policy is PriorityChange.FROM_START:
        return [Promise(name, running, [each == name for each in priorities]) for name in names]
    if policy is PriorityChange.FROM_CHANGE:
        return _since_change(priorities, running)
    stated: Sequence[str | None] = [segment.priority for segment in segments]
    if policy is PriorityChange.HIGHEST_EVER:
        priorities = _highest(priorities)
        stated = priorities
        names = list(dict.fromkeys(name for name in priorities if name is not None))
    return [_while_as_urgent(name, stated, priorities.index(name), running) for name in names]


def _while_as_urgent(name: str, stated: Sequence[str | None], since: int, running: Sequence[bool]) -> Promise:
    own = urgency(name)
    covers = [each is not None and urgency(each) <= own for each in stated]
    return Promise(
        name,
        [is_covered and runs for is_covered, runs in zip(covers, running, strict=True)],
        [is_covered and place >= since for place, is_covered in enumerate(covers)],
    )


def _highest(priorities: Sequence[str | None]) -> list[str | None]:
    """For each segment the most urgent priority since the cycle began."""
    found: list[str | None] = []
    highest: str | None = None
    for name in priorities:
        if name is not None and (highest is None or urgency(name) < urgency(highest)):
            highest = name
        found.append(highest)
    return found


def _since_change(priorities: Sequence[str | None], running: Sequence[bool]) -> list[Promise]:
    """A promise of its own for each unbroken stretch of one priority."""
    found: list[Promise] = []
    always = [True] * len(priorities)
    begin = 0
    for place in range(1, len(priorities) + 1):
        if place < len(priorities) and priorities[place] == priorities[begin]:
            continue
        name = priorities[begin]
        if name is not None:
            found.append(Promise(name, running, always, begin, place))
        begin = place
    return found


def _watch(outcome: Outcome, segment: Segment, elapsed: int, gained: int, *, strict: bool) -> None:
    """Note when the goal was reached, and whether the promise was broken, in a segment in which it is in force."""
    calendar = outcome.calendar
    if outcome.due is None:
        if outcome.goal >= elapsed and elapsed + gained > outcome.goal == outcome.limit and not strict:
            outcome.due, outcome.broken = calendar.deadlines_us(segment.start, outcome.goal - elapsed)
            return
        outcome.due = calendar.due_us(segment.start, max(outcome.goal - elapsed, 0))
    if not strict:
        if elapsed > outcome.limit:
            outcome.broken = segment.start
        elif elapsed + gained > outcome.limit:
            outcome.broken = calendar.late_us(segment.start, outcome.limit - elapsed)
        return
    if outcome.limit_at is None and elapsed + gained >= outcome.limit:
        outcome.limit_at = calendar.due_us(segment.start, max(outcome.limit - elapsed, 0))
    if elapsed > outcome.limit:
        outcome.broken = segment.start
    elif outcome.limit_at is not None and outcome.limit_at < segment.end:
        outcome.broken = max(outcome.limit_at, segment.start)
