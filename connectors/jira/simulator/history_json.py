"""Histories as JSON, in the forms of the endpoints that tell them."""

from collections.abc import Sequence

from connectors.jira.simulator.call import Call
from connectors.jira.simulator.cast import AUTOMATION
from connectors.jira.simulator.catalogue import FIELDS, PROJECTS, Field, label
from connectors.jira.simulator.issue import History, Issue, Item
from connectors.jira.simulator.people_json import account, account_number
from connectors.jira.simulator.stamps import dice, millis, stamp
from connectors.jira.simulator.ties import link_item

_TEXTUAL = frozenset({"text", "labels"})


def history(call: Call, told: History) -> dict[str, object]:
    """Return a history as reads of one issue tell it."""
    author = account(call, told.by)
    shown: dict[str, object] = {"id": str(told.id), "created": stamp(told.at, call.habits.zone)}
    if author is not None:
        shown["author"] = author
    if told.by == AUTOMATION.login:
        shown["historyMetadata"] = {"type": "system.automation", "actor": {"displayName": AUTOMATION.name}}
    shown["items"] = [row for item in told.items for row in items(call, item, labelled=told.labelled)]
    return shown


def bulk_history(call: Call, told: History, field_ids: Sequence[str]) -> dict[str, object] | None:
    """Return a history as the bulk fetch tells it; None if a filter by field ids leaves nothing of it.

    A filter hides items that have no field id.
    """
    form = call.habits.bulk_created
    if form == "mixed":
        form = dice("created form", told.id).choice(("iso", "seconds", "millis"))
    shown = history(call, told)
    if form != "iso":
        shown["created"] = millis(told.at) // (1000 if form == "seconds" else 1)
    rows = shown["items"]
    kept = [row for row in rows if not field_ids or row.get("fieldId") in field_ids] if isinstance(rows, list) else []
    bare = ("from", "to") if call.habits.bare_items else ()
    shown["items"] = [{key: value for key, value in row.items() if key not in bare} for row in kept]
    return shown if kept else None


def expanded(call: Call, issue: Issue) -> dict[str, object]:
    """Return `expand=changelog`: on Cloud the newest few, newest first, on Data Center everything, oldest first.

    `maxResults` echoes the total, as seen in fixtures of real sites.
    """
    total = len(issue.histories)
    kept = list(reversed(issue.histories))[: call.habits.expand_cap] if call.habits.cloud else issue.histories
    return {"startAt": 0, "maxResults": total, "total": total, "histories": [history(call, each) for each in kept]}


def items(call: Call, item: Item, *, labelled: bool) -> list[dict[str, object]]:
    """Return the rows of one changed field: one, or one for each component that came or went."""
    field = FIELDS.get(item.field)
    if field is None:
        return [_fieldless(item)]
    if field.kind == "components":
        old, new = _parts(item.old), _parts(item.new)
        pairs = [(each, "") for each in old if each not in new] + [("", each) for each in new if each not in old]
        return [_row(call, field, "Component", *pair, labelled=labelled) for pair in pairs]
    name = field.name if field.custom else field.id
    return [_row(call, field, name, item.old, item.new, labelled=labelled)]


def _row(call: Call, field: Field, name: str, old: str, new: str, *, labelled: bool) -> dict[str, object]:
    row: dict[str, object] = {"field": name, "fieldtype": "custom" if field.custom else "jira"}
    if call.habits.cloud and labelled:
        row["fieldId"] = field.id
    row |= {"from": _raw(call, field, old), "fromString": _text(field, old)}
    if field.kind == "user" and call.habits.cloud:
        row |= {"tmpFromAccountId": _raw(call, field, old), "tmpToAccountId": _raw(call, field, new)}
    return row | {"to": _raw(call, field, new), "toString": _text(field, new)}


def _raw(call: Call, field: Field, raw: str) -> str | None:
    if not raw or field.kind in _TEXTUAL:
        return None
    if field.kind == "user":
        return account_number(call, raw)
    return PROJECTS[raw].id if field.kind == "project" else raw.replace(",", ", ")


def _text(field: Field, raw: str) -> str | None:
    if field.kind == "labels":
        return raw.replace(",", " ")
    return ", ".join(filter(None, (label(field, part) for part in _parts(raw)))) or None


def _parts(raw: str) -> list[str]:
    return [part for part in raw.split(",") if part]


def _fieldless(item: Item) -> dict[str, object]:
    """Return an item that has no field id anywhere: a move's, a deleted comment's, a link's."""
    if item.field == "Comment":
        return {
            "field": "Comment",
            "fieldtype": "jira",
            "from": item.old,
            "fromString": "...",
            "to": None,
            "toString": None,
        }
    if item.field in ("Link", "RemoteIssueLink"):
        return link_item(item)
    row: dict[str, object] = {"field": item.field, "fieldtype": "jira"}
    if item.field == "Key":
        return row | {"from": None, "fromString": item.old, "to": None, "toString": item.new}
    return row | {"from": item.old, "fromString": "Desk workflow", "to": item.new, "toString": "Team workflow"}
