"""A request as its customer sees it, through `/rest/servicedeskapi/request` alone.

There is no changelog: the status history, by names shown to customers, stands in for it. Priority, assignee and group
changes cannot be seen.
"""

from collections.abc import Iterator
from itertools import pairwise

from connectors.jira.cells import Row, inner, is_object, only, rows, text
from connectors.jira.history import Change, Update
from connectors.jira.people import slim
from connectors.jira.settings import JiraOptions
from connectors.jira.slimming import kept_value
from connectors.jira.stamps import instant, millis
from connectors.jira.states import category
from connectors.jira.values import Entry, Value, held

_REQUEST = ("issueId", "issueKey", "requestTypeId", "serviceDeskId", "createdDate")
_DATE = ("epochMillis",)


def kept_request(request: Row, options: JiraOptions) -> dict[str, object]:
    """Return what is kept of a request. Idempotent."""
    kept = only(request, _REQUEST)
    if is_object(kept.get("createdDate")):
        kept["createdDate"] = _date(request["createdDate"])
    if "reporter" in request:
        kept["reporter"] = slim(request["reporter"])
    kept["requestType"] = only(inner(request, "requestType"), ("id", "name"))
    current = inner(request, "currentStatus")
    if current:
        kept["currentStatus"] = _status(current)
    wanted = {name.casefold() for name in (*options.configured, "priority", *(["summary"] if options.titles else []))}
    kept["requestFieldValues"] = [
        {**only(row, ("fieldId", "label")), "value": kept_value(row.get("value"), "", people=False)}
        for row in rows(request, "requestFieldValues")
        if not wanted.isdisjoint({text(row, "fieldId").casefold(), text(row, "label").casefold()})
    ]
    return kept


def kept_statuses(payload: Row) -> list[dict[str, object]]:
    """Return the status history, oldest first, from its endpoint or from the request's `expand=status`."""
    request = inner(payload, "request")
    given = payload.get("statuses")
    listed = (
        rows(payload, "statuses") if isinstance(given, list | tuple) else rows(inner(payload, "statuses"), "values")
    )
    found = [_status(row) for row in (*listed, *rows(inner(request, "status"), "values"))]
    if inner(request, "currentStatus"):
        found.append(_status(inner(request, "currentStatus")))
    unique = {(str(row.get("status")), str(row.get("statusDate"))): row for row in found}
    return [unique[key] for key in sorted(unique, key=lambda key: (_at(unique[key]), key))]


def _status(row: Row) -> dict[str, object]:
    kept: dict[str, object] = {"status": text(row, "status"), "statusCategory": category(row)}
    if instant(row.get("statusDate")) is not None:
        kept["statusDate"] = _date(row["statusDate"])
    return kept


def _date(raw: object) -> dict[str, object]:
    at = instant(raw)
    return {} if at is None else {"epochMillis": millis(at)}


def _at(row: Row) -> int:
    at = instant(row.get("statusDate"))
    return -1 if at is None else millis(at)


def status_entry(row: Row) -> Value:
    """Return a status as a value; one name may stand for statuses of two categories."""
    return (Entry(f"{text(row, 'status')}/{category(row)}", text(row, "status")),)


def status_directory(statuses: list[Row]) -> dict[str, Row]:
    """Return what the statuses mean, by the ids that `status_entry` makes."""
    return {status_entry(row)[0].id: {"name": text(row, "status"), "category": category(row)} for row in statuses}


def status_updates(statuses: list[Row]) -> Iterator[Update]:
    """Yield the changes between the entries of a status history; who made them is not told."""
    dated = [row for row in statuses if instant(row.get("statusDate")) is not None]
    for before, now in pairwise(dated):
        at = instant(now.get("statusDate"))
        if at is not None and status_entry(before) != status_entry(now):
            change = Change(
                f"status:{millis(at)}:{text(now, 'status')}", "status", status_entry(before), status_entry(now)
            )
            yield Update(at, 0, {}, automated=False, changes=(change,))


def field_values(request: Row) -> dict[str, Value]:
    """Return the values of a request's fields, by id and by label in lower case."""
    found: dict[str, Value] = {}
    for row in rows(request, "requestFieldValues"):
        value = held(row.get("value"))
        for key in (text(row, "fieldId"), text(row, "label").casefold()):
            if key:
                found[key] = value
    return found
