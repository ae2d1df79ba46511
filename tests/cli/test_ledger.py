"""`--ledger`: whose every second of a cycle was, on the lines of `syncd measure`."""

import json
from datetime import datetime
from pathlib import Path

from tests.cli.command import syncd_command

CONTRACT = """
contract: acme-msp
vendor: {id: acme}
time_zone: UTC
revisions:
  - effective: {from: 2026-01-01}
    covers: [{source: snow}]
    targets:
      - {name: fix, metric: resolution, goals: {P2: 8h}, calendar: office}
"""
CALENDARS = 'calendars: [{name: office, time_zone: UTC, hours: {mon-fri: ["09:00-17:00"]}}]'
EVENTS = [
    {"id": "a", "at": "2026-03-02T08:00:00Z", "kind": "opened", "by": "customer", "vendor": "acme", "priority": "P2"},
    {"id": "b", "at": "2026-03-02T12:00:00Z", "kind": "phase", "by": "vendor", "to": "pending", "awaiting": "customer"},
    {"id": "c", "at": "2026-03-02T15:00:00Z", "kind": "phase", "by": "customer", "to": "active", "awaiting": "vendor"},
    {"id": "d", "at": "2026-03-02T18:30:00Z", "kind": "phase", "by": "vendor", "to": "resolved"},
]


def test_the_parts_of_a_ledger_add_up_to_the_time_from_start_to_stop(tmp_path: Path) -> None:
    (tmp_path / "contract.yaml").write_text(CONTRACT)
    (tmp_path / "calendars.yaml").write_text(CALENDARS)
    line = json.dumps({"source": "snow", "ticket": "INC1", "events": EVENTS})
    options = ["measure", "--contracts", str(tmp_path), "--as-of", "2026-03-03T00:00:00Z"]
    (cycle,) = json.loads(syncd_command(*options, "--ledger", stdin=line).out)["cycles"]
    assert cycle["ledger"] == {
        "excluded": 0, "unknown": 0, "out_of_hours": 9000, "other_vendor": 0, "customer": 10800, "third_party": 0,
        "vendor": 18000,
    }  # fmt: skip
    wall = datetime.fromisoformat(cycle["stopped_at"]) - datetime.fromisoformat(cycle["started_at"])
    assert sum(cycle["ledger"].values()) == wall.total_seconds()
    (plain,) = json.loads(syncd_command(*options, stdin=line).out)["cycles"]
    assert "ledger" not in plain
