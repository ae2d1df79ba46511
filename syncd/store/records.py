"""Raw records: what sources said, compressed, the newest of each (ticket, part) flagged."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, starmap
from typing import Any

import msgspec
import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.ports.connector import RawRecord
from syncd.ports.repositories import NewRecord, SourceId
from syncd.store.codec import encoder
from syncd.store.session import Session, batches, marks
from syncd.store.tables import raw_record

Key = tuple[str, str]

_NEWEST = raw_record.c.newest == sa.literal_column("1")
_SUPERSEDED = raw_record.c.newest == sa.literal_column("0")
_NEWEST_AT = 3
"""Its place in a row as `_row` makes it."""
_KEY = sa.tuple_(raw_record.c.ticket_id, raw_record.c.part)
_DIGESTS = "SELECT ticket_id, part, digest FROM raw_record WHERE source_id = ? AND newest = 1 AND ticket_id IN"
"""By tickets, whose parts are few."""
_THESE = "FROM raw_record WHERE source_id = ? AND newest = 1 AND (ticket_id, part) IN"
_SUPERSEDE = "UPDATE raw_record SET newest = 0 WHERE source_id = ? AND newest = 1 AND (ticket_id, part) IN"
_PAGE = 200
"""How many records a stream holds at a time."""


def _packed(record: RawRecord) -> bytes:
    return zlib.compress(encoder.encode(record.payload))


def _record(ticket: str, part: str, updated_at: int, payload: bytes) -> RawRecord:
    said: dict[str, object] = msgspec.json.decode(zlib.decompress(payload))
    return RawRecord(ticket, from_us(updated_at), said, part)


def _pairs(keys: Sequence[Key]) -> str:
    return f"(VALUES {', '.join(['(?, ?)'] * len(keys))})"


def _superseded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a new record's row as not the newest."""
    return (*row[:_NEWEST_AT], 0, *row[_NEWEST_AT + 1 :])


class SqlRecords:
    """`syncd.ports.repositories.Records` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def digests(self, source: SourceId, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        """Return the newest record's digest of each (ticket, part) that has one."""
        wanted, found = set(keys), {}
        for some in batches(dict.fromkeys(ticket for ticket, _ in keys)):
            for ticket, part, kept in self._session.tuples(f"{_DIGESTS} ({marks(some)})", (source, *some)):
                if (ticket, part) in wanted:
                    found[ticket, part] = kept
        return found

    def newest(self, source: SourceId, keys: Sequence[Key]) -> Mapping[Key, RawRecord]:
        """Return the newest record of each (ticket, part) that has one."""
        found: dict[Key, RawRecord] = {}
        for some in batches(dict.fromkeys(keys)):
            query = f"SELECT ticket_id, part, updated_at, payload {_THESE} {_pairs(some)}"
            for row in self._session.tuples(query, (source, *chain.from_iterable(some))):
                found[row[0], row[1]] = _record(*row)
        return found

    def put(self, source: SourceId, records: Sequence[NewRecord], at: datetime) -> None:
        """Keep records as the newest of their (ticket, part); a digest kept before is not kept twice in a row."""
        held = dict(self.digests(source, [(new.record.ticket, new.record.part) for new in records]))
        superseded: set[Key] = set()
        rows: list[tuple[Any, ...]] = []
        last: dict[Key, int] = {}
        for new in records:
            key = (new.record.ticket, new.record.part)
            if held.get(key) == new.digest:
                continue
            if key in last:
                rows[last[key]] = _superseded(rows[last[key]])
            elif key in held:
                superseded.add(key)
            held[key] = new.digest
            last[key] = len(rows)
            rows.append(self._row(source, new, to_us(at)))
        for some in batches(superseded):
            self._session.change(f"{_SUPERSEDE} {_pairs(some)}", (source, *chain.from_iterable(some)))
        self._session.bulk(raw_record, rows)

    @staticmethod
    def _row(source: SourceId, new: NewRecord, learned_at: int) -> tuple[Any, ...]:
        record = new.record
        updated_at = to_us(record.updated_at)
        return (updated_at, learned_at, source, 1, record.ticket, record.part, new.digest, _packed(record))

    def stream(self, source: SourceId) -> Iterator[RawRecord]:
        """Yield the newest record of every (ticket, part), all parts of a ticket together, in bounded memory."""
        page = (
            sa.select(raw_record.c.ticket_id, raw_record.c.part, raw_record.c.updated_at, raw_record.c.payload)
            .where(raw_record.c.source_id == source, _NEWEST)
            .order_by(raw_record.c.ticket_id, raw_record.c.part)
            .limit(_PAGE)
        )
        rows = self._session.run(page).all()
        while rows:
            yield from starmap(_record, rows)
            behind = sa.tuple_(sa.literal(rows[-1].ticket_id), sa.literal(rows[-1].part))
            rows = self._session.run(page.where(behind < _KEY)).all() if len(rows) == _PAGE else []

    def count(self, source: SourceId) -> int:
        """Return how many (ticket, part) there are, for progress."""
        counted = sa.select(sa.func.count()).select_from(raw_record)
        return int(self._session.run(counted.where(raw_record.c.source_id == source, _NEWEST)).scalar_one())

    def trim(self, before: datetime, limit: int) -> int:
        """Drop superseded records learned before an instant, at most `limit`, oldest first; return how many."""
        old = (
            sa.select(raw_record.c.number)
            .where(_SUPERSEDED, raw_record.c.learned_at < to_us(before))
            .order_by(raw_record.c.learned_at, raw_record.c.number)
            .limit(limit)
        )
        return self._session.run(sa.delete(raw_record).where(raw_record.c.number.in_(old))).rowcount
