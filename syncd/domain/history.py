"""A timeline folded into moments: what held after each event (design.md section 7, *State*)."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from syncd.domain.events import (
    Absorbed,
    AttributeChanged,
    HandedOver,
    Linked,
    Message,
    Notified,
    Opened,
    PhaseChanged,
    PriorityChanged,
    Split,
    TicketEvent,
)
from syncd.domain.inexact import is_inexact
from syncd.domain.instant import to_us
from syncd.domain.names import US, Awaiting, LinkRole, Party, Phase
from syncd.domain.priority import more_urgent
from syncd.domain.timeline import Timeline

# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_VENDOR, _UNKNOWN, _CUSTOMER, _PARENT = Party.VENDOR, Party.UNKNOWN, Party.CUSTOMER, LinkRole.PARENT

ALWAYS = -(1 << 62)
"""An instant before every other: what a ticket was opened with was never otherwise."""


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


class Values(NamedTuple):
    """What one attribute was, from each of the instants `since` on, in microseconds and in order."""

    since: list[int]
    values: list[str | None]

    def at(self, instant: int) -> str | None:
        """Return the value after all events stamped at or before an instant."""
        place = bisect_right(self.since, instant) - 1
        return None if place < 0 else self.values[place]


class History(NamedTuple):
    """A ticket's moments up to and including `as_of` (`now` in microseconds), in event order.

    `told` holds every vendor that was ever told or held it, with the place of the moment in which it first was.
    `split_at` is the place of the first split, `child_at` that of the first link to a parent, `absorbed` those of the
    merges into it by anyone but the customer, `stated` those of the events that state attributes. `unknown_actors` says
    whether it is not known of some event who acted, `inexact` whether of some only an interval is known.
    """

    timeline: Timeline
    as_of: datetime
    now: int
    moments: tuple[Moment, ...]
    told: Mapping[str, int]
    split_at: int | None
    child_at: int | None
    absorbed: tuple[int, ...]
    stated: tuple[int, ...]
    unknown_actors: bool
    inexact: bool

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
        if len(self.stated) == 1:
            opened = self.moments[self.stated[0]].event
            if isinstance(opened, Opened):
                return opened.attributes
        found: Mapping[str, str] = {}
        for at, attributes in self.attributes():
            if at > instant:
                break
            found = attributes
        return found

    def values_of(self, name: str) -> "Values":
        """Return what one attribute was when."""
        found: list[tuple[int, str | None]] = []
        for at, attributes in self.attributes():
            value = attributes.get(name)
            if not found or value != found[-1][1]:
                found.append((at, value))
        return Values([at for at, _ in found], [value for _, value in found])

    def attributes(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Yield the attributes and the instant from which they are so, at each moment that touches any.

        What a ticket was opened with is so from `ALWAYS` on.
        """
        found: Mapping[str, str] = {}
        for place in self.stated:
            moment = self.moments[place]
            event = moment.event
            if isinstance(event, Opened):
                found = {**found, **event.attributes} if found else event.attributes
                yield ALWAYS, found
            elif isinstance(event, AttributeChanged):
                changed = {name: value for name, value in found.items() if name != event.name}
                if event.to is not None:
                    changed[event.name] = event.to
                found = changed
                yield moment.at, found


def fold(timeline: Timeline, *, as_of: datetime) -> History:
    """Return what is known of a ticket as of an instant; events later than it are not seen."""
    now = to_us(as_of)
    phase, awaiting, unknown, inexact = Phase.NEW, Awaiting.VENDOR, False, False
    holder: str | None = None
    priority: str | None = None
    last_told: str | None = None
    told: dict[str, int] = {}
    split_at: int | None = None
    child_at: int | None = None
    absorbed, stated, moments = list[int](), list[int](), list[Moment]()
    for event in timeline.events:
        at = to_us(event.at)
        if at > now:
            break
        inexact = inexact or (event.at_earliest is not None and is_inexact(event))
        was = phase
        actor = None
        if event.by is _VENDOR:
            actor = event.vendor or (holder if holder is not None and holder != US else last_told)
        elif event.by is _UNKNOWN:
            unknown = True
        # By frequency: every kind passed over on the way costs as much as the one that is met.
        named: str | None = None
        if isinstance(event, PhaseChanged):
            phase, awaiting = event.to, event.awaiting
        elif isinstance(event, Message):
            pass
        elif isinstance(event, PriorityChanged):
            priority = event.to
        elif isinstance(event, Opened):
            was = phase = event.phase
            awaiting, priority, named = event.awaiting, event.priority, event.vendor
            holder = named or holder
            stated.append(len(moments))
        elif isinstance(event, HandedOver):
            holder, named = event.to, None if event.to == US else event.to
        elif isinstance(event, Notified):
            named = event.vendor
            holder = named or holder if holder is None or holder == US else holder
        elif isinstance(event, AttributeChanged):
            stated.append(len(moments))
        elif isinstance(event, Split):
            split_at = len(moments) if split_at is None else split_at
        elif isinstance(event, Linked) and event.role is _PARENT:
            child_at = len(moments) if child_at is None else child_at
        elif isinstance(event, Absorbed) and event.by is not _CUSTOMER:
            absorbed.append(len(moments))
            priority = more_urgent(priority, event.priority)
        if named is not None:
            last_told = named
            told.setdefault(named, len(moments))
        moments.append(Moment(at, event, was, phase, awaiting, holder, priority, actor))
    return History(
        timeline, as_of, now, tuple(moments), told, split_at, child_at, tuple(absorbed), tuple(stated), unknown, inexact
    )
