"""A ticket's fields over time, rebuilt from its changelog.

The items of one history are one atomic change; histories go by (`created`, `id` as a number), whatever order an
endpoint gives them in. Values given at creation are in no changelog: a field began as the `from` of its earliest item,
or as it is now when it has none.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.jira.cells import Row, inner, number, rows, text
from connectors.jira.fields import Fields
from connectors.jira.stamps import instant
from connectors.jira.values import IN_STEPS, Value, changed, same, told

SEVERAL = frozenset({"labels"})
"""Fields whose changes are told in words with blanks between."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field changed by one item."""

    id: str
    field: str
    old: Value
    new: Value
    phrase: str = ""
    """What a link's item says."""


@dataclass(frozen=True, slots=True)
class Update:
    """What one person changed at once."""

    at: datetime
    number: int
    author: Row
    automated: bool
    changes: tuple[Change, ...]
    at_earliest: datetime | None = None

    def of(self, *fields: str) -> Change | None:
        """Return the first change of any of these fields, the fields in this order."""
        return next((change for field in fields for change in self.changes if change.field == field), None)


@dataclass(frozen=True, slots=True)
class Break:
    """A value that changed without an item saying so, in `[start, end)`."""

    field: str
    start: datetime
    end: datetime
    after: Value
    final: bool
    """Between the newest item and the issue itself."""


def updates(histories: Iterable[Row], fields: Fields, since: datetime) -> tuple[list[Update], int, int]:
    """Return a changelog's updates in order, how many histories are unreadable, and how many predate the ticket.

    What predates it (an import keeps old dates) happened at its creation at the earliest; a number in whole seconds may
    only seem to.
    """
    found: list[tuple[datetime, str, Update]] = []
    unread = early = 0
    for history in histories:
        at, ident = instant(history.get("created")), text(history, "id")
        if at is None or not ident:
            unread += 1
            continue
        early += (since - at).total_seconds() > 1
        changes = tuple(_changes(history, ident, fields))
        if changes:
            update = Update(max(at, since), number(ident), inner(history, "author"), by_rule(history), changes)
            found.append((at, ident, update))
    found.sort(key=lambda each: (each[0], each[2].number, each[1]))
    return [update for _, _, update in found], unread, early


def _changes(history: Row, ident: str, fields: Fields) -> Iterable[Change]:
    for place, item in enumerate(rows(history, "items")):
        field = fields.of(item)
        if field:
            how = {"people": field in fields.people, "several": field in SEVERAL}
            old, new = told(item, "from", **how), told(item, "to", **how)
            phrase = text(item, "toString") if field == "issuelinks" else ""
            yield Change(f"{ident}:{place}", field, old, new, phrase)


def by_rule(history: Row) -> bool:
    """Tell whether the metadata of a history name an automation as its origin."""
    if "historyMetadata" not in history:
        return False
    told_by = inner(history, "historyMetadata")
    kinds = (text(told_by, "type"), *(text(inner(told_by, who), "type") for who in ("actor", "generator", "cause")))
    return any("automation" in kind.casefold() for kind in kinds)


def beginnings(now: Mapping[str, Value], fields: Iterable[str], history: Sequence[Update]) -> dict[str, Value]:
    """Return these fields' values at the ticket's creation; what is told in steps is walked back from now."""
    first = {field: now.get(field, ()) for field in fields}
    for update in reversed(history):
        for change in reversed(update.changes):
            field = change.field
            if field in first:
                first[field] = changed(first[field], change.new, change.old) if field in IN_STEPS else change.old
    return first


def after(values: Mapping[str, Value], update: Update) -> dict[str, Value]:
    """Return the values after an update, of the same fields."""
    values = dict(values)
    for change in update.changes:
        field = change.field
        if field in values:
            values[field] = changed(values[field], change.old, change.new) if field in IN_STEPS else change.new
    return values


def breaks(
    now: Mapping[str, Value], checked: Container[str], history: Sequence[Update], updated_at: datetime
) -> list[Break]:
    """Return where the walk from each new value to the next old one, and at last to the issue itself, fails.

    The issue may have been read before its newest histories: what is later than its `updated` is not held against it.
    """
    found: list[Break] = []
    last: dict[str, tuple[datetime, Value]] = {}
    for update in history:
        for change in update.changes:
            before = last.get(change.field)
            if change.field in checked:
                if before is not None and not same(before[1], change.old):
                    found.append(Break(change.field, before[0], update.at, change.old, final=False))
                last[change.field] = update.at, change.new
    for field, (at, value) in last.items():
        if field in now and at <= updated_at and not same(value, now[field]):
            found.append(Break(field, at, updated_at, now[field], final=True))
    return found


def unlogged(ident: str, found: Iterable[Break]) -> list[Update]:
    """Return, as one update by nobody known, what the issue says beyond its newest histories; empty if nothing."""
    last = [each for each in found if each.final]
    if not last:
        return []
    at = max(each.end for each in last)
    changes = tuple(Change(f"{ident}:{at:%Y%m%d%H%M%S%f}:{e.field}", e.field, (), e.after) for e in last)
    return [Update(at, 0, {}, automated=False, changes=changes, at_earliest=min(e.start for e in last))]
