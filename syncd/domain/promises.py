"""The promises by which one cycle is judged, and what came of each (design.md section 7, *Promises*)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Target
from syncd.domain.names import PriorityChange
from syncd.domain.segments import UNCOVERED, Segment


class Terms(NamedTuple):
    """Over which segments a priority's promise counts, and in which it is in force."""

    priority: str
    counts: Sequence[bool]
    in_force: Sequence[bool]


@dataclass(slots=True)
class Outcome:
    """What came of one promise. Instants and durations are microseconds.

    `due` is where counted time reached the goal while in force, `broken` where it exceeded goal and tolerance; None
    while it has not. `counted` holds the segments' `(start, end, counted)`.
    """

    priority: str
    calendar: ServiceCalendar
    goal: int
    limit: int
    since: int
    elapsed: int = 0
    in_force: bool = False
    due: int | None = None
    broken: int | None = None
    limit_at: int | None = None
    kept: int = 0
    counted: list[tuple[int, int, int]] = field(default_factory=list)

    def due_from(self, end: int) -> int:
        """Return where it was due, else where it will be when counted on from `end`."""
        return self.calendar.due_us(end, self.goal - self.elapsed) if self.due is None else self.due

    def breaks_from(self, end: int, *, strict: bool) -> int:
        """Return the instant after which it will be broken when counted on from `end`; not for broken ones."""
        if not strict:
            return self.calendar.late_us(end, self.limit - self.elapsed)
        return self.calendar.due_us(end, self.limit - self.elapsed) if self.limit_at is None else self.limit_at


@lru_cache(maxsize=4096)
def urgency(priority: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts more urgent priorities first: P1 before P2 before P10; numbers count as numbers."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"([0-9]+)", priority) if part
    )


def outcomes_of(segments: Sequence[Segment], target: Target) -> list[Outcome]:
    """Return what came of every promise that existed in a cycle; empty without a covered priority."""
    found = [_judge(segments, target, terms) for terms in _terms(segments, target)]
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


def _terms(segments: Sequence[Segment], target: Target) -> list[Terms]:
    running = [segment.cause is None for segment in segments]
    first = segments[0].priority
    always = [True] * len(segments)
    if len(segments) == 1 or all(segment.priority == first for segment in segments):
        # Whatever the policy: it has nothing to decide.
        return [] if first is None else [Terms(first, running, always)]
    priorities = [None if segment.cause == UNCOVERED else segment.priority for segment in segments]
    policy = target.priority_change
    if policy is PriorityChange.AT_CREATION:
        first = priorities[0]
        return [] if first is None else [Terms(first, running, always)]
    names = list(dict.fromkeys(name for name in priorities if name is not None))
    if policy is PriorityChange.FROM_START:
        return [Terms(name, running, [each == name for each in priorities]) for name in names]
    if policy is PriorityChange.FROM_CHANGE:
        return _since_change(priorities, running)
    stated: Sequence[str | None] = [segment.priority for segment in segments]
    if policy is PriorityChange.HIGHEST_EVER:
        priorities = _highest(priorities)
        stated = priorities
        names = list(dict.fromkeys(name for name in priorities if name is not None))
    return [_while_as_urgent(name, stated, priorities.index(name), running) for name in names]


def _while_as_urgent(name: str, stated: Sequence[str | None], since: int, running: Sequence[bool]) -> Terms:
    own = urgency(name)
    covers = [each is not None and urgency(each) <= own for each in stated]
    return Terms(
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


def _since_change(priorities: Sequence[str | None], running: Sequence[bool]) -> list[Terms]:
    """A promise of its own for each unbroken stretch of one priority."""
    found: list[Terms] = []
    begin = 0
    for place in range(1, len(priorities) + 1):
        if place < len(priorities) and priorities[place] == priorities[begin]:
            continue
        name = priorities[begin]
        if name is not None:
            held = [begin <= each < place for each in range(len(priorities))]
            counts = [is_held and runs for is_held, runs in zip(held, running, strict=True)]
            found.append(Terms(name, counts, held))
        begin = place
    return found


def _judge(segments: Sequence[Segment], target: Target, terms: Terms) -> Outcome | None:
    goal = target.goal(terms.priority)
    if goal is None:
        return None
    calendar = target.calendar(terms.priority)
    outcome: Outcome | None = None
    counted: list[tuple[int, int, int]] = []
    elapsed = 0
    for segment, counts, in_force in zip(segments, terms.counts, terms.in_force, strict=True):
        if in_force and outcome is None:
            goal_us = calendar.goal_us(goal, segment.start)
            outcome = Outcome(terms.priority, calendar, goal_us, goal_us + target.tolerance_us, segment.start)
        gained = calendar.counted_us(segment.start, segment.end) if counts else 0
        if outcome is not None:
            if in_force and outcome.broken is None:
                _watch(outcome, segment, elapsed, gained, strict=target.strict_due)
            elif not in_force and outcome.in_force:
                outcome.kept = elapsed
            outcome.in_force = in_force
        if counts and segment.end > segment.start:
            counted.append((segment.start, segment.end, gained))
        elapsed += gained
    if outcome is not None:
        outcome.counted = counted
        dropped = outcome.broken is not None and not outcome.in_force
        outcome.elapsed = outcome.kept if dropped else elapsed
    return outcome


def _watch(outcome: Outcome, segment: Segment, elapsed: int, gained: int, *, strict: bool) -> None:
    """Note whether the goal is reached, and the promise broken, in a segment in which it is in force."""
    calendar = outcome.calendar
    if outcome.due is None and elapsed + gained >= outcome.goal:
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
