"""When the cycles of a clock start, stop, are cancelled and resume; no calendar is asked (design.md section 7)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from syncd.domain.contract import Target
from syncd.domain.endings import RESPONDING, WITHDRAWN, End, Ending, ending_of, is_reopening, responds
from syncd.domain.events import Acknowledged, Opened
from syncd.domain.history import History, Moment
from syncd.domain.instant import to_us
from syncd.domain.names import OPEN_PHASES, Party, Phase, Reopen, Starts

RESOLVING = frozenset({Phase.RESOLVED, Phase.CLOSED})


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
    """One cycle on its way; the last of its spans is open-ended while it runs."""

    number: int
    started_by: str
    spans: list[Span]
    ending: Ending | None = None
    ended_by: str | None = None
    false_resolves: int = 0

    @property
    def started_at(self) -> int:
        """When it began, in microseconds."""
        return self.spans[0].start

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


InGrace = Callable[[Run, int], bool]
"""Whether a reopening at an instant is within the grace counted from a run's stop."""


class Runs(NamedTuple):
    """A clock's cycles so far, and what kept it from having any."""

    runs: list[Run]
    flags: tuple[str, ...] = ()


class Start(NamedTuple):
    """When a clock starts, with the moment behind it."""

    at: int
    by: str
    place: int


def start_of(history: History, starts: Starts, vendor: str) -> Start | None:
    """Return when clocks of a start policy start on a ticket; None while they have not.

    A split child's start at the split.
    """
    moments = history.moments
    place = history.told.get(vendor)
    if place is None:
        return None
    at: int | None = None
    if starts is Starts.CREATED or starts is Starts.REPORTED:
        place = 0
        opened = moments[0].event
        if starts is Starts.REPORTED and isinstance(opened, Opened) and opened.reported_at is not None:
            at = min(to_us(opened.reported_at), moments[0].at)
    elif starts is Starts.ACKNOWLEDGED:
        while not (isinstance(moments[place].event, Acknowledged) and moments[place].actor == vendor):
            place += 1
            if place == len(moments):
                return None
    if history.split_at is not None and history.split_at > place:
        place, at = history.split_at, None
    return Start(moments[place].at if at is None else at, moments[place].event.id, place)


def runs_of(history: History, target: Target, vendor: str, start: Start, in_grace: InGrace) -> Runs:
    """Return the cycles of a clock that starts at `start`, in order."""
    responding = target.metric in RESPONDING
    moments = history.moments
    opened, index = moments[0], start.place
    if responding and opened.event.by is Party.VENDOR and opened.actor == vendor and isinstance(opened.event, Opened):
        return Runs([], ("vendor_raised",))
    if moments[index].phase in OPEN_PHASES:
        first = Run(1, start.by, [Span(start.at, index)])
    elif not responding and _born_resolved(opened, start):
        first = Run(1, start.by, [Span(start.at, index)])
        first.finish(start.at, index + 1, opened.event.id, Ending(End.STOPPED, ("born_resolved",), by_resolve=True))
    else:
        index = next((place for place in range(index + 1, len(moments)) if is_reopening(moments[place])), len(moments))
        if index == len(moments):
            return Runs([])
        first = Run(1, moments[index].event.id, [Span(moments[index].at, index)])
    if responding and index:
        early = next((moment for moment in moments[:index] if responds(moment, target, vendor)), None)
        if early is not None:
            first.finish(first.started_at, index + 1, early.event.id, Ending(End.STOPPED))
    found = Runs([first])
    _walk(history, target, vendor, found, index + 1, in_grace)
    return found


def _walk(history: History, target: Target, vendor: str, found: Runs, index: int, in_grace: InGrace) -> None:
    responding = target.metric in RESPONDING
    moments = history.moments
    run = found.runs[-1]
    for place in range(index, len(moments)):
        moment = moments[place]
        if run.ending is None:
            ending = ending_of(history, place, target, vendor)
            if ending is not None:
                run.finish(moment.at, place, moment.event.id, ending)
        elif is_reopening(moment):
            by_vendor = moment.actor == vendor
            if _resumes(run, target, moment, responding=responding, by_vendor=by_vendor, in_grace=in_grace):
                run.resume(moment.at, place)
            elif not responding and run.ending.end is not End.GONE and target.reopen is not Reopen.FIRST_IS_FINAL:
                run = Run(run.number + 1, moment.event.id, [Span(moment.at, place)])
                found.runs.append(run)


def _resumes(run: Run, target: Target, moment: Moment, *, responding: bool, by_vendor: bool, in_grace: InGrace) -> bool:
    ending = run.ending
    if ending is None or ending.end is End.GONE:
        return False
    if ending.end is End.CANCELLED:
        return ending.flags[0] == WITHDRAWN and (by_vendor or in_grace(run, moment.at))
    if responding:
        return ending.by_resolve and (by_vendor or in_grace(run, moment.at))
    if target.reopen is Reopen.FIRST_IS_FINAL:
        return False
    if by_vendor or target.reopen is Reopen.RESUME:
        return True
    return target.reopen is Reopen.WITHIN_GRACE and in_grace(run, moment.at)


def _born_resolved(opened: Moment, start: Start) -> bool:
    return isinstance(opened.event, Opened) and opened.event.phase in RESOLVING and start.at == opened.at
