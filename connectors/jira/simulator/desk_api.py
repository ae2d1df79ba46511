"""The service desk API: requests as their customers see them, and the SLAs that only agents see.

Jira Service Management REST API; `start` and `limit`, `isLastPage`, no filter by `updated`, no JQL.
"""

from collections.abc import Sequence
from datetime import datetime

from connectors.jira.simulator.answers import answer, desk_error
from connectors.jira.simulator.call import Call
from connectors.jira.simulator.catalogue import PROJECTS, STATUSES
from connectors.jira.simulator.comment_json import readable
from connectors.jira.simulator.date_dto import date_dto
from connectors.jira.simulator.issue import Comment, Issue
from connectors.jira.simulator.native_sla import METRICS, sla_field
from connectors.jira.simulator.people_json import account
from syncd.ports.toolkit import HttpResponse

_CATEGORIES = {"new": "NEW", "indeterminate": "INDETERMINATE", "done": "DONE"}
_NO_REQUEST = "The request you requested doesn't exist or you don't have permission to see it."
_STATES = ("ALL_REQUESTS", "OPEN_REQUESTS", "CLOSED_REQUESTS")
_SHOWN = {"1": "Waiting for support", "3": "Work in progress"}
"""Names by which the portal calls statuses, where they differ."""


def info(call: Call) -> HttpResponse:
    """Answer `GET /info`."""
    del call
    return answer(200, {"version": "5.12.0", "platformVersion": "9.12.0", "isLicensedForUse": True})


def requests(call: Call) -> HttpResponse:
    """Answer `GET /request`: newest first."""
    state = call.params.get("requestStatus", "ALL_REQUESTS")
    if state not in _STATES:
        raise desk_error(400, f"requestStatus must be one of {', '.join(_STATES)}")
    expand = call.repeated("expand")
    wanted = {"ALL_REQUESTS": (True, False), "OPEN_REQUESTS": (False,), "CLOSED_REQUESTS": (True,)}[state]
    found = [
        issue for issue in call.world.issues.values()
        if call.rights.requests(issue, call.elapsed) and (STATUSES[issue.values["status"]].category == "done") in wanted
    ]  # fmt: skip
    found.sort(key=lambda issue: -issue.id)
    return _page(call, [_request(call, issue, expand) for issue in found] if call.known else [])


def request(call: Call, id_or_key: str) -> HttpResponse:
    """Answer `GET /request/{idOrKey}`."""
    return answer(200, _request(call, _found(call, id_or_key), call.repeated("expand")))


def status(call: Call, id_or_key: str) -> HttpResponse:
    """Answer `GET /request/{idOrKey}/status`: newest first."""
    return _page(call, list(reversed(_statuses(call, _found(call, id_or_key)))))


def comments(call: Call, id_or_key: str) -> HttpResponse:
    """Answer `GET /request/{idOrKey}/comment`; what one may not see is left out without a word."""
    issue = _found(call, id_or_key)
    public, internal = (call.params.get(name, "true") == "true" for name in ("public", "internal"))
    kept = [each for each in readable(call, issue) if (internal if each.internal else public)]
    return _page(call, [_comment(call, issue, each) for each in kept])


def slas(call: Call, id_or_key: str, metric: str = "") -> HttpResponse:
    """Answer `GET /request/{idOrKey}/sla`, or one of them; agents only."""
    issue = _found(call, id_or_key)
    if not call.rights.agent:
        raise desk_error(403, "Sorry, you don't have permission to view SLA information.")
    shown = [sla_field(issue, field, now=call.now, zone=call.habits.zone) for field in METRICS]
    rows = [each for each in shown if each is not None]
    if not metric:
        return _page(call, rows)
    one = [each for each in rows if each["id"] == metric]
    if not one:
        raise desk_error(404, "The SLA metric doesn't exist.")
    return answer(200, one[0])


def _found(call: Call, id_or_key: str) -> Issue:
    issue = call.world.find(id_or_key)
    if issue is None or not call.known or not call.rights.requests(issue, call.elapsed):
        raise desk_error(404, _NO_REQUEST)
    return issue


def _request(call: Call, issue: Issue, expand: Sequence[str]) -> dict[str, object]:
    statuses = _statuses(call, issue)
    shown: dict[str, object] = {
        "issueId": str(issue.id), "issueKey": issue.key, "requestTypeId": "25", "serviceDeskId": "1",
        "createdDate": date_dto(issue.created, call.habits.zone), "currentStatus": statuses[-1],
        "reporter": account(call, issue.values.get("reporter", "")),
        "requestFieldValues": [
            {"fieldId": name, "label": name.capitalize(), "value": issue.values.get(name, "")}
            for name in ("summary", "description")
        ],
        "_links": {
            "self": f"{call.base_url}/rest/servicedeskapi/request/{issue.id}",
            "web": f"{call.base_url}/servicedesk/customer/portal/1/{issue.key}",
        },
    }  # fmt: skip
    if "serviceDesk" in expand:
        shown["serviceDesk"] = {"id": "1", "projectKey": issue.project, "projectId": PROJECTS[issue.project].id}
    if "status" in expand:
        shown["status"] = _first(list(reversed(statuses)))
    if "comment" in expand:
        shown["comments"] = _first([_comment(call, issue, each) for each in readable(call, issue)])
    if "sla" in expand and call.rights.agent:
        slas_ = (sla_field(issue, field, now=call.now, zone=call.habits.zone) for field in METRICS)
        shown["sla"] = _first([each for each in slas_ if each is not None])
    return shown


def _statuses(call: Call, issue: Issue) -> list[dict[str, object]]:
    """Return the statuses in the order they were entered; one entered again under its own name is told again."""
    moves = [(each.at, item) for each in issue.histories for item in each.items if item.field == "status"]
    first = moves[0][1].old if moves else issue.values["status"]
    entered: list[tuple[datetime, str]] = [(issue.created, first), *((at, item.new) for at, item in moves)]
    return [
        {
            "status": _SHOWN.get(raw, STATUSES[raw].name), "statusCategory": _CATEGORIES[STATUSES[raw].category],
            "statusDate": date_dto(at, call.habits.zone),
        }
        for at, raw in entered
    ]  # fmt: skip


def _comment(call: Call, issue: Issue, comment: Comment) -> dict[str, object]:
    return {
        "id": str(comment.id), "body": comment.body, "public": not comment.internal,
        "author": account(call, comment.by), "created": date_dto(comment.created, call.habits.zone),
        "_links": {"self": f"{call.base_url}/rest/servicedeskapi/request/{issue.id}/comment/{comment.id}"},
    }  # fmt: skip


def _first(rows: Sequence[object]) -> dict[str, object]:
    """Return the first page of an expanded list; it holds five at most."""
    kept = list(rows[:5])
    return {"size": len(kept), "start": 0, "limit": 5, "isLastPage": len(rows) <= len(kept), "values": kept}


def _page(call: Call, rows: Sequence[object]) -> HttpResponse:
    start, limit = call.whole("start", 0), max(1, min(call.whole("limit", 50), call.habits.page_cap))
    kept = list(rows[start : start + limit])
    last = start + limit >= len(rows)
    address = f"{call.base_url}{call.request.path}"
    links = {} if last else {"next": f"{address}?start={start + limit}&limit={limit}"}
    body = {"size": len(kept), "start": start, "limit": limit, "isLastPage": last, "values": kept, "_links": links}
    return answer(200, body)
