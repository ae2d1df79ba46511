"""The one place where the database libraries' exceptions become ours.

What may pass when tried again is `StoreBusy`; what else the database cannot do is `StoreError`. What it was asked
wrongly (a broken constraint, a bad statement, a value no column holds) is a bug and stays as it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from syncd.errors import StoreBusy, StoreError, SyncdError

_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_WRONG = frozenset({
    sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE, sqlite3.SQLITE_TOOBIG,
})  # fmt: skip

_POSTGRES_BUSY = frozenset({
    "08", "25P03", "25P04", "40", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "57P05",
})  # fmt: skip
"""PostgreSQL, appendix A: connection trouble, idle or long transactions ended, serialization and deadlock, too many
connections, lock not available, cancelled, shut down, starting up. Classes (two characters) or single codes."""

_POSTGRES_WRONG = frozenset({"0A", "21", "22", "23", "42"})
"""Feature, cardinality, data, integrity and syntax: the statement is at fault."""


def _of_sqlite(error: sqlite3.Error) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF
    if primary in _SQLITE_BUSY:
        return StoreBusy(f"the database is busy ({error})")
    return None if primary in _SQLITE_WRONG else StoreError(f"the database failed: {error}")


def _of_postgres(error: BaseException) -> StoreError | None:
    state: str | None = getattr(error, "sqlstate", None)
    said = str(error).strip().partition("\n")[0]
    if state is None:
        # Only a connection that broke or never was has no code.
        lost = type(error).__name__ in {"OperationalError", "ConnectionTimeout", "InterfaceError"}
        return StoreBusy(f"the database cannot be reached ({said})") if lost else None
    if state in _POSTGRES_BUSY or state[:2] in _POSTGRES_BUSY:
        return StoreBusy(f"the database is busy ({said})")
    return None if state[:2] in _POSTGRES_WRONG else StoreError(f"the database failed: {said}")


def translate(error: BaseException) -> StoreError | None:
    """Return our exception for a driver's or SQLAlchemy's; None for a bug."""
    if isinstance(error, PoolTimeout):
        return StoreBusy("every connection to the database is in use")
    driver = error.orig if isinstance(error, DBAPIError) else error
    if driver is None:
        return None
    return _of_sqlite(driver) if isinstance(driver, sqlite3.Error) else _of_postgres(driver)


@contextmanager
def translated() -> Iterator[None]:
    """Translate what leaves the block; for the few calls that do not go through an engine with `watch` on it."""
    try:
        yield
    except Exception as error:
        ours = None if isinstance(error, SyncdError) else translate(error)
        if ours is None:
            raise
        raise ours from error


def watch(engine: sa.Engine) -> None:
    """Have an engine raise our exceptions wherever a statement or a connection fails."""

    @sa.event.listens_for(engine, "handle_error")
    def handle(context: sa.engine.ExceptionContext) -> None:
        ours = translate(context.original_exception)
        if ours is not None:
            # Of PostgreSQL the driver's own words name the server.
            file = engine.url.database if engine.dialect.name == "sqlite" else None
            raise (ours if file is None else type(ours)(f"{file}: {ours}")) from context.original_exception
