"""Comments of one issue, page by page, and comments by id."""

from connectors.jira.simulator.answers import answer, paged, refused
from connectors.jira.simulator.bodies import body_of, texts
from connectors.jira.simulator.call import Call
from connectors.jira.simulator.comment_json import comment_json, readable
from syncd.ports.toolkit import HttpResponse

_EVERYTHING = 1_048_576
_MAX_IDS = 1000
_ORDERS = {"": False, "created": False, "+created": False, " created": False, "-created": True}


def comments(call: Call, id_or_key: str) -> HttpResponse:
    """Answer `GET /issue/{idOrKey}/comment`; Data Center gives everything unless asked for less."""
    found = call.issue(id_or_key)
    order = call.params.get("orderBy", "")
    if order not in _ORDERS:
        raise refused(f"The value '{order}' is not valid for orderBy; created, +created and -created are.")
    rows = readable(call, found)
    if _ORDERS[order]:
        rows.reverse()
    start, expand = call.whole("startAt", 0), call.repeated("expand")
    size = call.whole("maxResults", 50 if call.habits.cloud else _EVERYTHING)
    size = min(size, call.habits.comment_cap) if call.habits.cloud else size
    shown = [comment_json(call, found, each, expand) for each in rows[start : start + size]]
    return answer(200, paged("comments", shown, start, size, len(rows)))


def comment_list(call: Call) -> HttpResponse:
    """Answer `POST /comment/list`; ids that are missing or hidden are left out."""
    wanted = texts(body_of(call.request, "comment_list"), "ids")
    if len(wanted) > _MAX_IDS:
        raise refused(f"ids: at most {_MAX_IDS}")
    shown, expand = [], call.repeated("expand")
    for number in wanted:
        issue_id, name = call.world.comments.get(int(number), (0, ""))
        issue = call.world.issues.get(issue_id)
        if issue is None or not call.rights.sees(issue, call.elapsed):
            continue
        comment = issue.comments[name]
        if call.rights.reads(issue, comment):
            shown.append(comment_json(call, issue, comment, expand))
    return answer(200, paged("values", shown, 0, len(wanted), len(shown), isLast=True))
