"""A timeline folded into moments: what held after each event (design.md section 7, *State*)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from syncd.domain.events import (
    AttributeChanged,
    HandedOver,
    Message,
    Notified,
    Opened,
    PhaseChanged,
    PriorityChanged,
    Split,
    TicketEvent,
)
from syncd.domain.instant import to_us
from syncd.domain.names import US, Awaiting, Party, Phase
from syncd.domain.timeline import Timeline


class Moment(NamedTuple):
    """An event, and the ticket's state right after it. `at` is in microseconds; `was` is the phase before it.

    `actor` is the vendor that acted, None where no vendor did. `holder` is a vendor's id, `names.US` or None.
    """

    at: int
    event: TicketEvent
    was: Phase
    phase: Phase
    awaiting: Awaiting
    holder: str | None
    priority: str | None
    actor: str | None


class History(NamedTuple):
    """A ticket's moments up to an instant, in event order.

    `told` holds every vendor that was ever told or held it, with the place of the moment in which it first was.
    `split_at` is the place of the first split. `unknown_actors` says whether it is not known of some event who acted.
    """

    timeline: Timeline
    moments: tuple[Moment, ...]
    told: Mapping[str, int]
    split_at: int | None
    unknown_actors: bool

    @property
    def vendor(self) -> str | None:
        """The vendor that holds the ticket, else the one told last; None where none ever was."""
        for moment in reversed(self.moments):
            event = moment.event
            if moment.holder is not None and moment.holder != US:
                return moment.holder
            if isinstance(event, Notified):
                return event.vendor
        return None

    def attributes_at(self, instant: int) -> Mapping[str, str]:
        """Return the attributes after all events stamped at or before an instant."""
        attributes: dict[str, str] = {}
        for moment in self.moments:
            event = moment.event
            if moment.at > instant and not isinstance(event, Opened):
                break
            if isinstance(event, Opened):
                attributes.update(event.attributes)
            elif isinstance(event, AttributeChanged):
                if event.to is None:
                    attributes.pop(event.name, None)
                else:
                    attributes[event.name] = event.to
        return attributes


def fold(timeline: Timeline, *, as_of: datetime) -> History:
    """Return what is known of a ticket as of an instant; events later than it are not seen."""
    now = to_us(as_of)
    phase, awaiting = Phase.NEW, Awaiting.VENDOR
    holder: str | None = None
    priority: str | None = None
    last_told: str | None = None
    told: dict[str, int] = {}
    split_at: int | None = None
    by_vendor, by_unknown, unknown = Party.VENDOR, Party.UNKNOWN, False
    moments: list[Moment] = []
    for event in timeline.events:
        at = to_us(event.at)
        if at > now:
            break
        was = phase
        actor = None
        if event.by is by_vendor:
            actor = event.vendor or (holder if holder is not None and holder != US else last_told)
        elif event.by is by_unknown:
            unknown = True
        match event:
            case PhaseChanged():
                phase, awaiting = event.to, event.awaiting
            case Message():
                pass
            case PriorityChanged():
                priority = event.to
            case Opened():
                was = phase = event.phase
                awaiting, priority = event.awaiting, event.priority
                if event.vendor is not None:
                    holder = last_told = event.vendor
                    told.setdefault(event.vendor, len(moments))
            case Notified():
                if event.vendor is not None:
                    last_told = event.vendor
                    told.setdefault(event.vendor, len(moments))
                    if holder is None or holder == US:
                        holder = event.vendor
            case HandedOver():
                holder = event.to
                if event.to != US:
                    last_told = event.to
                    told.setdefault(event.to, len(moments))
            case Split():
                split_at = len(moments) if split_at is None else split_at
            case _:
                pass
        moments.append(Moment(at, event, was, phase, awaiting, holder, priority, actor))
    return History(timeline, tuple(moments), told, split_at, unknown)
