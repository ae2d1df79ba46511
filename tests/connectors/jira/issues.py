"""Jira payloads written by hand, and what a mapper makes of them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.jira.mapping import JiraMapper
from connectors.jira.settings import JiraOptions
from syncd.domain.events import KIND_OF, Opened, TicketEvent
from syncd.domain.timeline_format import event_as_json
from syncd.ports.connector import Mapped, Parties, Site, VendorIdentity

AUTH = {"kind": "token", "email": "syncd@example.com", "token": {"env": "JIRA"}}
TICKET = "10042"

PARTIES = Parties(
    customer_domains=("example.com",),
    customer_groups=("our-desk",),
    customer_accounts=("u-otto",),
    vendors=(
        VendorIdentity("acme", "ACME Managed Services", ("acme.example",), ("ACME NOC",), ("u-dave", "svc-acme")),
        VendorIdentity("globex", "Globex", ("globex.example",), ("Globex Desk",), ("gil@globex.example",)),
    ),
    automation_accounts=("u-robot",),
)

TO_DO, WORKING, WAITING, DONE, SHUT = "10000", "10001", "10002", "10003", "10004"
_CATEGORIES = {TO_DO: "new", WORKING: "indeterminate", WAITING: "indeterminate", DONE: "done", SHUT: "done"}
_NAMES = {TO_DO: "To Do", WORKING: "In Progress", WAITING: "Waiting", DONE: "Done", SHUT: "Closed"}
STATUSES = [{"id": ident, "name": _NAMES[ident], "statusCategory": {"key": key}} for ident, key in _CATEGORIES.items()]

ANNA = {"accountId": "u-anna", "accountType": "atlassian", "emailAddress": "anna@example.com", "displayName": "Anna B"}
DAVE = {"accountId": "u-dave", "accountType": "atlassian", "displayName": "Dave E"}


def at(clock: str) -> str:
    """An instant of one day as Jira writes it, an hour ahead of UTC; the clock shows UTC."""
    hours, rest = clock[:2], clock[3:]
    return f"2026-03-02T{int(hours) + 1:02d}:{rest + ':00.000' if len(rest) == 2 else rest}+0100"


def item(field: str, old: str | None, new: str | None, **more: Any) -> dict[str, Any]:
    """One item of a history; statuses by id, whose names follow."""
    named = {"fromString": _NAMES.get(old or "", old), "toString": _NAMES.get(new or "", new)}
    return {"field": field, "fieldId": field, "fieldtype": "jira", "from": old, "to": new, **named, **more}


def history(ident: int, clock: str, *items: Mapping[str, Any], by: Mapping[str, Any] | None = DAVE) -> dict[str, Any]:
    """One history."""
    return {"id": str(ident), "created": at(clock), "author": by, "items": list(items)}


def comment(ident: int, clock: str, by: Mapping[str, Any] | None = DAVE, **more: Any) -> dict[str, Any]:
    """One comment, public unless said otherwise."""
    return {"id": str(ident), "created": at(clock), "author": by, "body": "Hello", "jsdPublic": True, **more}


def payload(
    fields: Mapping[str, Any] | None = None, changelog: Sequence[Mapping[str, Any]] = (),
    comments: Sequence[Mapping[str, Any]] = (), **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """An issue as it is now: raised by Anna at eight in a service project, last written to at 18:00.

    What histories changed last is what the fields hold, unless said otherwise.
    """
    now: dict[str, Any] = {
        "created": at("08:00"), "updated": at("18:00"), "creator": ANNA, "reporter": ANNA, "summary": "No connection",
        "status": TO_DO, "resolution": None, "priority": {"id": "3", "name": "Medium"}, "assignee": None,
        "project": {"id": "1", "key": "VND", "projectTypeKey": "service_desk"}, "issuetype": {"id": "7",
            "name": "Fault"},
    }  # fmt: skip
    for each in changelog:
        for change in each.get("items", ()):
            name = change.get("fieldId") or change["field"].lower()
            if name in ("status", "resolution", "priority", "assignee"):
                key = "accountId" if name == "assignee" else "id"
                to = change.get("to")
                now[name] = to if name == "status" or to is None else {key: to, "name": change.get("toString")}
    now.update(fields or {})
    if isinstance(now["status"], str):
        ident = now["status"]
        now["status"] = {"id": ident, "name": _NAMES.get(ident, ident)}
    return {
        "issue": {"id": TICKET, "key": "VND-7", "fields": now}, "changelog": list(changelog),
        "comments": list(comments), "directory": {"statuses": STATUSES}, **more,
    }  # fmt: skip


def mapper(parties: Parties = PARTIES, **options: Any) -> JiraMapper:
    """A mapper of a source named jira."""
    given = {"url": "https://example.atlassian.net", "auth": AUTH, **options}
    return JiraMapper(Site("jira", parties), JiraOptions.model_validate(given))


def mapped(paper: Mapping[str, Any], **options: Any) -> Mapped:
    """What a payload says; redacted or not it must be the same."""
    by = mapper(**options)
    record = by.record(paper)
    result = by.map(by.redact(record))
    assert by.map(record) == result
    assert by.redact(by.redact(record)) == by.redact(record)
    return result


def opening(paper: Mapping[str, Any], **options: Any) -> Opened:
    """The event that begins a ticket."""
    first = mapped(paper, **options).timeline.events[0]
    assert isinstance(first, Opened)
    return first


def story(paper: Mapping[str, Any], **options: Any) -> list[str]:
    """The events behind the opening, one short line each."""
    return [told(event) for event in mapped(paper, **options).timeline.events[1:]]


def codes(paper: Mapping[str, Any], **options: Any) -> list[str]:
    """The codes of the findings."""
    return sorted(problem.code for problem in mapped(paper, **options).problems)


def gaps(paper: Mapping[str, Any], **options: Any) -> list[str]:
    """The gaps, one short line each."""
    found = mapped(paper, **options).timeline.gaps
    return [f"{gap.start:%H:%M}-{gap.end:%H:%M} {' '.join(sorted(gap.missing))}" for gap in found]


def told(event: TicketEvent) -> str:
    """An event in short: clock, who, kind, and what it says."""
    said = event_as_json(event)
    keys = ("name", "to", "awaiting", "role", "reason", "visibility", "score")
    rest = [str(said[key]) for key in keys if key in said]
    flags = [key for key in ("automated", "relayed") if said.get(key)]
    return re.sub(" +", " ", " ".join([f"{event.at:%H:%M}", event.by.value, KIND_OF[type(event)], *rest, *flags]))
