"""When the cycles of a clock start, stop, are cancelled and resume; no calendar is asked (design.md section 7)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from syncd.domain.contract import Target
from syncd.domain.endings import RESPONDING, WITHDRAWN, End, Ending, ending_of, is_reopening, responds
from syncd.domain.events import Acknowledged, HandedOver, Notified, Opened, Split
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

    def finish(self, at: int, place: int, by: str, ending: Ending) -> None:
        """End the live span before the moment at `place`."""
        self.spans[-1] = self.spans[-1]._replace(end=at, last=place)
        self.ending, self.ended_by = ending, by

    def resume(self, at: int, place: int) -> None:
        """Go on from the moment at `place`, which takes the last ending back."""
        if self.ending is not None and self.ending.end is End.STOPPED:
            self.false_resolves += 1
        self.ending = self.ended_by = None
        self.spans.append(Span(at, place))


InGrace = Callable[[Run, int], bool]
"""Whether a reopening at an instant is within the grace counted from a run's stop."""


@dataclass(slots=True)
class Runs:
    """A clock's cycles so far, and what kept it from having any."""

    runs: list[Run] = field(default_factory=list)
    flags: tuple[str, ...] = ()


class Start(NamedTuple):
    """When a clock starts, with the moment behind it."""

    at: int
    by: str
    place: int


def start_of(history: History, target: Target, vendor: str) -> Start | None:
    """Return when a target's clock starts on a ticket; None while it has not. A split child's starts at the split."""
    told = next((i for i, moment in enumerate(history.moments) if _tells(moment, vendor)), None)
    if told is None:
        return None
    index: int | None = told
    at: int | None = None
    if target.starts is Starts.CREATED or target.starts is Starts.REPORTED:
        index = 0
        event = history.moments[0].event
        if target.starts is Starts.REPORTED and isinstance(event, Opened) and event.reported_at is not None:
            at = min(to_us(event.reported_at), history.moments[0].at)
    elif target.starts is Starts.ACKNOWLEDGED:
        index = next(
            (
                i
                for i, moment in enumerate(history.moments)
                if i >= told and isinstance(moment.event, Acknowledged) and moment.actor == vendor
            ),
            None,
        )
    if index is None:
        return None
    split = next((i for i, moment in enumerate(history.moments) if isinstance(moment.event, Split)), None)
    if split is not None and split > index:
        index, at = split, None
    moment = history.moments[index]
    return Start(moment.at if at is None else at, moment.event.id, index)


def runs_of(history: History, target: Target, vendor: str, start: Start, in_grace: InGrace) -> Runs:
    """Return the cycles of a clock that starts at `start`, in order."""
    responding = target.metric in RESPONDING
    moments = history.moments
    opened = moments[0]
    if responding and opened.event.by is Party.VENDOR and opened.actor == vendor and isinstance(opened.event, Opened):
        return Runs(flags=("vendor_raised",))
    found = Runs()
    index = start.place
    at, by = start.at, start.by
    if (
        not responding
        and isinstance(opened.event, Opened)
        and opened.event.phase in RESOLVING
        and start.at == opened.at
    ):
        found.runs.append(_born_resolved(start, opened.event.id))
        index += 1
    else:
        if moments[index].phase not in OPEN_PHASES:
            reopening = next((i for i in range(index + 1, len(moments)) if is_reopening(moments[i])), None)
            if reopening is None:
                return found
            index = reopening
            at, by = moments[index].at, moments[index].event.id
        first = Run(1, by, [Span(at, index)])
        found.runs.append(first)
        if responding:
            early = next((m for m in moments[:index] if responds(m, target, vendor)), None)
            if early is not None:
                first.finish(at, index + 1, early.event.id, Ending(End.STOPPED))
        index += 1
    _walk(history, target, vendor, found, index, in_grace)
    return found


def _walk(history: History, target: Target, vendor: str, found: Runs, index: int, in_grace: InGrace) -> None:
    responding = target.metric in RESPONDING
    for place in range(index, len(history.moments)):
        moment = history.moments[place]
        run = found.runs[-1]
        if run.ending is None:
            ending = ending_of(history, place, target, vendor)
            if ending is not None:
                run.finish(moment.at, place, moment.event.id, ending)
        elif is_reopening(moment):
            by_vendor = moment.actor == vendor
            if _resumes(run, target, moment, responding=responding, by_vendor=by_vendor, in_grace=in_grace):
                run.resume(moment.at, place)
            elif not responding and run.ending.end is not End.GONE and target.reopen is not Reopen.FIRST_IS_FINAL:
                number = run.number + 1
                found.runs.append(Run(number, moment.event.id, [Span(moment.at, place)]))


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


def _tells(moment: Moment, vendor: str) -> bool:
    event = moment.event
    if isinstance(event, HandedOver):
        return event.to == vendor
    return isinstance(event, Opened | Notified) and event.vendor == vendor


def _born_resolved(start: Start, by: str) -> Run:
    run = Run(1, start.by, [Span(start.at, start.place)])
    run.finish(start.at, start.place + 1, by, Ending(End.STOPPED, ("born_resolved",), by_resolve=True))
    return run
