"""One payload, read: the record with its dates, its history, its journal, and the names it needs."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from connectors.servicenow.cells import Row, inner, rows, text, texts, whole
from connectors.servicenow.history import Update, updates
from connectors.servicenow.native import TABLE as NATIVE
from connectors.servicenow.parties import People, people
from connectors.servicenow.stamps import instant


class Ticket(NamedTuple):
    """What a payload says; instants are aware UTC. A tuple, because a frozen dataclass takes five times as long."""

    table: str
    id: str
    number: str
    record: Row
    created_at: datetime
    opened_at: datetime
    """The earlier of `opened_at`, which people may edit, and `sys_created_on`."""
    reported_at: datetime | None
    """`opened_at` where it is later than the creation."""
    updated_at: datetime
    mod_count: int
    """`sys_mod_count`."""
    updates: tuple[Update, ...]
    journal: tuple[Row, ...]
    slas: tuple[Row, ...]
    """Rows of `task_sla`."""
    unread: int
    """Rows of its history without an id or an instant."""
    known: People
    shown: Mapping[str, Mapping[str, str]]
    """The names of values, by table and sys_id."""
    audit_readable: bool
    journal_readable: bool


def head(payload: Mapping[str, object]) -> tuple[str, datetime]:
    """Return the ticket's id and the instant of its last update; raises ValueError saying what the payload lacks."""
    record = inner(payload, "record")
    if not table_of(payload):
        raise ValueError("table: the name of the record's table is missing")
    if not text(record, "sys_id"):
        raise ValueError("record.sys_id: missing")
    updated_at = instant(text(record, "sys_updated_on"))
    if updated_at is None:
        raise ValueError("record.sys_updated_on: not a raw date/time value such as 2026-01-02 03:04:05")
    return text(record, "sys_id"), updated_at


def table_of(payload: Mapping[str, object]) -> str:
    """Return the name of the record's table: as the payload tells it, else the record's own class."""
    return text(payload, "table") or text(inner(payload, "record"), "sys_class_name")


def readable(payload: Mapping[str, object], what: str) -> bool:
    """Tell whether `audit` or `journal` could be read when the payload was made.

    Unless the payload says so it is read where it is there, were it empty: a record alone has no history.
    """
    told = inner(payload, "readable").get(what)
    return told if isinstance(told, bool) else isinstance(payload.get(what), list | tuple)


def part_of(payload: Mapping[str, object]) -> str:
    """Return which part of its ticket a payload is.

    With its audit history it is all of it. Without, it is one look at the ticket among others that must be kept too:
    one part for each `sys_mod_count`, written so that parts sort as they happened.
    """
    return "" if readable(payload, "audit") else f"{whole(inner(payload, 'record'), 'sys_mod_count'):08d}"


def read(payload: Mapping[str, object]) -> Ticket:
    """Return what a payload says; raises ValueError for one without identity (see `head`)."""
    sys_id, updated_at = head(payload)
    record = inner(payload, "record")
    history, unread = updates(rows(payload, "audit"))
    written = rows(payload, "journal")
    journal = [row for row in written if instant(text(row, "sys_created_on")) and text(row, "sys_id")]
    created_at = instant(text(record, "sys_created_on")) or updated_at
    claimed = instant(text(record, "opened_at"))
    names = inner(payload, "names")
    return Ticket(
        table=table_of(payload),
        id=sys_id,
        number=text(record, "number") or sys_id,
        record=record,
        created_at=created_at,
        opened_at=min(created_at, claimed or created_at),
        reported_at=claimed if claimed is not None and claimed > created_at else None,
        updated_at=updated_at,
        mod_count=whole(record, "sys_mod_count"),
        updates=tuple(history),
        journal=tuple(journal),
        slas=tuple(rows(payload, NATIVE)),
        unread=unread + len(written) - len(journal),
        known=people(rows(payload, "users")),
        shown={table: dict(zip(named := inner(names, table), texts(named, named), strict=True)) for table in names},
        audit_readable=readable(payload, "audit"),
        journal_readable=readable(payload, "journal"),
    )
