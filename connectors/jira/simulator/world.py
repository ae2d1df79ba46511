"""The site's data as it lives on the clock: issues change, histories and comments grow, searches learn of it later.

Facts obeyed: values given at creation are in no history; one write is one history with its items; a comment moves
`updated` and leaves no history, except its deletion; a move keeps the id and answers to the old key for ever; a write
that changes nothing is none; a deletion leaves nothing at all.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.jira.simulator.catalogue import STATUSES
from connectors.jira.simulator.changes import Agenda, Change
from connectors.jira.simulator.index import Index
from connectors.jira.simulator.issue import Comment, History, Issue, Item, Remote, Tie
from connectors.jira.simulator.stamps import dice
from connectors.jira.simulator.ties import tied

_BACKWARDS = timedelta(seconds=5)
"""Clocks of a host's threads may disagree a little; beyond this the caller means an earlier instant."""


class World:
    """All issues as of the latest instant looked at.

    A change is searchable up to `lag` seconds after it; of all changes the share `lagging` is late at all.
    """

    def __init__(self, seed: int, *, lag: float = 0.0, lagging: float = 1.0) -> None:
        self.agenda = Agenda()
        self.index = Index()
        self.issues: dict[int, Issue] = {}
        self.keys: dict[str, int] = {}
        self.comments: dict[int, tuple[int, str]] = {}
        """By comment id: the issue, and the comment's name there."""
        self.now: datetime | None = None
        self._seed = seed
        self._lag = lag
        self._lagging = lagging
        self._histories = 100_000
        self._comments = 20_000
        self._links = 30_000

    def create(self, issue: int, values: Mapping[str, str], *, at: datetime, by: str, indexed: datetime | None = None,
               ) -> None:  # fmt: skip
        """Create an issue; `values` name its key, project, status and whatever else it has."""
        self.plan(Change("create", issue, at, by, values, indexed))

    def edit(
        self, issue: int, values: Mapping[str, str], *, at: datetime, by: str, indexed: datetime | None = None
    ) -> None:
        """Write to an issue's fields; a `key` among them is a move."""
        self.plan(Change("edit", issue, at, by, values, indexed))

    def comment(
        self, issue: int, body: str, *, at: datetime, by: str, name: str = "", internal: bool = False, role: str = "",
        indexed: datetime | None = None,
    ) -> None:  # fmt: skip
        """Write a comment."""
        told = {
            "id": name or f"{at.isoformat()} {by}",
            "body": body,
            "internal": "true" if internal else "",
            "role": role,
        }
        self.plan(Change("comment", issue, at, by, told, indexed))

    def delete(self, issue: int, *, at: datetime, by: str = "admin", indexed: datetime | None = None) -> None:
        """Delete an issue."""
        self.plan(Change("delete", issue, at, by, {}, indexed))

    def plan(self, *changes: Change) -> None:
        """Add changes; one whose instant has passed happens at once."""
        self.agenda.plan(changes)
        if self.now is not None:
            self._catch_up(self.now)

    def advance(self, now: datetime) -> None:
        """Bring the world to an instant, also to an earlier one."""
        if self.now is not None and now < self.now:
            if self.now - now <= _BACKWARDS:
                return
            self.agenda.rewind()
            self.index.clear()
            for kept in (self.issues, self.keys, self.comments):
                kept.clear()
            self._histories, self._comments, self._links = 100_000, 20_000, 30_000
        self.now = now
        self._catch_up(now)

    def find(self, id_or_key: str) -> Issue | None:
        """Return an issue by id, key, or a key it once had; None if there is none."""
        number = int(id_or_key) if id_or_key.isascii() and id_or_key.isdigit() else self.keys.get(id_or_key.upper(), -1)
        return self.issues.get(number)

    def _catch_up(self, now: datetime) -> None:
        for change in self.agenda.due(now):
            issue = self.issues.get(change.issue)
            if change.kind == "create":
                issue = self._create(change)
            elif issue is None:
                continue
            else:
                self._write(change, issue)
            self.index.learn(self._searchable(change), change.issue, None if change.kind == "delete" else issue)
        self.index.advance(now)

    def _searchable(self, change: Change) -> datetime:
        if change.indexed is not None or not self._lag:
            return change.indexed or change.at
        chances = dice(self._seed, "lag", change.issue, change.at)
        return change.at + timedelta(seconds=chances.uniform(0, self._lag) if chances.random() < self._lagging else 0)

    def _create(self, change: Change) -> Issue:
        values = {name: value for name, value in change.values.items() if name != "key" and value}
        issue = Issue(change.issue, change.values["key"], change.at, change.by, values, change.at, change.at)
        issue.resolved = change.at if values.get("resolution") else None
        self.issues[issue.id] = issue
        self.keys[issue.key] = issue.id
        return issue

    def _write(self, change: Change, issue: Issue) -> None:
        issue.updated = change.at
        if change.kind == "edit":
            self._edit(change, issue)
        elif change.kind == "delete":
            del self.issues[issue.id]
            for comment in issue.comments.values():
                del self.comments[comment.id]
        elif change.kind == "archive":
            issue.archived = True
        elif change.kind in ("refer", "unrefer"):
            self._refer(change, issue)
        elif change.kind == "tie":
            self._tie(change, issue)
        elif change.kind != "touch":
            self._discuss(change, issue)

    def _edit(self, change: Change, issue: Issue) -> None:
        items = []
        for name, new in change.values.items():
            old = issue.key if name == "key" else issue.values.get(name, "")
            if old == new:
                continue
            items.append(Item("Key" if name == "key" else name, old, new))
            if name == "key":
                issue.key = new
                self.keys[new] = issue.id
                items.append(Item("Workflow", "10001", "10002"))
            else:
                issue.values[name] = new
            if name == "resolution":
                issue.resolved = change.at if new else None
            elif name == "status" and STATUSES[old].category != STATUSES[new].category:
                issue.category_changed = change.at
        self._record(change, issue, items)

    def _discuss(self, change: Change, issue: Issue) -> None:
        name, told = change.values["id"], change.values
        known = issue.comments.get(name)
        if change.kind == "comment":
            self._comments += 1
            internal, role = bool(told.get("internal")), told.get("role", "")
            issue.comments[name] = Comment(
                self._comments, name, change.by, change.at, change.at, change.by, told.get("body", ""), internal, role
            )
            self.comments[self._comments] = (issue.id, name)
        elif known is None:
            return
        elif change.kind == "edit_comment":
            known.updated, known.edited_by = change.at, change.by
            known.body = told.get("body", known.body)
            if "internal" in told or "role" in told:
                known.internal, known.role = bool(told.get("internal")), told.get("role", "")
        else:
            del issue.comments[name], self.comments[known.id]
            self._record(change, issue, [Item("Comment", str(known.id), "")])

    def _refer(self, change: Change, issue: Issue) -> None:
        name = change.values["id"]
        old = issue.remotes.pop(name, None)
        items = [Item("RemoteIssueLink", f"{old.id} {old.title}", "")] if old is not None else []
        if change.kind == "refer":
            self._links += 1
            remote = Remote(self._links, change.values.get("url", ""), change.values.get("title", "A page"))
            issue.remotes[name] = remote
            items.append(Item("RemoteIssueLink", "", f"{remote.id} {remote.title}"))
        self._record(change, issue, items)

    def _tie(self, change: Change, issue: Issue) -> None:
        other, kind = self.issues.get(int(change.values["to"])), change.values["type"]
        if other is None or other is issue:
            return
        self._links += 1
        for near, far, outward in ((issue, other, True), (other, issue, False)):
            near.ties.append(Tie(self._links, kind, far.id, outward))
            near.updated = change.at
            self._record(change, near, [tied(kind, far.key, outward=outward)])
        self.index.learn(self._searchable(change), other.id, other)

    def _record(self, change: Change, issue: Issue, items: list[Item]) -> None:
        if items:
            self._histories += 1
            issue.histories.append(History(self._histories, change.at, change.by, tuple(items), change.labelled))
