"""Engines: how connections to SQLite and PostgreSQL are made and how their transactions begin."""

import sqlite3
from collections.abc import Mapping
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from syncd.errors import StoreError
from syncd.ports.store_watch import Pool
from syncd.store.failures import watch

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite itself waits for a writer in another process before it says so."""

WRITER_IDLE_MS = 15_000
"""PostgreSQL ends a writing transaction that stands idle for so long: a process that hangs must not hold locks past the
lease's term."""

WRITER_LOCK_MS = 10_000
"""How long a writing transaction on PostgreSQL waits for a lock."""

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


def sqlite_engine(path: str, *, mode: Literal["DEFERRED", "IMMEDIATE"], busy_timeout_ms: int) -> sa.Engine:
    """Return an engine whose transactions begin in a mode; those of a deferred one may only read.

    The standard library's driver would begin transactions by its own rules, so it is told to keep out of it
    (`isolation_level = None`) and BEGIN is sent from SQLAlchemy's event, as SQLAlchemy's page on pysqlite shows.
    """
    engine = sa.create_engine(
        URL.create("sqlite", database=path),
        poolclass=QueuePool, pool_size=_POOLED, max_overflow=_OVERFLOW, pool_timeout=_POOL_PATIENCE,
    )  # fmt: skip

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {busy_timeout_ms}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "cache_size = -8192",
            "temp_store = MEMORY",
            f"journal_size_limit = {64 * 1024 * 1024}",
            f"query_only = {'ON' if mode == 'DEFERRED' else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {mode}")

    watch(engine)
    return engine


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
            execution_options=options,
        )  # fmt: skip
    except ModuleNotFoundError as cause:
        raise StoreError("PostgreSQL needs its driver: install syncd[postgres]") from cause
    watch(engine)
    return engine
