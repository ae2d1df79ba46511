"""Ticket rows: finding, making, updating and locking what a timeline says about its ticket besides the events."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from syncd.domain.timeline import Gap, Timeline
from syncd.ports.repositories import SourceId, TicketNo
from syncd.store.codes import QUALITY_NUMBERS
from syncd.store.session import Session, batches
from syncd.store.tables import ticket

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(tuple[Gap, ...])
_HEAD = ("shown", "url", "title", "quality", "gaps")
_FOUND = sa.select(ticket.c.number, ticket.c.ticket_id, *(ticket.c[name] for name in _HEAD))
_THESE = (
    ticket.c.source_id == sa.bindparam("source"),
    ticket.c.ticket_id.in_(sa.bindparam("ids", expanding=True)),
)
_FOUND_THESE = _FOUND.where(*_THESE)
_NUMBERS = sa.select(ticket.c.number).where(*_THESE)


def _values(head: Timeline) -> tuple[Any, ...]:
    gaps = _encoder.encode(head.gaps) if head.gaps else None
    return (head.ticket, head.url, head.title, QUALITY_NUMBERS[head.quality], gaps)


def _new(source: SourceId, key: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a new ticket's row, less its number, in the table's column order."""
    shown, url, title, quality, gaps = values
    return (source, None, quality, key, shown, url, title, None, gaps)


def gaps_of(stored: bytes | None) -> tuple[Gap, ...]:
    """Return the gaps in a ticket row."""
    return () if stored is None else _decoder.decode(stored)


def lock_numbers(session: Session, numbers: Iterable[TicketNo]) -> None:
    """Lock rows in order of their numbers. On SQLite the transaction itself is the lock."""
    if not session.postgres:
        return
    for some in batches(sorted(set(numbers))):
        session.run(
            sa.select(ticket.c.number).where(ticket.c.number.in_(some)).order_by(ticket.c.number).with_for_update()
        ).all()


def _locked(session: Session, source: SourceId, ids: Sequence[str]) -> list[sa.Row[*tuple[Any, ...]]]:
    """Return the rows there are, locked in order of their numbers."""
    asked = [{"source": source, "ids": some} for some in batches(ids)]
    if not session.postgres:
        return [row for these in asked for row in session.run(_FOUND_THESE, these)]
    # All numbers first: locking batch by batch in the order of ids would not be the order of numbers.
    numbers = sorted(row.number for these in asked for row in session.run(_NUMBERS, these))
    return [
        row
        for some in batches(numbers)
        for row in session.run(_FOUND.where(ticket.c.number.in_(some)).order_by(ticket.c.number).with_for_update())
    ]


def lock(session: Session, source: SourceId, heads: Sequence[Timeline]) -> Mapping[str, TicketNo]:
    """Lock the tickets' rows, making and updating them; return numbers by ticket id.

    Rows that are there are locked first, in order of their numbers; new ones are made in order of their ids, and those
    that somebody else made meanwhile are locked after.
    """
    wanted = {head.id: _values(head) for head in heads}
    found = _locked(session, source, list(wanted))
    missing = sorted(wanted.keys() - {row.ticket_id for row in found})
    if missing:
        session.bulk(ticket, [_new(source, key, wanted[key]) for key in missing], skip_known=True)
        found += _locked(session, source, missing)
    changed = [
        {"number_": row.number, **dict(zip(_HEAD, wanted[row.ticket_id], strict=True))}
        for row in found
        if tuple(row[2:]) != wanted[row.ticket_id]
    ]
    if changed:
        update = sa.update(ticket).where(ticket.c.number == sa.bindparam("number_"))
        session.run(update.values({name: sa.bindparam(name) for name in _HEAD}), changed)
    return {row.ticket_id: row.number for row in found}
