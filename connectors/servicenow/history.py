"""A ticket's fields over time, rebuilt from its audit rows.

`sys_audit` holds one row per field and update. `record_checkpoint` is the record's sys_mod_count after the update, so
that rows of one checkpoint are one update by one user. Values given at creation are not audited (KB0832516): a field
began as the `oldvalue` of its first row, or as it is now when it has none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from connectors.servicenow.cells import Row, number, text, texts, whole
from connectors.servicenow.stamps import instant

DELETED = "DELETED"
"""The field name of the audit row that a deletion leaves."""

_ONE_UPDATE = timedelta(seconds=5)
"""Rows of one update may be written over a few seconds; a later one of the same checkpoint is another write."""


class Change(NamedTuple):
    """One field changed in one update."""

    id: str
    field: str
    old: str
    new: str


class Update(NamedTuple):
    """What one user wrote at once."""

    at: datetime
    checkpoint: int
    user: str
    changes: dict[str, Change]
    """By field."""
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


_CELLS = ("sys_id", "sys_created_on", "record_checkpoint", "fieldname", "oldvalue", "newvalue", "user")
_in_order = itemgetter(0, 1, 2)
_in_order_of_time = itemgetter(0, 1)
"""Of updates: instant and checkpoint."""


def updates(audit: Iterable[Row]) -> tuple[list[Update], int]:
    """Return the updates in order, and how many rows could not be read (no id, no instant or no field)."""
    dated: list[tuple[datetime, int, str, str, Change]] = []
    unread = 0
    for row in audit:
        sys_id, created, written, name, old, new, user = texts(row, _CELLS)
        at = instant(created)
        if at is None or not sys_id or not name:
            unread += 1
        else:
            who = user or text(row, "sys_created_by")
            dated.append((at, number(written), sys_id, who, Change(sys_id, name, old, new)))
    dated.sort(key=_in_order)
    groups: list[Update] = []
    open_groups: dict[int, Update] = {}
    for at, checkpoint, _, who, change in dated:
        group = open_groups.get(checkpoint)
        if group is None or group.user != who or change.field in group.changes or at - group.at > _ONE_UPDATE:
            group = open_groups[checkpoint] = Update(at, checkpoint, who, {})
            groups.append(group)
        group.changes[change.field] = change
    groups.sort(key=_in_order_of_time)
    return groups, unread


def beginnings(record: Row, fields: Iterable[str], history: Sequence[Update]) -> dict[str, str]:
    """Return every field's value at the ticket's creation."""
    fields = tuple(fields)
    values = dict(zip(fields, texts(record, fields), strict=True))
    for update in reversed(history):
        for name, change in update.changes.items():
            if name in values:
                values[name] = change.old
    return values


def breaks(record: Row, fields: Sequence[str], history: Sequence[Update], updated_at: datetime) -> list[Break]:
    """Return where the walk from each new value to the next old one, and at last to the record itself, fails.

    The record may have been read before its newest audit rows: those with a later checkpoint are not held against it.
    """
    found: list[Break] = []
    last: dict[str, tuple[Update, Change]] = {}
    for update in history:
        for name, change in update.changes.items():
            before = last.get(name)
            if before is not None and before[1].new != change.old:
                found.append(Break(name, before[0].at, update.at, before[1].new, change.old, final=False))
            last[name] = update, change
    count = whole(record, "sys_mod_count")
    for name, (update, change) in last.items():
        if update.checkpoint > count or name not in record:
            continue
        now = text(record, name)
        if change.new != now:
            found.append(Break(name, update.at, max(updated_at, update.at), change.new, now, final=True))
    if not found:
        return found
    places = {name: place for place, name in enumerate(fields)}
    return sorted((each for each in found if each.field in places), key=lambda each: places[each.field])


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
