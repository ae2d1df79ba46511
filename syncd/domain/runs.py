"""When the cycles of a clock start, stop, are cancelled and resume (design.md section 7, *Exactly*).

Calendars are asked for two things only: how long a stop may be undone, and when a resolve counts as confirmed.
"""

from typing import NamedTuple, Protocol

from syncd.domain.contract import Goal, Target
from syncd.domain.endings import (
    ANSWERING,
    CHILD,
    RESPONDING,
    STOPPED,
    WITHDRAWN,
    End,
    Ending,
    answers,
    asks,
    ending_of,
    first_response_given,
    first_work,
    is_reopening,
    responds,
    shuts,
)
from syncd.domain.events import Opened
from syncd.domain.history import History, Moment
from syncd.domain.merging import TAKES_OVER, note_merges
from syncd.domain.names import OPEN_PHASES, Children, Metric, Party, Phase, Reopen
from syncd.domain.run import Run, Span, Stop
from syncd.domain.start import Start

# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_UPDATE, _NEXT_RESPONSE, _EACH, _VENDOR = Metric.UPDATE, Metric.NEXT_RESPONSE, Children.EACH, Party.VENDOR

RESOLVING = frozenset({Phase.RESOLVED, Phase.CLOSED})


class Grace(Protocol):
    """What only calendars know of a clock's runs: until when their stops can be undone."""

    def in_time(self, stop: Stop, at: int, span: Goal) -> bool:
        """Whether an instant is no later than `span` counted from a stop."""
        ...

    def last_in_time(self, stop: Stop, span: Goal) -> int:
        """Return the last instant in time, in microseconds."""
        ...


class Runs(NamedTuple):
    """A clock's cycles so far, and what kept it from having any.

    `confirms_at` is when the resolve that the last one waits upon will be confirmed if nobody rejects it.
    """

    runs: list[Run]
    flags: tuple[str, ...] = ()
    confirms_at: int | None = None


def runs_of(history: History, target: Target, vendor: str, start: Start, grace: Grace) -> Runs:
    """Return the cycles of a clock that starts at `start`, in order."""
    moments = history.moments
    opened = moments[0]
    responding = target.metric in RESPONDING
    if responding and opened.event.by is _VENDOR and opened.actor == vendor and isinstance(opened.event, Opened):
        return Runs([], ("vendor_raised",))
    limit = len(moments)
    if target.children is not _EACH and history.child_at is not None:
        # From the link on nothing starts, resumes or goes on.
        limit = history.child_at + 1
        if moments[history.child_at].at <= start.at:
            return _of_a_child(history, target, start)
    walk = _Walk(history, target, vendor, limit, grace)
    if target.metric is _NEXT_RESPONSE:
        walk.through_questions(start)
    else:
        walk.through(start)
    if history.absorbed and target.metric in TAKES_OVER:
        note_merges(history, walk.runs)
    return Runs(walk.runs, (), walk.confirms_at)


class _Walk:
    """A walk through a ticket's moments, up to the one at `limit`, that finds the runs of one clock."""

    __slots__ = ("_claimed", "_first_work", "_grace", "_history", "_limit", "_target", "_vendor", "confirms_at", "runs")

    def __init__(self, history: History, target: Target, vendor: str, limit: int, grace: Grace) -> None:
        self._history, self._target, self._vendor, self._limit, self._grace = history, target, vendor, limit, grace
        self._first_work: int | None = None
        self._claimed: Stop | None = None
        self.confirms_at: int | None = None
        self.runs: list[Run] = []

    def worked_before(self, place: int) -> bool:
        """Whether the vendor showed any work before the moment at `place`; looked for once, as most never ask."""
        if self._first_work is None:
            self._first_work = first_work(self._history.moments, self._target, self._vendor)
        return self._first_work < place

    def through(self, start: Start) -> None:
        """Find the runs of a clock that starts once, and again where its metric or a reopening says so."""
        moments, target, vendor, limit = self._history.moments, self._target, self._vendor, self._limit
        begun = self._first(start)
        if begun is None:
            return
        updating = target.metric is _UPDATE
        run = self.runs[-1]
        for place in range(begun + 1, limit):
            moment = moments[place]
            if self._claimed is not None:
                self._settle(self._claimed, moment)
            if run.ending is None:
                ending = ending_of(moment, place, target, vendor, self)
                if ending is not None:
                    run.finish(moment.at, place, moment.event.id, ending)
                    self._claimed = None
                elif target.confirm_within is not None and shuts(moment):
                    self._claimed = Stop(run, moment.at, place, moment.event.id)
            elif is_reopening(moment) and not self._resumed(run, moment, place) and self._begins_again(run):
                run = self._begin(moment.event.id, moment.at, place)
            if updating and run.ending is not None and moment.phase in OPEN_PHASES and answers(moment, target, vendor):
                run = self._begin(moment.event.id, moment.at, place)
        if self._claimed is not None and target.confirm_within is not None:
            until = self._grace.last_in_time(self._claimed, target.confirm_within)
            if self._history.now > until:
                self._stop(self._claimed)
            else:
                self.confirms_at = until

    def through_questions(self, start: Start) -> None:
        """Find the runs of a clock that starts at every question which nobody answers yet."""
        target, vendor = self._target, self._vendor
        run: Run | None = None
        given = False
        for place, moment in enumerate(self._history.moments[: self._limit]):
            if run is not None and run.ending is None:
                ending = ending_of(moment, place, target, vendor, self)
                if ending is not None:
                    run.finish(moment.at, place, moment.event.id, ending)
            elif run is not None and is_reopening(moment):
                self._resumed(run, moment, place)
            elif given and place > start.place and moment.phase in OPEN_PHASES and asks(moment):
                run = self._begin(moment.event.id, moment.at, place)
            given = given or first_response_given(moment, target, vendor)

    def _first(self, start: Start) -> int | None:
        """Begin the first run; return the place from which the walk goes on, None where nothing began."""
        moments, target, vendor = self._history.moments, self._target, self._vendor
        index = start.place
        if moments[index].phase in OPEN_PHASES:
            run = self._begin(start.by, start.at, index)
        elif target.metric not in ANSWERING and _born_resolved(moments[0], start):
            run = self._begin(start.by, start.at, index)
            run.finish(start.at, index + 1, moments[0].event.id, Ending(End.STOPPED, ("born_resolved",)))
        else:
            later = range(index + 1, self._limit)
            reopened = next((place for place in later if is_reopening(moments[place])), None)
            if reopened is None:
                return None
            index = reopened
            run = self._begin(moments[index].event.id, moments[index].at, index)
        if target.metric in RESPONDING:
            # The last moment before an appointment is no start: what it says lies between opening and start as well.
            before = index if moments[index].event.id == run.started_by else index + 1
            early = next((moment for moment in moments[:before] if responds(moment, target, vendor)), None)
            if early is not None:
                run.finish(run.started_at, index + 1, early.event.id, STOPPED)
        return index

    def _begin(self, by: str, at: int, place: int) -> Run:
        run = Run(len(self.runs) + 1, by, [Span(at, place)])
        self.runs.append(run)
        return run

    def _begins_again(self, run: Run) -> bool:
        """Whether a reopening that resumes nothing starts a cycle."""
        if run.ending is None or run.ending.end is End.GONE or self._target.metric in RESPONDING:
            return False
        return self._target.metric is _UPDATE or self._target.reopen is not Reopen.FIRST_IS_FINAL

    def _resumed(self, run: Run, moment: Moment, place: int) -> bool:
        if not self._resumes(run, moment):
            return False
        run.resume(moment.at, place)
        return True

    def _resumes(self, run: Run, moment: Moment) -> bool:
        ending, reopen, by_vendor = run.ending, self._target.reopen, moment.actor == self._vendor
        if ending is None or ending.end is End.GONE:
            return False
        if ending.end is End.CANCELLED:
            return ending.flags[0] == WITHDRAWN and (by_vendor or self._in_grace(run, moment.at))
        if self._target.metric in ANSWERING:
            return ending.by_resolve and (by_vendor or self._in_grace(run, moment.at))
        if reopen is Reopen.FIRST_IS_FINAL:
            return False
        if by_vendor or reopen is Reopen.RESUME:
            return True
        return reopen is Reopen.WITHIN_GRACE and self._in_grace(run, moment.at)

    def _in_grace(self, run: Run, at: int) -> bool:
        stop = run.stop
        return stop is not None and self._grace.in_time(stop, at, self._target.reopen_grace)

    def _settle(self, claimed: Stop, moment: Moment) -> None:
        """Decide on a resolve that waits to be confirmed: by time or a closing it is, a reopening rejects it."""
        within = self._target.confirm_within
        if within is None or not self._grace.in_time(claimed, moment.at, within):
            self._stop(claimed)
        elif is_reopening(moment):
            self._claimed = None
        elif moment.phase is not moment.was:
            if not _withdraws(moment):
                self._stop(claimed)
            self._claimed = None

    def _stop(self, claimed: Stop) -> None:
        """Stop a run where it claimed to be resolved."""
        claimed.run.finish(claimed.at, claimed.place, claimed.by, STOPPED)
        self._claimed = None


def _of_a_child(history: History, target: Target, start: Start) -> Runs:
    """What becomes of a clock whose ticket was another's child when it started."""
    cause = CHILD[target.children]
    if target.children is Children.WITH_PARENT:
        return Runs([], (cause,))
    run = Run(1, start.by, [Span(start.at, start.place)])
    link = history.moments[history.child_at or 0].event.id
    run.finish(start.at, start.place + 1, link, Ending(End.CANCELLED, (cause,)))
    return Runs([run])


def _withdraws(moment: Moment) -> bool:
    return moment.phase is Phase.CANCELLED and moment.event.by is Party.CUSTOMER


def _born_resolved(opened: Moment, start: Start) -> bool:
    return isinstance(opened.event, Opened) and opened.event.phase in RESOLVING and start.at == opened.at
