"""What ties an issue to others, as reads show it: remote links to pages elsewhere, and links between two issues."""

from connectors.jira.simulator.answers import answer
from connectors.jira.simulator.call import Call
from connectors.jira.simulator.issue import Issue, Remote
from connectors.jira.simulator.ties import LINK_TYPES
from syncd.ports.toolkit import HttpResponse


def remote_links(call: Call, id_or_key: str) -> HttpResponse:
    """Answer `GET /issue/{idOrKey}/remotelink`: all of them in one list, or those of one global id."""
    wanted = call.params.get("globalId", "")
    found = call.issue(id_or_key).remotes.values()
    return answer(200, [_remote_json(call, each) for each in found if wanted in ("", _global(each))])


def _remote_json(call: Call, remote: Remote) -> dict[str, object]:
    return {
        "id": remote.id, "self": f"{call.base_url}/rest/api/{call.version}{call.request.path}/{remote.id}",
        "globalId": _global(remote), "application": {}, "relationship": "relates to",
        "object": {"url": remote.url, "title": remote.title, "icon": {}, "status": {"icon": {}}},
    }  # fmt: skip


def _global(remote: Remote) -> str:
    return f"url={remote.url}"


def issue_links(call: Call, issue: Issue) -> list[dict[str, object]]:
    """Return the field `issuelinks`; issues that the account may not see are left out."""
    shown: list[dict[str, object]] = []
    for tie in issue.ties:
        other = call.world.issues.get(tie.other)
        if other is None or not call.rights.sees(other, call.elapsed):
            continue
        kind = LINK_TYPES[tie.type]
        end = "outwardIssue" if tie.outward else "inwardIssue"
        named = {"id": kind.id, "name": kind.name, "inward": kind.inward, "outward": kind.outward}
        fields = {"summary": other.values.get("summary", "")}
        shown.append({"id": str(tie.id), "type": named, end: {"id": str(other.id), "key": other.key, "fields": fields}})
    return shown
