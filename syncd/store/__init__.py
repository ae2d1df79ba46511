"""The store: SQLAlchemy Core on SQLite (write-ahead log) or PostgreSQL."""

from pathlib import Path

import sqlalchemy as sa

from syncd.errors import StoreError
from syncd.ports.now import Now
from syncd.ports.store_watch import UNWATCHED, StoreWatch
from syncd.store.database import Database
from syncd.store.postgres_database import PostgresDatabase
from syncd.store.sql_store import SqlStore
from syncd.store.sqlite_database import SqliteDatabase

_HOW = "write sqlite:////absolute/path or postgresql+psycopg://user@host/name"


def _database(url: str, *, reading: bool) -> Database:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise StoreError(f"the store's URL cannot be read; {_HOW}") from None  # the cause would show what was written
    if parsed.drivername == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise StoreError(f"the store's URL names no file; {_HOW}")
        return SqliteDatabase(Path(parsed.database).absolute(), reading=reading)
    if parsed.drivername == "postgresql+psycopg":
        return PostgresDatabase(parsed)
    raise StoreError(f"the store cannot be kept in {parsed.drivername}; {_HOW}")


def open_store(url: str, *, now: Now | None = None, watch: StoreWatch = UNWATCHED, reading: bool = False) -> SqlStore:
    """Return the store at a URL, `sqlite:////path` or `postgresql+psycopg://...`; connects when it is used.

    A file that is opened for `reading` alone needs no room on its disk. `now` waits between attempts and measures what
    `watch` is told. Raises `StoreError` for a URL that cannot be a store and for a network file system.
    """
    return SqlStore(_database(url, reading=reading), now, watch)
