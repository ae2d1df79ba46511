"""What statuses mean where nobody says otherwise: by their category, whose key is the same in every language.

Categories are `new`, `indeterminate`, `done` and `undefined`, with the ids 2, 4, 3 and 1. Service Management writes
them in capitals; the status search calls them TODO, IN_PROGRESS and DONE.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.jira.cells import Row, inner, text
from connectors.jira.values import Value
from syncd.domain.names import Awaiting, Phase


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a status says in our words."""

    phase: Phase
    awaiting: Awaiting


NEW = Meaning(Phase.NEW, Awaiting.VENDOR)
ACTIVE = Meaning(Phase.ACTIVE, Awaiting.VENDOR)
RESOLVED = Meaning(Phase.RESOLVED, Awaiting.NOBODY)
CLOSED = Meaning(Phase.CLOSED, Awaiting.NOBODY)
CANCELLED = Meaning(Phase.CANCELLED, Awaiting.NOBODY)

PRIORITIES: Mapping[str, str] = {"1": "P1", "2": "P2", "3": "P3", "4": "P4", "5": "P5"}
"""The priorities that a new Jira has: 1 is Highest (once Blocker), 5 is Lowest (once Trivial)."""

_CATEGORIES: Mapping[str, str] = {
    "new": "new", "todo": "new", "2": "new", "indeterminate": "indeterminate", "in_progress": "indeterminate",
    "4": "indeterminate", "done": "done", "3": "done",
}  # fmt: skip

_STOCK: Mapping[tuple[str, str], str] = {
    ("1", "open"): "new", ("3", "in progress"): "indeterminate", ("4", "reopened"): "new", ("5", "resolved"): "done",
    ("6", "closed"): "done",
}  # fmt: skip
"""The statuses that every Jira is installed with, by id and name: one that was renamed is another status (0043)."""


def category(raw: Row) -> str:
    """Return a status's category, as REST or a directory gives it: new, indeterminate, done, or empty."""
    told = inner(raw, "statusCategory")
    words = (text(raw, "category"), text(told, "key"), text(told, "id"), text(raw, "statusCategory"))
    return next((_CATEGORIES[word.casefold()] for word in words if word.casefold() in _CATEGORIES), "")


@dataclass(frozen=True, slots=True)
class Status:
    """A status at one point of a history."""

    id: str
    name: str
    category: str
    """Empty where no directory tells."""


class Statuses:
    """The statuses that one ticket ever had."""

    def __init__(self, directory: Mapping[str, Row]) -> None:
        self._known = directory
        self._found: dict[Value, Status] = {}
        self._named: dict[str, set[str]] = {}
        for ident in directory:
            self._named.setdefault(text(directory[ident], "name").casefold(), set()).add(ident)

    def of(self, value: Value) -> Status:
        """Return a status; one without an id is that of its name, or at least of the category of all of that name."""
        if value not in self._found:  # long histories go round a few of them
            self._found[value] = self._sought(value)
        return self._found[value]

    def _sought(self, value: Value) -> Status:
        if not value:
            return Status("", "", "")
        entry = value[0]
        named = self._named.get(entry.label.casefold(), set()) if entry.id in ("", entry.label) else set()
        ident = next(iter(named)) if len(named) == 1 else entry.id
        known = self._known.get(ident)
        if known is not None:
            return Status(ident, text(known, "name") or entry.label, category(known))
        categories = {category(self._known[each]) for each in named}
        told = next(iter(categories)) if len(categories) == 1 else ""
        return Status(entry.id, entry.label, told or _STOCK.get((entry.id, entry.label.casefold()), ""))
