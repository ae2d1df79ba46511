"""A run cut into segments of constant priority, each counted or paused for one cause."""

from typing import NamedTuple

from syncd.domain.contract import Target
from syncd.domain.history import History, Moment
from syncd.domain.names import OPEN_PHASES, US, Counts, PriorityChange
from syncd.domain.runs import Run

UNCOVERED = "uncovered"
"""The cause of a pause in which the ticket's priority has no goal."""

SETTLED = "resolved"
"""The cause of a pause in which the ticket is no longer open but its clock waits for more, as `stops: closed` does."""


class Segment(NamedTuple):
    """A live stretch `[start, end)` of a cycle in microseconds; empty ones stand for states of no duration.

    `cause` is None where it counts on the service calendar. `event` is the id of the event that brought the state.
    """

    start: int
    end: int
    cause: str | None
    priority: str | None
    event: str


def segments_of(history: History, run: Run, target: Target, vendor: str, as_of: int) -> list[Segment]:
    """Return a run's segments in order, up to its end or `as_of`; the last one shows the state there.

    States that differ in nothing a segment says are one, unless the run was stopped between them.
    """
    moments = history.moments
    retroactive = target.priority_change is PriorityChange.RETROACTIVE
    final = last_moment(history, run).priority if retroactive else None
    segments: list[Segment] = []
    for start, first, end, last in run.spans:
        since, brought = start, moments[first]
        priority = final if retroactive else brought.priority
        cause = pause_cause(brought, target, vendor, priority)
        for place in range(first + 1, len(moments) if last is None else last):
            moment = moments[place]
            new_priority = final if retroactive else moment.priority
            new_cause = pause_cause(moment, target, vendor, new_priority)
            if new_cause != cause or new_priority != priority:
                segments.append(Segment(since, moment.at, cause, priority, brought.event.id))
                since, brought, cause, priority = moment.at, moment, new_cause, new_priority
        segments.append(Segment(since, as_of if end is None else end, cause, priority, brought.event.id))
    return segments


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
    if moment.holder != vendor and target.counts is Counts.OWN_TIME:
        return "customer" if moment.holder is None or moment.holder == US else "other_vendor"
    return moment.awaiting.value if moment.awaiting in target.pause_while else None
