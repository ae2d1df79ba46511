"""Timelines read back, in the drivers' own statements and rows, because a replay reads millions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from syncd.domain.timeline import Timeline
from syncd.ports.repositories import SourceId, StoredTimeline, TicketNo
from syncd.store.codes import QUALITIES
from syncd.store.heads import gaps_of
from syncd.store.rows import events_of, withdrawn_of
from syncd.store.session import ReadRow, Session, batches, marks

_PAGE = 200
"""How many tickets a stream holds at a time."""

_HEADS = """
SELECT t.number, t.source_id, t.ticket_id, t.shown, t.url, t.title, t.quality, t.gaps, s.name
FROM ticket t CROSS JOIN source s
WHERE s.id = t.source_id
"""
_EVENTS = """
SELECT e.at, e.seq, e.id, e.ticket, e.kind, e.party, e.payload, e.withdrawn_at
FROM ticket t CROSS JOIN source s CROSS JOIN ticket_event e
WHERE s.id = t.source_id AND e.ticket = t.number AND e.generation = s.generation
"""
"""Cross joins, because SQLite then follows the order written: tickets, then each one's events where they lie together.
PostgreSQL plans for itself. The order of events within a ticket is made while they are built."""

_AFTER = f"AND t.number > ? ORDER BY t.number LIMIT {_PAGE}"
_BETWEEN = "AND t.number BETWEEN ? AND ?"
_OF_SOURCE = "AND t.source_id = ? "


def _grouped(rows: list[tuple[Any, ...]]) -> dict[TicketNo, list[ReadRow]]:
    grouped: defaultdict[TicketNo, list[ReadRow]] = defaultdict(list)
    for row in rows:
        grouped[row[3]].append(row)
    return grouped


def _stored(heads: list[tuple[Any, ...]], grouped: dict[TicketNo, list[ReadRow]]) -> Iterator[StoredTimeline]:
    for number, source_id, ticket_id, shown, url, title, quality, gaps, name in heads:
        rows = grouped.get(number, [])
        rows.sort()
        timeline = Timeline(
            source=name, ticket=shown, id=ticket_id, events=events_of(rows), url=url, title=title,
            quality=QUALITIES[quality], gaps=gaps_of(gaps),
        )  # fmt: skip
        yield StoredTimeline(number, source_id, timeline, withdrawn_of(rows))


def some(session: Session, numbers: Iterable[TicketNo]) -> Mapping[TicketNo, StoredTimeline]:
    """Return these tickets by number; unknown ones are absent."""
    found: dict[TicketNo, StoredTimeline] = {}
    for batch in batches(sorted(set(numbers))):
        heads = session.tuples(f"{_HEADS} AND t.number IN ({marks(batch)}) ORDER BY t.number", batch)
        grouped: dict[TicketNo, list[ReadRow]] = {}
        # Of a ticket that this transaction made, all there is to read is what it wrote.
        if kept := [number for number in batch if number not in session.made]:
            grouped = _grouped(session.tuples(f"{_EVENTS} AND t.number IN ({marks(kept)})", kept))
        grouped.update((number, list(session.made[number].values())) for number in batch if number in session.made)
        found.update((stored.number, stored) for stored in _stored(heads, grouped))
    return found


def every(session: Session, source: SourceId | None) -> Iterator[StoredTimeline]:
    """Yield every ticket, or every one of a source, in order of number."""
    narrowed, of_source = ("", ()) if source is None else (_OF_SOURCE, (source,))
    after = -1
    while heads := session.tuples(_HEADS + narrowed + _AFTER, (*of_source, after)):
        first, after = heads[0][0], heads[-1][0]
        yield from _stored(heads, _grouped(session.tuples(_EVENTS + narrowed + _BETWEEN, (*of_source, first, after))))
