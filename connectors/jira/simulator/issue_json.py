"""Issues as JSON: the fields asked for, in the forms of their types."""

from collections.abc import Sequence

from connectors.jira.simulator.call import Call
from connectors.jira.simulator.catalogue import (
    CATEGORIES,
    COMPONENTS,
    FIELDS,
    LEVELS,
    OPTIONS,
    ORGANIZATIONS,
    PRIORITIES,
    PROJECTS,
    RESOLUTIONS,
    STATUSES,
    TYPES,
    Field,
)  # fmt: skip
from connectors.jira.simulator.comment_json import embedded
from connectors.jira.simulator.history_json import expanded
from connectors.jira.simulator.issue import Issue
from connectors.jira.simulator.links import issue_links
from connectors.jira.simulator.native_sla import sla_field
from connectors.jira.simulator.people_json import account
from connectors.jira.simulator.rich_text import rich
from connectors.jira.simulator.stamps import stamp


def chosen(fields: Sequence[str], default: str) -> list[str]:
    """Return the ids of the fields that a `fields` parameter means; unknown ones mean nothing."""
    asked = list(fields) or [default]
    named = [name for name in asked if not name.startswith("-")] or ["*all"]
    kept: list[str] = []
    for name in named:
        if name in ("*all", "*navigable"):
            kept += [each for each in FIELDS if each != "comment" or name == "*all"]
        elif name in FIELDS:
            kept.append(name)
    dropped = {name[1:] for name in asked if name.startswith("-")}
    return [name for name in dict.fromkeys(kept) if name not in dropped]


def issue_json(call: Call, issue: Issue, fields: Sequence[str], expand: Sequence[str]) -> dict[str, object]:
    """Return an issue with these fields, and its changelog if that is expanded."""
    shown: dict[str, object] = {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": str(issue.id), "self": f"{call.base_url}/rest/api/{call.version}/issue/{issue.id}", "key": issue.key,
    }  # fmt: skip
    told = (FIELDS[name] for name in fields if _applies(FIELDS[name], issue, cloud=call.habits.cloud))
    shown["fields"] = {field.id: value(call, issue, field) for field in told}
    if "changelog" in expand:
        shown["changelog"] = expanded(call, issue)
    return shown


def names(fields: Sequence[str]) -> dict[str, str]:
    """Return `expand=names`: what the fields are called."""
    return {name: FIELDS[name].name for name in fields}


def _applies(field: Field, issue: Issue, *, cloud: bool) -> bool:
    """Say whether an issue has a field: team-managed copies and service desk fields belong to their projects."""
    project = PROJECTS[issue.project]
    if field.id == "statuscategorychangedate":
        return cloud
    return field.project in ("", project.id) and (field.kind != "sla" or project.type == "service_desk")


def value(call: Call, issue: Issue, field: Field) -> object:
    """Return a field's value; null for none."""
    raw = issue.values.get(field.id, "")
    if field.kind == "instant":
        return _instant(call, issue, field.id)
    if field.id == "creator":
        return account(call, issue.creator)
    if field.kind == "user":
        return account(call, raw)
    if field.kind == "comment":
        return embedded(call, issue)
    if field.kind == "links":
        return issue_links(call, issue)
    if field.kind == "sla":
        return sla_field(issue, field.id, now=call.now, zone=call.habits.zone)
    if field.kind == "text":
        return rich(raw, call.version) if field.id == "description" else raw or None
    return _entity(call, field, raw)


def _instant(call: Call, issue: Issue, name: str) -> str | None:
    instant = {
        "created": issue.created, "updated": issue.updated, "resolutiondate": issue.resolved,
        "statuscategorychangedate": issue.category_changed,
    }[name]  # fmt: skip
    return None if instant is None else stamp(instant, call.habits.zone)


def _entity(call: Call, field: Field, raw: str) -> object:
    parts = [part for part in raw.split(",") if part]
    if field.kind == "labels":
        return parts
    if field.kind == "components":
        return [{"id": part, "name": COMPONENTS[part]} for part in parts]
    if field.kind == "organizations":
        return [{"id": part, "name": ORGANIZATIONS[part]} for part in parts]
    if not raw:
        return None
    if field.kind == "status":
        return status_json(call, raw)
    if field.kind == "project":
        return project_json(call, raw)
    if field.kind == "option":
        return {
            "self": f"{call.base_url}/rest/api/{call.version}/customFieldOption/{raw}",
            "value": OPTIONS[raw],
            "id": raw,
        }
    if field.kind == "group":
        return {"name": raw, "self": f"{call.base_url}/rest/api/{call.version}/group?groupname={raw}"}
    named = {"priority": PRIORITIES, "resolution": RESOLUTIONS, "type": TYPES, "security": LEVELS}[field.kind]
    return {"id": raw, "name": named[raw]}


def status_json(call: Call, raw: str) -> dict[str, object]:
    """Return a status with its category, and with its project if that manages it."""
    status = STATUSES[raw]
    number, category = CATEGORIES[status.category]
    scope = {"scope": {"type": "PROJECT", "project": {"id": status.project}}} if status.project else {}
    return {
        "self": f"{call.base_url}/rest/api/{call.version}/status/{raw}", "id": raw, "name": status.name,
        "statusCategory": {"id": number, "key": status.category, "name": category}, **scope,
    }  # fmt: skip


def project_json(call: Call, key: str) -> dict[str, object]:
    """Return a project."""
    project = PROJECTS[key]
    style = {"simplified": project.team_managed, "style": "next-gen" if project.team_managed else "classic"}
    return {
        "self": f"{call.base_url}/rest/api/{call.version}/project/{project.id}", "id": project.id, "key": key,
        "name": project.name, "projectTypeKey": project.type, **(style if call.habits.cloud else {}),
    }  # fmt: skip
