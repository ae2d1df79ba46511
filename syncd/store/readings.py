"""Readings: what clocks say, derived and droppable."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.domain.reading import Reading
from syncd.ports.repositories import Measured, OpenClock, OpenCount, Renewal, Tally, TicketNo
from syncd.store import tables
from syncd.store.definitions import Definitions
from syncd.store.instants import at_or_none, us_or_none
from syncd.store.open_clocks import OpenClocks
from syncd.store.reading_rows import ReadingRow, reading_of, reading_rows
from syncd.store.session import Session, batches
from syncd.store.tables import clock_definition, reading, source, ticket
from syncd.store.tallies import Tallies, day_of, mark

_ADDS = ("counted_at", "definition", "priority", "verdict", "met", "missed")
_added = itemgetter(*(list(reading.c.keys()).index(name) for name in _ADDS))
"""Of a reading's row, what it adds to tallies."""
_ADDED = f"SELECT {', '.join(_ADDS)} FROM reading"  # noqa: S608  # our own names
_READ = (
    sa.select(
        reading, source.c.name.label("source"), ticket.c.shown, ticket.c.ticket_id, clock_definition.c.vendor,
        clock_definition.c.contract, clock_definition.c.revision, clock_definition.c.target, clock_definition.c.metric,
    )
    .join(clock_definition, clock_definition.c.id == reading.c.definition)
    .join(ticket, ticket.c.number == reading.c.ticket)
    .join(source, source.c.id == ticket.c.source_id)
    .where(reading.c.ticket.in_(sa.bindparam("numbers", expanding=True)))
    .order_by(reading.c.ticket, reading.c.place, reading.c.cycle)
)  # fmt: skip
_LOOK_AGAIN = "UPDATE ticket SET wake_at = ?, uncovered = ? WHERE number = ?"


class SqlReadings:
    """`syncd.ports.repositories.Readings` on a database."""

    def __init__(self, session: Session, definitions: Definitions) -> None:
        self._session = session
        self._definitions = definitions
        self._open = OpenClocks(session)
        self._tallies = Tallies(session)

    def put(self, measured: Sequence[Measured]) -> None:
        """Replace the tickets' readings, marking the days whose counts that changes as dirty."""
        for some in batches({one.number: one for one in measured}.values()):
            self._replace(some)

    def _replace(self, measured: Sequence[Measured]) -> None:
        numbers = tuple(one.number for one in measured)
        rows = [row for one in measured for row in self._rows(one)]
        these = f"WHERE ticket IN ({', '.join('?' * len(numbers))})"
        before = Counter(self._session.tuples(f"{_ADDED} {these}", numbers))
        after = Counter(map(_added, rows))
        changed = {adds[0] for adds in (before - after) | (after - before) if adds[0] is not None}
        if before:
            self._session.run(sa.delete(reading).where(reading.c.ticket.in_(numbers)))
        self._session.bulk(reading, rows)
        self._session.each(
            _LOOK_AGAIN,
            [
                (us_or_none(one.wake_at), None if one.uncovered is None else one.uncovered.reason, one.number)
                for one in measured
            ],
        )
        mark(self._session, map(day_of, changed))

    def _rows(self, one: Measured) -> list[ReadingRow]:
        return [
            row
            for place, said in enumerate(one.readings)
            for row in reading_rows(said, ticket=one.number, definition=self._definitions.number(said), place=place)
        ]

    def of(self, numbers: Sequence[TicketNo]) -> Mapping[TicketNo, Sequence[Reading]]:
        """Return tickets' readings as last put; tickets without any are absent."""
        found: dict[TicketNo, list[Reading]] = {}
        for some in batches(sorted(set(numbers))):
            rows = self._session.run(_READ, {"numbers": some})
            for (number, _), clock in groupby(rows, key=lambda row: (row.ticket, row.place)):
                found.setdefault(number, []).append(reading_of(list(clock)))
        return found

    def due(self, at: datetime, limit: int) -> Sequence[TicketNo]:
        """Return tickets whose `wake_at` has come, longest due first."""
        woken = sa.select(ticket.c.number).where(ticket.c.wake_at <= to_us(at))
        return list(self._session.run(woken.order_by(ticket.c.wake_at, ticket.c.number).limit(limit)).scalars())

    def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` of all."""
        waking = sa.select(sa.func.min(ticket.c.wake_at)).where(ticket.c.wake_at.is_not(None))
        return at_or_none(self._session.run(waking).scalar())

    def open_clocks(self, limit: int, offset: int = 0) -> Sequence[OpenClock]:
        """Return open cycles by deadline, nearest first, paused ones last."""
        return self._open.listed(limit, offset)

    def open_counts(self, at: datetime) -> Sequence[OpenCount]:
        """Return open cycles counted by vendor, contract, target, priority and state."""
        return self._open.counts(at)

    def tallies(self, start: datetime, end: datetime) -> Sequence[Tally]:
        """Return the cycles decided in `[start, end)`, exactly; undecided verdicts as `reading_rows.counted` says."""
        return self._tallies.between(start, end)

    def pending(
        self,
        contract: str,
        start: datetime,  # noqa: ARG002  # what is undecided now was decided in no earlier period
        end: datetime,
    ) -> Mapping[tuple[str, str | None], int]:
        """Return how many open, undecided cycles by (target, priority) began before `end`; for the current period."""
        return self._open.pending(contract, end)

    def refresh_rollups(self, limit: int) -> int:
        """Recompute up to `limit` dirty days; return how many are still dirty."""
        return self._tallies.refresh(limit)

    def uncovered(self) -> Mapping[tuple[str, str], int]:
        """Return how many tickets no contract measures, by (source, reason)."""
        counted = (
            sa.select(source.c.name, ticket.c.uncovered, sa.func.count())
            .join(source, source.c.id == ticket.c.source_id)
            .where(ticket.c.uncovered.is_not(None))
            .group_by(source.c.name, ticket.c.uncovered)
        )
        return {(name, reason): count for name, reason, count in self._session.run(counted)}

    def basis(self) -> str | None:
        """Return what the readings were measured by."""
        row = self._session.run(sa.select(tables.basis.c.text)).first()
        return None if row is None or row.text is None else str(row.text)

    def set_basis(self, basis: str) -> None:
        """Note what the readings were measured by: no renewal goes on."""
        self._session.run(sa.delete(tables.basis))
        self._session.run(sa.insert(tables.basis).values(id=1, text=basis))

    def renewal(self) -> Renewal | None:
        """Return how far measuring everything again has come; None while that is not going on."""
        row = self._session.run(sa.select(tables.basis).where(tables.basis.c.renewing.is_not(None))).first()
        return None if row is None else Renewal(row.renewing, from_us(row.since), row.done)

    def renew(self, renewal: Renewal) -> None:
        """Note how far it has come."""
        stated = {"renewing": renewal.basis, "since": to_us(renewal.since), "done": renewal.done}
        if not self._session.run(sa.update(tables.basis).values(**stated)).rowcount:
            self._session.run(sa.insert(tables.basis).values(id=1, **stated))

    def drop(self) -> None:
        """Forget every reading and rollup, and with them when and why tickets are looked at."""
        self._session.run(sa.delete(reading))
        self._tallies.drop()
        said: dict[str, Any] = {"wake_at": None, "uncovered": None}
        anything = ticket.c.wake_at.is_not(None) | ticket.c.uncovered.is_not(None)
        self._session.run(sa.update(tables.ticket).where(anything).values(**said))
