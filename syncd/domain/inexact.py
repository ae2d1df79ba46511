"""Events of which a source knows only that they happened within an interval, and what that leaves open of a ticket.

A timeline dates such an event at the end of its interval, `[at_earliest, at]`: how late that is depends on how often
somebody looked, which must decide no verdict (design.md sections 1 and 5).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

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
from syncd.domain.names import OPEN_PHASES, US, Awaiting, Party, Phase
from syncd.domain.native import PREFIX
from syncd.domain.timeline import Timeline


class Effect(Enum):
    """What an event does to the vendor: whether the time that it owes grows or shrinks the earlier the event was."""

    RELIEVES = auto()
    BURDENS = auto()
    EITHER = auto()


def is_inexact(event: TicketEvent) -> bool:
    """Whether only an interval is known of an event that clocks may read."""
    if event.at_earliest is None or event.at_earliest >= event.at or isinstance(event, Rated):
        return False
    return not (isinstance(event, AttributeChanged) and event.name.startswith(PREFIX))


def retimed(timeline: Timeline, *, as_of: datetime) -> Iterator[Timeline]:
    """Yield how else a ticket may have gone by `as_of`, when it has such events: every other way lies between.

    With the least time with the vendor, what relieves it at the start of its interval and all else at the end, and with
    the most; what relieves under one contract and burdens under another at both ends in each. What may be older than
    the ticket's first event is dated with that.
    """
    seen = [event for event in timeline.events if event.at <= as_of]
    effects = list(_effects(seen))
    tried = [seen]
    for early in (
        {Effect.RELIEVES},
        {Effect.BURDENS},
        {Effect.RELIEVES, Effect.EITHER},
        {Effect.BURDENS, Effect.EITHER},
    ):
        moved = [
            replace(event, at=max(event.at_earliest, seen[0].at))
            if event.at_earliest is not None and effect in early and is_inexact(event)
            else event
            for event, effect in zip(seen, effects, strict=True)
        ]
        if moved not in tried:
            tried.append(moved)
            yield replace(timeline, events=tuple(sorted(moved, key=lambda event: event.at)))


def _effects(events: Iterable[TicketEvent]) -> Iterator[Effect]:
    """Yield the effect of each event; of changes of phase and holder it depends on what was so before."""
    owed, held = _OWED, False
    for event in events:
        match event:
            case Opened():
                owed, held = _owed(event.phase, event.awaiting), event.vendor is not None
                yield Effect.BURDENS
            case PhaseChanged():
                was, owed = owed, _owed(event.to, event.awaiting)
                yield _shift(was, owed)
            case HandedOver():
                before, held = held, event.to != US
                yield (Effect.EITHER if before else Effect.BURDENS) if held else Effect.RELIEVES
            case Notified():
                held = held or event.vendor is not None
                yield Effect.BURDENS
            case Message() if event.by is Party.CUSTOMER:
                yield Effect.BURDENS
            case PriorityChanged() | Absorbed() | Split():
                yield Effect.BURDENS
            case AttributeChanged():
                yield Effect.EITHER
            case _:
                yield Effect.RELIEVES


_NOTHING_OWED, _PERHAPS_OWED, _OWED = range(3)


def _owed(phase: Phase, awaiting: Awaiting) -> int:
    """How surely time counts in a state: which awaited parties pause a clock is the contract's to say."""
    if phase not in OPEN_PHASES:
        return _NOTHING_OWED
    return _OWED if awaiting is Awaiting.VENDOR else _PERHAPS_OWED


def _shift(was: int, owed: int) -> Effect:
    if owed > was:
        return Effect.BURDENS
    return Effect.EITHER if was == owed == _PERHAPS_OWED else Effect.RELIEVES
