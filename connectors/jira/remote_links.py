"""Links to pages elsewhere: one request a ticket, so only tickets whose history names such a link are asked about.

Every remote link that comes or goes is in the history, as a `RemoteIssueLink` without its address.
"""

from collections.abc import Sequence

from connectors.jira.api import JiraApi
from connectors.jira.cells import Row, rows, text
from syncd.errors import SourceRefused

ITEM = "remoteissuelink"


def remote_links(api: JiraApi, ident: str, histories: Sequence[Row]) -> list[Row] | None:
    """Return a ticket's remote links; None where they may not be read."""
    if not any(text(item, "field").casefold() == ITEM for history in histories for item in rows(history, "items")):
        return []
    try:
        return api.listed(f"issue/{ident}/remotelink")
    except SourceRefused as refused:
        if refused.reason != "forbidden":
            raise
        return None
