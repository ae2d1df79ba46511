"""Half-open intervals of integers, and the small algebra that calendars and ledgers are built from.

The integers are microseconds: of UTC since the epoch wherever instants are meant, of a local wall clock inside the
calendar. Lists given to `intersect`, `clip` and `subtract` are sorted and disjoint, as `union` returns them; so are
results.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple


class Interval(NamedTuple):
    """All integers from `start` up to but not including `end`; empty when `end` is not after `start`."""

    start: int
    end: int


_START, _END = attrgetter("start"), attrgetter("end")


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the fewest intervals that cover what `intervals`, in any order, cover: touching ones are joined."""
    joined: list[Interval] = []
    for interval in sorted(intervals):
        if interval.end <= interval.start:
            continue
        if joined and interval.start <= joined[-1].end:
            if interval.end > joined[-1].end:
                joined[-1] = Interval(joined[-1].start, interval.end)
        else:
            joined.append(interval)
    return joined


def intersect(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """Return what both lists cover."""
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i].start, right[j].start)
        end = min(left[i].end, right[j].end)
        if start < end:
            common.append(Interval(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return common


def clip(intervals: Sequence[Interval], start: int, end: int) -> list[Interval]:
    """Return what `intervals`, sorted and disjoint, cover of [start, end); quick however many lie outside."""
    if end <= start:
        return []
    first = bisect_right(intervals, start, key=_END)
    last = bisect_left(intervals, end, lo=first, key=_START)
    return [Interval(max(opens, start), min(closes, end)) for opens, closes in intervals[first:last]]


def subtract(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """Return what `left` covers and `right` does not."""
    if not right:
        return list(left)
    kept: list[Interval] = []
    first = 0
    for start, end in left:
        while first < len(right) and right[first].end <= start:
            first += 1
        at = start
        j = first
        while j < len(right) and right[j].start < end:
            if at < right[j].start:
                kept.append(Interval(at, right[j].start))
            at = max(at, right[j].end)
            j += 1
        if at < end:
            kept.append(Interval(at, end))
    return kept


def measure(intervals: Iterable[Interval]) -> int:
    """Return the total length of disjoint intervals, in their own unit."""
    return sum(end - start for start, end in intervals)
