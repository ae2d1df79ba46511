"""Engines: how connections to SQLite and PostgreSQL are made and how their transactions begin."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from syncd.errors import StoreError
from syncd.ports.store_watch import Pool
from syncd.store.failures import watch
from syncd.store.file_system import SameFile

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite itself waits for a writer in another process before it says so."""

WRITER_IDLE_MS = 15_000
"""PostgreSQL ends a writing transaction that stands idle for so long: a process that hangs must not hold locks past the
lease's term."""

WRITER_LOCK_MS = 10_000
"""How long a writing transaction on PostgreSQL waits for a lock."""

_NO_SHARED_MEMORY = frozenset({
    sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
})  # fmt: skip
"""What a disk without room for the index of the write-ahead log is called."""

_ALONE = "locking_mode = EXCLUSIVE"
"""Keeps that index in memory of the process's own; no other may have the file open (sqlite.org/wal.html, section 8)."""

_POOLED = 4
_OVERFLOW = 12
_POOL_PATIENCE = 30.0


def pools_of(*, writer: sa.Engine, reader: sa.Engine) -> Mapping[str, Pool]:
    """Return the state of both pools by what they are for."""
    return {
        name: Pool(engine.pool.checkedout(), engine.pool.checkedin(), _POOLED + _OVERFLOW)
        for name, engine in (("write", writer), ("read", reader))
        if isinstance(engine.pool, QueuePool)
    }


def sqlite_engine(
    path: str, *, mode: Literal["DEFERRED", "IMMEDIATE"], busy_timeout_ms: int, alone: bool = False
) -> sa.Engine:
    """Return an engine whose transactions begin in a mode; those of a deferred one may only read.

    Where there is no room for the memory that SQLite's connections share, one that may be `alone` does without.

    The standard library's driver would begin transactions by its own rules, so it is told to keep out of it
    (`isolation_level = None`) and BEGIN is sent from SQLAlchemy's event, as SQLAlchemy's page on pysqlite shows. The
    file is never made by connecting. A file that was removed under its connections is noticed before a transaction
    begins, for what is written to it would be lost; another file in its place raises `Fenced`.
    """
    pragmas = (
        f"busy_timeout = {busy_timeout_ms}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "cache_size = -8192",
        "temp_store = MEMORY",
        f"journal_size_limit = {64 * 1024 * 1024}",
        f"query_only = {'ON' if mode == 'DEFERRED' else 'OFF'}",
    )
    file = SameFile(Path(path))

    def connect() -> sqlite3.Connection:
        file.look()
        try:
            return _opened(path, pragmas)
        except sqlite3.OperationalError as refused:
            if not alone or refused.sqlite_errorcode not in _NO_SHARED_MEMORY:
                raise
            return _opened(path, (_ALONE, *pragmas))

    engine = sa.create_engine(
        URL.create("sqlite", database=path),
        creator=connect, poolclass=QueuePool, pool_size=_POOLED, max_overflow=_OVERFLOW, pool_timeout=_POOL_PATIENCE,
        hide_parameters=True,
    )  # fmt: skip

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        file.look()
        connection.exec_driver_sql(f"BEGIN {mode}")

    watch(engine)
    return engine


def _opened(path: str, pragmas: Sequence[str]) -> sqlite3.Connection:
    # Not made if it is not there: a database that is gone must not look like an empty one.
    connection = sqlite3.connect(
        f"file:{quote(path)}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
    )  # fmt: skip
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def postgres_engine(url: URL, *, reading: bool) -> sa.Engine:
    """Return an engine on PostgreSQL; a reading one sees one state of the database for a whole transaction.

    Raises `StoreError` where the driver, an optional part of syncd, is not installed.
    """
    options: dict[str, Any] = {"isolation_level": "READ COMMITTED"}
    if reading:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        engine = sa.create_engine(
            url, pool_size=_POOLED, max_overflow=_OVERFLOW, pool_timeout=_POOL_PATIENCE, pool_pre_ping=True,
            execution_options=options, hide_parameters=True,
        )  # fmt: skip
    except ModuleNotFoundError as cause:
        raise StoreError("PostgreSQL needs its driver: install syncd[postgres]") from cause
    watch(engine)
    return engine
