"""What a start, a page or a timer asks is found by an index, however much is kept: SQLite's own account of it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from syncd.ports.store import Work
from syncd.store import timelines
from syncd.store.sql_store import SqlStore
from syncd.store.sqlite_database import SqliteDatabase
from syncd.store.tables import metadata
from tests.store.samples import DAY, NOON


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


@pytest.fixture
def asked(path: Path) -> Iterator[Callable[[Callable[[Work], object]], list[str]]]:
    """Return the statements, values filled in, that SQLite executes for a look at the store, whoever sends them."""
    database = SqliteDatabase(path)
    store = SqlStore(database)
    statements: list[str] = []

    def ask(look: Callable[[Work], object]) -> list[str]:
        with store.view() as view:
            statements.clear()
            look(view)
        return [said for said in statements if not said.startswith(("BEGIN", "ROLLBACK"))]

    def listen(connection: sqlite3.Connection, _entry: object) -> None:
        connection.set_trace_callback(statements.append)

    sa.event.listen(database.reader, "connect", listen)
    yield ask
    store.close()


def plan(path: Path, statement: str, values: Any = ()) -> list[str]:
    """Return SQLite's steps."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


def scans(path: Path, statement: str, values: Any = ()) -> list[str]:
    """Return where SQLite would read a table or an index from end to end."""
    steps = plan(path, statement, values)
    assert steps
    large = metadata.tables.keys() - {"source", "clock_definition"} | {"t", "e"}
    return [step for step in steps if step.startswith("SCAN") and step.split()[1] in large and "ix_" not in step]


LOOKS: dict[str, Callable[[Work], object]] = {
    "tickets that are due": lambda view: view.readings.due(NOON, 10),
    "the next instant at which one is due": lambda view: view.readings.next_wake(),
    "open clocks listed": lambda view: view.readings.open_clocks(50),
    "open clocks counted": lambda view: view.readings.open_counts(NOON),
    "open clocks of a period": lambda view: view.readings.pending("acme", NOON, NOON + DAY),
    "tallies of an hour": lambda view: view.readings.tallies(NOON, NOON + timedelta(hours=1)),
    "tallies of a month": lambda view: view.readings.tallies(NOON, NOON + 30 * DAY),
    "tallies of every window": lambda view: view.readings.tallies_of([(NOON, NOON + DAY), (NOON, NOON + 30 * DAY)]),
    "what alarms": lambda view: view.readings.alarming(NOON, 500),
    "contradictions": lambda view: view.readings.contradictions(),
    "readings of a ticket": lambda view: view.readings.of([1, 2]),
    "uncovered tickets": lambda view: view.readings.uncovered(),
    "timelines of a ticket": lambda view: view.tickets.timelines([1, 2]),
    "tickets by what they are called": lambda view: view.tickets.find("snow:INC1"),
    "ids of open tickets": lambda view: view.tickets.open_ids(1),
    "digests": lambda view: view.records.digests(1, [("a", ""), ("b", "")]),
    "newest records": lambda view: view.records.newest(1, [("a", ""), ("b", "")]),
    "a page of records": lambda view: list(view.records.stream(1)),
    "the next delivery": lambda view: view.outbox.next_due("oncall"),
    "queues": lambda view: view.outbox.state(),
    "what stands of tickets": lambda view: view.outbox.outstanding([1, 2]),
    "what stands at a channel": lambda view: view.outbox.standing("oncall"),
    "tickets of which something stands": lambda view: view.outbox.tickets_outstanding(0, 9),
    "a vendor's last digest": lambda view: view.outbox.last_digest("acme"),
    "how many a vendor was told of": lambda view: view.outbox.told_since("acme", NOON),
    "what waits of tickets": lambda view: view.held.of_tickets([1, 2]),
    "what waits for a source": lambda view: view.held.of_source(1, 9),
    "what waits by its keys": lambda view: view.held.of(["a"]),
    "tickets to read once more": lambda view: view.rechecks.due(1, NOON, timedelta(minutes=2), 9),
    "when to read one once more": lambda view: view.rechecks.next_at(1, NOON, NOON + timedelta(hours=1)),
    "when tickets were read once more": lambda view: view.rechecks.read_at([1, 2]),
    "clocks that fell due": lambda view: view.readings.fallen_due(1, NOON, NOON + timedelta(hours=1)),
    "problems of a ticket": lambda view: view.problems.of(1, "a"),
}


@pytest.mark.parametrize("what", LOOKS)
def test_no_table_is_read_from_end_to_end(
    path: Path, asked: Callable[[Callable[[Work], object]], list[str]], what: str
) -> None:
    statements = asked(LOOKS[what])
    assert statements
    assert [scan for statement in statements for scan in scans(path, statement)] == []


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        pytest.param(timelines._EVENTS + timelines._BETWEEN, (1, 500), id="events of a page of tickets"),  # noqa: SLF001  # not sent through an engine
        pytest.param(timelines._HEADS + timelines._AFTER, (0,), id="a page of tickets"),  # noqa: SLF001  # as above
    ],
)
def test_a_stream_goes_along_the_tickets(path: Path, statement: str, values: Any) -> None:
    assert scans(path, statement, values) == []
    steps = plan(path, statement, values)
    assert not [step for step in steps if "TEMP B-TREE" in step], "nothing is sorted"
