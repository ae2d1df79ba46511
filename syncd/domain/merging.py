"""What a merge adds to the survivor's open cycle: the earlier start and the more urgent priority."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Target
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
            if last is None or place < last:
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
    found = [_outcome(segments, target, name, of_name) for name, of_name in merges.items()]
    return [outcome for outcome in found if outcome is not None]


def earliest_start(history: History, run: Run) -> int:
    """Return when a cycle began, or the earliest of what was merged into it."""
    starts = [run.started_at]
    for place in run.absorbed:
        event = history.moments[place].event
        if isinstance(event, Absorbed):
            starts.append(to_us(event.started_at))
    return min(starts)


def _outcome(segments: list[Segment], target: Target, priority: str, merges: list[tuple[int, int]]) -> Outcome | None:
    """Return what came of the promise of one priority that binds before its others; `merges` are `(at, start)`.

    They are in order. From a later merge on an earlier one's promise says nothing more, unless it was broken: it
    counted no longer, and is in force as long. So one walk does for all of them, however many there are.
    """
    tale = _Tale(priority, target, segments[0].start)
    waiting = deque(merges)
    for segment in _cut(segments, [at for at, _ in merges]):
        while waiting and waiting[0][0] <= segment.start:
            if tale.broken:
                break
            tale.merge(waiting.popleft()[1], segment)
        tale.take(segment)
    return tale.told()


class _Tale:
    """All that would have counted of a priority in a cycle so far, and the promise that the last merge brought."""

    __slots__ = ("_account", "_begun", "_counted", "_elapsed", "_known", "_priority", "_target")

    def __init__(self, priority: str, target: Target, begun: int) -> None:
        self._priority, self._target, self._begun = priority, target, begun
        self._counted: list[Counting] = []
        self._elapsed = 0
        self._account: Account | None = None
        self._known = 0

    def merge(self, start: int, segment: Segment) -> None:
        """Begin the promise of a merge at a segment's start, of a ticket begun at `start`."""
        calendar = _calendar(segment, self._priority)
        if start < self._begun and calendar is not None:
            # The ticket merged into this one was the vendor's then.
            self._note(Counting(start, self._begun, calendar.counted_us(start, self._begun), calendar), 0)
            self._begun = start
        self._account = Account(self._priority, self._target, since=start, elapsed=self._elapsed)
        self._known = len(self._counted)

    def take(self, segment: Segment) -> None:
        """Go on through the next segment."""
        if self._account is not None:
            holds = _holds(segment, self._target, self._priority)
            self._account.take(segment, segment.cause is None and holds, holds)
        calendar = _calendar(segment, self._priority)
        if segment.cause is None and calendar is not None and segment.end > segment.start:
            gained = calendar.counted_us(segment.start, segment.end)
            self._note(Counting(segment.start, segment.end, gained, calendar), len(self._counted))

    @property
    def broken(self) -> bool:
        """Whether the last merge's promise was broken: no later one can be broken before it."""
        outcome = None if self._account is None else self._account.outcome()
        return outcome is not None and outcome.broken is not None

    def told(self) -> Outcome | None:
        """Return what came of the last merge's promise so far; None before the first merge."""
        outcome = None if self._account is None else self._account.outcome()
        return None if outcome is None else replace(outcome, counted=[*self._counted[: self._known], *outcome.counted])

    def _note(self, counting: Counting, place: int) -> None:
        self._counted.insert(place, counting)
        self._elapsed += counting.gained


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
