"""Raw records: what sources said, compressed, the newest of each (ticket, part) flagged."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.ports.connector import RawRecord
from syncd.ports.repositories import NewRecord, SourceId
from syncd.store.codec import encoder
from syncd.store.session import Session, batches
from syncd.store.tables import raw_record

Key = tuple[str, str]

_NEWEST = raw_record.c.newest == sa.literal_column("1")
_SUPERSEDED = raw_record.c.newest == sa.literal_column("0")
_NEWEST_AT = 3
"""Its place in a row as `_row` makes it."""
_KEY = sa.tuple_(raw_record.c.ticket_id, raw_record.c.part)
_DIGESTS = sa.select(raw_record.c.ticket_id, raw_record.c.part, raw_record.c.digest).where(
    raw_record.c.source_id == sa.bindparam("source"),
    raw_record.c.ticket_id.in_(sa.bindparam("tickets", expanding=True)),
    _NEWEST,
)
"""By tickets, whose parts are few: pairs of ticket and part take SQLAlchemy five times as long."""
_PAGE = 200
"""How many records a stream holds at a time."""


def _packed(record: RawRecord) -> bytes:
    return zlib.compress(encoder.encode(record.payload))


def _record(found: sa.Row[*tuple[Any, ...]]) -> RawRecord:
    payload: dict[str, object] = msgspec.json.decode(zlib.decompress(found.payload))
    return RawRecord(found.ticket_id, from_us(found.updated_at), payload, found.part)


def _superseded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a new record's row as not the newest."""
    return (*row[:_NEWEST_AT], 0, *row[_NEWEST_AT + 1 :])


class SqlRecords:
    """`syncd.ports.repositories.Records` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _find(
        self, source: SourceId, keys: Sequence[Key], *columns: sa.Column[Any]
    ) -> Iterator[sa.Row[*tuple[Any, ...]]]:
        wanted = sa.select(raw_record.c.ticket_id, raw_record.c.part, *columns)
        for some in batches(dict.fromkeys(keys)):
            yield from self._session.run(wanted.where(raw_record.c.source_id == source, _KEY.in_(some), _NEWEST))

    def digests(self, source: SourceId, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        """Return the newest record's digest of each (ticket, part) that has one."""
        wanted, found = set(keys), {}
        for some in batches(dict.fromkeys(ticket for ticket, _ in keys)):
            for ticket, part, kept in self._session.run(_DIGESTS, {"source": source, "tickets": some}):
                if (ticket, part) in wanted:
                    found[ticket, part] = kept
        return found

    def newest(self, source: SourceId, keys: Sequence[Key]) -> Mapping[Key, RawRecord]:
        """Return the newest record of each (ticket, part) that has one."""
        found = self._find(source, keys, raw_record.c.updated_at, raw_record.c.payload)
        return {(row.ticket_id, row.part): _record(row) for row in found}

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
            self._session.run(
                sa.update(raw_record).where(raw_record.c.source_id == source, _KEY.in_(some), _NEWEST).values(newest=0)
            )
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
            yield from map(_record, rows)
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
