"""What a store file holds, apart from what may differ between two histories that came to the same."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from syncd.domain.reading import Reading
from syncd.store import open_store

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)

_QUERIES: Mapping[str, str] = {
    "sources": "SELECT name, kind, generation, backfilled_at IS NOT NULL, last_error FROM source",
    "tickets": "SELECT ticket_id, shown, url, title, quality, gaps, uncovered, wake_at FROM ticket",
    "events": "SELECT t.ticket_id, e.generation, e.id, e.at, e.seq, e.kind, e.party, e.payload, e.withdrawn_at IS NULL"
    " FROM ticket_event e JOIN ticket t ON t.number = e.ticket",
    "records": "SELECT ticket_id, part, digest, updated_at FROM raw_record WHERE newest = 1",
    "checkpoints": "SELECT stream, CASE stream WHEN 'backfill' THEN cursor END FROM checkpoint",
    "keys": "SELECT key, muted FROM notice_key",
    "outbox": "SELECT key, channel FROM outbox",
    "quarantine": "SELECT ticket_id, reason FROM quarantine",
    "problems": "SELECT ticket_id, code, detail FROM problem",
}


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """Return what a query finds in a store file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return list(database.execute(query))


def contents(path: Path) -> dict[str, list[object]]:
    """Return everything of a store but row numbers, when we learned of things, and how polling went.

    Where live reading stands is an instant of ours, and so is what a clock said last of its reading; the past's cursor
    and everything else follow from the source alone.
    """
    held: dict[str, list[object]] = {name: sorted(rows(path, query), key=repr) for name, query in _QUERIES.items()}
    store = open_store(f"sqlite:///{path}")
    try:
        with store.view() as view:
            tickets = {stored.number: stored.timeline.id for stored in view.tickets.stream()}
            found = view.readings.of(list(tickets))
    finally:
        store.close()
    held["readings"] = sorted(
        ((tickets[number], [_timeless(reading) for reading in readings]) for number, readings in found.items()),
        key=repr,
    )
    return held


def _timeless(reading: Reading) -> Reading:
    return reading._replace(as_of=_ANY_TIME)
