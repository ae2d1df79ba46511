"""The store in a file: one process at a time, and in it one writer at a time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from syncd.errors import StoreBusy
from syncd.ports.store import Fence, SchemaStatus
from syncd.ports.store_watch import StoreUsage
from syncd.store import schema
from syncd.store.engines import BUSY_TIMEOUT_MS, pools_of, sqlite_engine
from syncd.store.failures import translated
from syncd.store.file_system import FileLock, free_ratio, refuse_network, room
from syncd.store.gate import Gate


class SqliteDatabase:
    """One file, one process: a gate before the one writer, a locked file against a second process."""

    def __init__(self, path: Path, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS, reading: bool = False) -> None:
        refuse_network(path)
        self._path = path
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        self._gate = Gate()
        self.writer = sqlite_engine(str(path), mode="IMMEDIATE", busy_timeout_ms=busy_timeout_ms)
        self.reader = sqlite_engine(str(path), mode="DEFERRED", busy_timeout_ms=busy_timeout_ms, alone=reading)

    def turn(self, *, urgent: bool) -> AbstractContextManager[None]:
        """Wait at the gate."""
        return self._gate.passing(urgent=urgent)

    def acquire(self, take: Callable[[bool], Fence | None]) -> Fence | None:
        """Take the lease if no other process has the lock file: its last holder is then dead, or is this one."""
        held = self._lock.held
        if not self._lock.take():
            return None
        fence: Fence | None = None
        try:
            fence = take(not held)
        finally:
            if fence is None and not held:
                self._lock.drop()
        return fence

    def released(self) -> None:
        """Let another process have the lock file."""
        self._lock.drop()

    def exists(self) -> bool:
        """The file is there."""
        return self._path.exists()

    @contextmanager
    def upgrading(self, stands: SchemaStatus, progress: Callable[[str], None]) -> Iterator[None]:
        """Make the file if there is none, for its owner only; else keep a copy. Refused while a process runs."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        held = self._lock.held
        if not self._lock.take():
            raise StoreBusy(f"another process is running on {self._path}; stop it before upgrading")
        try:
            if not self._path.exists():
                self._path.touch(mode=0o600)
            elif self._path.stat().st_size:
                schema.back_up(self._path, stands.current, progress)
            yield
        finally:
            if not held:
                self._lock.drop()

    def free_disk_ratio(self) -> float | None:
        """Return the share of the folder's file system that is free."""
        return free_ratio(self._path.parent) if self._path.parent.exists() else None

    def usage(self) -> StoreUsage:
        """Return the sizes of the file and of the log beside it, and what room its file system has."""
        pools = pools_of(writer=self.writer, reader=self.reader)
        files = {"database": self._path, "log": self._path.with_name(self._path.name + "-wal")}
        parts = {part: file.stat().st_size for part, file in files.items() if file.exists()}
        free, size = room(self._path.parent) if self._path.parent.exists() else (None, None)
        return StoreUsage(parts, pools=pools, disk_free=free, disk_size=size)

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the database, without waiting for readers or writers."""
        if not self.exists():
            return
        with translated(), self.reader.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            cursor.close()

    def close(self) -> None:
        """Close connections and the lock file."""
        self.writer.dispose()
        self.reader.dispose()
        self._lock.drop()
