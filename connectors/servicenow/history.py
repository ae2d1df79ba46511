"""A ticket's fields over time, rebuilt from its audit rows.

`sys_audit` holds one row per field and update. `record_checkpoint` is the record's sys_mod_count after the update, so
that rows of one checkpoint are one update by one user. Values given at creation are not audited (KB0832516): a field
began as the `oldvalue` of its first row, or as it is now when it has none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.servicenow.cells import Row, text, whole
from connectors.servicenow.stamps import instant

DELETED = "DELETED"
"""The field name of the audit row that a deletion leaves."""

_ONE_UPDATE = timedelta(seconds=5)
"""Rows of one update may be written over a few seconds; a later one of the same checkpoint is another write."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field changed in one update."""

    id: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Update:
    """What one user wrote at once."""

    at: datetime
    checkpoint: int
    user: str
    changes: Mapping[str, Change]
    at_earliest: datetime | None = None
    """Set when only the interval up to `at` is known."""


@dataclass(frozen=True, slots=True)
class Break:
    """A stretch in which a field changed without an audit row: it held `before` and then suddenly `after`.

    `final` when it ends at the record itself, so that no audit row tells of the change.
    """

    field: str
    start: datetime
    end: datetime
    before: str
    after: str
    final: bool


@dataclass(slots=True)
class _Group:
    at: datetime
    checkpoint: int
    user: str
    changes: dict[str, Change] = field(default_factory=dict)


def updates(audit: Iterable[Row]) -> tuple[list[Update], int]:
    """Return the updates in order, and how many rows could not be read (no id or no instant)."""
    dated: list[tuple[datetime, int, str, Row]] = []
    unread = 0
    for row in audit:
        at = instant(text(row, "sys_created_on"))
        if at is None or not text(row, "sys_id"):
            unread += 1
        else:
            dated.append((at, whole(row, "record_checkpoint"), text(row, "sys_id"), row))
    dated.sort(key=lambda entry: entry[:3])
    groups: list[_Group] = []
    open_groups: dict[int, _Group] = {}
    for at, checkpoint, sys_id, row in dated:
        name = text(row, "fieldname")
        user = text(row, "user") or text(row, "sys_created_by")
        group = open_groups.get(checkpoint)
        if group is None or group.user != user or name in group.changes or at - group.at > _ONE_UPDATE:
            group = open_groups[checkpoint] = _Group(at, checkpoint, user)
            groups.append(group)
        group.changes[name] = Change(sys_id, name, text(row, "oldvalue"), text(row, "newvalue"))
    groups.sort(key=lambda each: (each.at, each.checkpoint))
    return [Update(each.at, each.checkpoint, each.user, each.changes) for each in groups], unread


def beginnings(record: Row, fields: Iterable[str], history: Sequence[Update]) -> dict[str, str]:
    """Return every field's value at the ticket's creation."""
    first: dict[str, str] = {}
    for update in history:
        for change in update.changes.values():
            first.setdefault(change.field, change.old)
    return {name: first[name] if name in first else text(record, name) for name in fields}


def breaks(record: Row, fields: Iterable[str], history: Sequence[Update], updated_at: datetime) -> list[Break]:
    """Return where the walk from each new value to the next old one, and at last to the record itself, fails.

    The record may have been read before its newest audit rows: those with a later checkpoint are not held against it.
    """
    found: list[Break] = []
    count = whole(record, "sys_mod_count")
    for name in fields:
        last: tuple[Update, Change] | None = None
        for update in history:
            change = update.changes.get(name)
            if change is None:
                continue
            if last is not None and last[1].new != change.old:
                found.append(Break(name, last[0].at, update.at, last[1].new, change.old, final=False))
            last = update, change
        if last is None or last[0].checkpoint > count or name not in record:
            continue
        now = text(record, name)
        if last[1].new != now:
            found.append(Break(name, last[0].at, max(updated_at, last[0].at), last[1].new, now, final=True))
    return found


def unaudited(record: Row, found: Iterable[Break]) -> list[Update]:
    """Return, as one update by nobody known, what the record says beyond its newest audit rows; empty if nothing."""
    last = [each for each in found if each.final]
    if not last:
        return []
    count = whole(record, "sys_mod_count")
    changes = {
        each.field: Change(f"{text(record, 'sys_id')}:{count}:{each.field}", each.field, each.before, each.after)
        for each in last
    }
    return [Update(max(e.end for e in last), count, "", changes, at_earliest=min(e.start for e in last))]
