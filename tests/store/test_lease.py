"""One process writes: the lease in database time, the lock file, and what a killed holder leaves."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from syncd.errors import Fenced, StoreBusy
from syncd.ports.store import Fence
from syncd.store import open_store
from syncd.store.lease import TERM_US
from syncd.store.sql_store import SqlStore
from tests.store.samples import NOON, notice, see, write
from tests.store.test_gate import until

ROOT = Path(__file__).parents[2]

HERE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"

HOLDS = """
import sys
from syncd.store import open_store
store = open_store(sys.argv[1])
print(store.acquire("first"), flush=True)
sys.stdin.read()
"""


def run(url: str, statement: str) -> None:
    """Do something to a database behind the store's back."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def value(url: str, query: str) -> int:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        found = int(connection.exec_driver_sql(query).scalar_one())
    engine.dispose()
    return found


def acquired(store: SqlStore, holder: str) -> Fence:
    fence = store.acquire(holder)
    assert fence is not None
    return fence


def test_beside_the_holder_of_the_lease_another_process_may_only_sort_letters(url: str) -> None:
    daemon, hand = open_store(url), open_store(url)
    fence = acquired(daemon, "daemon")
    write(daemon, fence, lambda work: work.outbox.add(notice("a"), ["oncall"], at=NOON))
    (taken,) = write(daemon, fence, lambda work: work.outbox.claim("oncall", NOON, 9, 30.0))
    write(daemon, fence, lambda work: work.outbox.bury(taken.id, at=NOON, error="rejected"))
    assert hand.acquire("hand") is None
    with hand.sorting() as work:
        assert work.outbox.revive(taken.id, NOON)
        work.commit()
    daemon.renew(fence)
    assert [one.id for one in write(daemon, fence, lambda work: work.outbox.claim("oncall", NOON, 9, 30.0))] == [
        taken.id
    ]
    with hand.sorting() as work:
        assert not work.outbox.revive(taken.id, NOON), "it is the daemon's again"
    daemon.close()
    hand.close()


def test_a_second_process_is_refused_and_a_killed_one_leaves_nothing_behind(sqlite_url: str) -> None:
    command = [sys.executable, "-c", HOLDS, sqlite_url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "Fence(holder='first', epoch=1)\n"
        store = open_store(sqlite_url)
        assert store.acquire("second") is None
        with pytest.raises(Fenced), store.begin(Fence("second", 1)):
            pytest.fail("written without the lease")
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert store.acquire("second") == Fence("second", 2), "at once, though the term is not over"
        store.close()


def test_on_one_file_even_the_same_process_waits_for_the_term(sqlite_url: str) -> None:
    store, other = open_store(sqlite_url), open_store(sqlite_url)
    fence = acquired(store, "one")
    assert other.acquire("two") is None
    run(sqlite_url, "UPDATE lease SET held_until = 0")
    assert other.acquire("two") is None, "the file is locked, whatever the row says"
    assert store.acquire("one again") == Fence("one again", fence.epoch + 1)
    store.close()
    assert other.acquire("two") == Fence("two", fence.epoch + 2), "a closed store holds nothing"
    other.close()


def test_the_term_runs_in_database_time(url: str) -> None:
    store = open_store(url)
    fence = acquired(store, "one")
    now = {
        "sqlite": "SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000000",
        "postgresql": "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
    }[sa.make_url(url).get_backend_name()]
    left = value(url, "SELECT held_until FROM lease") - value(url, now)
    assert TERM_US - 5_000_000 < left <= TERM_US + 1_000_000
    run(url, "UPDATE lease SET held_until = 5")
    store.renew(fence)
    assert value(url, "SELECT held_until FROM lease") - value(url, now) > TERM_US - 5_000_000
    store.close()


def test_a_standby_takes_over_when_the_term_is_over_and_the_old_holder_is_fenced(postgres_url: str) -> None:
    active, standby = open_store(postgres_url), open_store(postgres_url)
    old = acquired(active, "one")
    assert standby.acquire("two") is None
    run(postgres_url, "UPDATE lease SET held_until = 0")
    new = acquired(standby, "two")
    assert new == Fence("two", old.epoch + 1)
    with pytest.raises(Fenced):
        active.renew(old)
    with pytest.raises(Fenced), active.begin(old) as work:
        work.sources.register("snow", "servicenow")
    active.release(old)
    write(standby, new, lambda work: work.sources.register("jira", "jira"))
    assert [row.name for row in see(active, lambda view: view.sources.all())] == ["jira"]
    active.close()
    standby.close()


def test_a_new_holder_waits_for_transactions_of_the_old_one_but_a_renewal_does_not(postgres_url: str) -> None:
    active, standby = open_store(postgres_url), open_store(postgres_url)
    old = acquired(active, "one")
    waiting = f"{HERE} AND wait_event_type = 'Lock' AND starts_with(query, 'UPDATE lease')"
    with ThreadPoolExecutor(1) as pool:
        with active.begin(old) as work:
            work.sources.register("snow", "servicenow")
            active.renew(old)
            with active.begin(old) as beside:
                beside.sources.register("jira", "jira")
                beside.commit()
            run(postgres_url, "UPDATE lease SET held_until = 0")
            taking = pool.submit(acquired, standby, "two")
            until(lambda: value(postgres_url, waiting) == 1)
            assert not taking.done()
            work.commit()
        new = taking.result()
    assert new.epoch == old.epoch + 1
    names = {row.name for row in see(standby, lambda view: view.sources.all())}
    assert names == {"snow", "jira"}, "what began under the old epoch was finished under it"
    active.close()
    standby.close()


def test_a_writer_that_hangs_is_ended_by_the_server(postgres_url: str) -> None:
    store = open_store(postgres_url)
    fence = acquired(store, "one")
    limits = "SELECT current_setting('idle_in_transaction_session_timeout'), current_setting('lock_timeout')"
    with store.begin(fence) as work:
        connection = work.tickets._session.connection  # noqa: SLF001  # no repository tells a session's settings
        assert connection.exec_driver_sql(limits).one() == ("15s", "10s")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '1ms'")
        until(lambda: value(postgres_url, f"{HERE} AND starts_with(state, 'idle in')") == 0)
        with pytest.raises(StoreBusy):
            work.sources.register("snow", "servicenow")
    with store.begin(fence) as work:
        assert list(work.sources.all()) == []
    store.close()
