"""A store in memory: the same promises as the one on a database, for tests and for trying things out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from syncd.errors import Fenced, StoreBusy, StoreError
from syncd.ports.store import Fence, SchemaStatus
from syncd.ports.store_watch import StoreUsage
from syncd.testing.memory_findings import MemoryProblems, MemoryQuarantine
from syncd.testing.memory_held import MemoryHeldNotices, MemoryRechecks
from syncd.testing.memory_links import MemoryLinks
from syncd.testing.memory_outbox import MemoryOutbox
from syncd.testing.memory_readings import MemoryReadings
from syncd.testing.memory_records import MemoryRecords
from syncd.testing.memory_sources import MemoryCheckpoints, MemorySources
from syncd.testing.memory_state import Scope, State
from syncd.testing.memory_tickets import MemoryTickets

_PATIENCE = 30.0


class MemoryWork:
    """`syncd.ports.store.Work` over a state of its own; `publish` makes that everybody's, None in a view."""

    def __init__(self, state: State, publish: Callable[[State], None] | None) -> None:
        self._scope = Scope(writing=publish is not None)
        self._publish = publish
        self._state = own = state.within(self._scope)
        self.sources = MemorySources(own)
        self.records = MemoryRecords(own)
        self.tickets = MemoryTickets(own)
        self.readings = MemoryReadings(own)
        self.links = MemoryLinks(own)
        self.outbox = MemoryOutbox(own)
        self.held = MemoryHeldNotices(own, self.outbox)
        self.rechecks = MemoryRechecks(own)
        self.checkpoints = MemoryCheckpoints(own)
        self.quarantine = MemoryQuarantine(own)
        self.problems = MemoryProblems(own)

    def commit(self) -> None:
        """Make it so; nothing can be read or written after."""
        if self._publish is None:
            raise StoreError("a view has nothing to commit")
        self._scope.reading()
        self._publish(self._state)
        self.end()

    def end(self) -> None:
        """Refuse whatever is asked from here on."""
        self._scope.ended = True


class MemoryStore:
    """`syncd.ports.store.Store` in memory: one writer at a time; views see the state they began with.

    A lease does not run out by itself: `bury_holder` stands for the death of the process that has it.
    """

    def __init__(self) -> None:
        self._state = State()
        self._writing = Lock()
        self._lease = Lock()
        self._holder: str | None = None
        self._epoch = 0
        self.clock: Callable[[], datetime] | None = None
        """Stands for the clock of a database."""

    def _confirm(self, fence: Fence) -> None:
        if self._holder != fence.holder or self._epoch != fence.epoch:
            raise Fenced(f"{fence.holder} no longer holds the lease (epoch {fence.epoch}); nothing was written")

    @contextmanager
    def begin(self, fence: Fence, *, urgent: bool = False) -> Iterator[MemoryWork]:  # noqa: ARG002  # waits are short here
        """Open a writing transaction; raises `Fenced` unless the fence stands, also at the commit."""
        with self._writer(lambda: self._confirm(fence)) as work:
            yield work

    @contextmanager
    def sorting(self) -> Iterator[MemoryWork]:
        """Open a writing transaction over what did not arrive, whoever holds the lease."""
        with self._writer(lambda: None) as work:
            yield work

    @contextmanager
    def _writer(self, confirm: Callable[[], None]) -> Iterator[MemoryWork]:
        if not self._writing.acquire(timeout=_PATIENCE):
            raise StoreBusy(f"another transaction has kept the store for {_PATIENCE:g} s")
        try:
            confirm()

            def publish(state: State) -> None:
                confirm()
                self._state = state

            work = MemoryWork(self._state, publish)
            try:
                yield work
            finally:
                work.end()
        finally:
            self._writing.release()

    @contextmanager
    def view(self) -> Iterator[MemoryWork]:
        """Open a reading transaction: one consistent state of the store, writes refused."""
        work = MemoryWork(self._state, None)
        try:
            yield work
        finally:
            work.end()

    def acquire(self, holder: str) -> Fence | None:
        """Take the lease; None while another holder has it."""
        with self._lease:
            if self._holder is not None:
                return None
            self._holder = holder
            self._epoch += 1
            return Fence(holder, self._epoch)

    def bury_holder(self) -> None:
        """Let the next one acquire the lease, as if its holder had died."""
        with self._lease:
            self._holder = None

    def renew(self, fence: Fence) -> None:
        """Keep the lease for another term; raises `Fenced` when it is lost."""
        with self._lease:
            self._confirm(fence)

    def release(self, fence: Fence) -> None:
        """Give the lease back; harmless when it is lost."""
        with self._lease:
            if (self._holder, self._epoch) == (fence.holder, fence.epoch):
                self._holder = None

    def time(self) -> datetime | None:
        """Return that its clock is ours, or what `clock` shows."""
        return None if self.clock is None else self.clock()

    def free_disk_ratio(self) -> float | None:
        """Return that there is no disk."""
        return None

    def usage(self) -> StoreUsage:
        """Return that it takes no room that could be seen."""
        return StoreUsage()

    def checkpoint(self) -> None:
        """Do nothing: there is no file."""

    def schema(self) -> SchemaStatus:
        """Return that there is nothing to upgrade."""
        return SchemaStatus("memory", "memory")

    def upgrade(self, progress: Callable[[str], None]) -> None:
        """Nothing to upgrade."""

    def close(self) -> None:
        """Nothing to let go of."""
