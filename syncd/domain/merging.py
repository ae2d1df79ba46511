"""What a merge adds to the survivor's open cycle: the earlier start and the more urgent priority."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
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
    spans = [(span.first, span.last, run) for run in runs for span in run.spans]
    for place in history.absorbed:
        nearest = bisect_right(spans, place, key=itemgetter(0)) - 1
        if nearest >= 0:
            _, last, run = spans[nearest]
            # The moment that a span begins with is no merge into it: it opened it, or came before an appointment.
            if place > spans[nearest][0] and (last is None or place < last):
                run.absorbed.append(place)


def taken_over(history: History, run: Run, segments: list[Segment], target: Target) -> list[Outcome]:
    """Return what came of the promises that merges brought into a cycle, each in force from its merge on."""
    merges: dict[str, list[tuple[int, int]]] = {}
    start = run.started_at
    for place in run.absorbed:
        merge = history.moments[place]
        if merge.priority is not None and isinstance(merge.event, Absorbed):
            start = min(start, to_us(merge.event.started_at))
            merges.setdefault(merge.priority, []).append((merge.at, start))
    return [outcome for name, found in merges.items() for outcome in _outcomes(segments, target, name, found)]


def earliest_start(history: History, run: Run) -> int:
    """Return when a cycle began, or the earliest of what was merged into it."""
    starts = [run.started_at]
    for place in run.absorbed:
        event = history.moments[place].event
        if isinstance(event, Absorbed):
            starts.append(to_us(event.started_at))
    return min(starts)


def _outcomes(segments: list[Segment], target: Target, priority: str, merges: list[tuple[int, int]]) -> list[Outcome]:
    """Return what came of the promises of one priority; `merges` are `(at, start)` in order."""
    tale = _Tale(priority, target, segments[0].start)
    waiting = deque(merges)
    for segment in _cut(segments, [at for at, _ in merges]):
        while waiting and waiting[0][0] <= segment.start and not tale.broken:
            tale.merge(waiting.popleft()[1], segment)
        tale.take(segment)
    return tale.told()


class _Promised(NamedTuple):
    """The promise of one merge, with how many of the countings of its tale came before it."""

    account: Account
    known: int
    start: int


class _Tale:
    """All that would have counted of a priority in a cycle so far, and the promises that merges brought.

    From a later merge on, an earlier one's promise of the same goal says nothing more unless it was due already: it
    counted no longer, and is in force as long. So a walk through thousands of merges follows but few of them.
    """

    __slots__ = ("_begun", "_calendars", "_counted", "_elapsed", "_priority", "_promised", "_target")

    def __init__(self, priority: str, target: Target, begun: int) -> None:
        self._priority, self._target, self._begun = priority, target, begun
        self._counted: list[Counting] = []
        self._elapsed = 0
        self._promised: list[_Promised] = []
        self._calendars: set[int] = set()

    def merge(self, start: int, segment: Segment) -> None:
        """Begin the promise of a merge at a segment's start, of a ticket begun at `start`."""
        calendar = _calendar(segment, self._priority)
        if calendar is not None:
            self._recount(calendar)
        if start < self._begun and calendar is not None:
            # The ticket merged into this one was the vendor's then.
            self._note(Counting(start, self._begun, calendar.counted_us(start, self._begun), calendar), 0)
            self._begun = start
        self._promised = [each for each in self._promised if self._tells_more(each, start, segment)]
        account = Account(self._priority, self._target, since=start, elapsed=self._elapsed)
        self._promised.append(_Promised(account, len(self._counted), start))

    def _tells_more(self, promised: _Promised, start: int, segment: Segment) -> bool:
        outcome = promised.account.outcome()
        days = isinstance(segment.terms.goal(self._priority), WorkingDays) and promised.start != start
        return outcome is not None and (outcome.due is not None or days)

    def take(self, segment: Segment) -> None:
        """Go on through the next segment."""
        holds = bool(self._promised) and _holds(segment, self._target, self._priority)
        for promised in self._promised:
            promised.account.take(segment, segment.cause is None and holds, holds)
        calendar = _calendar(segment, self._priority)
        if segment.cause is None and calendar is not None and segment.end > segment.start:
            gained = calendar.counted_us(segment.start, segment.end)
            self._note(Counting(segment.start, segment.end, gained, calendar), len(self._counted))

    @property
    def broken(self) -> bool:
        """Whether one of the promises was broken: none of a later merge can be broken before it."""
        outcomes = [promised.account.outcome() for promised in self._promised]
        return any(outcome is not None and outcome.broken is not None for outcome in outcomes)

    def told(self) -> list[Outcome]:
        """Return what came of the promises so far."""
        found = []
        for account, known, _ in self._promised:
            outcome = account.outcome()
            if outcome is not None:
                found.append(replace(outcome, counted=[*self._counted[:known], *outcome.counted]))
        return found

    def _recount(self, calendar: ServiceCalendar) -> None:
        """Count all so far on the calendar of the terms in force now: a merge's promise is made under these."""
        if self._calendars - {id(calendar)}:
            self._counted = [
                each._replace(gained=calendar.counted_us(each.start, each.end), calendar=calendar)
                for each in self._counted
            ]
            self._elapsed = sum(each.gained for each in self._counted)
            self._calendars = {id(calendar)}

    def _note(self, counting: Counting, place: int) -> None:
        self._counted.insert(place, counting)
        self._elapsed += counting.gained
        self._calendars.add(id(counting.calendar))


def _cut(segments: list[Segment], instants: list[int]) -> Iterator[Segment]:
    """Yield the segments, none of which reaches across an instant, and the state at the last of them."""
    waiting = deque(instants)
    for segment in segments:
        while waiting and waiting[0] <= segment.start:
            waiting.popleft()
        start = segment.start
        while waiting and waiting[0] < segment.end:
            yield segment._replace(start=start, end=waiting[0])
            start = waiting.popleft()
        yield segment._replace(start=start)
    if waiting:
        yield segments[-1]._replace(start=segments[-1].end)


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
