"""Tickets and their events."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from syncd.domain.events import TicketEvent
from syncd.domain.instant import from_us, to_us
from syncd.domain.timeline import Timeline
from syncd.errors import StoreError
from syncd.ports.repositories import SourceId, StoredTimeline, TicketNo
from syncd.store import heads as rows_of
from syncd.store import tables, timelines
from syncd.store.rows import as_read, event_row
from syncd.store.session import Session, batches, marks
from syncd.store.tables import open_cycles, reading, ticket, ticket_event

_GENERATIONS = """
SELECT t.number, s.generation FROM ticket t JOIN source s ON s.id = t.source_id WHERE t.number IN
"""
_LEARNED = """
SELECT e.at FROM ticket t CROSS JOIN source s CROSS JOIN ticket_event e
WHERE s.id = t.source_id AND e.ticket = t.number AND e.generation = s.generation AND e.recorded_at = ? AND t.number IN
"""


class SqlTickets:
    """`syncd.ports.repositories.Tickets` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self, source: SourceId, heads: Sequence[Timeline]) -> Mapping[str, TicketNo]:
        """Lock the tickets' rows in order of their numbers until the transaction ends, making and updating them."""
        return rows_of.lock(self._session, source, heads)

    def lock_numbers(self, numbers: Sequence[TicketNo]) -> None:
        """Lock existing tickets' rows in order of their numbers until the transaction ends."""
        rows_of.lock_numbers(self._session, numbers)

    def _generations(self, numbers: Sequence[TicketNo]) -> dict[TicketNo, int]:
        found: dict[TicketNo, int] = {}
        for some in batches(numbers):
            found.update(self._session.tuples(f"{_GENERATIONS} ({marks(some)})", some))
        for number in numbers:
            if number not in found:
                raise StoreError(f"there is no ticket {number}")
        return found

    def append(
        self,
        events: Mapping[TicketNo, Sequence[TicketEvent]],
        *,
        recorded_at: datetime,
        generation: int | None = None,
    ) -> int:
        """Add events whose ids their ticket does not hold yet; return how many were new.

        An event without `seq` is given its position among its ticket's events here, and has it when read back.
        """
        active = self._generations(list(events))
        recorded = to_us(recorded_at)
        rows = [
            event_row(
                event,
                ticket=number,
                generation=active[number] if generation is None else generation,
                position=position,
                recorded_at=recorded,
            )
            for number in sorted(events)
            for position, event in enumerate(events[number])
        ]
        made = self._session.made
        for row in map(as_read, rows) if made else ():
            _, _, key, number, *_ = row
            if number in made and generation in (None, active[number]):
                made[number].setdefault(key, row)
        return self._session.bulk(ticket_event, rows, skip_known=True)

    def learned(self, numbers: Sequence[TicketNo], recorded_at: datetime) -> Sequence[datetime]:
        """Return when the tickets' active events happened that were recorded at exactly that instant, in order."""
        found: list[int] = []
        for some in batches(sorted(set(numbers))):
            rows = self._session.tuples(f"{_LEARNED} ({marks(some)})", [to_us(recorded_at), *some])
            found += [at for (at,) in rows]
        return [from_us(at) for at in sorted(found)]

    def withdraw(self, events: Mapping[TicketNo, Sequence[str]], at: datetime) -> int:
        """Mark events, by id, as no longer shown by the source; return how many were not marked before."""
        active = self._generations(list(events))
        marked = 0
        for number, ids in sorted(events.items()):
            self._session.made.pop(number, None)
            for some in batches(ids):
                marking = sa.update(ticket_event).where(
                    ticket_event.c.ticket == number,
                    ticket_event.c.generation == active[number],
                    ticket_event.c.id.in_(some),
                    ticket_event.c.withdrawn_at.is_(None),
                )
                marked += self._session.run(marking.values(withdrawn_at=to_us(at))).rowcount
        return marked

    def timelines(self, numbers: Sequence[TicketNo]) -> Mapping[TicketNo, StoredTimeline]:
        """Return tickets with the events of their source's active generation, in order; unknown ones are absent."""
        return timelines.some(self._session, numbers)

    def stream(self, source: SourceId | None = None) -> Iterator[StoredTimeline]:
        """Return an iterator over every ticket with its active events, in order of number, in bounded memory."""
        return timelines.every(self._session, source)

    def numbers(self, after: TicketNo, limit: int) -> Sequence[TicketNo]:
        """Return the first tickets whose number is greater than `after`, in order."""
        later = sa.select(ticket.c.number).where(ticket.c.number > after)
        return list(self._session.run(later.order_by(ticket.c.number).limit(limit)).scalars())

    def find(self, text: str) -> Sequence[TicketNo]:
        """Return the tickets that people call `text` (exactly), or whose id it is; `source:ticket` narrows."""
        sources = {row.name: row.id for row in self._session.run(sa.select(tables.source.c.id, tables.source.c.name))}
        every = list(sources.values())
        found = set(self._named(text, every))
        name, colon, rest = text.partition(":")
        if colon and name in sources:
            found.update(self._named(rest, [sources[name]]))
        return sorted(found)

    def _named(self, text: str, sources: Sequence[SourceId]) -> Iterator[TicketNo]:
        within = ticket.c.source_id.in_(sources)
        for called in (ticket.c.shown == text, ticket.c.ticket_id == text):
            yield from self._session.run(sa.select(ticket.c.number).where(within, called)).scalars()

    def open_ids(self, source: SourceId) -> Sequence[str]:
        """Return the ids of the source's tickets with an open clock, least recently changed first.

        A ticket changed when the latest of its events happened at the source; one without events never did.
        """
        active = tables.source.c.generation
        changed = (
            sa.select(sa.func.max(ticket_event.c.at))
            .where(ticket_event.c.ticket == ticket.c.number, ticket_event.c.generation == active)
            .scalar_subquery()
        )
        with_open_clock = sa.select(reading.c.ticket).where(open_cycles)
        statement = (
            sa.select(ticket.c.ticket_id)
            .join(tables.source, tables.source.c.id == ticket.c.source_id)
            .where(ticket.c.source_id == source, ticket.c.number.in_(with_open_clock))
            .order_by(changed.asc().nulls_first(), ticket.c.number)
        )
        return list(self._session.run(statement).scalars())

    def count(self, after: TicketNo = -1) -> int:
        """Return how many tickets there are, or how many whose number is greater than `after`."""
        counted = sa.select(sa.func.count()).select_from(ticket)
        return int(self._session.run(counted if after < 0 else counted.where(ticket.c.number > after)).scalar_one())
