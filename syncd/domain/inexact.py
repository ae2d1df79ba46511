"""Events of which a source knows only that they happened within an interval, and what that leaves open of a ticket.

A timeline dates such an event at the end of its interval, `[at_earliest, at]`: how late that is depends on how often
somebody looked, which must decide no verdict (design.md sections 1 and 5).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from syncd.domain.events import (
    Absorbed,
    AttributeChanged,
    HandedOver,
    Message,
    Notified,
    Opened,
    PhaseChanged,
    PriorityChanged,
    Rated,
    Split,
    TicketEvent,
)
from syncd.domain.names import OPEN_PHASES, US, Awaiting, Party
from syncd.domain.native import PREFIX
from syncd.domain.timeline import Timeline


def is_inexact(event: TicketEvent) -> bool:
    """Whether only an interval is known of an event that clocks may read."""
    if event.at_earliest is None or event.at_earliest >= event.at or isinstance(event, Rated):
        return False
    return not (isinstance(event, AttributeChanged) and event.name.startswith(PREFIX))


def retimed(timeline: Timeline, *, as_of: datetime) -> Iterator[Timeline]:
    """Yield how else a ticket may have gone by `as_of`, when it has such events: every other way lies between.

    Once with the least time with the vendor, what relieves it at the start of its interval and all else at the end;
    once with the most. What is dated before the ticket's first event is dated with it.
    """
    seen = [event for event in timeline.events if event.at <= as_of]
    for relieving in (True, False):
        moved = [
            replace(event, at=max(event.at_earliest, seen[0].at))
            if event.at_earliest is not None and is_inexact(event) and _relieves(event) is relieving
            else event
            for event in seen
        ]
        if moved != seen:
            yield replace(timeline, events=tuple(sorted(moved, key=lambda event: event.at)))


def _relieves(event: TicketEvent) -> bool:
    """Whether less time lies with the vendor the earlier an event was."""
    match event:
        case PhaseChanged():
            return event.to not in OPEN_PHASES or event.awaiting is not Awaiting.VENDOR
        case HandedOver():
            return event.to == US
        case Message():
            return event.by is not Party.CUSTOMER
        case Opened() | Notified() | PriorityChanged() | Absorbed() | Split():
            return False
        case _:
            return True
