"""What really happened to each issue, for oracles: every change ever made, seen by anybody or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.jira.simulator.changes import Change
from connectors.jira.simulator.world import World


@dataclass(frozen=True, slots=True)
class TrueChange:
    """One field's change, or one comment written (`comment`, with its gates), edited or deleted, or the end.

    `field` is a field id, `key`, `comment`, `comment_edited`, `comment_deleted`, `archived` or `deleted`; of comments
    `name` is their name in the issue.
    """

    at: datetime
    field: str
    old: str
    new: str
    by: str
    name: str = ""
    internal: bool = False
    role: str = ""
    regated: bool = False
    """Of an edited comment: whether `internal` and `role` are its new ones; else they say nothing."""


@dataclass(slots=True)
class TrueTicket:
    """One issue: how it began, then its changes in the order in which they were made."""

    id: int
    key: str
    """The key it began with."""
    created_at: datetime
    created_by: str
    initial: Mapping[str, str]
    changes: list[TrueChange] = field(default_factory=list)
    deleted: bool = False

    def value(self, name: str) -> str:
        """Return a field's latest value."""
        latest = [change.new for change in self.changes if change.field == name]
        return latest[-1] if latest else self.initial.get(name, "")


_COMMENTS = {"comment": "comment", "edit_comment": "comment_edited", "delete_comment": "comment_deleted"}


def truth(world: World) -> dict[int, TrueTicket]:
    """Return every issue that this world ever held, by id."""
    tickets: dict[int, TrueTicket] = {}
    current: dict[int, dict[str, str]] = {}
    for change in world.agenda.done:
        if change.kind == "create":
            initial = {name: value for name, value in change.values.items() if value}
            tickets[change.issue] = TrueTicket(change.issue, initial["key"], change.at, change.by, initial)
            current[change.issue] = dict(initial)
            continue
        ticket = tickets.get(change.issue)
        if ticket is None or ticket.deleted:
            continue
        if change.kind == "edit":
            _edited(ticket, current[change.issue], change)
        elif change.kind in _COMMENTS:
            kind, told = _COMMENTS[change.kind], change.values
            internal, role, text = bool(told.get("internal")), told.get("role", ""), told.get("body", "")
            regated = "internal" in told or "role" in told
            made = TrueChange(change.at, kind, "", text, change.by, told["id"], internal, role, regated)
            ticket.changes.append(made)
        elif change.kind in ("delete", "archive"):
            ticket.deleted = change.kind == "delete"
            ticket.changes.append(TrueChange(change.at, f"{change.kind}d", "", "true", change.by))
    return tickets


def _edited(ticket: TrueTicket, state: dict[str, str], change: Change) -> None:
    for name, value in change.values.items():
        old = state.get(name, "")
        if old != value:
            ticket.changes.append(TrueChange(change.at, name, old, value, change.by))
            state[name] = value
