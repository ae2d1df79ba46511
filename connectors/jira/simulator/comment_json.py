"""Comments as JSON: who may read them is told by two gates, `jsdPublic` and `visibility`."""

from collections.abc import Sequence

from connectors.jira.simulator.call import Call
from connectors.jira.simulator.catalogue import PROJECTS
from connectors.jira.simulator.issue import Comment, Issue
from connectors.jira.simulator.people_json import account
from connectors.jira.simulator.rich_text import rich
from connectors.jira.simulator.stamps import stamp

_EMBEDDED = 20


def readable(call: Call, issue: Issue) -> list[Comment]:
    """Return the comments that the account may read, oldest first; the others are left out without a word."""
    return [each for each in issue.comments.values() if call.rights.reads(issue, each)]


def comment_json(call: Call, issue: Issue, comment: Comment, expand: Sequence[str] = ()) -> dict[str, object]:
    """Return one comment. Outside service desks the flag says public, whatever was written."""
    desk = PROJECTS[issue.project].type == "service_desk"
    internal = comment.internal and desk
    zone = call.habits.zone
    shown: dict[str, object] = {
        "self": f"{call.base_url}/rest/api/{call.version}/issue/{issue.id}/comment/{comment.id}",
        "id": str(comment.id), "body": rich(comment.body, call.version),
        "created": stamp(comment.created, zone), "updated": stamp(comment.updated, zone),
    }  # fmt: skip
    for name, login in (("author", comment.by), ("updateAuthor", comment.edited_by)):
        who = account(call, login)
        if who is not None:
            shown[name] = who
    if comment.role:
        shown["visibility"] = {"type": "role", "value": comment.role, "identifier": comment.role}
    if call.habits.flagged:
        shown["jsdPublic"] = not internal
        shown |= {"jsdAuthorCanSeeRequest": True} if desk and call.habits.cloud else {}
    if "properties" in expand:
        shown["properties"] = [{"key": "sd.public.comment", "value": {"internal": internal}}] if desk else []
    return shown


def embedded(call: Call, issue: Issue) -> dict[str, object]:
    """Return the field `comment`: on Cloud the newest twenty, the oldest being what is missing."""
    every = readable(call, issue)
    kept = every[-_EMBEDDED:] if call.habits.cloud else every
    address = f"{call.base_url}/rest/api/{call.version}/issue/{issue.id}/comment"
    return {
        "comments": [comment_json(call, issue, each) for each in kept], "self": address, "maxResults": len(kept),
        "total": len(every), "startAt": len(every) - len(kept),
    }  # fmt: skip
