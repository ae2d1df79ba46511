"""What differs between the two engines, apart from SQL."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import sqlalchemy as sa

from syncd.ports.store import Fence, SchemaStatus
from syncd.ports.store_watch import StoreUsage


class Database(Protocol):
    """A database to keep the store in."""

    @property
    def writer(self) -> sa.Engine:
        """Connections whose transactions may write."""
        ...

    @property
    def reader(self) -> sa.Engine:
        """Connections whose transactions see one state and may not write."""
        ...

    def turn(self, *, urgent: bool) -> AbstractContextManager[None]:
        """Wait until this process may begin a writing transaction."""
        ...

    def acquire(self, take: Callable[[bool], Fence | None]) -> Fence | None:
        """Take the lease by `take`, which is told whether the last holder is known to be dead."""
        ...

    def released(self) -> None:
        """The lease was given back."""
        ...

    def exists(self) -> bool:
        """There is something to connect to."""
        ...

    def upgrading(self, stands: SchemaStatus, progress: Callable[[str], None]) -> AbstractContextManager[None]:
        """Prepare an upgrade and keep others from running one."""
        ...

    def free_disk_ratio(self) -> float | None:
        """Return the share of the database's file system that is free, where that can be seen."""
        ...

    def usage(self) -> StoreUsage:
        """Return how much room the database takes and how many connections there are."""
        ...

    def checkpoint(self) -> None:
        """Tidy up while idle."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
