"""What the design says of one cycle, put together from the tape of its life."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.names import Metric, PriorityChange
from tests.domain.clock_reference_case import Case, Terms
from tests.domain.clock_reference_grid import exceeded_from, goal_from, reached_from
from tests.domain.clock_reference_promises import Book, Promise, Tick, played
from tests.domain.clock_reference_state import rank

Span = tuple[int, int | None, str]


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
    breaks_at: int | None
    pauses: tuple[Span, ...]
    started_by: str
    stopped_by: str | None
    false_resolves: int
    flags: tuple[str, ...]
    miss_at: tuple[int, ...] = ()
    begun_at: tuple[Fraction, ...] = ()
    revision: str | None = None
    raw: tuple[str, int] | None = None
    """Verdict and elapsed without exclusions, where they changed something."""


@dataclass
class Life:
    """One cycle on its way, as a tape of what held when."""

    number: int
    started_at: int
    started_by: str
    tape: list[Tick] = field(default_factory=list)
    over: str | None = None
    flags: tuple[str, ...] = ()
    ended_at: int | None = None
    ended_by: str | None = None
    resolved: bool = False
    """It ended by a resolve."""
    false_resolves: int = 0
    since: int | None = None
    """The earlier start of a ticket that it took over."""
    resolve: tuple[int, str, int, int | None] | None = None
    """A resolve that waits for its confirmation: when, which event, how long the tape was then, `since` then."""

    def finish(self, at: int, by: str | None, over: str, *flags: str, resolved: bool = False) -> None:
        self.ended_at, self.ended_by, self.over, self.flags, self.resolved = at, by, over, flags, resolved
        self.resolve = None

    def confirm(self) -> None:
        """The stop is the resolve itself; what came after does not touch the cycle."""
        assert self.resolve is not None
        at, by, length, self.since = self.resolve
        del self.tape[length:]
        self.finish(at, by, "stopped", resolved=True)


@dataclass
class Judged:
    """A cycle's promises and pauses as they stand at its end or as of now."""

    case: Case
    life: Life
    first: Terms
    terms: Terms
    book: Book
    end: int
    binding: Promise | None
    pauses: list[Span]
    paused: bool
    revision: str | None

    @property
    def missed(self) -> bool:
        return self.binding is not None and self.binding.broken is not None

    @property
    def calendar(self) -> ServiceCalendar:
        """That of the binding promise; without one, the one that stands for all."""
        return self.terms.calendar(None) if self.binding is None else self.binding.calendar

    def due_of(self, promise: Promise) -> int:
        """Where it was due, else where it would be, counted on from the stop or from as_of as if running."""
        return _due(promise, self.end)

    def late_of(self, promise: Promise) -> int:
        left = promise.limit - promise.elapsed
        if not self.book.strict:
            return exceeded_from(promise.calendar, self.end, left)
        return reached_from(promise.calendar, self.end, left) if promise.limit_at is None else promise.limit_at

    def breaks_at(self) -> int | None:
        """Where a pending cycle will be missed if nothing changes: the first promise in force to break."""
        if self.life.over is not None or self.paused:
            return None
        held = [promise for promise in self.book.promises() if promise.held]
        if self.book.update and held:
            (promise,) = held
            left = (len(self.book.miss_at) + 1) * promise.goal + self.book.tolerance - promise.elapsed
            return exceeded_from(promise.calendar, self.end, left)
        return None if self.missed or not held else min(map(self.late_of, held))

    def described(self) -> Verdict:
        life, promise, over = self.life, self.binding, self.life.over
        open_verdict = {None: "pending", "gone": "unverifiable", "stopped": "met", "cancelled": "excluded"}[over]
        idle = "paused" if self.paused else "running"
        due = late = resumed = None
        if promise is not None and promise.broken is not None:
            due, late = promise.due, promise.broken
        elif promise is not None and over != "cancelled":
            if self.paused and over != "stopped":
                resumed = reached_from(promise.calendar, self.end, max(promise.goal - promise.elapsed, 0))
            else:
                due, late = self.due_of(promise), self.late_of(promise)
        first_due = None
        first = life.tape[0].priority
        goal = self.first.goal(first)
        if goal is not None:
            calendar = self.first.calendar(first)
            first_due = reached_from(calendar, life.started_at, goal_from(goal, calendar, life.started_at))
        flags = life.flags if life.since is None else (*life.flags, "absorbed")
        return Verdict(
            number=life.number,
            priority=life.tape[-1].priority if promise is None else promise.priority,
            started_at=life.started_at if life.since is None else min(life.since, life.started_at),
            stopped_at=life.ended_at if over != "gone" else None,
            stage={"stopped": "completed", "cancelled": "cancelled"}.get(over or "", idle),
            verdict="missed" if self.missed else open_verdict,
            goal=None if promise is None else promise.goal,
            elapsed=0 if promise is None else promise.elapsed if promise.kept is None else promise.kept,
            first_due_at=first_due,
            due_at=due,
            due_if_resumed=resumed,
            late_from=late,
            breached_at=promise.broken if promise is not None else None,
            breaks_at=self.breaks_at(),
            pauses=tuple(self.pauses),
            started_by=life.started_by,
            stopped_by=life.ended_by if over != "gone" else None,
            false_resolves=life.false_resolves,
            flags=flags,
            miss_at=tuple(self.book.miss_at),
            begun_at=tuple(self.book.begun_at),
            revision=self.revision,
        )


def _due(promise: Promise, end: int) -> int:
    if promise.due is not None:
        return promise.due
    return reached_from(promise.calendar, end, promise.goal - promise.elapsed)


def judged(case: Case, life: Life, begun: Fraction = Fraction(0)) -> Judged:
    """What came of a cycle that ended, or is looked at as of the end of its tape."""
    tape: Sequence[Tick] = life.tape
    end = life.ended_at if life.ended_at is not None else max(tick.end or tick.at for tick in tape)
    if case.target.priority_change is PriorityChange.RETROACTIVE and case.target.metric is not Metric.UPDATE:
        tape = [tick._replace(priority=tape[-1].priority) for tick in tape]
    terms = case.terms(case.target, life.started_at)
    # Cycles open at the date, and later ones, go on with the new goals and calendars; one that was stopped at the
    # date and resumes later, from where it resumes.
    touched = [
        dated
        for dated in case.amendments
        if dated.at <= life.started_at
        or (
            # An update cycle keeps the goal that it began with.
            case.target.metric is not Metric.UPDATE
            and any(
                tick.at > dated.at or (tick.at == dated.at and (tick.end is not None or life.over is None))
                for tick in tape
            )
        )
    ]
    amended = [(dated.at, case.terms(dated.target, life.started_at)) for dated in touched]
    named = {tick.priority for tick in tape if tick.priority is not None}
    book = played(Book(case.target, terms, named, begun), tape, amended)
    held = [promise for promise in book.promises() if promise.held]
    brought = {id(promise) for (_, merge), promise in book.made.items() if merge}
    # Of one priority its own speaks before those that merges brought, and of these the one counted from the earliest.
    broken = [(promise.broken, rank(promise.priority), id(promise) in brought, -promise.elapsed, n)
              for n, promise in enumerate(book.promises()) if promise.broken is not None]  # fmt: skip
    binding = None
    if broken:  # the one broken first; ties go to the more urgent
        binding = book.promises()[min(broken)[-1]]
    elif held:  # the one due first
        binding = min(held, key=lambda promise: (_due(promise, end), rank(promise.priority)))
    pauses, paused = _pauses(tape, [(tape[0].at, terms), *amended], end, listed_open=life.over in (None, "gone"))
    dated_terms = [(life.started_at, terms), *amended]
    first = [of for at, of in dated_terms if at <= life.started_at][-1]
    name = touched[-1].name if touched else None
    return Judged(case, life, first, dated_terms[-1][1], book, end, binding, pauses, paused, name)


def _pauses(
    tape: Sequence[Tick], terms: Sequence[tuple[int, Terms]], end: int, *, listed_open: bool
) -> tuple[list[Span], bool]:
    """Stretches not counted: excluded, maintenance, uncovered, resolved, holder, awaiting; the first that applies."""
    found: list[Span] = []
    cause: str | None = None
    for tick in tape:
        now = [of for at, of in terms if at <= tick.at][-1]
        cause = tick.planned or ("uncovered" if now.goal(tick.priority) is None else tick.cause)
        if cause is None or tick.end is None:
            continue
        if found and found[-1][1:] == (tick.at, cause):
            found[-1] = (found[-1][0], tick.end, cause)
        else:
            found.append((tick.at, tick.end, cause))
    if cause is not None and listed_open:
        if found and found[-1][1:] == (end, cause):
            found[-1] = (found[-1][0], None, cause)
        else:
            found.append((end, None, cause))
    return found, cause is not None
