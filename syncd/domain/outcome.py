"""What comes of one promise, as the segments of its cycle come in (design.md section 7, *Promises*)."""

from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Goal, Target
from syncd.domain.segments import Segment


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
        """Go on by another calendar and goal; what is broken stays so, and what was due as long as the goal does."""
        if self.broken is None:
            self.calendar = calendar
            if goal != self.goal:
                self.goal, self.limit = goal, goal + tolerance
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
        ends = self.calendar.due_us if strict else self.calendar.late_us
        return ends(end, self.limit - self.elapsed)


class Account:
    """Counts for one priority's promise, segment by segment.

    `since` is the instant at which a goal of working days is turned into counted time, None for the one at which the
    promise first comes into force. `elapsed` is what counted before the first segment.
    """

    __slots__ = ("_calendar", "_counted", "_elapsed", "_goal", "_outcome", "_since", "_target", "_terms", "priority")

    def __init__(self, priority: str, target: Target, since: int | None = None, elapsed: int = 0) -> None:
        self.priority, self._target, self._since = priority, target, since
        self._terms: Target | None = None
        self._goal: Goal | None = None
        self._calendar: ServiceCalendar | None = None
        self._counted: list[Counting] = []
        self._elapsed = elapsed
        self._outcome: Outcome | None = None

    def take(self, segment: Segment, counts: bool, holds: bool) -> None:
        """Go through the next segment: whether the promise counts in it, and whether it is in force."""
        if segment.terms is not self._terms:
            self._turn_to(segment.terms)
        outcome, calendar, elapsed = self._outcome, self._calendar, self._elapsed
        if self._goal is None or calendar is None:
            self.drop()
            return
        gained = 0
        if counts:
            gained = calendar.counted_us(segment.start, segment.end)
            if segment.end > segment.start:
                self._counted.append(Counting(segment.start, segment.end, gained, calendar))
        if not holds:
            self.drop()
        else:
            if outcome is None:
                since = segment.start if self._since is None else self._since
                goal = calendar.goal_us(self._goal, since)
                limit = goal + self._target.tolerance_us
                self._outcome = outcome = Outcome(self.priority, calendar, goal, limit, since, self._counted)
            if outcome.broken is None and elapsed + gained >= outcome.goal:
                _watch(outcome, segment, elapsed, gained, strict=self._target.strict)
            outcome.in_force = True
        self._elapsed = elapsed + gained

    def drop(self) -> None:
        """Take the promise out of force: one that is broken keeps the elapsed that it has."""
        if self._outcome is not None and self._outcome.in_force:
            self._outcome.kept, self._outcome.in_force = self._elapsed, False

    def outcome(self) -> Outcome | None:
        """Return what came of the promise so far; None where its priority never had a goal while it was in force."""
        outcome = self._outcome
        if outcome is not None:
            dropped = outcome.broken is not None and not outcome.in_force
            outcome.elapsed = outcome.kept if dropped else self._elapsed
        return outcome

    def fork(self) -> "Account":
        """Return an account that goes on by itself from here; what was counted when is not taken along."""
        forked = copy(self)
        forked._counted = []  # noqa: SLF001 - of this class
        forked._outcome = copy(self._outcome)  # noqa: SLF001 - of this class
        return forked

    def _turn_to(self, terms: Target) -> None:
        """Go on by the goal and calendar of other terms."""
        self._terms = terms
        self._goal = goal = terms.goal(self.priority)
        self._calendar = calendar = None if goal is None else terms.calendar(self.priority)
        outcome = self._outcome
        if outcome is not None and goal is not None and calendar is not None:
            goal_us = calendar.goal_us(goal, outcome.since)
            outcome.amend(calendar, goal_us, self._target.tolerance_us)


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
