"""Comments: what is kept of them, and whether both sides see them.

Two independent gates: `jsdPublic` and `visibility` (a comment may be flagged public and still be restricted to a role).
On Data Center the flag is the comment's property `sd.public.comment`. A flag that is missing where it decides is
unknown, and unknown is not public.
"""

import re
from collections.abc import Sequence

from connectors.jira.adf import body_text
from connectors.jira.cells import Row, fingerprint, inner, is_fingerprint, only, rows, text
from connectors.jira.people import hidden, slim
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant

PROPERTY = "sd.public.comment"

_SENDER = re.compile(
    r"^[ \t>*]*(?:From|Von|De|Da)[ \t*]*:[^\n]*?([\w.+-]+@[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE | re.MULTILINE
)
_HEAD = 2000
"""Characters of a mail in which its sender must stand."""


def kept_comments(comments: Sequence[Row], options: JiraOptions) -> list[dict[str, object]]:
    """Return what is kept of comments: of the text its hash and length, and in a mail its sender. Idempotent."""
    return [_kept(row, mailed=bool(options.mail_accounts)) for row in comments]


def _kept(row: Row, *, mailed: bool) -> dict[str, object]:
    if not text(row, "id") or instant(row.get("created")) is None:
        return only(row, ("id",)) if text(row, "id") else {}  # only counted
    kept = only(row, ("id", "created", "updated", "jsdPublic", "public"))
    if "author" in row:
        kept["author"] = slim(row["author"])
    if row.get("visibility"):
        told = only(inner(row, "visibility"), ("type", "value", "identifier"))
        kept["visibility"] = told or {"type": "unknown"}
    internal = _internal(row)
    if internal is not None:
        kept["properties"] = [{"key": PROPERTY, "value": {"internal": internal}}]
    body = row.get("body")
    if is_fingerprint(body):
        kept["body"] = only(body, ("sha256", "length"))
        return {**kept, **only(row, ("sender",))}
    written = body_text(body)
    kept["body"] = fingerprint(written)
    sender = _SENDER.search(written[:_HEAD]) if mailed else None
    if sender is not None:
        kept["sender"] = hidden(sender.group(1))
    return kept


def _internal(row: Row) -> bool | None:
    """Return what a comment's property says; None where there is none."""
    for each in rows(row, "properties"):
        value = inner(each, "value").get("internal")
        if text(each, "key") == PROPERTY and isinstance(value, bool | str):
            return str(value).casefold() == "true"
    return None


def restricted(row: Row) -> bool:
    """Tell whether only a role or a group sees a comment."""
    return bool(row.get("visibility"))


def flagged(row: Row) -> bool | None:
    """Return whether a comment is flagged public; None where nothing tells."""
    for key in ("jsdPublic", "public"):
        flag = row.get(key)
        if isinstance(flag, bool):
            return flag
    internal = _internal(row)
    return None if internal is None else not internal


def is_public(row: Row, rule: str, project_type: str) -> bool | None:
    """Return whether both sides see a comment, by the option `public_comments`; None where it is not known.

    Outside service projects the flag means nothing (it is always true): who may see the issue sees the comment. What is
    flagged internal is believed everywhere.
    """
    if restricted(row) or rule == "none":
        return False
    if rule == "all":
        return True
    flag = flagged(row)
    if rule == "by_project" and project_type not in ("", "service_desk"):
        return flag is not False
    return flag
