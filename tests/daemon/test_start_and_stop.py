"""The daemon starts at once, stops when asked, tells systemd, and never shares its store."""

import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.processes import Process, await_, command, configured, running
from tests.daemon.worlds import Served, an_instance

SLOW = ({"kind": "slow", "seconds": 60, "table": "incident"},)


@pytest.fixture
def quiet() -> Iterator[Served]:
    with an_instance() as served:
        yield served


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stop_takes_less_than_ten_seconds_though_a_source_is_slow(tmp_path: Path, signum: signal.Signals) -> None:
    with an_instance(faults=SLOW) as slow, running(configured(tmp_path, [slow.source()]), slow.env) as daemon:
        await_(lambda: slow.instance.requests, "request to the slow source")
        asked = time.monotonic()
        daemon.send(signum)
        assert daemon.wait(20) == 0
        assert time.monotonic() - asked < 10
        (stopped,) = daemon.logged("daemon_stopped")
        assert stopped["abandoned"] == ["source:snow"]


def test_an_idle_daemon_abandons_nothing_when_it_stops(tmp_path: Path, quiet: Served) -> None:
    with running(configured(tmp_path, [quiet.source("1h")]), quiet.env) as daemon:
        await_(lambda: daemon.logged("backfill_finished"), "end of the backfill")
        daemon.send(signal.SIGTERM)
        assert daemon.wait(20) == 0
        assert [line["abandoned"] for line in daemon.logged("daemon_stopped")] == [[]]


def test_systemd_is_told_when_it_is_ready_and_when_it_stops(tmp_path: Path, quiet: Served) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as inbox:
        inbox.bind(str(address))
        inbox.settimeout(30)
        with running(configured(tmp_path, [quiet.source()]), {**quiet.env, "NOTIFY_SOCKET": str(address)}) as daemon:
            assert inbox.recv(100) == b"READY=1"
            assert daemon.get("/-/ready")
            daemon.send(signal.SIGTERM)
            assert inbox.recv(100) == b"STOPPING=1"
            assert daemon.wait(20) == 0


def test_a_notify_socket_that_nobody_listens_on_stops_nobody(tmp_path: Path, quiet: Served) -> None:
    env = {**quiet.env, "NOTIFY_SOCKET": str(tmp_path / "nobody")}
    with running(configured(tmp_path, [quiet.source()]), env) as daemon:
        assert daemon.get("/-/healthy")
        daemon.send(signal.SIGTERM)
        assert daemon.wait(20) == 0


def test_a_second_process_on_the_same_store_is_refused(tmp_path: Path, quiet: Served) -> None:
    config = configured(tmp_path, [quiet.source()])
    with running(config, quiet.env) as first:
        for what in ("run", "once", "replay"):
            second = command(what, "--config", config, env=quiet.env)
            assert second.returncode == 1
            assert "another syncd process is at work on this store" in second.stderr
            assert "Traceback" not in second.stderr
        assert first.get("/-/healthy")


def test_after_kill_9_the_next_daemon_starts_at_once(tmp_path: Path, quiet: Served) -> None:
    config = configured(tmp_path, [quiet.source()])
    with running(config, quiet.env) as first:
        await_(lambda: first.logged("page_stored"), "first page")
        first.kill()
    began = time.monotonic()
    with running(config, quiet.env) as second:
        assert time.monotonic() - began < 20
        await_(lambda: second.metric("syncd_source_up", source="snow") == 1, "complete pass")


def test_a_port_that_is_taken_is_named(tmp_path: Path, quiet: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        refused = command(
            "run", "--config", configured(tmp_path, [quiet.source()], http={"listen": address}), env=quiet.env
        )
    assert refused.returncode == 2
    assert address in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_store_of_another_release_is_refused_with_exit_code_3(tmp_path: Path, quiet: Served) -> None:
    config = configured(tmp_path, [quiet.source()])
    assert command("db", "status", "--config", config).returncode == 3
    assert command("once", "--config", config, env=quiet.env).returncode == 0
    ready = command("db", "status", "--config", config, "--output", "json")
    assert (ready.returncode, '"ready": "yes"' in ready.stdout) == (0, True)
    with sqlite3.connect(tmp_path / "syncd.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert command("db", "status", "--config", config).returncode == 3
    for what in ("run", "status"):
        refused = command(what, "--config", config, env=quiet.env)
        assert (refused.returncode, "Traceback" in refused.stderr) == (3, False), refused.stderr


def test_nothing_is_left_running_when_a_simulator_is_interrupted() -> None:
    with Process(["simulate", "servicenow"]) as simulated:
        await_(simulated.output, "address of the simulator")
        simulated.send(signal.SIGINT)
        assert simulated.wait(20) == 0
