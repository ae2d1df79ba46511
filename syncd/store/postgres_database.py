"""The store on a server: many may read, and the lease says which process writes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import sqlalchemy as sa
from sqlalchemy.engine import URL

from syncd.ports.store import Fence, SchemaStatus
from syncd.ports.store_watch import StoreUsage
from syncd.store.engines import pools_of, postgres_engine
from syncd.store.failures import translated

_SIZES = sa.text("""
SELECT relname AS name, pg_total_relation_size(oid) AS size FROM pg_class
WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())
UNION ALL SELECT '', pg_database_size(current_database())
""")


class PostgresDatabase:
    """A server: it queues writers itself, and its lease row alone says who may write."""

    def __init__(self, url: URL) -> None:
        self.writer = postgres_engine(url, reading=False)
        self.reader = postgres_engine(url, reading=True)

    def turn(self, *, urgent: bool) -> AbstractContextManager[None]:  # noqa: ARG002  # nobody waits here
        """Nobody waits: rows are locked, not the database."""
        return nullcontext()

    def acquire(self, take: Callable[[bool], Fence | None]) -> Fence | None:
        """Take the lease when its term is over: the holder may live on another machine."""
        return take(False)

    def released(self) -> None:
        """Nothing but the row was held."""

    def exists(self) -> bool:
        """A server is asked, not looked for."""
        return True

    @contextmanager
    def upgrading(self, stands: SchemaStatus, progress: Callable[[str], None]) -> Iterator[None]:  # noqa: ARG002  # no copy
        """The transaction is the safety net: a migration that fails leaves nothing."""
        with translated():
            yield

    def free_disk_ratio(self) -> float | None:
        """The server's disk cannot be seen from here."""
        return None

    def usage(self) -> StoreUsage:
        """Return the sizes that the server tells of the database and of its tables, indexes included."""
        pools = pools_of(writer=self.writer, reader=self.reader)
        with translated(), self.reader.begin() as connection:
            sizes: dict[str, int] = {row.name: row.size for row in connection.execute(_SIZES)}
        return StoreUsage({"database": sizes.pop("")}, sizes, pools)

    def checkpoint(self) -> None:
        """The server tidies up by itself."""

    def close(self) -> None:
        """Close connections."""
        self.writer.dispose()
        self.reader.dispose()
