"""Issues by id or key, one or many, with their histories."""

from collections.abc import Sequence

from connectors.jira.simulator.answers import answer, paged, refused
from connectors.jira.simulator.bodies import body_of, text, texts, whole
from connectors.jira.simulator.call import Call
from connectors.jira.simulator.history_json import bulk_history, history
from connectors.jira.simulator.issue import History, Issue
from connectors.jira.simulator.issue_json import chosen, issue_json, names
from connectors.jira.simulator.stamps import millis
from connectors.jira.simulator.walk import place_of, token_of
from syncd.ports.toolkit import HttpResponse

_MAX_ISSUES = 1000
_MAX_HISTORIES = 10_000
_MAX_FIELDS = 10


def issue(call: Call, id_or_key: str) -> HttpResponse:
    """Answer `GET /issue/{idOrKey}`; an old key leads to the issue under its new one."""
    found = call.issue(id_or_key)
    fields, expand = chosen(call.repeated("fields"), "*all"), call.repeated("expand")
    named = {"names": names(fields)} if "names" in expand else {}
    return answer(200, issue_json(call, found, fields, expand) | named)


def bulkfetch(call: Call) -> HttpResponse:
    """Answer `POST /issue/bulkfetch`, by rising id; ids that are missing or hidden are in neither list."""
    body = body_of(call.request, "bulkfetch")
    asked, expand = texts(body, "issueIdsOrKeys"), texts(body, "expand")
    if len(asked) > call.habits.bulk_cap:
        raise refused(f"The number of issue IDs or keys must not exceed {call.habits.bulk_cap}.")
    fields = chosen(texts(body, "fields"), "*navigable")
    issues = [issue_json(call, each, fields, expand) for each in call.seen(asked)]
    return answer(200, {"issues": issues, "issueErrors": []})


def changelog(call: Call, id_or_key: str) -> HttpResponse:
    """Answer `GET /issue/{idOrKey}/changelog`, oldest first."""
    found = call.issue(id_or_key)
    histories: Sequence[History] = () if "no_changelog" in call.struck else found.histories
    start, size = call.whole("startAt", 0), min(call.whole("maxResults", 100), call.habits.history_cap)
    rows = [history(call, each) for each in histories[start : start + size]]
    total = len(histories)
    address = f"{call.base_url}{call.request.path}"
    last = start + size >= total
    more = {} if last else {"nextPage": f"{address}?startAt={start + size}&maxResults={size}"}
    page = paged("values", rows, start, size, total, isLast=last, **more)
    return answer(200, {"self": f"{address}?startAt={start}&maxResults={size}", **page})


def changelog_list(call: Call, id_or_key: str) -> HttpResponse:
    """Answer `POST /issue/{idOrKey}/changelog/list`."""
    found = call.issue(id_or_key)
    wanted = set(texts(body_of(call.request, "changelog_list"), "changelogIds"))
    rows = [history(call, each) for each in found.histories if str(each.id) in wanted]
    return answer(200, paged("histories", rows, 0, len(rows), len(rows)))


def changelogs(call: Call) -> HttpResponse:
    """Answer `POST /changelog/bulkfetch`: by date, then issue, so that one issue may appear on several pages."""
    body = body_of(call.request, "changelogs")
    asked, fields = texts(body, "issueIdsOrKeys"), texts(body, "fieldIds")
    size = whole(body, "maxResults", 1000)
    if len(asked) > _MAX_ISSUES or len(set(fields)) != len(fields) or len(fields) > _MAX_FIELDS:
        raise refused(f"At most {_MAX_ISSUES} issues and {_MAX_FIELDS} different fields.")
    if not 1 <= size <= _MAX_HISTORIES:
        raise refused(f"maxResults must be between 1 and {_MAX_HISTORIES}.")
    identity = f"{sorted(asked)} {sorted(fields)}"
    place = place_of(call, identity, text(body, "nextPageToken"))
    issues = [] if "no_changelog" in call.struck else call.seen(asked)
    rows = [(_place(each, found), each, found.id) for found in issues for each in found.histories]
    rows.sort(key=lambda row: row[0])
    rest = rows if place is None else [row for row in rows if row[0] > place]
    by_issue: dict[int, list[object]] = {}
    for _, each, number in rest[:size]:
        shown = bulk_history(call, each, fields)
        if shown is not None:
            by_issue.setdefault(number, []).append(shown)
    listed = [{"issueId": str(number), "changeHistories": told} for number, told in by_issue.items()]
    more = {"nextPageToken": token_of(call, identity, rest[size - 1][0])} if len(rest) > size else {}
    if more and "repeat_token" in call.struck:
        more = {"nextPageToken": text(body, "nextPageToken") or more["nextPageToken"]}
    return answer(200, {"issueChangeLogs": listed, **more})


def _place(told: History, found: Issue) -> tuple[object, ...]:
    return millis(told.at), found.id, told.id
