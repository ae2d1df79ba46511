"""The one place where the database libraries' exceptions become ours.

What may pass when tried again is `StoreBusy`; what else the database cannot do is `StoreError`. What it was asked
wrongly (a broken constraint, a bad statement, a value no column holds) is a bug and stays as it is.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from syncd.errors import StoreBusy, StoreError, StoreReason, SyncdError

_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_WRONG = frozenset({
    sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE, sqlite3.SQLITE_TOOBIG,
})  # fmt: skip
_SQLITE_REASONS: Mapping[int, StoreReason] = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR_SHMSIZE: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_CANTOPEN: "missing",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}

_POSTGRES_BUSY: Mapping[str, StoreReason] = {
    "08": "unreachable", "25P03": "busy", "25P04": "busy", "40": "busy", "53300": "busy", "55P03": "busy",
    "57014": "busy", "57P01": "unreachable", "57P02": "unreachable", "57P03": "unreachable", "57P05": "busy",
}  # fmt: skip
"""PostgreSQL, appendix A: connection trouble, idle or long transactions ended, serialization and deadlock, too many
connections, lock not available, cancelled, shut down, starting up. Classes (two characters) or single codes."""

_POSTGRES_REASONS: Mapping[str, StoreReason] = {
    "25006": "read_only", "53100": "full", "3D000": "missing", "58P01": "missing", "XX001": "damaged",
    "XX002": "damaged",
}  # fmt: skip

_SAYS: Mapping[StoreReason, str] = {
    "busy": "the database is busy",
    "unreachable": "the database cannot be reached",
    "full": "the database's disk is full",
    "read_only": "the database may only be read",
    "missing": "the database cannot be opened; was it moved or removed?",
    "damaged": "the database is damaged",
}

_POSTGRES_WRONG = frozenset({"0A", "21", "22", "23", "42"})
"""Feature, cardinality, data, integrity and syntax: the statement is at fault."""


def _of_sqlite(error: sqlite3.Error) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF
    if primary in _SQLITE_BUSY:
        return StoreBusy(_said("busy", error))
    if primary in _SQLITE_WRONG:
        return None
    reason = _SQLITE_REASONS.get(code) or _SQLITE_REASONS.get(primary, "failed")
    return StoreError(_said(reason, error), reason)


def _of_postgres(error: BaseException) -> StoreError | None:
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        # Only a connection that broke or never was has no code.
        lost = type(error).__name__ in {"OperationalError", "ConnectionTimeout", "InterfaceError"}
        return StoreBusy(_said("unreachable", error), "unreachable") if lost else None
    passing = _POSTGRES_BUSY.get(state) or _POSTGRES_BUSY.get(state[:2])
    if passing is not None:
        return StoreBusy(_said(passing, error), passing)
    reason = _POSTGRES_REASONS.get(state)
    if reason is None and state[:2] in _POSTGRES_WRONG:
        return None
    return StoreError(_said(reason or "failed", error), reason)


def _said(reason: StoreReason, error: BaseException) -> str:
    """What is wrong, with the first line of the driver's own words: later ones may quote rows."""
    return f"{_SAYS.get(reason, 'the database failed')} ({str(error).strip().partition(chr(10))[0]})"


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
        if context.is_pre_ping:
            return  # a pooled connection has died meanwhile, which the pool mends by opening another
        ours = translate(context.original_exception)
        if ours is not None:
            # Of PostgreSQL the driver's own words name the server.
            file = engine.url.database if engine.dialect.name == "sqlite" else None
            raise (ours if file is None else type(ours)(f"{file}: {ours}", ours.reason)) from context.original_exception
