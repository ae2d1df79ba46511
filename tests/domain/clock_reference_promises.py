"""What comes of a cycle's promises, by brute force over the tape of its life: a counter each, a step a slot."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Goal, Target
from syncd.domain.duration import Counted, DayEnd
from syncd.domain.names import PriorityChange

SLOT_US = 15 * 60 * 1_000_000
DAY = 96


class Tick(NamedTuple):
    """What held from `at` up to `end`, or just after one event where `end` is None. `cause`: why it is not counted."""

    at: int
    end: int | None
    priority: str | None
    cause: str | None


@dataclass(frozen=True)
class Grid:
    """Whether a calendar serves a slot, and whether windows start on a day."""

    serves: Callable[[ServiceCalendar, int], bool]
    works: Callable[[ServiceCalendar, int], bool]

    def goal(self, goal: Goal, calendar: ServiceCalendar, at: int) -> int:
        """A goal in slots counted from `at`."""
        if isinstance(goal, Counted):
            return goal.us // SLOT_US
        day = at // DAY
        for _ in range(goal.days):
            day += 1
            while not self.works(calendar, day):
                day += 1
        close = day * DAY + at % DAY
        if goal.due is DayEnd.END_OF_DAY:
            close = max(slot for slot in range(day * DAY, (day + 1) * DAY) if self.serves(calendar, slot)) + 1
        return sum(self.serves(calendar, slot) for slot in range(at, close))


@dataclass
class Promise:
    """A priority's goal as it fares; slots."""

    priority: str
    calendar: ServiceCalendar
    goal: int
    limit: int
    elapsed: int = 0
    due: int | None = None
    limit_at: int | None = None
    broken: int | None = None
    held: bool = False
    kept: int | None = None


class Verdict(NamedTuple):
    """What the design says of one cycle; instants and durations in slots."""

    number: int
    priority: str | None
    started_at: int
    stopped_at: int | None
    stage: str
    verdict: str
    goal: int | None
    elapsed: int
    first_due_at: int | None
    due_at: int | None
    due_if_resumed: int | None
    late_from: int | None
    breached_at: int | None
    pauses: tuple[tuple[int, int | None, str], ...]
    started_by: str
    stopped_by: str | None
    false_resolves: int
    flags: tuple[str, ...]


@dataclass
class Judged:
    """A cycle's outcome before its names are put to it."""

    target: Target
    grid: Grid
    end: int
    over: str | None
    binding: Promise | None
    priority: str | None
    first: Tick
    pauses: list[tuple[int, int | None, str]] = field(default_factory=list)
    paused: bool = False

    def described(
        self, number: int, started_at: int, started_by: str, stopped_at: int | None, stopped_by: str | None,
        false_resolves: int, flags: tuple[str, ...],
    ) -> Verdict:  # fmt: skip
        promise, grid = self.binding, self.grid
        missed = promise is not None and promise.broken is not None
        open_verdict = {None: "pending", "gone": "unverifiable", "stopped": "met", "cancelled": "excluded"}[self.over]
        idle = "paused" if self.paused else "running"
        due = late = resumed = None
        if promise is not None and promise.broken is not None:
            due, late = promise.due, promise.broken
        elif promise is not None and self.over != "cancelled":
            rest = max(promise.goal - promise.elapsed, 0)
            if self.paused and self.over != "stopped":
                resumed = reached_from(grid, promise.calendar, self.end, rest)
            else:
                due = promise.due if promise.due is not None else self.due_of(promise)
                left = promise.limit - promise.elapsed
                late = exceeded_from(grid, promise.calendar, self.end, left)
                if self.target.strict_due:
                    late = promise.limit_at
                    if late is None:
                        late = reached_from(grid, promise.calendar, self.end, left)
        first_due = None
        goal = self.target.goal(self.first.priority)
        if goal is not None and self.first.priority is not None:
            calendar = self.target.calendar(self.first.priority)
            first_due = reached_from(grid, calendar, started_at, grid.goal(goal, calendar, started_at))
        return Verdict(
            number=number,
            priority=self.priority if promise is None else promise.priority,
            started_at=started_at,
            stopped_at=stopped_at,
            stage={"stopped": "completed", "cancelled": "cancelled"}.get(self.over or "", idle),
            verdict="missed" if missed else open_verdict,
            goal=None if promise is None else promise.goal,
            elapsed=0 if promise is None else promise.elapsed if promise.kept is None else promise.kept,
            first_due_at=first_due,
            due_at=due,
            due_if_resumed=resumed,
            late_from=late,
            breached_at=promise.broken if promise is not None else None,
            pauses=tuple(self.pauses),
            started_by=started_by,
            stopped_by=stopped_by,
            false_resolves=false_resolves,
            flags=flags,
        )

    def due_of(self, promise: Promise) -> int:
        """Where it was due, else where it would be, counted on from the stop or from as_of as if running."""
        if promise.due is not None:
            return promise.due
        return reached_from(self.grid, promise.calendar, self.end, promise.goal - promise.elapsed)


def reached_from(grid: Grid, calendar: ServiceCalendar, at: int, need: int) -> int:
    while need > 0:
        need -= grid.serves(calendar, at)
        at += 1
    return at


def exceeded_from(grid: Grid, calendar: ServiceCalendar, at: int, need: int) -> int:
    at = reached_from(grid, calendar, at, need)
    while not grid.serves(calendar, at):
        at += 1
    return at


def rank(priority: str) -> int:
    return int(re.sub(r"\D", "", priority))


def judged(target: Target, tape: list[Tick], grid: Grid, *, end: int, over: str | None) -> Judged:
    """What came of a cycle that ended at `end`, or is looked at then."""
    book = Book(target, grid, {tick.priority for tick in tape if tick.priority is not None})
    first = tape[0]
    if target.priority_change is PriorityChange.RETROACTIVE:
        tape = [tick._replace(priority=tape[-1].priority) for tick in tape]
    for tick in tape:
        book.step(tick)
    broken = [promise for promise in book.promises() if promise.broken is not None]
    held = [promise for promise in book.promises() if promise.held]
    out = Judged(target, grid, end, over, None, tape[-1].priority, first)
    if broken:
        out.binding = min(broken, key=lambda p: (p.broken, rank(p.priority)))
    elif held:
        out.binding = min(held, key=lambda p: (out.due_of(p), rank(p.priority)))
    causes = [(tick, "uncovered" if target.goal(tick.priority) is None else tick.cause) for tick in tape]
    out.paused = causes[-1][1] is not None
    for tick, cause in causes:
        if cause is None or tick.end is None:
            continue
        if out.pauses and out.pauses[-1][1:] == (tick.at, cause):
            out.pauses[-1] = (out.pauses[-1][0], tick.end, cause)
        else:
            out.pauses.append((tick.at, tick.end, cause))
    cause = causes[-1][1]
    if cause is not None and over in (None, "gone"):
        if out.pauses and out.pauses[-1][1:] == (end, cause):
            out.pauses[-1] = (out.pauses[-1][0], None, cause)
        else:
            out.pauses.append((end, None, cause))
    return out


class Book:
    """All promises of one cycle under one policy, stepped through its tape."""

    def __init__(self, target: Target, grid: Grid, named: set[str]) -> None:
        self.target, self.grid, self.policy = target, grid, target.priority_change
        self.names = sorted(name for name in named if target.goal(name) is not None)
        self.counters: dict[str, int] = {}
        self.made: dict[str, Promise] = {}
        self.dropped: list[Promise] = []
        self.had: list[str] = []
        self.highest: str | None = None
        self.at_first: str | bool | None = False
        self.current: str | None = None

    def promises(self) -> list[Promise]:
        return [*self.dropped, *self.made.values()]

    def step(self, tick: Tick) -> None:
        covered = tick.priority is not None and self.target.goal(tick.priority) is not None
        now = tick.priority if covered else None
        if self.at_first is False:
            self.at_first = now
        if now is not None and (self.highest is None or rank(now) < rank(self.highest)):
            self.highest = now
        standing = self.highest if self.policy is PriorityChange.HIGHEST_EVER else now
        if standing is not None and standing not in self.had:
            self.had.append(standing)
        if self.policy is PriorityChange.FROM_CHANGE and now != self.current:
            for promise in self.made.values():
                self._let_go(promise)
                self.dropped.append(promise)
            self.made.clear()
            self.counters.clear()
        self.current = now
        in_force = self._in_force(tick, now)
        for name, promise in self.made.items():
            if name not in in_force:
                self._let_go(promise)
        for name in in_force:
            self._hold(name, tick)
        if tick.end is None or tick.cause is not None or not covered:
            return
        for name in self.names:
            if self._counts(name, tick) and self.grid.serves(self.target.calendar(name), tick.at):
                self.counters[name] = self.counters.get(name, 0) + 1
        for name in in_force:
            promise = self.made[name]
            promise.elapsed = self.counters.get(name, 0)
            if promise.due is None and promise.elapsed >= promise.goal:
                promise.due = tick.end
            if promise.limit_at is None and promise.elapsed >= promise.limit:
                promise.limit_at = tick.end

    def _in_force(self, tick: Tick, now: str | None) -> list[str]:
        match self.policy:
            case PriorityChange.AT_CREATION | PriorityChange.RETROACTIVE:
                return [self.at_first] if isinstance(self.at_first, str) else []
            case PriorityChange.FROM_START | PriorityChange.FROM_CHANGE:
                return [] if now is None else [now]
            case _:
                return [name for name in self.had if self._as_urgent(name, tick)]

    def _as_urgent(self, name: str, tick: Tick) -> bool:
        standing = self.highest if self.policy is PriorityChange.HIGHEST_EVER else tick.priority
        return standing is not None and rank(standing) <= rank(name)

    def _counts(self, name: str, tick: Tick) -> bool:
        if self.policy in (PriorityChange.EARLIEST_PROMISE, PriorityChange.HIGHEST_EVER):
            return self._as_urgent(name, tick)
        return True

    def _let_go(self, promise: Promise) -> None:
        if promise.held and promise.broken is not None:
            promise.kept = promise.elapsed
        promise.held = False

    def _hold(self, name: str, tick: Tick) -> None:
        """Look at a promise in force at an instant, before the slot that begins there is counted."""
        promise = self.made.get(name)
        if promise is None:
            goal = self.target.goal(name)
            assert goal is not None
            calendar = self.target.calendar(name)
            slots = self.grid.goal(goal, calendar, tick.at)
            promise = self.made[name] = Promise(name, calendar, slots, slots + self.target.tolerance_us // SLOT_US)
        promise.held, promise.kept = True, None
        promise.elapsed = self.counters.get(name, 0)
        if promise.due is None and promise.elapsed >= promise.goal:
            promise.due = tick.at
        if promise.limit_at is None and promise.elapsed >= promise.limit:
            promise.limit_at = tick.at
        if promise.broken is not None:
            return
        counting = tick.end is not None and tick.cause is None and self.target.goal(tick.priority) is not None
        counting = counting and self._counts(name, tick) and self.grid.serves(promise.calendar, tick.at)
        exceeds = promise.elapsed > promise.limit or (counting and promise.elapsed >= promise.limit)
        if self.target.strict_due and promise.limit_at is not None:
            exceeds = exceeds or promise.limit_at < tick.at or tick.end is not None
        if exceeds:
            promise.broken = tick.at
