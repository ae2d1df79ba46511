"""The schema: made by migrations alone, kept when they fail, upgraded beside a copy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from syncd.errors import StoreBusy, StoreMismatch
from syncd.ports.store import Fence, SchemaStatus
from syncd.store import open_store, schema
from syncd.store.tables import metadata
from tests.store.samples import NOON, see

FIXTURES = Path(__file__).with_name("fixtures")
MIGRATIONS = Path(schema.__file__).with_name("migrations")


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def made(path: Path) -> dict[str, str]:
    """Return what SQLite says it was told to make."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        return {name: " ".join(sql.split()) for name, sql in rows}


def refuses(url: str, message: str) -> None:
    store = open_store(url)
    for use in (
        lambda: store.view().__enter__(),
        lambda: store.acquire("x"),
        lambda: store.begin(Fence("x", 1)).__enter__(),
    ):
        with pytest.raises(StoreMismatch, match=message):
            use()
    store.close()


def test_the_newest_migration_is_the_one_expected() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [schema.EXPECTED], "one line of migrations, and its end written down"
    numbers = [step.revision for step in script.walk_revisions()]
    assert numbers == [f"{number:04}" for number in range(len(numbers), 0, -1)]


def test_asking_an_absent_file_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "syncd.db"
    store = open_store(f"sqlite:///{path}")
    status = store.schema()
    assert (status.current, status.expected, status.ready) == (None, schema.EXPECTED, False)
    assert len(status.pending) == int(schema.EXPECTED)
    store.checkpoint()
    refuses(f"sqlite:///{path}", "the store is empty.*run `syncd db upgrade`")
    assert not path.parent.exists()
    said: list[str] = []
    store.upgrade(said.append)
    assert store.schema() == SchemaStatus(schema.EXPECTED, schema.EXPECTED)
    assert said == [f"migration {step}" for step in status.pending]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir() if "before" in file.name] == [], "nothing to keep a copy of"
    store.close()


def test_migrations_make_the_tables_that_the_code_reads(url: str) -> None:
    with connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_newer_schema_is_left_alone(url: str) -> None:
    with connected(url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    refuses(url, "schema 9999 is newer than this release")
    store = open_store(url)
    assert store.schema() == SchemaStatus("9999", schema.EXPECTED)
    with pytest.raises(StoreMismatch, match="newer"):
        store.upgrade(lambda _line: None)
    store.close()


def test_a_migration_that_fails_leaves_nothing_on_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "syncd.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE ticket (mine INTEGER)")
    fails(f"sqlite:///{path}")
    assert list(made(path)) == ["ticket"]
    assert list(made(tmp_path / "syncd.db.before-syncd")) == ["ticket"], "and a copy was kept"


def test_a_migration_that_fails_leaves_nothing_on_postgresql(empty_postgres_url: str) -> None:
    with connected(empty_postgres_url) as connection:
        connection.exec_driver_sql("CREATE TABLE ticket (mine INTEGER)")
    fails(empty_postgres_url)
    with connected(empty_postgres_url) as connection:
        assert sa.inspect(connection).get_table_names() == ["ticket"]


def fails(url: str) -> None:
    store = open_store(url)
    with pytest.raises((sa.exc.OperationalError, sa.exc.ProgrammingError), match="already exists"):
        store.upgrade(lambda _line: None)
    assert not store.schema().ready
    store.close()


def test_a_running_store_is_not_upgraded_by_another_process(tmp_path: Path, sqlite_url: str) -> None:
    running, other = open_store(sqlite_url), open_store(sqlite_url)
    assert running.acquire("daemon") is not None
    with connected(sqlite_url) as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    with pytest.raises(StoreBusy, match="another process is running"):
        other.upgrade(lambda _line: None)
    assert not list(tmp_path.glob("*before*"))
    running.close()
    other.close()


RELEASES = {"0.1": "0001"}
"""Every release that changed the schema, and the revision that it left."""


@pytest.mark.parametrize("release", RELEASES)
def test_the_store_of_an_earlier_release_becomes_todays(tmp_path: Path, sqlite_template: Path, release: str) -> None:
    path = tmp_path / "syncd.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FIXTURES / f"schema-{release}.sql").read_text(encoding="utf-8"))
    store = open_store(f"sqlite:///{path}")
    assert store.schema().current == RELEASES[release]
    store.upgrade(lambda _line: None)
    assert made(path) == made(sqlite_template)
    copies = [file.name for file in tmp_path.glob("*before*")]
    expected = [] if RELEASES[release] == schema.EXPECTED else [f"syncd.db.before-{RELEASES[release]}"]
    assert copies == expected

    def look(view: Any) -> tuple[Any, ...]:
        (stored,) = view.tickets.stream()
        (said,) = view.readings.of([stored.number])[stored.number]
        (record,) = view.records.stream(stored.source)
        return stored.timeline, said, record, view.checkpoints.get(stored.source, "live")

    timeline, said, record, cursor = see(store, look)
    assert (timeline.ticket, [event.id for event in timeline.events]) == ("INC1", ["a", "done"])
    assert (said.target, said.cycles[0].verdict.value) == ("fix", "met")
    assert (record.payload, cursor) == ({"number": "INC1"}, "c1")
    store.close()


QUEUED = """{"key":{"source_id":1,"ticket_id":"id-1","contract":"acme-msp","target":"fix","started_by":"a",
"priority":"P1","step":"breached","ordinal":0},"at":"2026-03-02T12:00:00Z","source":"snow","ticket":"INC1","url":null,"vendor":"acme",
"vendor_name":"ACME","priority":"P1","goal_us":1,"elapsed_us":2,"due_at":null,"late":false}"""
"""A notice as the first release kept it."""


def test_a_notice_that_an_earlier_release_queued_is_still_delivered(tmp_path: Path) -> None:
    path = tmp_path / "syncd.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FIXTURES / "schema-0.1.sql").read_text(encoding="utf-8"))
        row = (1, 1, 0, 0, "k", "oncall", QUEUED.encode())
        connection.execute(
            "INSERT INTO outbox (queued_at, next_at, attempts, state, key, channel, notice) VALUES (?,?,?,?,?,?,?)", row
        )
        connection.commit()
    store = open_store(f"sqlite:///{path}")
    store.upgrade(lambda _line: None)
    fence = store.acquire("daemon")
    assert fence is not None
    with store.begin(fence) as work:
        (one,) = (each for each in work.outbox.claim("oncall", NOON, 9, 30.0) if each.key == "k")
        work.outbox.delivered(one.id, NOON)
        assert list(work.outbox.standing("oncall")) == [], "what it was is not known any more"
        work.commit()
    assert (one.notice.ticket, one.notice.level, one.notice.of, one.confirmed) == ("INC1", 0, (), True)
    store.close()


def test_a_copy_is_whole_and_replaces_an_earlier_one(tmp_path: Path, sqlite_url: str) -> None:
    path = tmp_path / "syncd.db"
    store = open_store(sqlite_url)
    assert store.acquire("writes to the log only") is not None
    said: list[str] = []
    copy = schema.back_up(path, "0001", said.append)
    assert schema.back_up(path, "0001", said.append) == copy
    assert (copy.name, copy.stat().st_mode & 0o777) == ("syncd.db.before-0001", 0o600)
    assert said == [f"backup copy {copy}"] * 2
    assert made(copy) == made(path)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT holder FROM lease").fetchall() == [("writes to the log only",)]
    assert not copy.with_name(copy.name + ".part").exists()
    store.close()
