"""Agreements, timelines and a configuration that the command tests share."""

import json
from pathlib import Path

import pytest

CALENDARS = """
calendars:
  - {name: always, time_zone: UTC, hours: always}
  - name: berlin-business
    time_zone: Europe/Berlin
    hours: {mon-thu: ["08:00-12:00", "13:00-17:30"], fri: ["08:00-15:00"]}
    holidays: [{date: 2026-04-03, name: Good Friday}]
"""

CONTRACT = """
contract: acme-msp
vendor: {id: acme, name: ACME Managed Services}
time_zone: Europe/Berlin
revisions:
  - effective: {from: 2026-01-01}
    covers:
      - {source: snow}
    targets:
      - name: response
        metric: first_response
        goals: {P1: 15m, P2: 30m, P3: 4h, P4: 8h}
        calendar: {P1: always, P2: always, default: berlin-business}
        objective: 95%
      - name: fix
        metric: resolution
        goals: {P1: 4h, P2: 8h, P3: 3 working days, P4: 5 working days}
        calendar: {P1: always, default: berlin-business}
        pause_while: [customer, third_party]
        objective: 90%
"""

EXAMPLE = {
    "format": 1, "source": "snow", "ticket": "INC0012345", "id": "0f0e", "quality": "full",
    "events": [
        {"id": "a1", "at": "2026-03-02T08:00:00Z", "kind": "opened", "by": "customer", "priority": "P2",
         "phase": "new", "awaiting": "vendor", "vendor": "acme", "attributes": {"service": "wan"}},
        {"id": "a2", "at": "2026-03-02T08:20:00Z", "kind": "message", "by": "vendor", "visibility": "public",
         "automated": True},
        {"id": "a3", "at": "2026-03-02T09:00:00Z", "kind": "message", "by": "vendor", "visibility": "public"},
        {"id": "a4", "at": "2026-03-02T10:00:00Z", "kind": "phase", "by": "vendor", "to": "pending",
         "awaiting": "customer", "original": "Awaiting Info"},
        {"id": "a5", "at": "2026-03-02T15:00:00Z", "kind": "phase", "by": "customer", "to": "active",
         "awaiting": "vendor"},
        {"id": "a6", "at": "2026-03-02T15:30:00Z", "kind": "priority", "by": "customer", "to": "P1"},
        {"id": "a7", "at": "2026-03-03T09:00:00Z", "kind": "phase", "by": "vendor", "to": "resolved",
         "awaiting": "nobody"},
    ],
}  # fmt: skip
"""The example of the timeline format."""


@pytest.fixture
def agreements(tmp_path: Path) -> Path:
    """A folder with one contract and its calendars."""
    folder = tmp_path / "agreements"
    folder.mkdir()
    (folder / "calendars.yaml").write_text(CALENDARS)
    (folder / "acme-msp.yaml").write_text(CONTRACT)
    return folder


@pytest.fixture
def example() -> str:
    """The example timeline as a line."""
    return json.dumps(EXAMPLE) + "\n"


@pytest.fixture
def config(tmp_path: Path, agreements: Path, example: str) -> Path:
    """A configuration with one source of timelines and an embedded store."""
    (tmp_path / "timelines.jsonl").write_text(example)
    path = tmp_path / "syncd.yaml"
    path.write_text(
        f"store: {{url: 'sqlite:///{tmp_path / 'syncd.db'}'}}\n"
        "http: {listen: '127.0.0.1:0'}\n"
        f"contracts: ['{agreements}']\n"
        "calendars: []\n"
        "sources:\n"
        "  - {name: snow, kind: timeline, every: 60s, options: {path: timelines.jsonl}}\n"
    )
    return path
