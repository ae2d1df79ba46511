"""kill -9 at any moment while a real log is read: reading again from where it stood comes to the same store."""

import json
import random
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.daemon.contents import contents, rows
from tests.daemon.processes import ROOT, Process, await_, command, configured

LOG = ROOT.parent / "shared" / "data" / "incident_event_log.csv.xz"
OPTIONS = ROOT / "tests" / "connectors" / "servicenow" / "uci_options.yaml"
TICKETS = 6000
KILLS = 30

CONTRACT = """
contract: desk
vendor: {id: desk, name: Desk}
time_zone: UTC
revisions:
  - effective: {from: 2015-01-01}
    covers: [{source: snow}]
    targets:
      - name: fix
        metric: resolution
        goals: {P1: 4h, P2: 8h, default: 40h}
        calendar: always
        objective: 90%
"""


@dataclass(frozen=True)
class Desk:
    """A simulated instance that serves the log, and configurations that read it."""

    source: dict[str, object]
    env: dict[str, str]

    def configured(self, folder: Path) -> Path:
        folder.mkdir()
        (folder / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
        (folder / "calendars.yaml").write_text(
            "calendars: [{name: always, time_zone: UTC, hours: always}]", encoding="utf-8"
        )
        notifier = {"name": "oncall", "kind": "webhook", "url": "http://127.0.0.1:9/"}
        return configured(
            folder, [self.source], contracts=["contract.yaml"], calendars=["calendars.yaml"], parties={},
            notifiers=[notifier],
        )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    if not LOG.is_file():
        pytest.skip("shared data absent: incident_event_log.csv.xz")
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"incident_event_log": str(LOG), "limit": TICKETS}), encoding="utf-8")
    with Process(["simulate", "servicenow", "--script", script]) as simulated:

        def told() -> str | None:
            return next((line for line in simulated.output().splitlines() if line.startswith("{")), None)

        facts = json.loads(await_(told, "address of the simulator"))
        own = yaml.safe_load(OPTIONS.read_text(encoding="utf-8"))
        options = {**facts["options"], **own, "page_size": 25}
        yield Desk({"name": "snow", "kind": "servicenow", "options": options}, facts["credentials"])


def stored(store: Path) -> int:
    return len(rows(store, "SELECT 1 FROM ticket"))


def finished(store: Path) -> bool:
    return bool(rows(store, "SELECT 1 FROM source WHERE backfilled_at IS NOT NULL"))


def test_a_log_read_with_many_kills_is_the_log_read_at_once(desk: Desk, tmp_path: Path) -> None:
    config = desk.configured(tmp_path / "killed")
    store = tmp_path / "killed" / "syncd.db"
    chance = random.Random(20260302)  # noqa: S311  moments, nothing secret
    known = [0]

    for _ in range(KILLS):
        with Process(["once", "--config", config, "--log-level", "info"], desk.env) as reading:
            await_(lambda now=reading: now.logged("page_stored") or now.ended, "page")  # type: ignore[misc]  # bound
            threading.Event().wait(chance.uniform(0, 0.05))
            reading.kill()
            assert reading.wait() == -signal.SIGKILL, reading.output()
        assert not finished(store)
        known.append(stored(store))
    assert known == sorted(known)
    assert len(set(known)) > KILLS * 3 / 4
    assert 0 < known[-1] < TICKETS

    last = command("once", "--config", config, env=desk.env)
    assert last.returncode == 0, last.stderr
    whole = desk.configured(tmp_path / "whole")
    assert command("once", "--config", whole, env=desk.env).returncode == 0

    killed, undisturbed = contents(store), contents(tmp_path / "whole" / "syncd.db")
    assert len(undisturbed["tickets"]) == TICKETS == len(undisturbed["readings"])
    assert len(undisturbed["events"]) > TICKETS * 2
    for name, found in undisturbed.items():
        assert killed[name] == found, f"{name} differ"
