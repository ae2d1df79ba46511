"""What a merge adds to the survivor's open cycle: the earlier start and the more urgent priority."""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from operator import itemgetter
from typing import NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Target
from syncd.domain.duration import WorkingDays
from syncd.domain.events import Absorbed
from syncd.domain.history import History
from syncd.domain.instant import to_us
from syncd.domain.names import Metric, PriorityChange
from syncd.domain.outcome import Account, Counting, Outcome
from syncd.domain.priority import urgency
from syncd.domain.run import Run
from syncd.domain.segments import Segment

ABSORBED = "absorbed"
"""The flag of a cycle into which another ticket's was merged."""

TAKES_OVER = frozenset({Metric.FIRST_RESPONSE, Metric.ACKNOWLEDGEMENT, Metric.RESOLUTION, Metric.RESTORATION})
"""Metrics whose open cycle takes over the start and the priority of a ticket merged into its own."""


def note_merges(history: History, runs: list[Run]) -> None:
    """Note with each run the merges that fell into it."""
    firsts = [run.spans[0].first for run in runs]
    for place in history.absorbed:
        nearest = bisect_right(firsts, place) - 1
        if nearest >= 0 and _falls_into(runs[nearest], place):
            runs[nearest].absorbed.append(place)


def _falls_into(run: Run, place: int) -> bool:
    """Whether the moment at a place lies in a live span of a run; the one that begins a span does not.

    It opened the span, or came before an appointment.
    """
    nearest = bisect_right(run.spans, place, key=itemgetter(1)) - 1
    if nearest < 0:
        return False
    _, first, _, last = run.spans[nearest]
    return first < place and (last is None or place < last)


def taken_over(history: History, run: Run, segments: list[Segment], target: Target) -> list[Outcome]:
    """Return what came of the promises that merges brought into a run, each in force from its merge on."""
    found = TakenOver(history, run.started_at, target)
    for place in run.absorbed:
        found.note(place)
    return found.outcomes(segments)


class TakenOver:
    """The promises that merges bring into a run, as its segments come in one by one."""

    __slots__ = ("_began", "_history", "_next", "_since", "_taken", "_tales", "_target")

    def __init__(self, history: History, began: int, target: Target) -> None:
        self._history, self._began, self._target = history, began, target
        self._since = began
        self._next = 0
        self._taken: list[Segment] = []
        self._tales: dict[str, _Tale] = {}

    def note_before(self, run: Run, place: int) -> None:
        """Expect all merges into the run before a moment that it does not know yet."""
        absorbed = self._history.absorbed
        while self._next < len(absorbed) and absorbed[self._next] < place:
            if _falls_into(run, absorbed[self._next]):
                self.note(absorbed[self._next])
            self._next += 1

    def note(self, place: int) -> None:
        """Expect the merge at a place, before the segments that it cuts or that follow it."""
        merge = self._history.moments[place]
        if not isinstance(merge.event, Absorbed):
            return
        self._since = min(self._since, to_us(merge.event.started_at))
        if merge.priority is None:
            return
        tale = self._tales.get(merge.priority)
        if tale is None:
            self._tales[merge.priority] = tale = _Tale(merge.priority, self._target, self._began)
            tale.through(self._taken)
        tale.expect(merge.at, self._since)

    def take(self, segments: Sequence[Segment]) -> None:
        """Go on through the next segments."""
        self._taken += segments
        for tale in self._tales.values():
            tale.through(segments)

    def outcomes(self, segments: Sequence[Segment]) -> list[Outcome]:
        """Return what came of the promises with these segments, the last there are."""
        return [outcome for tale in self._tales.values() for outcome in tale.told(segments)]

    def fork(self) -> "TakenOver":
        """Return what goes on by itself from here, under the same terms; what was counted when is not taken along."""
        forked = copy(self)
        forked._tales = {name: tale.fork() for name, tale in self._tales.items()}  # noqa: SLF001 - of this class
        return forked


def earliest_start(history: History, run: Run) -> int:
    """Return when a cycle began, or the earliest of what was merged into it."""
    starts = [run.started_at]
    for place in run.absorbed:
        event = history.moments[place].event
        if isinstance(event, Absorbed):
            starts.append(to_us(event.started_at))
    return min(starts)


class _Promised(NamedTuple):
    """The promise of one merge, with how many of the countings of its tale, before its cycle and in it, came before."""

    account: Account
    earlier: int
    known: int
    start: int


class _Tale:
    """All that would have counted of a priority in a cycle so far, and the promises that merges brought.

    From a later merge on, an earlier one's promise of the same goal says nothing more unless it was due already: it
    counted no longer, and is in force as long. So a walk through thousands of merges follows but few of them.
    """

    __slots__ = (
        "_begun", "_calendars", "_counted", "_earlier", "_elapsed", "_priority", "_promised", "_target", "_waiting",
    )  # fmt: skip

    def __init__(self, priority: str, target: Target, begun: int) -> None:
        self._priority, self._target, self._begun = priority, target, begun
        self._earlier: list[Counting] = []
        self._counted: list[Counting] = []
        self._elapsed = 0
        self._promised: list[_Promised] = []
        self._calendars: set[int] = set()
        self._waiting: deque[tuple[int, int]] = deque()

    def expect(self, at: int, start: int) -> None:
        """Expect a merge at an instant, of a ticket begun at `start`; they come in order."""
        self._waiting.append((at, start))

    def through(self, segments: Sequence[Segment]) -> None:
        """Go on through the next segments, each cut where merges fall into it."""
        for place, segment in enumerate(segments):
            begun = segment.start
            while self._waiting and self._waiting[0][0] < segment.end:
                at = self._waiting[0][0]
                if at > begun:
                    self._take(segment._replace(start=begun, end=at))
                    begun = at
                self._merge_at(segment._replace(start=begun))
            self._merge_at(rest := segment._replace(start=begun))
            self._take(rest)
            # A merge as a segment ends finds its state, unless other terms begin there; what comes next comes after it.
            following = segments[min(place + 1, len(segments) - 1)]
            if segment.priority == self._priority and following.terms is segment.terms:
                self._meet(segment)

    def told(self, segments: Sequence[Segment]) -> list[Outcome]:
        """Return what came of the promises with the last segments, and with the state at the end of them."""
        self.through(segments)
        self._meet(segments[-1])
        found = []
        for account, earlier, known, _ in self._promised:
            outcome = account.outcome()
            if outcome is not None:
                before = [*reversed(self._earlier[:earlier]), *self._counted[:known]]
                found.append(replace(outcome, counted=[*before, *outcome.counted]))
        return found

    def fork(self) -> "_Tale":
        """Return a tale that goes on by itself from here; what was counted when is not taken along."""
        forked = copy(self)
        forked._earlier, forked._counted = [], []  # noqa: SLF001 - of this class
        forked._waiting = deque(self._waiting)  # noqa: SLF001 - of this class
        forked._calendars = set(self._calendars)  # noqa: SLF001 - of this class
        forked._promised = [each._replace(account=each.account.fork()) for each in self._promised]  # noqa: SLF001
        return forked

    def _meet(self, segment: Segment) -> None:
        """Go through the state at the end of a segment, for no time, if merges have come by then."""
        if self._waiting and self._waiting[0][0] <= segment.end:
            state = segment._replace(start=segment.end)
            self._merge_at(state)
            self._take(state)

    def _merge_at(self, segment: Segment) -> None:
        """Begin the promises of the merges that have come by the start of a segment."""
        while self._waiting and self._waiting[0][0] <= segment.start:
            if self._broken():
                # None of a later merge can be broken before it.
                self._waiting.clear()
                return
            self._merge(self._waiting.popleft()[1], segment)

    def _merge(self, start: int, segment: Segment) -> None:
        calendar = _calendar(segment, self._priority)
        if calendar is not None:
            self._recount(calendar)
        if start < self._begun and calendar is not None:
            # The ticket merged into this one was the vendor's then.
            gained = calendar.counted_us(start, self._begun)
            self._note(self._earlier, Counting(start, self._begun, gained, calendar))
            self._begun = start
        self._promised = [each for each in self._promised if self._tells_more(each, start, segment)]
        account = Account(self._priority, self._target, since=start, elapsed=self._elapsed)
        self._promised.append(_Promised(account, len(self._earlier), len(self._counted), start))

    def _tells_more(self, promised: _Promised, start: int, segment: Segment) -> bool:
        outcome = promised.account.outcome()
        days = isinstance(segment.terms.goal(self._priority), WorkingDays) and promised.start != start
        return outcome is not None and (outcome.due is not None or days)

    def _take(self, segment: Segment) -> None:
        """Go on through the next segment."""
        holds = bool(self._promised) and _holds(segment, self._target, self._priority)
        for promised in self._promised:
            promised.account.take(segment, segment.cause is None and holds, holds)
        calendar = _calendar(segment, self._priority)
        if segment.cause is None and calendar is not None and segment.end > segment.start:
            gained = calendar.counted_us(segment.start, segment.end)
            self._note(self._counted, Counting(segment.start, segment.end, gained, calendar))

    def _broken(self) -> bool:
        outcomes = [promised.account.outcome() for promised in self._promised]
        return any(outcome is not None and outcome.broken is not None for outcome in outcomes)

    def _recount(self, calendar: ServiceCalendar) -> None:
        """Count all so far on the calendar of the terms in force now: a merge's promise is made under these."""
        if self._calendars - {id(calendar)}:
            self._earlier, self._counted = (
                [each._replace(gained=calendar.counted_us(each.start, each.end), calendar=calendar) for each in counted]
                for counted in (self._earlier, self._counted)
            )
            self._elapsed = sum(each.gained for each in (*self._earlier, *self._counted))
            self._calendars = {id(calendar)}

    def _note(self, counted: list[Counting], counting: Counting) -> None:
        counted.append(counting)
        self._elapsed += counting.gained
        self._calendars.add(id(counting.calendar))


def _calendar(segment: Segment, priority: str) -> ServiceCalendar | None:
    return None if segment.terms.goal(priority) is None else segment.terms.calendar(priority)


def _holds(segment: Segment, target: Target, priority: str) -> bool:
    match target.priority_change:
        case PriorityChange.AT_CREATION | PriorityChange.HIGHEST_EVER:
            return True
        case PriorityChange.EARLIEST_PROMISE:
            return segment.priority is not None and urgency(segment.priority) <= urgency(priority)
        case _:
            return segment.priority == priority
