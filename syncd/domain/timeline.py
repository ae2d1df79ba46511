"""All events of one ticket, ordered and deduplicated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from syncd.domain.events import TicketEvent
from syncd.domain.names import Quality


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch `[start, end)` in which events of the kinds `missing` may be absent from the timeline."""

    start: datetime
    end: datetime
    missing: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One ticket's facts.

    `id` identifies the ticket within its source, `ticket` is what people call it. `events` are in order and without
    duplicates; `in_order` makes them so.
    """

    source: str
    ticket: str
    id: str
    events: tuple[TicketEvent, ...]
    url: str | None = None
    title: str | None = None
    quality: Quality = Quality.FULL
    gaps: tuple[Gap, ...] = ()


def _place(keyed: tuple[tuple[datetime, int, str], TicketEvent]) -> tuple[datetime, int, str]:
    return keyed[0]


def in_order(events: Iterable[TicketEvent]) -> tuple[TicketEvent, ...]:
    """Return the events by `at`, then `seq`, then `id`, each id once.

    Where `seq` is absent the event's position stands for it. Of several events with one id the first in order counts,
    so that with `seq` present the order given changes nothing.
    """
    keyed = [
        ((event.at, position if event.seq is None else event.seq, event.id), event)
        for position, event in enumerate(events)
    ]
    keyed.sort(key=_place)
    seen: set[str] = set()
    kept: list[TicketEvent] = []
    for _, event in keyed:
        if event.id not in seen:
            seen.add(event.id)
            kept.append(event)
    return tuple(kept)
