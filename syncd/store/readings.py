"""Readings: what clocks say, derived and droppable."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.domain.reading import Reading
from syncd.ports.readings import (
    Consumed,
    Contradiction,
    Lifetime,
    Measured,
    OpenClock,
    OpenCount,
    Renewal,
    Tally,
)
from syncd.ports.repositories import SourceId, TicketNo
from syncd.store import tables
from syncd.store.codec import encoder
from syncd.store.codes import OPEN_STAGES_BELOW
from syncd.store.consumption import step_of
from syncd.store.definitions import Definitions
from syncd.store.instants import at_or_none, us_or_none
from syncd.store.open_clocks import OpenClocks
from syncd.store.reading_rows import STAGE, ReadingRow, reading_of, reading_rows
from syncd.store.session import Session, batches, marks
from syncd.store.tables import SPENT, reading, source, ticket
from syncd.store.tallies import Tallies, day_of, mark

_NAMES = list(reading.c.keys())
_SPENT = slice(_NAMES.index(SPENT[0]), _NAMES.index(SPENT[-1]) + 1)
_PLACE, _TICKET, _COUNTED_AT = (_NAMES.index(name) for name in ("place", "ticket", "counted_at"))
_counted = itemgetter(
    *(_NAMES.index(name) for name in ("counted_at", "definition", "priority", "verdict", "met", "missed"))
)
_ROWS = f"SELECT {', '.join(_NAMES)} FROM reading WHERE ticket IN"  # noqa: S608  # our own names
_IN_ORDER = "ORDER BY ticket, place, cycle"
_READ = f"""
SELECT {", ".join(f"r.{name}" for name in _NAMES)}, s.name, t.shown, t.ticket_id,
    d.vendor, d.contract, d.revision, d.target, d.metric
FROM reading r
JOIN clock_definition d ON d.id = r.definition JOIN ticket t ON t.number = r.ticket JOIN source s ON s.id = t.source_id
WHERE r.ticket IN
"""  # noqa: S608  # as above
_FORGET = "DELETE FROM reading WHERE ticket IN"
_LOOKED_AT = "SELECT number, wake_at, uncovered, contradicted FROM ticket WHERE number IN"
_LOOK_AGAIN = "UPDATE ticket SET wake_at = ?, uncovered = ?, contradicted = ? WHERE number = ?"
_RENEWING = sa.select(tables.basis).where(tables.basis.c.renewing.is_not(None))
_said = msgspec.json.Decoder(list[Contradiction])


def _added(row: ReadingRow) -> tuple[Any, ...]:
    """Return what a reading's row adds to rollups; first the instant."""
    return (*_counted(row), row[_SPENT], step_of(row))


def _instants_changed(gone: Sequence[ReadingRow], new: Sequence[ReadingRow]) -> set[int]:
    """Return the instants at which something else counts now."""
    if not gone:
        return {row[_COUNTED_AT] for row in new if row[_COUNTED_AT] is not None}
    was, is_now = Counter(map(_added, gone)), Counter(map(_added, new))
    return {adds[0] for adds in (was - is_now) | (is_now - was) if adds[0] is not None}


def _same(before: Sequence[ReadingRow], now: Sequence[ReadingRow]) -> bool:
    """Whether rows say what they said. Of a cycle that is over it does not matter as of when."""
    return len(before) == len(now) and all(
        old == new if new[STAGE] < OPEN_STAGES_BELOW else old[1:] == new[1:]
        for old, new in zip(before, now, strict=True)
    )


class SqlReadings:
    """`syncd.ports.repositories.Readings` on a database."""

    def __init__(self, session: Session, definitions: Definitions) -> None:
        self._session = session
        self._definitions = definitions
        self._open = OpenClocks(session)
        self._tallies = Tallies(session)

    def put(self, measured: Sequence[Measured]) -> None:
        """Replace the readings of tickets that say something else now, marking the days whose counts that changes."""
        for some in batches({one.number: one for one in measured}.values()):
            self._replace(some)

    def _replace(self, measured: Sequence[Measured]) -> None:
        before = self._rows_of([one.number for one in measured if one.number not in self._session.unmeasured])
        replaced: list[TicketNo] = []
        gone: list[ReadingRow] = []
        new: list[ReadingRow] = []
        for one in measured:
            old, rows = before.get(one.number, []), self._rows(one)
            if not _same(old, rows):
                new += rows
                if old:
                    replaced.append(one.number)
                    gone += old
        if replaced:
            self._session.change(f"{_FORGET} ({marks(replaced)})", replaced)
        self._session.bulk(reading, new)
        self._look_again(measured)
        self._session.unmeasured.difference_update(one.number for one in measured)
        mark(self._session, map(day_of, _instants_changed(gone, new)))

    def _rows_of(self, numbers: Sequence[TicketNo]) -> dict[TicketNo, list[ReadingRow]]:
        found: dict[TicketNo, list[ReadingRow]] = {}
        for row in self._session.tuples(f"{_ROWS} ({marks(numbers)}) {_IN_ORDER}", numbers) if numbers else ():
            found.setdefault(row[_TICKET], []).append(row)
        return found

    def _look_again(self, measured: Sequence[Measured]) -> None:
        new = self._session.unmeasured
        before: set[tuple[Any, ...]] = {(number, None, None, None) for number in new}
        if known := [one.number for one in measured if one.number not in new]:
            before.update(self._session.tuples(f"{_LOOKED_AT} ({marks(known)})", known))
        now = [
            (
                one.number,
                us_or_none(one.wake_at),
                None if one.uncovered is None else one.uncovered.reason,
                encoder.encode(one.contradictions).decode() if one.contradictions else None,
            )
            for one in measured
        ]
        self._session.each(_LOOK_AGAIN, [(*said[1:], said[0]) for said in now if said not in before])

    def _rows(self, one: Measured) -> list[ReadingRow]:
        return [
            row
            for place, said in enumerate(one.readings)
            for row in reading_rows(said, ticket=one.number, definition=self._definitions.number(said), place=place)
        ]

    def of(self, numbers: Sequence[TicketNo]) -> Mapping[TicketNo, Sequence[Reading]]:
        """Return tickets' readings as last put; tickets without any are absent."""
        found: dict[TicketNo, list[Reading]] = {}
        for some in batches(sorted(set(numbers) - self._session.unmeasured)):
            rows = self._session.tuples(f"{_READ} ({marks(some)}) ORDER BY r.ticket, r.place, r.cycle", some)
            for (number, _), clock in groupby(rows, key=itemgetter(_TICKET, _PLACE)):
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

    def fallen_due(self, source: SourceId, after: datetime, until: datetime) -> int:
        """Return how many open clocks of a source became or become late in `(after, until]`."""
        return self._open.fallen_due(source, after, until)

    def open_clocks(self, limit: int, offset: int = 0) -> Sequence[OpenClock]:
        """Return open cycles by deadline, nearest first, paused ones last."""
        return self._open.listed(limit, offset)

    def open_counts(self, at: datetime) -> Sequence[OpenCount]:
        """Return open cycles counted by vendor, contract, target, priority and state."""
        return self._open.counts(at)

    def tallies(self, start: datetime, end: datetime) -> Sequence[Tally]:
        """Return the cycles decided in `[start, end)`, exactly; undecided cycles as `reading_rows` says."""
        return self._tallies.of([(start, end)])[0]

    def tallies_of(self, spans: Sequence[tuple[datetime, datetime]]) -> Sequence[Sequence[Tally]]:
        """Return the tallies of each span `[start, end)`; what several spans share is counted once."""
        return self._tallies.of(spans)

    def lifetimes(self) -> Sequence[Lifetime]:
        """Return the counts of all time as of the last `refresh_rollups`, by vendor, contract, target and priority."""
        return self._tallies.lifetimes.counts()

    def consumed(self) -> Sequence[Consumed]:
        """Return what was used of goals in all time, as of the last `refresh_rollups`."""
        return self._tallies.lifetimes.consumed()

    def alarming(self, at: datetime, limit: int) -> Sequence[OpenClock]:
        """Return running cycles at risk at an instant, nearest deadline first, then breached ones, newest first."""
        return self._open.alarming(at, limit)

    def contradictions(self) -> Mapping[tuple[str, Contradiction], int]:
        """Return how many tickets there are of which a source's own clock contradicts ours, by (source, promise)."""
        counted = (
            sa.select(source.c.name, ticket.c.contradicted, sa.func.count())
            .join(source, source.c.id == ticket.c.source_id)
            .where(ticket.c.contradicted.is_not(None))
            .group_by(source.c.name, ticket.c.contradicted)
        )
        found: Counter[tuple[str, Contradiction]] = Counter()
        for name, said, count in self._session.run(counted):
            found.update({(name, each): count for each in _said.decode(said)})
        return found

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
        row = self._session.run(_RENEWING).first()
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
        said: dict[str, Any] = {"wake_at": None, "uncovered": None, "contradicted": None}
        anything = sa.or_(*(ticket.c[name].is_not(None) for name in said))
        self._session.run(sa.update(tables.ticket).where(anything).values(**said))
