"""What happens in the world: dated changes, waiting until the clock reaches them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Literal, get_args

Kind = Literal[
    "create", "edit", "comment", "edit_comment", "delete_comment", "refer", "unrefer", "tie", "touch", "archive",
    "delete",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Change:
    """One write. `indexed` is when searches know of it; None leaves that to the site's own lag.

    `values` of a `create` or an `edit` are fields in the raw form of `catalogue`; `key` among those of an edit is a
    move. Those of the comment kinds are `id` (any name within the issue), `body`, `internal`, `role`; of a remote link
    that comes (`refer`) or goes (`unrefer`) `id`, `url`, `title`; of a `tie` between issues `to` and `type`. A `touch`
    moves `updated` and leaves no trace, as SLA timers do. `labelled` False leaves items without `fieldId`, `by` "" a
    history without author.
    """

    kind: Kind
    issue: int
    at: datetime
    by: str
    values: Mapping[str, str] = field(default_factory=dict)
    indexed: datetime | None = None
    labelled: bool = True


class Agenda:
    """Changes in the order of their instants; those of one instant in the order they were planned."""

    def __init__(self) -> None:
        self.done: list[Change] = []
        self._planned = 0
        self._pending: list[tuple[datetime, int, Change]] = []

    def plan(self, changes: Iterable[Change]) -> None:
        """Add changes that are still to come."""
        for change in changes:
            heappush(self._pending, (change.at, self._planned, change))
            self._planned += 1

    def due(self, now: datetime) -> Iterator[Change]:
        """Yield what is to be done up to and including an instant, noting it as done."""
        while self._pending and self._pending[0][0] <= now:
            change = heappop(self._pending)[2]
            self.done.append(change)
            yield change

    def rewind(self) -> None:
        """Make everything undone again."""
        done = [(change.at, place - len(self.done), change) for place, change in enumerate(self.done)]
        self._pending = done + self._pending
        heapify(self._pending)
        self.done = []
