"""Payloads written by hand, and what a mapper makes of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.servicenow.mapping import ServiceNowMapper
from connectors.servicenow.settings import ServiceNowOptions
from syncd.domain.events import KIND_OF, TicketEvent
from syncd.domain.timeline_format import event_as_json
from syncd.ports.connector import Mapped, Parties, Site
from tests.connectors.servicenow.instance import PARTIES, ident

AUTH = {"kind": "basic", "username": "syncd", "password": {"env": "SNOW"}}
TICKET = ident(1)
ACME_NOC, DESK = ident(100), ident(101)
CALLER = ident(200)

NAMES = {"sys_user_group": {ACME_NOC: "ACME NOC", DESK: "Service Desk"}}
USERS = [
    {"user_name": "anna", "sys_id": CALLER, "domain": "example.com"},
    {"user_name": "david", "sys_id": ident(201), "domain": "acme.example"},
    {"user_name": "carla", "sys_id": ident(202), "domain": ""},
]


def at(clock: str) -> str:
    """A raw value on one day."""
    return f"2026-03-02 {clock}:00" if len(clock) == 5 else f"2026-03-02 {clock}"


def audit(checkpoint: int, clock: str, field: str, old: str, new: str, *, by: str = "david") -> dict[str, str]:
    """One audit row; its id says what it is about."""
    return {
        "sys_id": f"{checkpoint}-{field}", "fieldname": field, "oldvalue": old, "newvalue": new, "user": by,
        "record_checkpoint": str(checkpoint), "sys_created_on": at(clock),
    }  # fmt: skip


def entry(clock: str, element: str = "comments", *, by: str = "david", text: str = "Hello") -> dict[str, Any]:
    """One journal row."""
    return {
        "sys_id": f"{element}@{clock}", "element": element, "value": text, "sys_created_by": by,
        "sys_created_on": at(clock),
    }  # fmt: skip


def payload(
    record: Mapping[str, Any] | None = None, audit: Sequence[Mapping[str, str]] = (),
    journal: Sequence[Mapping[str, Any]] = (), **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A ticket as it is now; told by Anna at eight, to the service desk, last written to at 18:00."""
    fields = {
        "sys_id": TICKET, "number": "INC0000001", "sys_class_name": "incident", "state": "1", "hold_reason": "",
        "priority": "3", "assignment_group": DESK, "category": "network", "caller_id": CALLER, "opened_by": CALLER,
        "sys_created_on": at("08:00"), "opened_at": at("08:00"), "sys_updated_on": at("18:00"), "sys_mod_count": "9",
        "sys_created_by": "anna", "short_description": "No connection",
    }  # fmt: skip
    return {
        "table": "incident", "record": {**fields, **(record or {})}, "audit": list(audit), "journal": list(journal),
        "names": NAMES, "users": USERS, "readable": {"audit": True, "journal": True}, **more,
    }  # fmt: skip


def mapper(parties: Parties = PARTIES, **options: Any) -> ServiceNowMapper:
    """A mapper of a source named snow."""
    given = {"url": "https://example.service-now.com", "auth": AUTH, **options}
    return ServiceNowMapper(Site("snow", parties), ServiceNowOptions.model_validate(given))


def mapped(paper: Mapping[str, Any], **options: Any) -> Mapped:
    """What a payload says."""
    by = mapper(**options)
    return by.map(by.redact(by.record(paper)))


def story(paper: Mapping[str, Any], **options: Any) -> list[str]:
    """The events behind the opening, one short line each."""
    return [told(event) for event in mapped(paper, **options).timeline.events[1:]]


def told(event: TicketEvent) -> str:
    """An event in short: clock, who, kind, and what it says."""
    said = event_as_json(event)
    rest = [str(said[key]) for key in ("name", "to", "awaiting", "role", "reason", "visibility") if key in said]
    flags = [key for key in ("automated", "relayed") if said.get(key)]
    return " ".join([f"{event.at:%H:%M}", event.by.value, KIND_OF[type(event)], *rest, *flags])
