"""Request bodies as Atlassian's published OpenAPI document has them: keys, types, nothing else, nothing null.

Jira Cloud platform REST API, schemas SearchAndReconcileRequestBean, BulkFetchIssueRequestBean,
BulkChangelogRequestBean, IssueChangelogIds, IssueCommentListRequestBean, JqlQueriesToParse, JQLCountRequestBean; for
Data Center its SearchRequestBean.
"""

from collections.abc import Mapping

import msgspec

from connectors.jira.simulator.answers import BAD_BODY, Refusal, failure, refused
from syncd.ports.toolkit import HttpRequest

_TEXT, _WHOLE, _FLAG, _TEXTS, _WHOLES = "text", "whole", "flag", "texts", "wholes"
Body = Mapping[str, object]

SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "search": {
        "expand": _TEXT, "fields": _TEXTS, "fieldsByKeys": _FLAG, "jql": _TEXT, "maxResults": _WHOLE,
        "nextPageToken": _TEXT, "properties": _TEXTS, "reconcileIssues": _WHOLES,
    },
    "count": {"jql": _TEXT},
    "parse": {"queries": _TEXTS},
    "bulkfetch": {
        "expand": _TEXTS, "fields": _TEXTS, "fieldsByKeys": _FLAG, "issueIdsOrKeys": _TEXTS, "properties": _TEXTS,
    },
    "changelogs": {
        "fieldIds": _TEXTS, "issueIdsOrKeys": _TEXTS, "maxResults": _WHOLE, "nextPageToken": _TEXT,
    },
    "changelog_list": {"changelogIds": _WHOLES},
    "comment_list": {"ids": _WHOLES},
    "classic": {
        "expand": _TEXTS, "fields": _TEXTS, "fieldsByKeys": _FLAG, "jql": _TEXT, "maxResults": _WHOLE,
        "startAt": _WHOLE, "validateQuery": _FLAG,
    },
}  # fmt: skip
_REQUIRED = {
    "count": "jql", "parse": "queries", "bulkfetch": "issueIdsOrKeys", "changelogs": "issueIdsOrKeys",
    "changelog_list": "changelogIds", "comment_list": "ids",
}  # fmt: skip


def body_of(request: HttpRequest, schema: str) -> Body:
    """Return a request's body; raises the 415 or 400 of one that does not follow its schema."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refusal(failure(415, "Unsupported Media Type"))
    try:
        body = msgspec.json.decode(request.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise refused(BAD_BODY) from None
    known = SCHEMAS[schema]
    if not isinstance(body, dict) or not all(key in known and _is(known[key], value) for key, value in body.items()):
        raise refused(BAD_BODY)
    if schema in _REQUIRED and not body.get(_REQUIRED[schema]):
        raise refused(f"{_REQUIRED[schema]} is required.")
    return body


def _is(kind: str, value: object) -> bool:
    if kind in (_TEXTS, _WHOLES):
        return isinstance(value, list) and all(_is(kind[:-1], each) for each in value)
    if kind == _WHOLE:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str if kind == _TEXT else bool)


def text(body: Body, key: str) -> str:
    """Return a text of a body that was checked, empty when absent."""
    value = body.get(key)
    return value if isinstance(value, str) else ""


def texts(body: Body, key: str) -> list[str]:
    """Return a list of a body that was checked, its members as text, empty when absent."""
    value = body.get(key)
    return [str(each) for each in value] if isinstance(value, list) else []


def whole(body: Body, key: str, default: int) -> int:
    """Return a whole number of a body that was checked."""
    value = body.get(key)
    return value if isinstance(value, int) else default
