"""Counted time as a sorted table: a piecewise linear function of the instant, read by bisection in both directions.

Between knots counted time stands still or runs with the clock, so two bisections measure any span and one inverts it.
A table covers a stretch of time and is never changed: longer ones are made from it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from syncd.domain.interval import Interval


@dataclass(frozen=True, slots=True)
class Knots:
    """The service intervals of [`lo`, `hi`), in microseconds of UTC, and counted time along them.

    Counted time has an arbitrary zero, so only differences mean anything. Inside interval `i` it is the instant minus
    `shifts[i]`, and `done[i]` at its end. Entry 0 is an empty interval at `lo`, so that every instant in the table has
    an entry at or before it. Intervals may touch where two tables were joined.
    """

    lo: int
    hi: int
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    shifts: tuple[int, ...]
    done: tuple[int, ...]

    def at(self, instant: int) -> int:
        """Return counted time up to an instant from `lo` to `hi`, both included."""
        index = bisect_right(self.opens, instant) - 1
        return min(instant, self.closes[index]) - self.shifts[index]

    def serve(self, instant: int) -> bool:
        """Return whether an instant from `lo` up to but not including `hi` is in service."""
        return instant < self.closes[bisect_right(self.opens, instant) - 1]

    def between(self, start: int, end: int) -> list[Interval]:
        """Return what of the service intervals lies in [start, end), sorted, possibly touching."""
        first = bisect_right(self.closes, start)
        last = bisect_left(self.opens, end)
        return [
            Interval(max(opens, start), min(closes, end))
            for opens, closes in zip(self.opens[first:last], self.closes[first:last], strict=True)
        ]

    def followed_by(self, service: Sequence[Interval], hi: int) -> "Knots":
        """Return the table up to `hi`, `service` being the sorted service intervals from its present end to there."""
        return self._joined([], service, self.lo, hi)

    def preceded_by(self, service: Sequence[Interval], lo: int) -> "Knots":
        """Return the table from `lo`, `service` being the sorted service intervals from there to its present start."""
        return self._joined(service, [], lo, self.hi)

    def _joined(self, before: Sequence[Interval], after: Sequence[Interval], lo: int, hi: int) -> "Knots":
        # What is there keeps its figures, so counted time goes below zero towards the past.
        zero = self.done[0] - sum(end - start for start, end in before)
        first = _table(before, lo, zero)
        rest = _table(after, self.hi, self.done[-1])
        return Knots(
            lo=lo,
            hi=hi,
            opens=first.opens + self.opens[1:] + rest.opens[1:],
            closes=first.closes + self.closes[1:] + rest.closes[1:],
            shifts=first.shifts + self.shifts[1:] + rest.shifts[1:],
            done=first.done + self.done[1:] + rest.done[1:],
        )


def _table(service: Sequence[Interval], lo: int, counted: int) -> Knots:
    opens, closes, shifts, done = [lo], [lo], [lo - counted], [counted]
    for start, end in service:
        opens.append(start)
        closes.append(end)
        shifts.append(start - counted)
        counted += end - start
        done.append(counted)
    return Knots(lo, service[-1].end if service else lo, tuple(opens), tuple(closes), tuple(shifts), tuple(done))


def empty(at: int) -> Knots:
    """Return the table of no time at all, at one instant, from which others are grown."""
    return _table([], at, 0)
