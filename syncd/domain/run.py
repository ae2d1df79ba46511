"""One cycle of a clock on its way: its live stretches, and how it ended."""

from dataclasses import dataclass, field
from typing import NamedTuple

from syncd.domain.endings import STOPPED, End, Ending


class Span(NamedTuple):
    """A live stretch of a run in microseconds, with the moments that make it: `[first, last)`.

    `end` and `last` are None while it goes on.
    """

    start: int
    first: int
    end: int | None = None
    last: int | None = None


@dataclass(slots=True)
class Run:
    """One cycle on its way; the last of its spans is open-ended while it runs.

    `absorbed` holds the places of the merges that fell into it.
    """

    number: int
    started_by: str
    spans: list[Span]
    ending: Ending | None = None
    ended_by: str | None = None
    false_resolves: int = 0
    absorbed: list[int] = field(default_factory=list)

    @property
    def started_at(self) -> int:
        """When it began, in microseconds."""
        return self.spans[0].start

    @property
    def stop(self) -> "Stop | None":
        """Where it ended last; None while it runs."""
        _, _, end, last = self.spans[-1]
        return None if end is None or last is None else Stop(self, end, last, self.ended_by)

    @property
    def ended_at(self) -> int | None:
        """When it ended last, in microseconds; None while it runs."""
        return self.spans[-1].end

    def finish(self, at: int, place: int, by: str | None, ending: Ending) -> None:
        """End the live span before the moment at `place`."""
        start, first, _, _ = self.spans[-1]
        self.spans[-1] = Span(start, first, at, place)
        self.ending, self.ended_by = ending, by

    def resume(self, at: int, place: int) -> None:
        """Go on from the moment at `place`, which takes the last ending back."""
        if self.ending is not None and self.ending.end is End.STOPPED:
            self.false_resolves += 1
        self.ending = self.ended_by = None
        self.spans.append(Span(at, place))

    def as_at(self, stop: "Stop") -> "Run":
        """Return this run as it stood when it stopped there; merges are yet to be noted with it."""
        stopped = Run(self.number, self.started_by, list(self.spans))
        stopped.finish(stop.at, stop.place, stop.by, STOPPED)
        return stopped


class Stop(NamedTuple):
    """Where a run stopped, or claims to have: at `at`, in microseconds, right before the moment at `place`."""

    run: Run
    at: int
    place: int
    by: str | None
