"""What a store tells of its own work, and how much room it takes; whoever counts that is wired in by `bootstrap`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class StoreWatch(Protocol):
    """Told of every transaction, from the thread that made it, after it ended; must be quick and must not raise."""

    def gate_passed(self, seconds: float, *, urgent: bool) -> None:
        """A writer waited so long for its turn."""
        ...

    def transaction_ended(self, seconds: float, *, writing: bool) -> None:
        """A transaction was open for so long, whatever came of it; waiting for the turn is not in it."""
        ...


class _Nobody:
    def gate_passed(self, seconds: float, *, urgent: bool) -> None:
        """Nobody watches."""

    def transaction_ended(self, seconds: float, *, writing: bool) -> None:
        """Nobody watches."""


UNWATCHED: StoreWatch = _Nobody()
"""For commands that count nothing."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Connections of one pool: in use, kept idle, and how many there may be at most."""

    busy: int
    idle: int
    limit: int


@dataclass(frozen=True, slots=True)
class StoreUsage:
    """How much room a store takes, in bytes, as far as it can see; what it cannot see is absent.

    `parts` are whole pieces: `database`, and `log` where it lies beside. `tables` hold their indexes too.
    """

    parts: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, int] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    disk_free: int | None = None
    disk_size: int | None = None
