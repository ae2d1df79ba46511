"""Links between tickets, and notes of what is to be measured again because of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from syncd.domain.linking import MOST_TICKETS
from syncd.domain.reach import Called, reach
from syncd.ports.links import Mark
from syncd.ports.repositories import TicketNo
from syncd.store.session import Session, batches
from syncd.store.session import marks as question_marks
from syncd.store.tables import link_mark, ticket_link

_SAID = "SELECT ticket, name FROM ticket_link WHERE ticket IN"
_SAYING = "SELECT ticket, name FROM ticket_link WHERE name IN"
_SAYING_ONE = "SELECT ticket, name FROM ticket_link WHERE name = ? LIMIT"
_NAMES = "SELECT number, shown, ticket_id FROM ticket WHERE number IN"
_SHOWN = "SELECT number, shown FROM ticket WHERE shown IN"
_ID = "SELECT number, ticket_id FROM ticket WHERE source_id IN"
_FORGET = "DELETE FROM link_mark WHERE mark IN"
_ENOUGH = MOST_TICKETS + 1


class _Names:
    """`syncd.domain.reach.Directory` over the tables."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sources: list[int] | None = None

    def said_by(self, tickets: Collection[TicketNo]) -> Iterator[Called]:
        for some in batches(tickets):
            yield from self._pairs(f"{_SAID} ({question_marks(some)})", some)

    def saying(self, names: Collection[str]) -> Iterator[Called]:
        for some in batches(names):
            most = len(some) * _ENOUGH
            rows = list(self._pairs(f"{_SAYING} ({question_marks(some)}) LIMIT {most}", some))
            if len(rows) < most:
                yield from rows
                continue
            # Some of them are said by very many: one by one, none hides another.
            for name in some:
                yield from self._pairs(f"{_SAYING_ONE} {_ENOUGH}", (name,))

    def called(self, names: Collection[str]) -> Iterator[Called]:
        if self._sources is None:
            self._sources = [number for (number,) in self._session.tuples("SELECT id FROM source", ())]
        for some in batches(names):
            yield from self._pairs(f"{_SHOWN} ({question_marks(some)})", some)
            within = f"({question_marks(self._sources)}) AND ticket_id IN ({question_marks(some)})"
            yield from self._pairs(f"{_ID} {within}", (*self._sources, *some))

    def names_of(self, tickets: Collection[TicketNo]) -> Iterator[Called]:
        for some in batches(tickets):
            for number, shown, ticket_id in self._session.tuples(f"{_NAMES} ({question_marks(some)})", some):
                yield number, shown
                yield number, ticket_id

    def _pairs(self, sql: str, values: Sequence[object]) -> Iterable[Called]:
        return ((number, name) for number, name in self._session.tuples(sql, values))


class SqlLinks:
    """`syncd.ports.links.Links` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def say(self, names: Mapping[TicketNo, Collection[str]]) -> None:
        """Keep the names that tickets say, beside those that they once said."""
        # In one order, so that two writers of the same rows wait for each other in turn.
        rows = sorted((name, number) for number, said in names.items() for name in said)
        self._session.bulk(ticket_link, rows, skip_known=True)

    def beside(self, tickets: Sequence[TicketNo]) -> Mapping[TicketNo, Sequence[TicketNo]]:
        """Return, for each of the tickets that links could join to others, those others; the rest are absent."""
        return reach(tickets, _Names(self._session))

    def mark(self, tickets: Collection[TicketNo]) -> None:
        """Note that what is joined to these tickets must be measured again, once this transaction is committed."""
        self._session.bulk(link_mark, [(number,) for number in sorted(tickets)])

    def marks(self, limit: int) -> Sequence[Mark]:
        """Return the oldest notes."""
        oldest = sa.select(link_mark.c.mark, link_mark.c.ticket).order_by(link_mark.c.mark).limit(limit)
        return [Mark(row.mark, row.ticket) for row in self._session.run(oldest)]

    def settle(self, marks: Sequence[Mark]) -> None:
        """Drop these notes."""
        for some in batches(sorted(each.id for each in marks)):
            self._session.change(f"{_FORGET} ({question_marks(some)})", some)
