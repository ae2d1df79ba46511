"""The search index: what searches know of issues, which may be behind what reads by id show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

from connectors.jira.simulator.issue import Issue
from connectors.jira.simulator.stamps import millis


@dataclass(frozen=True, slots=True)
class Document:
    """One issue as it was when the index last learned of it; instants are milliseconds since 1970."""

    id: int
    key: str
    created: int
    updated: int
    resolved: int | None
    values: Mapping[str, str]


_SEARCHED = ("project", "issuetype", "status", "priority", "resolution", "assignee", "reporter")


def document(issue: Issue) -> Document:
    """Return what a search knows of an issue that it has just learned of."""
    resolved = None if issue.resolved is None else millis(issue.resolved)
    values = {name: issue.values.get(name, "") for name in _SEARCHED}
    return Document(issue.id, issue.key, millis(issue.created), millis(issue.updated), resolved, values)


class Index:
    """Documents by issue id; `version` rises with every change of any of them."""

    def __init__(self) -> None:
        self.documents: dict[int, Document] = {}
        self.version = 0
        self._learned = 0
        self._pending: list[tuple[datetime, int, int, Document | None]] = []
        self._newest: dict[int, int] = {}

    def learn(self, at: datetime, issue_id: int, issue: Issue | None) -> None:
        """Take up an issue as it stands from an instant on; None, or an archived one, is no longer found."""
        self._learned += 1
        found = None if issue is None or issue.archived else document(issue)
        heappush(self._pending, (at, self._learned, issue_id, found))

    def advance(self, now: datetime) -> None:
        """Let everything that is due be found; older knowledge that comes late does not replace newer."""
        while self._pending and self._pending[0][0] <= now:
            _, order, issue_id, found = heappop(self._pending)
            if order < self._newest.get(issue_id, 0):
                continue
            self._newest[issue_id] = order
            self.version += 1
            if found is None:
                self.documents.pop(issue_id, None)
            else:
                self.documents[issue_id] = found

    def clear(self) -> None:
        """Forget everything; the version goes on, so that nothing kept of an earlier one passes for current."""
        self.documents.clear()
        self._pending.clear()
        self._newest.clear()
        self.version += 1
