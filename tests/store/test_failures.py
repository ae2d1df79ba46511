"""Which failure of a database is which exception of ours."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from syncd.errors import StoreBusy, StoreError
from syncd.store import open_store
from syncd.store.failures import translate, translated
from syncd.store.sql_store import SqlStore
from syncd.store.sqlite_database import SqliteDatabase
from syncd.testing.virtual_now import VirtualNow
from tests.store.samples import NOON


def of_sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = code
    return error


class OfPostgres(Exception):
    """What psycopg raises, as far as it is looked at."""

    def __init__(self, state: str | None) -> None:
        super().__init__("said by PostgreSQL\nand more")
        self.sqlstate = state


class OperationalError(OfPostgres):
    """psycopg's, by its name."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(of_sqlite(sqlite3.SQLITE_BUSY), StoreBusy, id="another process writes"),
        pytest.param(of_sqlite(sqlite3.SQLITE_BUSY | 2 << 8), StoreBusy, id="the snapshot is too old"),
        pytest.param(of_sqlite(sqlite3.SQLITE_LOCKED), StoreBusy, id="a table is locked"),
        pytest.param(of_sqlite(sqlite3.SQLITE_FULL), StoreError, id="the disk is full"),
        pytest.param(of_sqlite(sqlite3.SQLITE_CORRUPT), StoreError, id="the file is damaged"),
        pytest.param(of_sqlite(sqlite3.SQLITE_READONLY), StoreError, id="the file is read-only"),
        pytest.param(of_sqlite(sqlite3.SQLITE_CONSTRAINT | 6 << 8), None, id="a broken constraint is a bug on SQLite"),
        pytest.param(of_sqlite(sqlite3.SQLITE_ERROR), None, id="a wrong statement is a bug on SQLite"),
        pytest.param(sqlite3.ProgrammingError("closed"), None, id="misuse of the driver is a bug"),
        pytest.param(OfPostgres("40001"), StoreBusy, id="serialization failure"),
        pytest.param(OfPostgres("40P01"), StoreBusy, id="deadlock"),
        pytest.param(OfPostgres("55P03"), StoreBusy, id="lock not available"),
        pytest.param(OfPostgres("25P03"), StoreBusy, id="idle in transaction for too long"),
        pytest.param(OfPostgres("57P01"), StoreBusy, id="the server shuts down"),
        pytest.param(OfPostgres("08006"), StoreBusy, id="the connection broke"),
        pytest.param(OperationalError(None), StoreBusy, id="the server cannot be reached"),
        pytest.param(OfPostgres("25006"), StoreError, id="the transaction is read-only"),
        pytest.param(OfPostgres("53100"), StoreError, id="the server's disk is full"),
        pytest.param(OfPostgres("23505"), None, id="a broken constraint is a bug on PostgreSQL"),
        pytest.param(OfPostgres("42P01"), None, id="a missing table is a bug"),
        pytest.param(OfPostgres("22001"), None, id="a value that no column holds is a bug"),
        pytest.param(sa.exc.TimeoutError("pool"), StoreBusy, id="every connection is in use"),
        pytest.param(sa.exc.OperationalError("SELECT", {}, of_sqlite(sqlite3.SQLITE_BUSY)), StoreBusy, id="wrapped"),
        pytest.param(sa.exc.ArgumentError("what"), None, id="a wrong use of SQLAlchemy is a bug"),
        pytest.param(KeyError("what"), None, id="any other bug"),
    ],
)
def test_a_failure_is_named_by_what_happens_next(error: Exception, expected: type[StoreError] | None) -> None:
    ours = translate(error)
    assert (None if ours is None else type(ours)) is expected
    if isinstance(error, OfPostgres) and ours is not None:
        assert "and more" not in str(ours), "later lines may quote rows"
    with pytest.raises(expected or type(error)), translated():
        raise error


class Listening(VirtualNow):
    """A clock that does something when somebody sleeps."""

    def __init__(self, other: sqlite3.Connection, naps: int) -> None:
        super().__init__(NOON)
        self._other = other
        self._naps = naps

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._naps -= 1
        if self._naps == 0:
            self._other.rollback()


@pytest.mark.parametrize("naps", [1, 2, 9])
def test_a_transaction_is_begun_again_a_few_times_while_another_process_writes(sqlite_url: str, naps: int) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as other:
        now = Listening(other, naps)
        store = SqlStore(SqliteDatabase(path, busy_timeout_ms=1), now)
        fence = store.acquire("test")
        assert fence is not None
        other.execute("BEGIN IMMEDIATE")
        if naps < 3:
            with store.begin(fence) as work:
                work.sources.register("snow", "servicenow")
                work.commit()
        else:
            with pytest.raises(StoreBusy, match="busy"), store.begin(fence):
                pytest.fail("two writers at once")
        assert len(now.slept) == min(naps, 2)
        store.close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("postgresql+psycopg://nobody:hunter2@/x?host=/nowhere", "cannot be reached", id="no such server"),
    ],
)
def test_a_server_that_is_not_there_may_come_back(url: str, why: str) -> None:
    store = open_store(url)
    with pytest.raises(StoreBusy, match=why) as caught:
        store.schema()
    assert "hunter2" not in str(caught.value)
    store.close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("", "cannot be read", id="nothing"),
        pytest.param("secret@somewhere", "cannot be read", id="no URL"),
        pytest.param("sqlite://", "names no file", id="a database in memory"),
        pytest.param("sqlite:///:memory:", "names no file", id="a database in memory, said aloud"),
        pytest.param("mysql://me:secret@host/db", "cannot be kept in mysql;", id="another engine"),
        pytest.param("postgresql://me:secret@host/db", "cannot be kept in postgresql;", id="no driver"),
        pytest.param("sqlite+aiosqlite:////tmp/x", "cannot be kept in sqlite.aiosqlite;", id="another driver"),
    ],
)
def test_a_url_that_is_no_store_is_refused_without_repeating_it(url: str, why: str) -> None:
    with pytest.raises(StoreError, match=why) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
