"""One made-up ticket while its life is told: the clock of the story, the values so far, the changes already written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from connectors.servicenow.simulator.changes import Change, Kind
from connectors.servicenow.simulator.stamps import stamp

IMPACT_AND_URGENCY = {"1": ("1", "1"), "2": ("1", "2"), "3": ("2", "2"), "4": ("2", "3"), "5": ("3", "3")}


@dataclass(frozen=True, slots=True)
class Habits:
    """How the instance behaves: shares of writes that are committed late or leave no audit."""

    late_share: float = 0.02
    unaudited_share: float = 0.0


class Ticket:
    """A story in the making; every instant is a whole second, because the platform knows no finer ones."""

    def __init__(self, sys_id: str, at: datetime, chances: Random, habits: Habits) -> None:
        self.sys_id = sys_id
        self.now = at.replace(microsecond=0)
        self.chances = chances
        self.values: dict[str, str] = {}
        self.changes: list[Change] = []
        self._habits = habits

    def create(self, by: str, values: Mapping[str, str]) -> None:
        """Write the record."""
        self._write("insert", by, values)

    def write(self, by: str, **values: str) -> None:
        """Update the record; `comments` and `work_notes` are journal entries."""
        self._write("update", by, values)

    def delete(self, by: str) -> None:
        """Delete the record; the story ends."""
        self._write("delete", by, {})

    def wait(self, minutes: float) -> None:
        """Let time pass, one second at least."""
        self.now += timedelta(seconds=max(1, round(minutes * 60)))

    def prioritise(self, by: str, priority: str, text: str) -> None:
        """Set impact, urgency and with them the priority, in one update."""
        impact, urgency = IMPACT_AND_URGENCY[priority]
        self.write(by, impact=impact, urgency=urgency, priority=priority, work_notes=text)

    def stamp(self) -> str:
        """Return the story's present as a raw value."""
        return stamp(self.now)

    def count(self, column: str) -> str:
        """Return a counter's next value."""
        return str(int(self.values.get(column, "0") or "0") + 1)

    def _write(self, kind: Kind, by: str, values: Mapping[str, str]) -> None:
        commit = self.now
        if kind != "delete" and self.chances.random() < self._habits.late_share:
            commit += timedelta(seconds=self.chances.randint(1, 25))
        audited = self.chances.random() >= self._habits.unaudited_share
        self.changes.append(Change(kind, "incident", self.sys_id, self.now, commit, by, dict(values), audited))
        self.values |= values
        self.now = commit
