"""A daemon whose database is taken away says so by name, loses nothing, and goes on by itself when it is back."""

import json
import signal
import urllib.error
from pathlib import Path

from tests.cli.conftest import CALENDARS, CONTRACT, EXAMPLE
from tests.daemon.processes import Daemon, await_, configured, running


def status_of(daemon: Daemon, path: str) -> tuple[int, str]:
    try:
        return 200, daemon.get(path)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_a_database_that_is_taken_away_and_put_back(tmp_path: Path) -> None:
    agreements = tmp_path / "agreements"
    agreements.mkdir()
    (agreements / "both.yaml").write_text(CALENDARS)
    (agreements / "contract.yaml").write_text(CONTRACT)
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps(EXAMPLE) + "\n")
    source = {"name": "snow", "kind": "timeline", "every": "1s", "options": {"path": str(lines)}}
    config = configured(tmp_path, [source], contracts=[str(agreements)], calendars=[])
    database = tmp_path / "syncd.db"
    with running(config) as daemon:
        await_(lambda: daemon.logged("page_stored"), "first page")
        database.rename(tmp_path / "aside")
        lines.write_text("".join(json.dumps({**EXAMPLE, "id": each, "ticket": each}) + "\n" for each in ("one", "two")))
        await_(lambda: daemon.logged("store_failed"), "failure of the store")
        await_(lambda: daemon.logged("pass_failed"), "failed pass")
        assert {each["reason"] for each in daemon.logged("store_failed")} == {"missing"}
        assert daemon.metric("syncd_worker_store_failures_total", reason="missing") >= 2
        code, page = status_of(daemon, "/")
        assert (code, "the store does not answer: missing" in page) == (503, True)
        assert status_of(daemon, "/-/ready")[0] == 503
        assert status_of(daemon, "/-/healthy")[0] == 200
        (tmp_path / "aside").rename(database)
        await_(lambda: len(daemon.logged("page_stored")) == 2, "page after the outage")
        await_(lambda: "two" in status_of(daemon, "/tickets/snow/two")[1], "its ticket")
        assert daemon.logged("worker_crashed") == []
        assert daemon.metric("syncd_worker_crashes_total") == 0


def test_a_stop_during_an_outage_is_a_stop(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps(EXAMPLE) + "\n")
    source = {"name": "snow", "kind": "timeline", "every": "1s", "options": {"path": str(lines)}}
    with running(configured(tmp_path, [source])) as daemon:
        await_(lambda: daemon.logged("page_stored"), "first page")
        (tmp_path / "syncd.db").rename(tmp_path / "aside")
        daemon.send(signal.SIGTERM)
        assert daemon.wait(20) == 0, daemon.output()
        assert daemon.logged("daemon_stopped")
