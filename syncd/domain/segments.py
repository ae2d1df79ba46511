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
    """Return a run's segments in order, up to its end or `as_of`; the last one shows the state there."""
    moments = history.moments
    final: str | None = None
    retroactive = target.priority_change is PriorityChange.RETROACTIVE
    if retroactive:
        last = run.spans[-1].last
        final = moments[(len(moments) if last is None else last) - 1].priority
    segments: list[Segment] = []
    for start, first, end, last in run.spans:
        beyond = len(moments) if last is None else last
        at = start
        for place in range(first, beyond):
            moment = moments[place]
            until = moments[place + 1].at if place + 1 < beyond else (as_of if end is None else end)
            priority = final if retroactive else moment.priority
            segments.append(
                Segment(at, until, pause_cause(moment, target, vendor, priority), priority, moment.event.id)
            )
            at = until
    return segments


def pause_cause(moment: Moment, target: Target, vendor: str, priority: str | None) -> str | None:
    """Return why an open cycle is not counted in a state; None where it is."""
    if target.goal(priority) is None:
        return UNCOVERED
    if moment.phase not in OPEN_PHASES:
        return SETTLED
    if moment.holder != vendor and target.counts is Counts.OWN_TIME:
        return "customer" if moment.holder is None or moment.holder == US else "other_vendor"
    return moment.awaiting.value if moment.awaiting in target.pause_while else None
