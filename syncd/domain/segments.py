"""A run cut into segments of constant priority, each counted or paused for one cause."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from syncd.domain.breaks import Break
from syncd.domain.contract import Target
from syncd.domain.endings import End, Ending
from syncd.domain.history import ALWAYS, History, Moment
from syncd.domain.matching import Match
from syncd.domain.names import OPEN_PHASES, US, Awaiting, Counts, Metric
from syncd.domain.run import Run, Span
from syncd.domain.terms import terms_at

# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_OWN_TIME, _UPDATE, _VENDOR = Counts.OWN_TIME, Metric.UPDATE, Awaiting.VENDOR

UNCOVERED = "uncovered"
"""The cause of a pause in which the ticket's priority has no goal."""

SETTLED = "resolved"
"""The cause of a pause in which the ticket is no longer open but its clock waits for more, as `stops: closed` does."""


class Segment(NamedTuple):
    """A live stretch `[start, end)` of a cycle in microseconds; empty ones stand for states of no duration.

    `cause` is None where it counts on the service calendar. `event` is the id of the event that brought the state, None
    where no event did. `terms` hold the goals and calendars in force.
    """

    start: int
    end: int
    cause: str | None
    priority: str | None
    event: str | None
    terms: Target


def segments_of(history: History, run: Run, match: Match) -> list[Segment]:
    """Return a run's segments in order, up to its end or the present; the last one shows the state there.

    States that differ in nothing a segment says are one, unless the run was stopped between them.
    """
    (_, first), *amended = terms_of(run, match)
    segments = _under(first, history, run, match.contract.vendor.id)
    for at, terms in amended:
        later = _under(terms, history, run, match.contract.vendor.id)
        segments = [*_before(segments, at), *_from(later, at, ending=run.ending is None)]
    return interrupted(segments, match.breaks, ending=run.ending) if match.breaks else segments


def terms_of(run: Run, match: Match) -> list[tuple[int, Target]]:
    """Return the goals and calendars that a run goes by, and from when on, in microseconds and in order.

    A silence keeps those that it began with.
    """
    started, stated = run.started_at, [(ALWAYS, match.target)]
    if match.amendments:
        kept = match.target.metric is _UPDATE
        stated += [(each.at, each.target) for each in match.amendments if not kept or each.at <= started]
    return [(since, terms_at(target, match.sites, started)) for since, target in stated]


def last_moment(history: History, run: Run) -> Moment:
    """Return the moment whose state a run ended in, or is in."""
    last = run.spans[-1].last
    return history.moments[-1 if last is None else last - 1]


def pause_cause(moment: Moment, target: Target, vendor: str, priority: str | None) -> str | None:
    """Return why an open cycle is not counted in a state; None where it is."""
    if target.goal(priority) is None:
        return UNCOVERED
    if moment.phase not in OPEN_PHASES:
        return SETTLED
    if moment.holder != vendor and target.counts is _OWN_TIME:
        return "customer" if moment.holder is None or moment.holder == US else "other_vendor"
    if target.metric is _UPDATE:
        return None if moment.awaiting is _VENDOR else moment.awaiting.value
    return moment.awaiting.value if moment.awaiting in target.pause_while else None


class Cutter:
    """Cuts the live spans of a run into segments, from one moment to the next; `final` has the one priority, if any."""

    __slots__ = (
        "_brought",
        "_cause",
        "_final",
        "_moments",
        "_place",
        "_priority",
        "_since",
        "_span",
        "_terms",
        "_vendor",
    )

    def __init__(self, moments: Sequence[Moment], terms: Target, vendor: str, final: Moment | None) -> None:
        self._moments, self._terms, self._vendor, self._final = moments, terms, vendor, final
        self._span = 0
        self._brought: Moment | None = None
        self._place = self._since = 0
        self._cause: str | None = None
        self._priority: str | None = None

    def through(self, spans: Sequence[Span], last: int) -> list[Segment]:
        """Return the segments settled since it was last asked, up to the moment before `last` in the last span."""
        found: list[Segment] = []
        while self._span < len(spans) - 1:
            span = spans[self._span]
            if span.last is not None and span.end is not None:
                self._cut(span, span.last, found)
                found.append(self.open_until(span.end))
            self._span, self._brought = self._span + 1, None
        self._cut(spans[-1], last, found)
        return found

    def open_until(self, end: int) -> Segment:
        """Return the segment that it stands in as if that ended at an instant."""
        event = None if self._brought is None else self._brought.event.id
        return Segment(self._since, end, self._cause, self._priority, event, self._terms)

    def _cut(self, span: Span, last: int, found: list[Segment]) -> None:
        moments, terms, vendor, final = self._moments, self._terms, self._vendor, self._final
        brought, since, cause, priority, place = self._brought, self._since, self._cause, self._priority, self._place
        if brought is None:
            brought, since, place = moments[span.first], span.start, span.first + 1
            priority = (final or brought).priority
            cause = pause_cause(brought, terms, vendor, priority)
        for moment in moments[place:last]:
            new_priority = (final or moment).priority
            new_cause = pause_cause(moment, terms, vendor, new_priority)
            if new_cause != cause or new_priority != priority:
                found.append(Segment(since, moment.at, cause, priority, brought.event.id, terms))
                since, brought, cause, priority = moment.at, moment, new_cause, new_priority
        self._brought, self._since, self._cause, self._priority = brought, since, cause, priority
        self._place = max(place, last)


class Cutters:
    """Cuts a run from one moment to the next as well, by whatever terms are in force; `final` as of a `Cutter`."""

    __slots__ = ("_cutters",)

    def __init__(
        self, moments: Sequence[Moment], stated: Sequence[tuple[int, Target]], vendor: str, final: Moment | None
    ) -> None:
        self._cutters = deque((since, Cutter(moments, terms, vendor, final)) for since, terms in stated)

    def through(self, spans: Sequence[Span], last: int, at: int) -> list[Segment]:
        """Return the segments settled since it was last asked, up to the moment before `last`, which came at `at`."""
        found: list[Segment] = []
        while len(self._cutters) > 1 and (until := self._cutters[1][0]) <= at:
            since, cutter = self._cutters.popleft()
            # What is under way then is settled as far as these terms go.
            under = [*cutter.through(spans, last), cutter.open_until(at)]
            found += _before(_from(under, since, ending=False), until)
        since, cutter = self._cutters[0]
        return [*found, *_from(cutter.through(spans, last), since, ending=False)]

    def open_until(self, end: int) -> list[Segment]:
        """Return the segment that it stands in as if that ended at an instant; none where no time of it is left."""
        since, cutter = self._cutters[0]
        return _from([cutter.open_until(end)], since, ending=False)


def _under(terms: Target, history: History, run: Run, vendor: str) -> list[Segment]:
    moments = history.moments
    end, last = run.spans[-1][2:]
    final = last_moment(history, run) if terms.retroactive else None
    cutter = Cutter(moments, terms, vendor, final)
    segments = cutter.through(run.spans, len(moments) if last is None else last)
    segments.append(cutter.open_until(history.now if end is None else end))
    return segments


def _before(segments: Sequence[Segment], instant: int) -> list[Segment]:
    return [each._replace(end=min(each.end, instant)) for each in segments if each.start < instant]


def _from(segments: Sequence[Segment], instant: int, *, ending: bool) -> list[Segment]:
    """What lies at or after an instant; also the state, of no duration, in which the last segment is `ending` at it."""
    last = len(segments) - 1
    return [
        each._replace(start=max(each.start, instant))
        for place, each in enumerate(segments)
        if each.end > instant or each.start >= instant or (ending and place == last and each.end == instant)
    ]


def interrupted(segments: Sequence[Segment], breaks: Sequence[Break], *, ending: Ending | None) -> list[Segment]:
    """Return the segments with the spans in which the clock stands still cut out of them, as pauses of their own."""
    found: list[Segment] = []
    for place, segment in enumerate(segments):
        at = segment.start
        is_last = place == len(segments) - 1
        shows_present = is_last and ending is None
        # What is gone keeps the state that it was in, also where a break ends with it.
        shows_state = shows_present or (is_last and ending is not None and ending.end is End.GONE)
        for start, end, cause in breaks:
            if end <= at or start > segment.end or (start == segment.end and at < start and not shows_present):
                continue
            if start > at:
                found.append(segment._replace(start=at, end=start))
            until = min(end, segment.end)
            found.append(segment._replace(start=max(at, start), end=until, cause=cause, event=None))
            at = until
            if end > segment.end:
                break
        else:
            if at < segment.end or at == segment.start or shows_state:
                found.append(segment._replace(start=at))
    return found
