"""The options with which a source reads this site: how to log in, what to read, where the vendor is told."""

from collections.abc import Mapping

from connectors.jira.simulator.auth import Gate
from connectors.jira.simulator.cast import SIDES, VENDORS
from connectors.jira.simulator.catalogue import VENDOR_GROUP
from connectors.jira.simulator.ticket import Manner

CLOUD_KINDS = ("token", "scoped_token", "client_credentials")
DC_KINDS = ("pat", "basic")

_PLACES: Mapping[str, Mapping[str, object]] = {
    "field": {"look_at": "field:Vendor", "values": {side.option: side.id for side in VENDORS}},
    "group": {"look_at": f"field:{VENDOR_GROUP}", "values": {name: side.id for side in SIDES for name in side.groups}},
    "organisation": {"look_at": "organisation", "values": {side.organization: side.id for side in SIDES}},
    "component": {"look_at": "component", "values": {side.component: side.id for side in SIDES}},
}


def source_options(gate: Gate, kind: str, view: str, manner: Manner) -> dict[str, object]:
    """Return the options apart from the address; secrets are references to environment variables."""
    return {
        "auth": _auth(gate, kind), "view": view, "scope": {"projects": list(manner.projects)},
        **({"vendor_default": VENDORS[0].id} if view == "customer" else {}),
        "vendor_from": [_place(way, dc=kind in DC_KINDS) for way in manner.ways],
        "waiting": {"10100": "customer", "10101": "third_party"}, "closed_statuses": ["6"],
        "statuses": {"10102": {"phase": "cancelled"}},
    }  # fmt: skip


def _place(way: str, *, dc: bool) -> Mapping[str, object]:
    if way != "assignee":
        return _PLACES[way]
    people = {person: side.id for side in SIDES for person in side.people}
    return {"look_at": "assignee", "values": {(who.key if dc else who.account_id): to for who, to in people.items()}}


def _auth(gate: Gate, kind: str) -> dict[str, object]:
    """Return the `auth` option of one kind; the site admits every kind of its product at any time."""
    if kind == "token":
        return {"kind": kind, "email": gate.email, "token": {"env": "JIRA_TOKEN"}}
    if kind == "scoped_token":
        return {"kind": kind, "email": gate.email, "token": {"env": "JIRA_SCOPED_TOKEN"}}
    if kind == "client_credentials":
        return {"kind": kind, "client_id": {"env": "JIRA_CLIENT_ID"}, "client_secret": {"env": "JIRA_CLIENT_SECRET"}}
    if kind == "pat":
        return {"kind": kind, "token": {"env": "JIRA_PAT"}}
    return {"kind": kind, "username": gate.username, "password": {"env": "JIRA_PASSWORD"}}
