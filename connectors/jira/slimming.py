"""What is kept of a field's value, of a history and of the directory of statuses; each idempotent."""

from collections.abc import Iterable, Iterator, Mapping

from connectors.jira.cells import Row, inner, is_fingerprint, is_object, only, rows, text
from connectors.jira.fields import Fields
from connectors.jira.history import by_rule
from connectors.jira.people import hidden, slim
from connectors.jira.stamps import instant
from connectors.jira.states import category
from connectors.jira.values import is_person

_VALUE = ("id", "groupId", "key", "name", "value", "title", "projectTypeKey")
_ITEM = ("field", "fieldId", "fieldtype", "from", "fromString", "to", "toString")
_ENDS = ("from", "to")


def kept_value(raw: object, key: str, *, people: bool) -> object:
    """Return what is kept of a field's value: what identifies and names it."""
    if isinstance(raw, list | tuple):
        return [kept_value(item, key, people=people) for item in raw if not isinstance(item, list | tuple)]
    if not is_object(raw):
        return {"name": hidden(raw)} if people and isinstance(raw, str) else raw
    row: Row = raw
    if key == "issuelinks":
        return {
            **only(row, ("id",)), "type": only(inner(row, "type"), ("id", "name", "inward", "outward")),
            **{end: only(inner(row, end), ("id", "key")) for end in ("inwardIssue", "outwardIssue") if end in row},
        }  # fmt: skip
    if people or key in ("creator", "reporter") or is_person(row):
        return slim(row)
    kept = {name: row[name] for name in _VALUE if isinstance(row.get(name), str | int | float)}
    if category(row):
        kept["category"] = category(row)
    for below in ("child", "requestType"):
        if is_object(row.get(below)):
            kept[below] = only(inner(row, below), _VALUE)
    return kept


def kept_history(history: Row, fields: Fields) -> dict[str, object] | None:
    """Return what is kept of a history; None for one that changed nothing of interest.

    Items that do not matter leave an empty place: the others are known by theirs.
    """
    items = [_item(item, fields) for item in rows(history, "items")]
    while items and not items[-1]:
        items.pop()
    if not text(history, "id") or instant(history.get("created")) is None:
        return only(history, ("id",)) if text(history, "id") else {}  # only counted
    if not items:
        return None
    kept = only(history, ("id", "created"))
    if "author" in history:
        kept["author"] = slim(history["author"])
    kept["items"] = items
    if by_rule(history):
        kept["historyMetadata"] = {"type": "automation"}
    return kept


def _item(item: Row, fields: Fields) -> dict[str, object]:
    field = fields.of(item)
    if not field:
        return only(item, ("field",)) if text(item, "field").casefold() in fields.ambiguous else {}
    kept = only(item, _ITEM)
    if field in fields.people:
        kept.pop("fromString", None)
        kept.pop("toString", None)
        kept.update({end: hidden(item[end]) for end in _ENDS if end in item and not is_fingerprint(item[end])})
    if field == "remotelinks":  # the text is the other page's title
        kept.pop("fromString", None)
        kept.pop("toString", None)
    return kept


def mentioned_statuses(directory: object, values: Row, histories: Iterable[Row]) -> dict[str, dict[str, object]]:
    """Return the statuses that the ticket ever had, as far as anything tells of them.

    That is the directory, the tickets that it shows beside itself (they are of the same site), and its own status.
    """
    known = {**dict(_statuses(_shown_beside(values))), **dict(_statuses(directory))}
    own = inner(values, "status")
    if text(own, "id") and category(own):
        known[text(own, "id")] = {"name": text(own, "name"), "category": category(own)}
    ids, names = {text(own, "id")}, {text(own, "name").casefold()}
    for history in histories:
        for item in rows(history, "items"):
            if text(item, "field").casefold() == "status" or text(item, "fieldId") == "status":
                ids |= {text(item, end) for end in _ENDS}
                names |= {text(item, f"{end}String").casefold() for end in _ENDS}
    return {
        ident: known[ident] for ident in sorted(known)
        if ident in ids or str(known[ident]["name"]).casefold() in names
    }  # fmt: skip


def _shown_beside(values: Row) -> list[Row]:
    """Return the statuses of the parent, the children and the linked issues that an issue shows."""
    linked = [inner(link, end) for link in rows(values, "issuelinks") for end in ("inwardIssue", "outwardIssue")]
    others = (inner(values, "parent"), *rows(values, "subtasks"), *linked)
    return [status for other in others if category(status := inner(inner(other, "fields"), "status"))]


def _statuses(directory: object) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield statuses by id, from REST's list or from a mapping by id."""
    if isinstance(directory, list | tuple):
        entries = [(text(row, "id"), row) for row in directory if is_object(row)]
    elif isinstance(directory, Mapping):
        entries = [(str(ident), inner(directory, ident)) for ident in directory]
    else:
        entries = []
    for ident, row in entries:
        if ident:
            yield ident, {"name": text(row, "name"), "category": category(row)}
