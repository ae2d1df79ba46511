"""What an event does to a running cycle: nothing, a stop, a cancellation (design.md section 7, *Exactly*)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from syncd.domain.contract import Target
from syncd.domain.events import Acknowledged, Gone, Linked, Merged, Message, Workaround
from syncd.domain.history import Moment
from syncd.domain.names import (
    OPEN_PHASES,
    Accepted,
    Children,
    Counts,
    LinkRole,
    Metric,
    Party,
    Phase,
    Stops,
    Visibility,
)

RESPONDING = frozenset({Metric.FIRST_RESPONSE, Metric.ACKNOWLEDGEMENT})
"""Metrics that wait for the vendor's first sign of life."""

ANSWERING = RESPONDING | {Metric.NEXT_RESPONSE, Metric.UPDATE}
"""Metrics that wait for words of the vendor; the others wait for a solution."""

SHUT = frozenset({Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED})


# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_CANCELLED, _CUSTOMER, _PUBLIC = Phase.CANCELLED, Party.CUSTOMER, Visibility.PUBLIC
_CLOSES, _OWN_TIME, _UPDATE = Stops.CLOSED, Counts.OWN_TIME, Metric.UPDATE


class End(StrEnum):
    """How a run ended."""

    STOPPED = "stopped"
    CANCELLED = "cancelled"
    GONE = "gone"


WITHDRAWN = "withdrawn"
"""The cause of a cancellation by whoever asked for the work; the one that a reopening in time undoes."""

CHILD = {Children.WITH_PARENT: "with_parent", Children.EXCLUDED: "child"}
"""The cause of a cancellation because the ticket became another's child."""


class Ending(NamedTuple):
    """What an event does to a running cycle; `flags` say how, the first of a cancellation is its cause.

    `by_resolve` marks a clock of answers that a resolve stopped, which a reopening in time undoes.
    """

    end: End
    flags: tuple[str, ...] = ()
    by_resolve: bool = False


STOPPED = Ending(End.STOPPED)
"""A stop of which there is nothing more to say: the commonest ending by far, so it is made once."""

_WITHDRAWAL = Ending(End.CANCELLED, (WITHDRAWN,))


class Signs(Protocol):
    """Whether the vendor showed any work on a ticket."""

    def worked_before(self, place: int) -> bool:
        """Whether it did before the moment at `place`."""
        ...


def first_work(moments: Sequence[Moment], target: Target, vendor: str) -> int:
    """Return the place of the first sign of work (an answer, an acknowledgement, a workaround), else the end."""
    for place, moment in enumerate(moments):
        event = moment.event
        acknowledged = isinstance(event, Acknowledged) and moment.actor == vendor
        if acknowledged or isinstance(event, Workaround) or answers(moment, target, vendor):
            return place
    return len(moments)


def ending_of(moment: Moment, place: int, target: Target, vendor: str, signs: Signs) -> Ending | None:
    """Return what the event of the moment at `place` does to a running cycle of a target; None when it goes on."""
    event = moment.event
    if moment.was is not moment.phase:
        if moment.phase is _CANCELLED and event.by is _CUSTOMER:
            return _WITHDRAWAL
        if target.metric in ANSWERING:
            return _answer_ending(moment, target.metric, vendor)
        return _resolution_ending(moment, place, target, vendor, signs)
    if isinstance(event, (Message, Acknowledged)):
        return STOPPED if target.metric in ANSWERING and responds(moment, target, vendor) else None
    if isinstance(event, Workaround):
        restores = target.metric is Metric.RESTORATION
        restores = restores or (target.stops is Stops.WORKAROUND and target.metric not in ANSWERING)
        return STOPPED if restores else None
    if isinstance(event, Merged):
        return Ending(End.CANCELLED, ("merged",))
    if isinstance(event, Linked) and event.role is LinkRole.PARENT and target.children is not Children.EACH:
        return Ending(End.CANCELLED, (CHILD[target.children],))
    return Ending(End.GONE, ("gone",)) if isinstance(event, Gone) else None


def is_reopening(moment: Moment) -> bool:
    """Whether an event opened a resolved, closed or cancelled ticket again."""
    return moment.was in SHUT and moment.phase in OPEN_PHASES


def shuts(moment: Moment) -> bool:
    """Whether an event resolved, closed or cancelled an open ticket."""
    return moment.was in OPEN_PHASES and moment.phase in SHUT


def answers(moment: Moment, target: Target, vendor: str) -> bool:
    """Whether an event is a human, public message of the vendor, relayed ones as the target accepts them."""
    event = moment.event
    return (
        isinstance(event, Message)
        and moment.actor == vendor
        and event.visibility is _PUBLIC
        and not event.automated
        and (not event.relayed or target.relayed is Accepted.ACCEPTED)
    )


def asks(moment: Moment) -> bool:
    """Whether an event is a human, public message of the customer."""
    event = moment.event
    return isinstance(event, Message) and event.by is _CUSTOMER and event.visibility is _PUBLIC and not event.automated


def responds(moment: Moment, target: Target, vendor: str) -> bool:
    """Whether an event is what a clock of answers waits for, a vendor's resolve left aside."""
    if isinstance(moment.event, Acknowledged):
        if target.metric not in RESPONDING:
            return False
        wanted = target.metric is Metric.ACKNOWLEDGEMENT or target.acknowledgement is Accepted.ACCEPTED
        return wanted and moment.actor == vendor
    return answers(moment, target, vendor)


def first_response_given(moment: Moment, target: Target, vendor: str) -> bool:
    """Whether an event is a first response: an answer, an accepted acknowledgement or a vendor's resolve."""
    if moment.actor != vendor:
        return False
    if isinstance(moment.event, Acknowledged):
        return target.acknowledgement is Accepted.ACCEPTED
    return answers(moment, target, vendor) or shuts(moment)


def _answer_ending(moment: Moment, metric: Metric, vendor: str) -> Ending | None:
    if not shuts(moment):
        return None
    if metric is not _UPDATE and moment.actor != vendor:
        return _WITHDRAWAL
    how = ("resolved_without_message",) if metric in RESPONDING else ()
    return Ending(End.STOPPED, (*how, *_cancelled_by_vendor(moment)), by_resolve=True)


def _resolution_ending(moment: Moment, place: int, target: Target, vendor: str, signs: Signs) -> Ending | None:
    if shuts(moment):
        if moment.event.by is _CUSTOMER and not signs.worked_before(place):
            return _WITHDRAWAL
        if target.counts is _OWN_TIME and moment.holder != vendor:
            return Ending(End.CANCELLED, ("handed_back",))
        if target.stops is not _CLOSES:
            return _stopped(moment)
    if target.stops is _CLOSES and moment.phase in (Phase.CLOSED, Phase.CANCELLED):
        return _stopped(moment)
    return None


def _stopped(moment: Moment) -> Ending:
    flags = _cancelled_by_vendor(moment)
    return Ending(End.STOPPED, flags) if flags else STOPPED


def _cancelled_by_vendor(moment: Moment) -> tuple[str, ...]:
    return ("cancelled_by_vendor",) if moment.phase is _CANCELLED else ()
