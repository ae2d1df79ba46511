"""What a store tells of itself: waits, transactions, room and connections."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from syncd.errors import StoreError
from syncd.ports.store import Store
from syncd.store import open_store
from syncd.store.sql_store import SqlStore
from syncd.store.tables import metadata
from syncd.testing.virtual_now import VirtualNow
from tests.store.samples import NOON, opened, see


@dataclass
class Watch:
    waits: list[tuple[float, bool]] = field(default_factory=list)
    transactions: list[tuple[float, bool]] = field(default_factory=list)

    def gate_passed(self, seconds: float, *, urgent: bool) -> None:
        self.waits.append((seconds, urgent))

    def transaction_ended(self, seconds: float, *, writing: bool) -> None:
        self.transactions.append((seconds, writing))


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def now() -> VirtualNow:
    return VirtualNow(NOON)


@pytest.fixture
def watched(url: str, watch: Watch, now: VirtualNow) -> Iterator[SqlStore]:
    opened = open_store(url, now=now, watch=watch)
    yield opened
    opened.close()


def test_the_time_of_a_transaction_is_told_whatever_comes_of_it(
    watched: SqlStore, watch: Watch, now: VirtualNow
) -> None:
    fence = watched.acquire("test")
    assert fence is not None
    with watched.begin(fence, urgent=True) as work:
        now.advance(2.0)
        work.commit()

    def fails() -> None:
        with watched.begin(fence) as work:
            now.advance(3.0)
            work.tickets.append({99: [opened()]}, recorded_at=NOON)

    with pytest.raises(StoreError):
        fails()
    with watched.view():
        now.advance(5.0)
    assert watch.waits == [(0.0, True), (0.0, False)]
    assert watch.transactions == [(2.0, True), (3.0, True), (5.0, False)]


def test_a_store_says_how_much_room_it_takes(store: Store, request: pytest.FixtureRequest) -> None:
    see(store, lambda view: view.tickets.count())
    usage = store.usage()
    kind = request.node.callspec.params["store"]
    if kind == "memory":
        assert (usage.parts, usage.tables, usage.pools) == ({}, {}, {})
        return
    assert usage.parts["database"] > 8192
    assert set(usage.pools) == {"read", "write"}
    if kind == "sqlite":
        assert usage.tables == {}
        assert usage.disk_free is not None
        assert usage.disk_size is not None
        assert 0 < usage.disk_free < usage.disk_size
    else:
        assert set(metadata.tables) <= set(usage.tables)
        assert usage.tables["ticket"] > 0
        assert usage.disk_free is None, "the server's disk cannot be seen"


def test_the_log_beside_a_file_is_measured(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    fence = store.acquire("test")
    assert fence is not None
    with store.begin(fence) as work:
        work.sources.register("snow", "servicenow")
        work.commit()
    log = Path(sqlite_url.removeprefix("sqlite:///") + "-wal")
    assert store.usage().parts["log"] == log.stat().st_size > 0
    store.close()


def test_connections_in_use_are_counted(watched: SqlStore) -> None:
    with watched.view() as view:
        view.tickets.count()
        assert (watched.usage().pools["read"].busy, watched.usage().pools["write"].busy) == (1, 0)
    pool = watched.usage().pools["read"]
    assert (pool.busy, pool.limit) == (0, 16)
    assert pool.idle >= 1
