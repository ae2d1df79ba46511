"""Ticket rows: finding, making, updating and locking what a timeline says about its ticket besides the events."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from syncd.domain.timeline import Gap, Timeline
from syncd.ports.repositories import SourceId, TicketNo
from syncd.store.codes import QUALITY_NUMBERS
from syncd.store.session import Session, batches, marks
from syncd.store.tables import ticket, ticket_link

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(tuple[Gap, ...])
_HEAD = ("shown", "url", "title", "quality", "gaps")
_FOUND = f"SELECT number, ticket_id, {', '.join(_HEAD)} FROM ticket WHERE"  # noqa: S608  # our own names
_NUMBERS = "SELECT number FROM ticket WHERE source_id = ? AND ticket_id IN"
_CHANGE = f"UPDATE ticket SET {', '.join(f'{name} = ?' for name in _HEAD)} WHERE number = ?"  # noqa: S608  # as above


def _values(head: Timeline) -> tuple[Any, ...]:
    gaps = _encoder.encode(head.gaps) if head.gaps else None
    return (head.ticket, head.url, head.title, QUALITY_NUMBERS[head.quality], gaps)


def _new(source: SourceId, key: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a new ticket's row, less its number, in the table's column order."""
    shown, url, title, quality, gaps = values
    return (source, None, quality, key, shown, url, title, None, gaps, None)


def gaps_of(stored: bytes | None) -> tuple[Gap, ...]:
    """Return the gaps in a ticket row."""
    return () if stored is None else _decoder.decode(stored)


def lock_numbers(session: Session, numbers: Iterable[TicketNo]) -> None:
    """Lock rows in order of their numbers. On SQLite the transaction itself is the lock."""
    if not session.postgres:
        return
    for some in batches(sorted(set(numbers))):
        session.tuples(f"{_FOUND} number IN ({marks(some)}) ORDER BY number FOR UPDATE", some)


def _locked(session: Session, source: SourceId, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the rows there are, locked in order of their numbers."""
    if not session.postgres:
        found = f"{_FOUND} source_id = ? AND ticket_id IN"
        return [row for some in batches(ids) for row in session.tuples(f"{found} ({marks(some)})", (source, *some))]
    # All numbers first: locking batch by batch in the order of ids would not be the order of numbers.
    numbers = sorted(
        number for some in batches(ids) for (number,) in session.tuples(f"{_NUMBERS} ({marks(some)})", (source, *some))
    )
    return [
        row
        for some in batches(numbers)
        for row in session.tuples(f"{_FOUND} number IN ({marks(some)}) ORDER BY number FOR UPDATE", some)
    ]


def lock(session: Session, source: SourceId, heads: Sequence[Timeline]) -> Mapping[str, TicketNo]:
    """Lock the tickets' rows, making and updating them; return numbers by ticket id.

    Rows that are there are locked first, in order of their numbers; new ones are made in order of their ids, and those
    that somebody else made meanwhile are locked after. Under a name that it had before a ticket can still be found by
    what was linked to that.
    """
    wanted = {head.id: _values(head) for head in heads}
    found = _locked(session, source, list(wanted))
    missing = sorted(wanted.keys() - {key for _, key, *_ in found})
    if missing:
        made = session.bulk(ticket, [_new(source, key, wanted[key]) for key in missing], skip_known=True)
        there = _locked(session, source, missing)
        if made == len(missing):
            session.made.update((number, {}) for number, *_ in there)
            session.unmeasured.update(number for number, *_ in there)
        found += there
    changed = [(*wanted[key], number) for number, key, *stands in found if tuple(stands) != wanted[key]]
    session.each(_CHANGE, changed)
    former = [(was, number) for number, key, was, *_ in found if was != wanted[key][0]]
    session.bulk(ticket_link, sorted(former), skip_known=True)
    return {key: number for number, key, *_ in found}
