"""One made-up issue while its life is told: the clock of the story, the values so far, the changes already written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from connectors.jira.simulator.cast import Side
from connectors.jira.simulator.catalogue import ORGANIZATION, PROJECTS, VENDOR, VENDOR_GROUP
from connectors.jira.simulator.changes import Change, Kind

WAYS = ("field", "group", "organisation", "component", "assignee")
"""How a site says which vendor holds an issue."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How stories are told: in which projects, how vendors are named, which share of histories lacks field ids."""

    projects: tuple[str, ...] = ("VND", "TO")
    ways: tuple[str, ...] = ("field",)
    unlabelled_share: float = 0.05
    authorless_share: float = 0.0
    forgotten_share: float = 0.2
    """Of the resolutions, those that nobody sets; of the reopenings, those that leave it set."""


class Ticket:
    """A story in the making; instants are whole milliseconds."""

    def __init__(self, number: int, at: datetime, chances: Random, manner: Manner) -> None:
        self.number = number
        self.now = at.replace(microsecond=at.microsecond // 1000 * 1000)
        self.chances = chances
        self.manner = manner
        self.way = chances.choice(manner.ways)
        self.values: dict[str, str] = {}
        self.changes: list[Change] = []
        self._comments = 0

    def create(self, by: str, values: Mapping[str, str]) -> None:
        """Write the issue."""
        self._write("create", by, values)
        self.values |= values

    def edit(self, by: str, **values: str) -> None:
        """Write to the fields."""
        self._write("edit", by, values)
        self.values |= values

    def comment(self, by: str, body: str, *, internal: bool = False, role: str = "") -> str:
        """Write a comment, some milliseconds after whatever came before; returns its name."""
        self.now += timedelta(milliseconds=self.chances.randint(1, 400))
        self._comments += 1
        name = f"c{self._comments}"
        told = {"id": name, "body": body, "internal": "true" if internal else "", "role": role}
        self._write("comment", by, told)
        return name

    def change_comment(self, kind: Kind, by: str, name: str, **values: str) -> None:
        """Edit or delete a comment."""
        self._write(kind, by, {"id": name, **values})

    def end(self, kind: Kind, by: str) -> None:
        """Delete or archive the issue."""
        self._write(kind, by, {})

    def status(self, meaning: str) -> str:
        """Return the status that means something in the project's own workflow."""
        return PROJECTS[self.values["project"]].statuses[meaning]

    def held_by(self, side: Side, engineer: str) -> dict[str, str]:
        """Return the fields that say who holds the issue, in this site's way."""
        return {
            "field": {VENDOR: side.option}, "group": {VENDOR_GROUP: side.groups[0]},
            "organisation": {ORGANIZATION: side.organization}, "component": {"components": side.component},
            "assignee": {"assignee": engineer},
        }[self.way]  # fmt: skip

    def wait(self, minutes: float) -> None:
        """Let time pass, a second at least."""
        self.now += timedelta(milliseconds=max(1000, round(minutes * 60_000)))

    def _write(self, kind: Kind, by: str, values: Mapping[str, str]) -> None:
        labelled = kind != "edit" or self.chances.random() >= self.manner.unlabelled_share
        nameless = kind == "edit" and self.chances.random() < self.manner.authorless_share
        self.changes.append(Change(kind, self.number, self.now, "" if nameless else by, dict(values), None, labelled))
