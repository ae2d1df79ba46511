"""What a merge adds to the survivor's open cycle: the earlier start and the more urgent priority."""

from bisect import bisect_left

from syncd.domain.contract import Target
from syncd.domain.events import Absorbed
from syncd.domain.history import History
from syncd.domain.instant import to_us
from syncd.domain.names import PriorityChange
from syncd.domain.outcome import Account, Outcome
from syncd.domain.priority import urgency
from syncd.domain.run import Run
from syncd.domain.segments import Segment, cut_at

ABSORBED = "absorbed"
"""The flag of a cycle into which another ticket's was merged."""


def taken_over(history: History, run: Run, segments: list[Segment], target: Target) -> list[Outcome]:
    """Return what came of the promises that merges brought into a cycle, each in force from its merge on."""
    found: list[Outcome | None] = []
    known: dict[str, _Known] = {}
    for place in run.absorbed:
        merge = history.moments[place]
        if merge.priority is not None and isinstance(merge.event, Absorbed):
            start = min(run.started_at, to_us(merge.event.started_at))
            if merge.priority not in known:
                dropped = [each.start for each in segments if not _holds(each, target, merge.priority)]
                known[merge.priority] = _Known(dropped)
            if known[merge.priority].adds(start, merge.at):
                found.append(_outcome(segments, target, merge.priority, start, merge.at))
    return [outcome for outcome in found if outcome is not None]


class _Known:
    """The merges so far that brought promises of one priority; `dropped` are the starts of segments without it.

    A merge adds nothing to an earlier one with a start no later, unless the promise was dropped between the two: its
    promise would count the same, and be in force later. So thousands of merges cost no more than a few.
    """

    __slots__ = ("_dropped", "_merged", "_start")

    def __init__(self, dropped: list[int]) -> None:
        self._dropped = dropped
        self._start: int | None = None
        self._merged = 0

    def adds(self, start: int, merged: int) -> bool:
        """Whether a merge at an instant, of something begun at `start`, brings a promise of its own; note it if so."""
        dropped = bisect_left(self._dropped, self._merged) < bisect_left(self._dropped, merged)
        if self._start is not None and self._start <= start and not dropped:
            return False
        self._start, self._merged = start, merged
        return True


def earliest_start(history: History, run: Run) -> int:
    """Return when a cycle began, or the earliest of what was merged into it."""
    starts = [run.started_at]
    for place in run.absorbed:
        event = history.moments[place].event
        if isinstance(event, Absorbed):
            starts.append(to_us(event.started_at))
    return min(starts)


def _outcome(segments: list[Segment], target: Target, priority: str, start: int, merged: int) -> Outcome | None:
    cut = cut_at(segments, merged)
    own = cut[0]
    if start < own.start:
        # The ticket merged into this one was the vendor's then.
        cut.insert(0, Segment(start, own.start, None, priority, None, own.terms))
    account = Account(priority, target, since=start)
    for each in cut:
        holds = each.start >= merged and _holds(each, target, priority)
        account.take(each, counts=each.cause is None and (each.start < merged or holds), holds=holds)
    return account.outcome()


def _holds(segment: Segment, target: Target, priority: str) -> bool:
    match target.priority_change:
        case PriorityChange.AT_CREATION | PriorityChange.HIGHEST_EVER:
            return True
        case PriorityChange.EARLIEST_PROMISE:
            return segment.priority is not None and urgency(segment.priority) <= urgency(priority)
        case _:
            return segment.priority == priority
