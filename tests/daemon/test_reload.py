"""A changed configuration is taken on by the same process at the same address, and a wrong one changes nothing."""

import json
import shutil
import signal
import socket
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from syncd.daemon.reload import Reload, handed_over
from syncd.errors import ConfigError
from syncd.telemetry.exposition import render_registry
from syncd.telemetry.metrics import Metrics
from tests.daemon.processes import DEMO, Daemon, await_, configured, running
from tests.daemon.worlds import Served, an_instance
from tests.telemetry.pages import series_of

SLOW = ({"kind": "slow", "seconds": 60, "table": "incident"},)


@pytest.fixture
def quiet() -> Iterator[Served]:
    with an_instance() as served:
        yield served


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """Contracts of one's own to change."""
    return Path(shutil.copytree(DEMO / "contracts", tmp_path / "contracts"))


def written(folder: Path, source: Mapping[str, object], **http: object) -> Path:
    return configured(folder, [source], contracts=[str(folder / "contracts")], http={"listen": "127.0.0.1:0", **http})


def rename_vendor(contracts: Path, name: str) -> None:
    for path in contracts.glob("*.yaml"):
        text = path.read_text()
        if "id: acme" in text:
            path.write_text(text.replace("ACME Managed Services", name))


def started(daemon: Daemon, times: int) -> None:
    await_(lambda: len(daemon.logged("daemon_started")) == times, f"start number {times}")


def refused(daemon: Daemon, times: int) -> str:
    """What was wrong the last of so many times."""
    await_(lambda: len(daemon.logged("configuration_refused")) == times, f"refusal number {times}")
    return "\n".join(daemon.logged("configuration_refused")[-1]["findings"])


def test_sighup_refuses_what_is_wrong_and_takes_a_changed_contract_on(
    tmp_path: Path, contracts: Path, quiet: Served
) -> None:
    with running(written(tmp_path, quiet.source()), quiet.env) as daemon:
        pid, hashed = daemon.pid, daemon.metric("syncd_config_hash", part="agreements")
        changed = next(contracts.glob("*.yaml"))
        right = changed.read_text()
        changed.write_text(right.replace("time_zone:", "time_zon:"))
        daemon.send(signal.SIGHUP)
        assert f"{changed}:" in refused(daemon, 1)
        assert daemon.metric("syncd_config_last_reload_successful") == 0

        changed.write_text(right)
        written(tmp_path, json.loads(json.dumps(quiet.source()).replace("PASSWORD_SNOW", "NOWHERE")))
        daemon.send(signal.SIGHUP)
        assert "NOWHERE" in refused(daemon, 2), "a missing secret is found before anything stops"
        passes = daemon.metric("syncd_sync_attempts_total", source="snow")
        await_(lambda: daemon.metric("syncd_sync_attempts_total", source="snow") > passes, "next pass as before")
        assert daemon.logged("daemon_stopped") == []

        written(tmp_path, quiet.source())
        rename_vendor(contracts, "ACME Renamed")
        daemon.send(signal.SIGHUP)
        started(daemon, 2)
        assert (daemon.pid, daemon.ended) == (pid, False)
        await_(lambda: daemon.metric("syncd_vendor_info", display_name="ACME Renamed"), "new name of the vendor")
        assert daemon.metric("syncd_config_hash", part="agreements") != hashed
        assert daemon.metric("syncd_config_last_reload_successful") == 1
        daemon.send(signal.SIGTERM)
        assert daemon.wait(20) == 0
        assert [line["again"] for line in daemon.logged("daemon_stopped")] == [True, False]


def test_a_request_takes_a_hanging_source_out_and_nobody_is_turned_away_meanwhile(
    tmp_path: Path, contracts: Path
) -> None:
    del contracts
    with (
        an_instance(faults=SLOW) as slow,
        running(written(tmp_path, slow.source(), reload=True), slow.env) as daemon,
    ):
        await_(lambda: slow.instance.requests, "request to the slow source")
        written(tmp_path, {**slow.source(), "name": "renamed"}, reload=True)
        request = urllib.request.Request(f"{daemon.url}/-/reload", method="POST")  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            assert answer.status == 202
        await_(lambda: daemon.logged("daemon_stopped"), "stop")
        assert daemon.get("/-/healthy") == "healthy\n", "the address is listened on throughout"
        started(daemon, 2)
        assert [line["abandoned"] for line in daemon.logged("daemon_stopped")] == [["source:snow"]]
        page = daemon.get("/metrics")
        assert 'worker="source:snow"' not in page
        assert 'worker="source:renamed"' in page


def a_reload(*outcomes: Exception | None) -> tuple[Reload, threading.Event, Metrics, list[Exception | None]]:
    """One whose checks come out so, one after another; what is left of them last."""
    left, stop, metrics = list(outcomes), threading.Event(), Metrics()

    def check() -> None:
        found = left.pop(0)
        if found is not None:
            raise found

    return Reload(check, stop, metrics), stop, metrics, left


def successful(metrics: Metrics) -> float:
    page = dict(series_of(render_registry(metrics.registry, openmetrics=False).decode()))
    return page["syncd_config_last_reload_successful", frozenset()]


@pytest.mark.parametrize(
    ("cause", "finding"),
    [
        pytest.param(ConfigError(findings=["a.yaml:3: name: wrong"]), "a.yaml:3: name: wrong", id="a wrong one"),
        pytest.param(ValueError("bug"), "the configuration could not be checked: see the log", id="a connector's bug"),
    ],
)
def test_what_cannot_be_used_is_told_and_stops_nothing(cause: Exception, finding: str) -> None:
    reload, stop, metrics, _ = a_reload(cause)
    assert list(reload.now()) == [finding]
    assert (stop.is_set(), reload.accepted, successful(metrics)) == (False, False, 0)


def test_what_is_accepted_is_checked_once() -> None:
    reload, stop, _, left = a_reload(None, ValueError("never asked"))
    assert reload.now() == () == reload.now()
    assert (stop.is_set(), reload.accepted, len(left)) == (True, True, 1)


def test_a_signal_is_only_noted_and_looked_at_once() -> None:
    reload, stop, _, left = a_reload(ConfigError("wrong"), None)
    reload.look()
    assert len(left) == 2
    reload.ask()
    reload.look()
    reload.look()
    assert (len(left), stop.is_set()) == (1, False)


def test_who_is_asked_to_end_does_not_start_again() -> None:
    reload, stop, _, _ = a_reload(None)
    reload.now()
    reload.end()
    assert (reload.accepted, stop.is_set()) == (False, True)


def test_a_socket_is_taken_over_only_for_the_address_that_it_was_configured_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert handed_over("127.0.0.1:0") is None
    with socket.create_server(("127.0.0.1", 0)) as bound:
        other = bound.dup()
        monkeypatch.setenv("SYNCD_LISTENING", f"{other.detach()} 127.0.0.1:9465")
        assert handed_over("127.0.0.1:0") is None, "closed, because another address is configured now"
        own = bound.dup()
        monkeypatch.setenv("SYNCD_LISTENING", f"{own.detach()} 127.0.0.1:0")
        found = handed_over("127.0.0.1:0")
        assert found is not None
        with found:
            assert found.getsockname() == bound.getsockname()
            assert not found.get_inheritable()
        assert handed_over("127.0.0.1:0") is None, "once"
