"""What happens in the world: dated changes, waiting until the clock reaches their commit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Literal

Kind = Literal["insert", "update", "delete", "raw", "derived"]


@dataclass(frozen=True, slots=True)
class Change:
    """One write: `at` is what its stamps say, from `commit` on it can be seen.

    `raw` puts a row in exactly as given; `derived` likewise, for a row that the world made out of another change.
    `audited` False leaves no sys_audit rows (`setWorkflow(false)`), `stamped` False leaves sys_updated_on and
    sys_mod_count alone (`autoSysFields(false)`). `checkpoint` sets sys_mod_count where it must not rise by one.
    """

    kind: Kind
    table: str
    sys_id: str
    at: datetime
    commit: datetime
    by: str = "system"
    values: Mapping[str, str] = field(default_factory=dict)
    audited: bool = True
    stamped: bool = True
    checkpoint: int | None = None


class Agenda:
    """Changes in the order of their commits; those of one instant in the order they were planned."""

    def __init__(self) -> None:
        self.done: list[Change] = []
        self._planned = 0
        self._pending: list[tuple[datetime, int, Change]] = []

    def plan(self, changes: Iterable[Change]) -> None:
        """Add changes that are still to come."""
        for change in changes:
            heappush(self._pending, (change.commit, self._planned, change))
            self._planned += 1

    def due(self, now: datetime) -> Iterator[Change]:
        """Yield what is to be done up to and including an instant, noting it as done; more may be planned meanwhile."""
        while self._pending and self._pending[0][0] <= now:
            change = heappop(self._pending)[2]
            self.done.append(change)
            yield change

    def rewind(self) -> None:
        """Make everything undone again; derived changes are dropped, for their causes will make them again."""
        kept = [change for change in self.done if change.kind != "derived"]
        later = [entry for entry in self._pending if entry[2].kind != "derived"]
        self._pending = [(change.commit, place - len(kept), change) for place, change in enumerate(kept)] + later
        heapify(self._pending)
        self.done = []
