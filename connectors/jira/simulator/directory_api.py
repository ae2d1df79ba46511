"""What the site says about itself and about the account that asks."""

from collections.abc import Mapping, Sequence

from connectors.jira.simulator.answers import Refusal, answer, failure, paged, refused, unauthenticated
from connectors.jira.simulator.call import Call
from connectors.jira.simulator.cast import PEOPLE, READER, groups_of, members
from connectors.jira.simulator.catalogue import FIELDS, PRIORITIES, PROJECTS, RESOLUTIONS, STATUSES, Field
from connectors.jira.simulator.issue_json import project_json, status_json
from connectors.jira.simulator.people_json import account
from connectors.jira.simulator.stamps import stamp
from syncd.ports.toolkit import HttpResponse

_FIELD_TYPES = {
    "priority": "priority", "status": "status", "resolution": "resolution", "type": "issuetype", "user": "user",
    "option": "option", "group": "group", "organizations": "array", "components": "array", "labels": "array",
    "security": "securitylevel", "project": "project", "sla": "sd-servicelevelagreement", "instant": "datetime",
    "comment": "comments-page", "links": "array", "text": "string",
}  # fmt: skip


def server_info(call: Call) -> HttpResponse:
    """Answer `GET /serverInfo`, which everybody may ask."""
    version = [1001, 0, 0] if call.habits.cloud else [9, 12, 4]
    return answer(
        200,
        {
            "baseUrl": call.base_url, "version": ".".join(map(str, version)), "versionNumbers": version,
            "deploymentType": "Cloud" if call.habits.cloud else "Server", "buildNumber": 100275,
            "serverTime": stamp(call.now, call.habits.zone), "serverTitle": "Example Jira",
            "serverTimeZone": {"timeZoneId": call.habits.zone.key} if call.habits.cloud else call.habits.zone.key,
        },
    )  # fmt: skip


def myself(call: Call) -> HttpResponse:
    """Answer `GET /myself`: honest about credentials."""
    if not call.known:
        return unauthenticated(failed="authorization" in call.request.headers)
    person = {**(account(call, READER.login) or {}), "emailAddress": READER.email}
    kind = {"accountType": "customer"} if call.rights.customer and call.habits.cloud else {}
    return answer(200, {**person, **kind, "timeZone": call.habits.zone.key, "locale": "en_US"})


def permissions(call: Call) -> HttpResponse:
    """Answer `GET /mypermissions`; Cloud demands to know which."""
    asked, project = call.repeated("permissions"), call.params.get("projectKey", "")
    if call.habits.cloud and not asked:
        raise refused("The 'permissions' query parameter is required.")
    if project and not call.rights.browses(project, call.elapsed):
        raise Refusal(failure(404, f"No project could be found with key '{project}'."))
    names = asked or ["BROWSE_PROJECTS"]
    some = any(call.rights.browses(key, call.elapsed) for key in PROJECTS)
    shown = {
        name: {"id": "10", "key": name, "name": name.replace("_", " ").title(), "type": "PROJECT", "description": "",
               "havePermission": name == "BROWSE_PROJECTS" and some}
        for name in names
    }  # fmt: skip
    return answer(200, {"permissions": shown})


def fields(_: Call) -> HttpResponse:
    """Answer `GET /field`: every system field, most custom ones."""
    return answer(200, [_field(each) for each in FIELDS.values() if each.listed != "search"])


def field_search(call: Call) -> HttpResponse:
    """Answer `GET /field/search`: not the same set as `GET /field`."""
    return _search(call, [_field(each) for each in FIELDS.values() if each.listed != "all" and each.custom])


def statuses(call: Call) -> HttpResponse:
    """Answer `GET /status`."""
    return answer(200, [status_json(call, each) for each in STATUSES])


def status_search(call: Call) -> HttpResponse:
    """Answer `GET /statuses/search`."""
    wanted = call.params.get("projectId", "")
    rows = []
    for each in STATUSES.values():
        if not wanted or each.project in ("", wanted):
            scope = {"type": "PROJECT", "project": {"id": each.project}} if each.project else {"type": "GLOBAL"}
            told = {"new": "TODO", "indeterminate": "IN_PROGRESS", "done": "DONE"}[each.category]
            rows.append({"id": each.id, "name": each.name, "statusCategory": told, "scope": scope, "description": ""})
    return _search(call, rows)


def priorities(call: Call) -> HttpResponse:
    """Answer `GET /priority`."""
    return answer(200, _named(call, "priority", PRIORITIES))


def priority_search(call: Call) -> HttpResponse:
    """Answer `GET /priority/search`."""
    return _search(call, _named(call, "priority", PRIORITIES))


def resolutions(call: Call) -> HttpResponse:
    """Answer `GET /resolution`."""
    return answer(200, _named(call, "resolution", RESOLUTIONS))


def resolution_search(call: Call) -> HttpResponse:
    """Answer `GET /resolution/search`."""
    return _search(call, _named(call, "resolution", RESOLUTIONS))


def projects(call: Call) -> HttpResponse:
    """Answer `GET /project`."""
    return answer(200, _projects(call))


def project_search(call: Call) -> HttpResponse:
    """Answer `GET /project/search`."""
    keys = call.repeated("keys")
    return _search(call, [each for each in _projects(call) if not keys or each["key"] in keys])


def group_members(call: Call) -> HttpResponse:
    """Answer `GET /group/member`."""
    if not call.known:
        return unauthenticated(failed="authorization" in call.request.headers)
    found = members(call.params.get("groupname", ""))
    if found is None:
        raise Refusal(failure(404, f"The group named '{call.params.get('groupname', '')}' does not exist."))
    return _search(call, [account(call, each.login) for each in found])


def user(call: Call) -> HttpResponse:
    """Answer `GET /user`, with the groups if those are expanded."""
    login = _login(call)
    shown = account(call, login) or {}
    if "groups" in call.repeated("expand"):
        rows = groups_of(login)
        shown["groups"] = {"size": len(rows), "items": [{"name": name} for name in rows]}
    return answer(200, shown)


def user_groups(call: Call) -> HttpResponse:
    """Answer `GET /user/groups`."""
    return answer(200, [{"name": name} for name in groups_of(_login(call))])


def _login(call: Call) -> str:
    """Return whom a request means; raises the 404 of nobody."""
    if not call.known:
        raise Refusal(unauthenticated(failed="authorization" in call.request.headers))
    asked = {call.params.get(name, "") for name in ("accountId", "username", "key")} - {""}
    for login, person in PEOPLE.items():
        if asked & ({person.account_id} if call.habits.cloud else {person.login, person.key}):
            return login
    raise Refusal(failure(404, "The user does not exist."))


def _projects(call: Call) -> list[dict[str, object]]:
    return [project_json(call, key) for key in PROJECTS if call.rights.browses(key, call.elapsed)]


def _named(call: Call, kind: str, rows: Mapping[str, str]) -> list[dict[str, object]]:
    address = f"{call.base_url}/rest/api/{call.version}/{kind}"
    return [{"self": f"{address}/{number}", "id": number, "name": name} for number, name in rows.items()]


def _field(field: Field) -> dict[str, object]:
    custom = (
        {"custom": field.custom, "customId": int(field.id.rpartition("_")[2])} if field.custom else {"system": field.id}
    )
    numbered = (f"cf[{field.id.rpartition('_')[2]}]", field.name) if field.custom else field.clauses
    scope = {"scope": {"type": "PROJECT", "project": {"id": field.project}}} if field.project else {}
    return {
        "id": field.id, "key": field.id, "name": field.name, "custom": bool(field.custom), "orderable": True,
        "navigable": field.kind != "comment", "searchable": True, "clauseNames": list(numbered),
        "schema": {"type": _FIELD_TYPES[field.kind], **custom}, **scope,
    }  # fmt: skip


def _search(call: Call, rows: Sequence[object]) -> HttpResponse:
    start, size = call.whole("startAt", 0), max(1, min(call.whole("maxResults", 50), 50))
    last = start + size >= len(rows)
    return answer(200, paged("values", rows[start : start + size], start, size, len(rows), isLast=last))
