"""The truth of one issue as facts of the timeline format, told as this site means its fields.

Comments are told as one reading of the whole history shows them: at the instant they were written, as visible as they
are now, and not at all once they are deleted.
"""

from collections.abc import Iterator, Mapping

from connectors.jira.simulator.cast import AUTOMATION, PEOPLE, SIDES, US, VENDORS, Side
from connectors.jira.simulator.catalogue import ORGANIZATION, VENDOR, VENDOR_GROUP
from connectors.jira.simulator.truth import TrueChange, TrueTicket

PHASES: Mapping[str, tuple[str, str]] = {
    "1": ("new", "vendor"), "3": ("active", "vendor"), "10100": ("pending", "customer"),
    "10101": ("pending", "third_party"), "5": ("resolved", "nobody"), "6": ("closed", "nobody"),
    "10102": ("cancelled", "nobody"), "10200": ("new", "vendor"), "10201": ("active", "vendor"),
    "10202": ("resolved", "nobody"),
}  # fmt: skip
"""Phase and who is awaited, by status; of a resolution nothing follows that the status does not say."""

_HOLDERS: Mapping[str, Mapping[str, str]] = {
    "field": {side.option: side.id for side in VENDORS},
    "group": {group: side.id for side in SIDES for group in side.groups},
    "organisation": {side.organization: side.id for side in SIDES},
    "component": {side.component: side.id for side in SIDES},
    "assignee": {person.login: side.id for side in SIDES for person in side.people},
}
_FIELDS = {
    "field": VENDOR, "group": VENDOR_GROUP, "organisation": ORGANIZATION, "component": "components",
    "assignee": "assignee",
}  # fmt: skip


def holder(way: str, raw: str) -> str:
    """Return who holds an issue by the raw value of the field that says it; us, if nobody else."""
    return _HOLDERS[way].get(raw, US.id)


def actor(login: str) -> tuple[str, str | None]:
    """Return the party of an account, and which vendor's it is."""
    side = next((each for each in SIDES if _belongs(each, login)), None)
    if side is None:
        return ("system" if login == AUTOMATION.login else "unknown"), None
    return ("customer", None) if side is US else ("vendor", side.id)


def _belongs(side: Side, login: str) -> bool:
    return PEOPLE.get(login) in (*side.people, *side.customers, side.robot) and login in PEOPLE


def facts(ticket: TrueTicket, way: str = "field") -> list[dict[str, object]]:
    """Return the issue's events in order, as mappings of the timeline format without ids."""
    return list(_facts(ticket, way))


def _facts(ticket: TrueTicket, way: str) -> Iterator[dict[str, object]]:
    field = _FIELDS[way]
    phase, awaiting = PHASES[ticket.initial["status"]]
    holds = holder(way, ticket.initial.get(field, ""))
    yield {
        "kind": "opened", **_when(ticket.created_at.isoformat(), ticket.created_by), "phase": phase,
        "awaiting": awaiting, "priority": _priority(ticket.initial.get("priority", "")),
        "vendor": None if holds == US.id else holds,
    }  # fmt: skip
    for change in ticket.changes:
        told = _when(change.at.isoformat(), change.by)
        if change.field == "status" and PHASES[change.old] != PHASES[change.new]:
            phase, awaiting = PHASES[change.new]
            yield {"kind": "phase", **told, "to": phase, "awaiting": awaiting}
        elif change.field == "priority":
            yield {"kind": "priority", **told, "to": _priority(change.new)}
        elif change.field == field and holder(way, change.new) != holds:
            holds = holder(way, change.new)
            yield {"kind": "handed_over", **told, "to": holds}
        elif change.field == "comment" and (public := _public(ticket, change)) is not None:
            visibility = "public" if public else "internal"
            automated = PEOPLE[change.by].type == "app" if change.by in PEOPLE else False
            yield {"kind": "message", **told, "visibility": visibility, "automated": automated}
        elif change.field in ("deleted", "archived"):
            yield {"kind": "gone", **told, "reason": change.field}


def _when(at: str, by: str) -> dict[str, object]:
    party, vendor = actor(by)
    return {"at": at, "by": party, **({"by_vendor": vendor} if vendor else {})}


def _priority(raw: str) -> str | None:
    return f"P{raw}" if raw else None


def _public(ticket: TrueTicket, written: TrueChange) -> bool | None:
    """Say whether a comment is public by now; None for one that was deleted."""
    later = [each for each in ticket.changes if each.name == written.name and each.field.startswith("comment_")]
    if any(each.field == "comment_deleted" for each in later):
        return None
    flipped = [each for each in later if each.regated]
    latest = flipped[-1] if flipped else written
    return not latest.internal and not latest.role
