"""Transactions over the store's repositories, the lease that lets one process write, and the schema's state."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from syncd.ports.held import HeldNotices, Rechecks
from syncd.ports.links import Links
from syncd.ports.outbox import Letters, Outbox
from syncd.ports.readings import Readings
from syncd.ports.repositories import Checkpoints, Problems, Quarantine, Records, Sources, Tickets
from syncd.ports.store_watch import StoreUsage


@dataclass(frozen=True, slots=True)
class Fence:
    """The right to write, held by one process at a time; a newer epoch ends it."""

    holder: str
    epoch: int


class Work(Protocol):
    """One transaction's view of the store; leaving without `commit` undoes it. Never shared between threads."""

    @property
    def sources(self) -> Sources:
        """The configured sources."""
        ...

    @property
    def records(self) -> Records:
        """Raw records."""
        ...

    @property
    def tickets(self) -> Tickets:
        """Tickets and their events."""
        ...

    @property
    def readings(self) -> Readings:
        """What clocks say."""
        ...

    @property
    def links(self) -> Links:
        """Links between tickets."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Notices to deliver."""
        ...

    @property
    def held(self) -> HeldNotices:
        """Notices that wait to be let go."""
        ...

    @property
    def rechecks(self) -> Rechecks:
        """Tickets to be read once more."""
        ...

    @property
    def checkpoints(self) -> Checkpoints:
        """Cursors."""
        ...

    @property
    def quarantine(self) -> Quarantine:
        """Tickets kept apart."""
        ...

    @property
    def problems(self) -> Problems:
        """Findings about data."""
        ...

    def commit(self) -> None:
        """Make it so; nothing can be written after."""
        ...


class Sorting(Protocol):
    """One transaction over what did not arrive so far; leaving without `commit` undoes it."""

    @property
    def outbox(self) -> Letters:
        """What did not arrive, and nothing else of the outbox."""
        ...

    def commit(self) -> None:
        """Make it so; nothing can be written after."""
        ...


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """How the store's schema compares with this release."""

    current: str | None
    """None for an empty store."""
    expected: str
    pending: Sequence[str] = field(default_factory=tuple)

    @property
    def ready(self) -> bool:
        """This release can run on it."""
        return self.current == self.expected


class Store(Protocol):
    """The store: a factory of transactions, shared between threads."""

    def begin(self, fence: Fence, *, urgent: bool = False) -> AbstractContextManager[Work]:
        """Open a writing transaction; its first statement confirms the fence or raises `Fenced`.

        Urgent ones (the deadline timer) go before others that wait.
        """
        ...

    def sorting(self) -> AbstractContextManager[Sorting]:
        """Open a writing transaction over what did not arrive, without a fence: beside whoever holds the lease.

        Keep it to one delivery: it makes the others wait, and two that change several could wait for each other.
        """
        ...

    def view(self) -> AbstractContextManager[Work]:
        """Open a reading transaction: one consistent state of the store, writes refused."""
        ...

    def acquire(self, holder: str) -> Fence | None:
        """Take the lease, in database time; None while another living process holds it."""
        ...

    def renew(self, fence: Fence) -> None:
        """Keep the lease for another term; raises `Fenced` when it is lost."""
        ...

    def release(self, fence: Fence) -> None:
        """Give the lease back; harmless when it is lost."""
        ...

    def schema(self) -> SchemaStatus:
        """Return how the schema stands."""
        ...

    def upgrade(self, progress: Callable[[str], None]) -> None:
        """Bring the schema to this release, keeping a backup copy where the engine is a file."""
        ...

    def time(self) -> datetime | None:
        """Return the database's own time; None where its clock is ours."""
        ...

    def free_disk_ratio(self) -> float | None:
        """Return how much of the store's disk is free, from 0 to 1; None where that is not ours to know."""
        ...

    def usage(self) -> StoreUsage:
        """Return how much room the store takes and how many connections it has."""
        ...

    def checkpoint(self) -> None:
        """Bring what lies beside the store's own file into it, without waiting; nothing where there is none."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
