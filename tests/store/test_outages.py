"""A store that fails under a running source: it has a name, nothing is lost or skipped, and it goes on by itself."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from syncd.daemon.step import Wake
from syncd.errors import Fenced, StoreError, StoreReason
from syncd.ports.connector import Cursor, Page
from syncd.store import open_store
from syncd.store.sql_store import SqlStore
from syncd.telemetry.metrics import Metrics
from syncd.testing.fakes import FakeHistorian
from syncd.testing.virtual_now import VirtualNow
from tests.daemon.bench import NOON, Bench, page
from tests.services.desk import chatty, desk_on
from tests.store import outages
from tests.store.conftest import private_folder, started_postgres, url_of
from tests.store.outages import Outage


@pytest.fixture(scope="module")
def own_server() -> Iterator[tuple[str, object]]:
    """A server that may be stopped, with few connections, and its address."""
    with private_folder() as folder, started_postgres(folder) as server:
        server.psql("ALTER SYSTEM SET max_connections = 8;")
        server.psql("ALTER SYSTEM SET max_wal_senders = 0;")
        yield url_of(folder), server


@pytest.fixture(params=["file taken away", "full disk", "shut", "read only", "down", "crowded"])
def outage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outage]:
    def made(name: str) -> object:
        return request.getfixturevalue(name)

    match request.param:
        case "file taken away":
            yield outages.file_taken_away(str(made("sqlite_url")))
        case "full disk":
            with outages.small_disk(tmp_path / "disk") as disk:
                template = made("sqlite_template")
                assert isinstance(template, Path)
                yield outages.full_disk(template, disk)
        case "shut" | "read only" as fault:
            on_server: Callable[[str], None] = request.getfixturevalue("on_server")
            url = str(made("postgres_url"))
            yield outages.shut(url, on_server) if fault == "shut" else outages.read_only(url, on_server)
        case fault:
            url, server = request.getfixturevalue("own_server")
            yield outages.down(url, server) if fault == "down" else outages.crowded(url, server)


class Struck(FakeHistorian):
    """Has something happen once, between the reading of a page and its storing."""

    def __init__(self, at: str, strike: Callable[[], None], *passes: list[Page], past: list[Page]) -> None:
        super().__init__(*passes, past=past)
        self._at, self._strike = at, strike

    def _struck(self, pages: Iterator[Page]) -> Iterator[Page]:
        for each in pages:
            if each.cursor == self._at:
                self._at = ""
                self._strike()
            yield each

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        return self._struck(super().pages(since))

    def backfill(self, before: Cursor | None) -> Iterator[Page]:
        return self._struck(super().backfill(before))


def counted(found: Bench) -> set[StoreReason]:
    name = "syncd_worker_store_failures_total"
    every: tuple[StoreReason, ...] = get_args(StoreReason)
    return {reason for reason in every if found.metrics.registry.get_sample_value(name, {"reason": reason})}


@pytest.fixture
def store(outage: Outage) -> Iterator[SqlStore]:
    with closing(open_store(outage.url)) as opened:
        yield opened


@pytest.mark.parametrize("at", ["c2", "p2"], ids=["a live pass", "the past"])
def test_what_was_read_and_could_not_be_stored_is_read_again(store: SqlStore, outage: Outage, at: str) -> None:
    tickets = {cursor: Page([chatty(f"{cursor}-{n}", 150) for n in range(4)], cursor) for cursor in ("c2", "p2")}
    connector = Struck(
        at, outage.begin, [page("c1", "t1"), tickets["c2"]], [tickets["c2"]], past=[page("p1", "t2"), tickets["p2"]]
    )
    found = Bench(desk_on(store), connector, VirtualNow(NOON), Metrics(), Wake(), Wake())
    for _ in range(3):
        found.step()
    for _ in range(3):
        assert str(found.poll.last_error).startswith("store: "), found.poll.last_error
        assert found.pass_on() <= timedelta(minutes=5)
    assert counted(found)
    assert counted(found) <= outage.reasons
    outage.end()
    found.pass_on()
    for _ in range(3):
        found.step()
    wanted = {"t1", "t2", *(f"{cursor}-{n}" for cursor in ("c2", "p2") for n in range(4))}
    assert (found.poll.last_error, set(found.desk.readings())) == (None, wanted)
    assert (found.desk.cursor(), found.desk.cursor("backfill")) == ("c2", "p2")
    assert found.desk.quarantined() == {}
    assert found.row().failures == 0


def test_a_file_that_is_gone_is_not_made_again_by_looking(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    store = open_store(sqlite_url)
    desk = desk_on(store)
    path.unlink()
    for _ in range(2):
        with pytest.raises(StoreError, match="put it back") as gone:
            desk.take(chatty("t1", 3))
        assert gone.value.reason == "missing"
    assert not path.exists()
    store.close()


def test_another_file_in_its_place_is_not_written_to(sqlite_url: str, tmp_path: Path) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    store = open_store(sqlite_url)
    desk = desk_on(store)
    before = shutil.copy(path, tmp_path / "older")
    desk.take(chatty("t1", 3))
    Path(before).rename(path)
    with pytest.raises(Fenced, match="replaced by another file"):
        desk.take(chatty("t2", 3), expected="c1", cursor="c2")
    store.close()
