"""The store on a database: opens transactions, keeps the lease, brings the schema up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from syncd.errors import StoreBusy, StoreError
from syncd.ports.now import Now
from syncd.ports.store import Fence, SchemaStatus
from syncd.ports.store_watch import UNWATCHED, StoreUsage, StoreWatch
from syncd.store import lease, schema
from syncd.store.database import Database
from syncd.store.definitions import Key
from syncd.store.failures import translated
from syncd.store.uow import SqlWork

_ATTEMPTS = 3


def _at_once(seconds: float) -> None:
    """Do not wait: both engines have waited themselves before they call themselves busy."""


class SqlStore:
    """`syncd.ports.store.Store` on SQLite or PostgreSQL; shared between threads."""

    def __init__(self, database: Database, now: Now | None = None, watch: StoreWatch = UNWATCHED) -> None:
        self._database = database
        self._now, self._watch = now, watch
        self._definitions: dict[Key, int] = {}
        self._ready = self._known = False
        self._again = Retrying(
            retry=retry_if_exception_type(StoreBusy),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.1, max=2.0),
            sleep=_at_once if now is None else now.sleep,
            reraise=True,
        )

    def _require_ready(self) -> None:
        if not self._ready:
            schema.refuse_unready(self.schema())
            self._ready = self._known = True

    def _opened(self, engine: sa.Engine, first: Callable[[sa.Connection], None]) -> sa.Connection:
        """Open a transaction with its first statement, again a few times if the database is busy."""

        def attempt() -> sa.Connection:
            with translated():
                connection = engine.connect()
            try:
                connection.begin()
                first(connection)
            except BaseException:
                connection.close()
                raise
            return connection

        try:
            return self._again.copy()(attempt)
        except StoreError:
            # What comes back may be of another release.
            self._ready = False
            raise

    @contextmanager
    def begin(self, fence: Fence, *, urgent: bool = False) -> Iterator[SqlWork]:
        """Open a writing transaction; its first statement confirms the fence or raises `Fenced`."""
        with self._writing(lambda connection: lease.confirm(connection, fence), urgent=urgent) as work:
            yield work

    @contextmanager
    def sorting(self) -> Iterator[SqlWork]:
        """Open a writing transaction over what did not arrive, beside the process that holds the lease."""
        with self._writing(lease.bound, urgent=False) as work:
            yield work

    @contextmanager
    def _writing(self, first: Callable[[sa.Connection], None], *, urgent: bool) -> Iterator[SqlWork]:
        self._require_ready()
        came = self._time()
        with self._database.turn(urgent=urgent):
            self._watch.gate_passed(self._time() - came, urgent=urgent)
            with self._timed(writing=True), self._opened(self._database.writer, first) as connection:
                work = SqlWork(connection, self._definitions, writing=True)
                try:
                    yield work
                finally:
                    work.end()

    def _time(self) -> float:
        """Return seconds to measure with; always 0 for a store that was given no clock, and then nothing is told."""
        return 0.0 if self._now is None else self._now.monotonic()

    @contextmanager
    def _timed(self, *, writing: bool) -> Iterator[None]:
        began = self._time()
        try:
            yield
        finally:
            self._watch.transaction_ended(self._time() - began, writing=writing)

    @contextmanager
    def view(self) -> Iterator[SqlWork]:
        """Open a reading transaction: one consistent state of the store, that of its first read; writes refused."""
        self._require_ready()
        with self._timed(writing=False), self._opened(self._database.reader, lambda _: None) as connection:
            work = SqlWork(connection, self._definitions, writing=False)
            try:
                yield work
            finally:
                work.end()

    @contextmanager
    def _leasing(self) -> Iterator[sa.Connection]:
        with self._database.turn(urgent=True), translated(), self._database.writer.begin() as connection:
            yield connection

    def acquire(self, holder: str) -> Fence | None:
        """Take the lease, in database time; None while another living process holds it."""
        self._require_ready()
        return self._database.acquire(lambda dead: self._acquired(holder, dead))

    def _acquired(self, holder: str, dead: bool) -> Fence | None:
        with self._leasing() as connection:
            return lease.acquire(connection, holder, holder_is_dead=dead)

    def renew(self, fence: Fence) -> None:
        """Keep the lease for another term; raises `Fenced` when it is lost."""
        with self._leasing() as connection:
            lease.renew(connection, fence)

    def release(self, fence: Fence) -> None:
        """Give the lease back; harmless when it is lost."""
        with self._leasing() as connection:
            lease.release(connection, fence)
        self._database.released()

    def schema(self) -> SchemaStatus:
        """Return how the schema stands; an absent database stands empty and is not made by asking.

        One that was there before raises `StoreError`: it was taken away.
        """
        if not self._known and not self._database.exists():
            return schema.status(None)
        with translated(), self._database.reader.begin() as connection:
            return schema.status(connection)

    def upgrade(self, progress: Callable[[str], None]) -> None:
        """Bring the schema to this release; on SQLite, beside a backup copy of what was there."""
        stands = self.schema()
        if stands.ready:
            return
        if not stands.pending:
            schema.refuse_unready(stands)
        with self._database.upgrading(stands, progress), self._database.writer.begin() as connection:
            schema.migrate(connection, progress)

    def time(self) -> datetime | None:
        """Return the database's own time; None for a file, whose clock is ours."""
        if self._database.reader.dialect.name == "sqlite":
            return None
        with translated(), self._database.reader.connect() as connection:
            return lease.time_of(connection)

    def free_disk_ratio(self) -> float | None:
        """Return the share of its file system that the store may still write, in [0, 1]; None where it is elsewhere."""
        return self._database.free_disk_ratio()

    def usage(self) -> StoreUsage:
        """Return how much room the store takes and how many connections it has."""
        return self._database.usage()

    def checkpoint(self) -> None:
        """Fold SQLite's write-ahead log into the database as far as nobody reads it; nothing elsewhere."""
        self._database.checkpoint()

    def close(self) -> None:
        """Let go of connections and of the lock file."""
        self._database.close()
