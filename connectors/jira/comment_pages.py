"""All comments of one ticket, page by page, where those that came with it are not all."""

from collections.abc import Sequence

from connectors.jira.api import JiraApi
from connectors.jira.cells import Row, inner, rows, text
from connectors.jira.settings import JiraOptions

_TRIES = 3
"""How often comments are counted again that change while they are paged."""


def read_comments(api: JiraApi, issue: Row, options: JiraOptions) -> tuple[list[Row], bool]:
    """Return an issue's comments, and whether those are all."""
    values = inner(issue, "fields")
    beside, project = inner(values, "comment"), inner(values, "project")
    found, total = rows(beside, "comments"), beside.get("total")
    cloud = api.product().cloud
    if total == len(found) and (cloud or not _flags_missing(found, text(project, "projectTypeKey"), options)):
        return found, True
    path = f"issue/{text(issue, 'id')}/comment"
    # Cloud flags every comment itself; Data Center may tell only by a property of the comment, which must be expanded.
    params = {"orderBy": "created", **({} if cloud else {"expand": "properties"})}
    chosen: dict[str, Row] = {}
    for _ in range(_TRIES):
        chosen, totals = {}, set[int]()
        for page, total in api.paged(path, "comments", params, options.comment_page_size):
            totals.add(total)
            chosen.update({text(row, "id"): row for row in page})
        if totals == {len(chosen)}:  # else one was deleted meanwhile, and another slipped past a page's border
            return list(chosen.values()), True
    return list(chosen.values()), False


def _flags_missing(comments: Sequence[Row], project_type: str, options: JiraOptions) -> bool:
    """Tell whether only the comments' properties say who sees them, and that matters."""
    matters = project_type in ("", "service_desk") or options.public_comments == "service_desk"
    return matters and any(not isinstance(row.get("jsdPublic"), bool) for row in comments)
