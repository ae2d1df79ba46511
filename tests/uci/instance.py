"""The real incident log served by the simulator in a process of its own, and a configuration that reads it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT.parent / "shared" / "data" / "incident_event_log.csv.xz"
OPTIONS = ROOT / "tests" / "connectors" / "servicenow" / "uci_options.yaml"

CALENDARS = """
calendars:
  - {name: always, time_zone: UTC, hours: always}
  - name: business
    time_zone: Europe/Lisbon
    hours: {mon-fri: ["09:00-13:00", "14:00-18:00"]}
    holidays: [{country: PT}]
"""

CONTRACT = """
contract: desk
vendor: {id: desk, name: Desk}
time_zone: Europe/Lisbon
revisions:
  - effective: {from: 2015-01-01}
    covers: [SOURCES]
    targets:
      - name: response
        metric: first_response
        goals: {P1: 15m, P2: 30m, P3: 4h, P4: 8h}
        calendar: {P1: always, default: business}
        objective: 95%
      - name: fix
        metric: resolution
        goals: {P1: 4h, P2: 8h, P3: 3 working days, P4: 5 working days}
        calendar: {P1: always, default: business}
        pause_while: [customer, third_party]
        objective: 90%
"""


@dataclass(frozen=True)
class Instance:
    """A running simulator: its source options, and the environment that holds its made-up secrets."""

    options: dict[str, object]
    environ: dict[str, str]


@contextmanager
def serving(folder: Path, *, limit: int = 0) -> Iterator[Instance]:
    """Serve the log, or its first incidents, on loopback."""
    script = folder / "script.json"
    script.write_text(json.dumps({"incident_event_log": str(LOG), "limit": limit}))
    command = [sys.executable, "-m", "syncd", "simulate", "servicenow", "--script", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the simulator has no output")
            told = json.loads(process.stdout.readline())
            options = {**told["options"], **yaml.safe_load(OPTIONS.read_text())}
            yield Instance(options, {**os.environ, **told["credentials"]})
        finally:
            process.terminate()


def write_agreements(folder: Path, sources: list[str]) -> Path:
    """Write the contract and calendars that the real log is measured by; returns their folder."""
    agreements = folder / "agreements"
    agreements.mkdir(parents=True, exist_ok=True)
    covers = ", ".join(f"{{source: {name}}}" for name in sources)
    (agreements / "contract.yaml").write_text(CONTRACT.replace("SOURCES", covers))
    (agreements / "calendars.yaml").write_text(CALENDARS)
    return agreements


def write_config(
    folder: Path, options: dict[str, object], *, source: str = "uci", page_size: int | None = None
) -> Path:
    """Write a configuration that reads one instance into a store in this folder."""
    agreements = write_agreements(folder, [source])
    if page_size is not None:
        options = {**options, "page_size": page_size}
    config = folder / "syncd.yaml"
    written = {
        "store": {"url": f"sqlite:///{folder / 'syncd.db'}"},
        "http": {"listen": "127.0.0.1:0"},
        "contracts": [str(agreements)],
        "calendars": [],
        "sources": [{"name": source, "kind": "servicenow", "every": "60s", "options": options}],
    }
    config.write_text(json.dumps(written))
    return config
