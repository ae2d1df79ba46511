"""What the site is made of: projects, issue types, workflow, priorities, resolutions, options, fields.

The raw form of a value is text: the id where there is one, a login for a user, ids joined by commas for several,
"" for none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.jira.simulator.cast import PEOPLE, SIDES, VENDORS

FieldKind = Literal["text", "status", "priority", "resolution", "type", "user", "option", "group", "organizations",
                    "components", "labels", "security", "project", "sla", "instant", "comment", "links"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Project:
    """One project; `statuses` are those of its workflow: new, active, customer, third_party, resolved, ...."""

    id: str
    key: str
    name: str
    type: str
    statuses: Mapping[str, str]
    team_managed: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """One status; its category is told apart by key, never by name."""

    id: str
    name: str
    category: Literal["new", "indeterminate", "done"]
    project: str = ""
    """The project a team-managed status belongs to."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `listed` says where it is told: by `GET /field`, by `/field/search`, or by both."""

    id: str
    name: str
    kind: FieldKind
    custom: str = ""
    clauses: tuple[str, ...] = ()
    project: str = ""
    listed: Literal["both", "all", "search"] = "both"


_MAIN = {
    "new": "1", "active": "3", "customer": "10100", "third_party": "10101", "resolved": "5", "closed": "6",
    "cancelled": "10102",
}  # fmt: skip
_TEAM = {"new": "10200", "active": "10201", "customer": "10201", "third_party": "10201", "resolved": "10202",
         "closed": "10202", "cancelled": "10202"}  # fmt: skip

PROJECTS = {
    each.key: each
    for each in (
        Project("10000", "VND", "Vendor desk", "service_desk", _MAIN),
        Project("10001", "OPS", "Operations", "software", _TEAM, team_managed=True),
        Project("10002", "TO", "Test operations", "service_desk", _MAIN),
    )
}
STATUSES = {
    each.id: each
    for each in (
        Status("1", "Open", "new"), Status("3", "In Progress", "indeterminate"),
        Status("10100", "Waiting for customer", "indeterminate"),
        Status("10101", "Waiting for third party", "indeterminate"),
        Status("5", "Resolved", "done"), Status("6", "Closed", "done"), Status("10102", "Canceled", "done"),
        Status("10200", "To Do", "new", "10001"), Status("10201", "In Progress", "indeterminate", "10001"),
        Status("10202", "Done", "done", "10001"),
    )
}  # fmt: skip
CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}
PRIORITIES = {"1": "Highest", "2": "High", "3": "Medium", "4": "Low", "5": "Lowest"}
RESOLUTIONS = {"10000": "Done", "10001": "Won't Do", "10002": "Duplicate", "10003": "Declined"}
TYPES = {"10001": "[System] Incident", "10002": "[System] Service request", "10003": "Task"}
LEVELS = {"10500": "Internal only", "10501": "Management"}
OPTIONS = {side.option: side.name for side in VENDORS}
ORGANIZATIONS = {side.organization: side.name for side in SIDES}
COMPONENTS = {side.component: side.name for side in SIDES}

_TYPE = "com.atlassian.jira.plugin.system.customfieldtypes:"
_DESK = "com.atlassian.servicedesk:"
_FIELDS = (
    Field("summary", "Summary", "text"), Field("description", "Description", "text"),
    Field("issuetype", "Issue Type", "type", clauses=("issuetype", "type")),
    Field("project", "Project", "project", clauses=("project",)),
    Field("status", "Status", "status", clauses=("status",)),
    Field("priority", "Priority", "priority", clauses=("priority",)),
    Field("resolution", "Resolution", "resolution", clauses=("resolution",)),
    Field("assignee", "Assignee", "user", clauses=("assignee",)),
    Field("reporter", "Reporter", "user", clauses=("reporter",)),
    Field("creator", "Creator", "user", clauses=("creator",)),
    Field("components", "Components", "components", clauses=("component",)),
    Field("labels", "Labels", "labels", clauses=("labels",)),
    Field("security", "Security Level", "security", clauses=("level",)),
    Field("created", "Created", "instant", clauses=("created", "createdDate")),
    Field("updated", "Updated", "instant", clauses=("updated", "updatedDate")),
    Field("resolutiondate", "Resolved", "instant", clauses=("resolutiondate", "resolved")),
    Field("statuscategorychangedate", "Status Category Changed", "instant", clauses=("statusCategoryChangedDate",)),
    Field("comment", "Comment", "comment", clauses=("comment",)),
    Field("issuelinks", "Linked Issues", "links"),
    Field("customfield_10002", "Organizations", "organizations", f"{_DESK}sd-customer-organizations"),
    Field("customfield_10021", "Vendor", "option", f"{_TYPE}select"),
    Field("customfield_10022", "Vendor group", "group", f"{_TYPE}grouppicker"),
    Field("customfield_10030", "Time to first response", "sla", f"{_DESK}sd-sla-field"),
    Field("customfield_10031", "Time to resolution", "sla", f"{_DESK}sd-sla-field"),
    Field("customfield_10040", "Severity", "text", f"{_TYPE}textfield"),
    Field("customfield_10041", "Severity", "text", f"{_TYPE}textfield", project="10001"),
    Field("customfield_10050", "Site", "text", f"{_TYPE}textfield", listed="search"),
)  # fmt: skip
FIELDS = {each.id: each for each in _FIELDS}
VENDOR, VENDOR_GROUP, ORGANIZATION = "customfield_10021", "customfield_10022", "customfield_10002"
"""Where stories say which vendor holds a ticket, next to assignee and component."""


def label(field: Field, raw: str) -> str | None:
    """Return a single raw value as people read it; None for none."""
    if not raw:
        return None
    if field.kind == "user":
        person = PEOPLE.get(raw)
        return person.name if person else raw
    named: Mapping[FieldKind, Mapping[str, str]] = {
        "priority": PRIORITIES, "resolution": RESOLUTIONS, "type": TYPES, "option": OPTIONS, "security": LEVELS,
        "organizations": ORGANIZATIONS, "components": COMPONENTS,
    }  # fmt: skip
    if field.kind == "status":
        return STATUSES[raw].name
    if field.kind == "project":
        return PROJECTS[raw].name
    return named.get(field.kind, {}).get(raw, raw)


def raw_is_known(field: Field, raw: str) -> bool:
    """Say whether a raw value can stand in a field."""
    known: Mapping[FieldKind, Mapping[str, object]] = {
        "priority": PRIORITIES, "resolution": RESOLUTIONS, "type": TYPES, "option": OPTIONS, "security": LEVELS,
        "organizations": ORGANIZATIONS, "components": COMPONENTS, "status": STATUSES, "project": PROJECTS,
    }  # fmt: skip
    return field.kind not in known or all(part in known[field.kind] for part in filter(None, raw.split(",")))
