"""What an event does to a running cycle: nothing, a stop, a cancellation (design.md section 7, *Exactly*)."""

from enum import StrEnum
from typing import NamedTuple

from syncd.domain.contract import Target
from syncd.domain.events import Acknowledged, Gone, Merged, Message, Workaround
from syncd.domain.history import History, Moment
from syncd.domain.names import OPEN_PHASES, Accepted, Counts, Metric, Party, Phase, Stops, Visibility

RESPONDING = frozenset({Metric.FIRST_RESPONSE, Metric.ACKNOWLEDGEMENT})
"""Metrics that wait for a sign of life of the vendor."""

SHUT = frozenset({Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED})


class End(StrEnum):
    """How a run ended."""

    STOPPED = "stopped"
    CANCELLED = "cancelled"
    GONE = "gone"


WITHDRAWN = "withdrawn"
"""The cause of a cancellation by whoever asked for the work; the one that a reopening in time undoes."""


class Ending(NamedTuple):
    """What an event does to a running cycle; `flags` say how, the first of a cancellation is its cause."""

    end: End
    flags: tuple[str, ...] = ()
    by_resolve: bool = False


def ending_of(history: History, place: int, target: Target, vendor: str) -> Ending | None:
    """Return what the event at `place` does to a running cycle of a target; None when it goes on."""
    moment = history.moments[place]
    event = moment.event
    if moment.was is not moment.phase:
        if moment.phase is Phase.CANCELLED and event.by is Party.CUSTOMER:
            return Ending(End.CANCELLED, (WITHDRAWN,))
        if target.metric in RESPONDING:
            return _response_ending(moment, vendor)
        return _resolution_ending(history, place, target, vendor)
    if isinstance(event, Message | Acknowledged):
        return Ending(End.STOPPED) if target.metric in RESPONDING and responds(moment, target, vendor) else None
    if isinstance(event, Workaround):
        restores = target.metric is Metric.RESTORATION
        restores = restores or (target.stops is Stops.WORKAROUND and target.metric not in RESPONDING)
        return Ending(End.STOPPED) if restores else None
    if isinstance(event, Merged):
        return Ending(End.CANCELLED, ("merged",))
    return Ending(End.GONE, ("gone",)) if isinstance(event, Gone) else None


def is_reopening(moment: Moment) -> bool:
    """Whether an event opened a resolved, closed or cancelled ticket again."""
    return moment.was in SHUT and moment.phase in OPEN_PHASES


def answers(moment: Moment, target: Target, vendor: str) -> bool:
    """Whether an event is a human, public message of the vendor, relayed ones as the target accepts them."""
    event = moment.event
    return (
        isinstance(event, Message)
        and moment.actor == vendor
        and event.visibility is Visibility.PUBLIC
        and not event.automated
        and (not event.relayed or target.relayed is Accepted.ACCEPTED)
    )


def _response_ending(moment: Moment, vendor: str) -> Ending | None:
    if not _shuts(moment):
        return None
    if moment.actor != vendor:
        return Ending(End.CANCELLED, (WITHDRAWN,))
    return Ending(End.STOPPED, ("resolved_without_message", *_cancelled_by_vendor(moment)), by_resolve=True)


def responds(moment: Moment, target: Target, vendor: str) -> bool:
    """Whether an event is what a first response or an acknowledgement waits for, a vendor's resolve left aside."""
    if isinstance(moment.event, Acknowledged):
        wanted = target.metric is Metric.ACKNOWLEDGEMENT or target.acknowledgement is Accepted.ACCEPTED
        return wanted and moment.actor == vendor
    return answers(moment, target, vendor)


def _resolution_ending(history: History, place: int, target: Target, vendor: str) -> Ending | None:
    moment = history.moments[place]
    if _shuts(moment):
        if moment.event.by is Party.CUSTOMER and not _worked_on(history, place, target, vendor):
            return Ending(End.CANCELLED, (WITHDRAWN,))
        if target.counts is Counts.OWN_TIME and moment.holder != vendor:
            return Ending(End.CANCELLED, ("handed_back",))
        if target.stops is not Stops.CLOSED:
            return Ending(End.STOPPED, _cancelled_by_vendor(moment), by_resolve=True)
    if target.stops is Stops.CLOSED and moment.phase in (Phase.CLOSED, Phase.CANCELLED):
        return Ending(End.STOPPED, _cancelled_by_vendor(moment), by_resolve=True)
    return None


def _worked_on(history: History, place: int, target: Target, vendor: str) -> bool:
    """Whether the vendor showed any work on the ticket before a moment: an answer, an acknowledgement, a workaround."""
    return any(
        answers(moment, target, vendor)
        or isinstance(moment.event, Workaround)
        or (isinstance(moment.event, Acknowledged) and moment.actor == vendor)
        for moment in history.moments[:place]
    )


def _shuts(moment: Moment) -> bool:
    return moment.was in OPEN_PHASES and moment.phase in SHUT


def _cancelled_by_vendor(moment: Moment) -> tuple[str, ...]:
    return ("cancelled_by_vendor",) if moment.phase is Phase.CANCELLED else ()
