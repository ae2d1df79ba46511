"""What comes of a cycle's promises, by brute force over the tape of its life: a counter each, a step a slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Target
from syncd.domain.names import Metric, PriorityChange
from tests.domain.clock_reference_case import Terms
from tests.domain.clock_reference_grid import goal_from, serves, slots_of
from tests.domain.clock_reference_state import rank

Key = tuple[str, int]
"""A priority, and 0 for its own promise or the number of the merge that added one for it."""


class Tick(NamedTuple):
    """What held from `at` up to `end`, or just after one event where `end` is None.

    `planned` and `cause` say why it is not counted; `takes` what a merge right then brought along.
    """

    at: int
    end: int | None
    priority: str | None
    planned: str | None = None
    cause: str | None = None
    takes: tuple[str | None, int] | None = None


@dataclass
class Promise:
    """A priority's goal as it fares; slots."""

    priority: str
    calendar: ServiceCalendar
    since: int
    goal: int
    limit: int
    elapsed: int = 0
    due: int | None = None
    limit_at: int | None = None
    broken: int | None = None
    held: bool = False
    kept: int | None = None


class Book:
    """All promises of one cycle under one policy, stepped through its tape."""

    def __init__(self, target: Target, terms: Terms, named: set[str], begun: Fraction = Fraction(0)) -> None:
        self.target, self.terms = target, terms
        # An update's goal is that of the ticket's priority at the cycle's start, and `strict_due` does not apply.
        self.update = target.metric is Metric.UPDATE
        self.policy = PriorityChange.AT_CREATION if self.update else target.priority_change
        self.strict = target.strict_due and not self.update
        self.tolerance = slots_of(target.tolerance_us)
        self.named = named
        self.counters: dict[Key, int] = {}
        self.past: list[int] = []
        self.made: dict[Key, Promise] = {}
        self.dropped: list[Promise] = []
        self.had: list[str] = []
        self.merges: dict[Key, int] = {}
        self.merged = 0
        self.highest: str | None = None
        self.at_first: str | bool | None = False
        self.current: str | None = None
        self.miss_at: list[int] = []
        self.begun, self.begun_at = begun, list[Fraction]()

    def promises(self) -> list[Promise]:
        return [*self.dropped, *self.made.values()]

    def amend(self, terms: Terms) -> None:
        """Go on with new goals and calendars: elapsed is kept; working days count from where the promise came in force.

        What is broken stays as it was.
        """
        self.terms = terms
        for key, promise in self.made.items():
            goal = terms.goal(key[0])
            if promise.broken is not None or goal is None:
                continue
            promise.calendar = terms.calendar(key[0])
            slots = goal_from(goal, promise.calendar, promise.since)
            if slots != promise.goal:
                promise.goal, promise.limit = slots, slots + self.tolerance
                promise.due = promise.limit_at = None

    def step(self, tick: Tick) -> None:
        covered = self.terms.goal(tick.priority) is not None
        now = tick.priority if covered else None
        if self.at_first is False:
            self.at_first = tick.priority
        if now is not None and (self.highest is None or rank(now) < rank(self.highest)):
            self.highest = now
        top = self.highest if self.policy is PriorityChange.HIGHEST_EVER else now
        if top is not None and top not in self.had:
            self.had.append(top)
        if self.policy is PriorityChange.FROM_CHANGE and now != self.current:
            for promise in self.made.values():
                self._let_go(promise)
                self.dropped.append(promise)
            self.made.clear()
            self.counters.clear()
            self.merges.clear()
        self.current = now
        if tick.takes is not None:
            self._merge(*tick.takes)
        in_force = [key for key in self._in_force(tick, now) if self.terms.goal(key[0]) is not None]
        for key, promise in self.made.items():
            if key not in in_force:
                self._let_go(promise)
        counts = tick.end is not None and tick.planned is None and covered and tick.cause is None
        for key in in_force:
            self._hold(key, tick, counts=counts)
        if tick.end is None or not counts:
            return
        self.past.append(tick.at)
        for key in {(name, 0) for name in self.named} | set(self.merges):
            if self._counts(key, tick) and serves(self.terms.calendar(key[0]), tick.at):
                self.counters[key] = self.counters.get(key, 0) + 1
        for key in in_force:
            promise = self.made[key]
            promise.elapsed = self.counters.get(key, 0)
            if promise.due is None and promise.elapsed >= promise.goal:
                promise.due = tick.end
            if promise.limit_at is None and promise.elapsed >= promise.limit:
                promise.limit_at = tick.end

    def _merge(self, priority: str | None, since: int) -> None:
        """Add a promise, counted from the earlier start as if the ticket had been the vendor's then."""
        if self.terms.goal(priority) is None or priority is None:
            return
        self.merged += 1
        key = (priority, self.merged)
        self.merges[key] = since
        before = sum(serves(self.terms.calendar(priority), at) for at in range(since, self.first_at))
        self.counters[key] = before + sum(serves(self.terms.calendar(priority), at) for at in self.past)

    first_at = 0
    """Where the cycle itself began."""

    def _in_force(self, tick: Tick, now: str | None) -> list[Key]:
        match self.policy:
            case PriorityChange.AT_CREATION:
                own = [(self.at_first, 0)] if isinstance(self.at_first, str) else []
                return [*own, *self.merges]
            case PriorityChange.RETROACTIVE:
                own = [(self.at_first, 0)] if isinstance(self.at_first, str) else []
                return [*own, *(key for key in self.merges if key[0] == now)]
            case PriorityChange.FROM_START | PriorityChange.FROM_CHANGE:
                return [] if now is None else [(now, 0), *(key for key in self.merges if key[0] == now)]
            case _:
                return [key for key in [*((name, 0) for name in self.had), *self.merges] if self._as_urgent(key, tick)]

    def _as_urgent(self, key: Key, tick: Tick) -> bool:
        top = self.highest if self.policy is PriorityChange.HIGHEST_EVER else tick.priority
        return top is not None and rank(top) <= rank(key[0])

    def _counts(self, key: Key, tick: Tick) -> bool:
        if self.policy in (PriorityChange.EARLIEST_PROMISE, PriorityChange.HIGHEST_EVER):
            return self._as_urgent(key, tick)
        return True

    def _let_go(self, promise: Promise) -> None:
        if promise.held and promise.broken is not None:
            promise.kept = promise.elapsed
        promise.held = False

    def _hold(self, key: Key, tick: Tick, *, counts: bool) -> None:
        """Look at a promise in force at an instant, before the slot that begins there is counted."""
        promise = self.made.get(key)
        if promise is None:
            goal = self.terms.goal(key[0])
            assert goal is not None
            calendar = self.terms.calendar(key[0])
            # Working days become counted time where the promise comes into force; a merge's, where it counts from.
            since = self.merges.get(key, tick.at)
            slots = goal_from(goal, calendar, since)
            promise = Promise(key[0], calendar, since, slots, slots + self.tolerance)
            self.made[key] = promise
        promise.held, promise.kept = True, None
        promise.elapsed = self.counters.get(key, 0)
        if promise.due is None and promise.elapsed >= promise.goal:
            promise.due = tick.at
        if promise.limit_at is None and promise.elapsed >= promise.limit:
            promise.limit_at = tick.at
        counting = counts and self._counts(key, tick) and serves(self.terms.calendar(key[0]), tick.at)
        if self.update:
            self._silence(promise, tick.at, counting=counting)
        if promise.broken is not None:
            return
        exceeds = promise.elapsed > promise.limit or (counting and promise.elapsed >= promise.limit)
        if self.strict and promise.limit_at is not None:
            exceeds = exceeds or promise.limit_at < tick.at or tick.end is not None
        if exceeds:
            promise.broken = tick.at

    def _silence(self, promise: Promise, at: int, *, counting: bool) -> None:
        """Miss k is where elapsed exceeds k goals and the tolerance; a goal begins where counted time exceeds the last.

        Goals begin over all cycles of the ticket together, each cycle's time in its own goals.
        """
        elapsed = promise.elapsed + (1 if counting else 0)
        while elapsed > (len(self.miss_at) + 1) * self._goal() + self.tolerance:
            self.miss_at.append(at)
        if counting:
            after = self.begun + Fraction(1, self._goal())
            whole = self.begun.__ceil__()
            while whole < after:
                self.begun_at.append(at + (whole - self.begun) * self._goal())
                whole += 1
            self.begun = after

    def _goal(self) -> int:
        (promise,) = self.made.values()
        key = (promise.priority, 0)
        goal = self.terms.goal(key[0])
        assert goal is not None
        return goal_from(goal, self.terms.calendar(key[0]), promise.since)


def played(book: Book, tape: Sequence[Tick], amended: Sequence[tuple[int, Terms]]) -> Book:
    """The book after the tape, with the terms of each date that found the cycle open or began before it."""
    waiting = list(amended)
    book.first_at = tape[0].at
    for tick in tape:
        while waiting and waiting[0][0] <= tick.at:
            book.amend(waiting.pop(0)[1])
        book.step(tick)
    return book
