"""Every rule of the clock as a ticket worked out by hand: the file name is the rule.

A scenario holds `target` (and, where it matters, `calendars`, `covers`, `contract` and `revisions`) as contracts are
written, `events` as timelines are, `as_of`, and what to `expect` of the reading: the keys that matter, as `syncd
measure` prints them. Calendars `always` and `office` (Monday to Friday, 09:00 to 17:00 UTC) are there. An event without
an id is `e1`, `e2`, ... by its place.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from syncd.domain.contract import Agreements
from syncd.domain.measure import Measurement, measure
from syncd.domain.timeline_format import parse_instant, parse_timeline
from syncd.report.readings import measurement_as_json
from syncd.settings import load_agreements

SCENARIOS = sorted((Path(__file__).parent / "clocks").glob("*.yaml"))
CALENDARS = [
    {"name": "always", "time_zone": "UTC", "hours": "always"},
    {"name": "office", "time_zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}},
]
INSTANTS = {
    "started_at", "stopped_at", "first_due_at", "due_at", "due_if_resumed", "late_from", "breached_at", "from", "until",
}  # fmt: skip


class Plain(yaml.SafeLoader):
    """YAML whose instants stay text, as they are in JSON."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def agreements(scenario: dict[str, Any], folder: Path) -> Agreements:
    revision = {
        "effective": {"from": "2026-01-01"},
        "covers": scenario.get("covers", [{"source": "desk"}]),
        "targets": [{"name": "clock", "calendar": "always", **scenario["target"]}],
    }
    contract = {
        "contract": "acme-msp", "vendor": {"id": "acme"}, "time_zone": "UTC", "period": "month",
        "revisions": [revision | stated for stated in scenario.get("revisions", [{}])],
        **scenario.get("contract", {}),
    }  # fmt: skip
    (folder / "contract.yaml").write_text(yaml.safe_dump(contract), encoding="utf-8")
    calendars = {"calendars": CALENDARS + scenario.get("calendars", [])}
    (folder / "calendars.yaml").write_text(yaml.safe_dump(calendars), encoding="utf-8")
    return load_agreements([folder]).agreements


def measured(scenario: dict[str, Any], folder: Path) -> Measurement:
    events = [{"id": f"e{place}"} | event for place, event in enumerate(scenario["events"], start=1)]
    timeline = parse_timeline({"source": "desk", "ticket": "T-1", "events": events, **scenario.get("timeline", {})})
    return measure(timeline, agreements(scenario, folder), as_of=parse_instant(scenario["as_of"], "as_of"))


def told(value: Any, key: str = "") -> Any:
    """What is expected or found, with instants written one way."""
    if isinstance(value, dict):
        return {name: told(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [told(item) for item in value]
    return parse_instant(value, key) if key in INSTANTS and isinstance(value, str) else value


def of_interest(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {key: found.get(key) for key in wanted}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem.replace("-", " "))
def test_scenario(path: Path, tmp_path: Path) -> None:
    scenario = yaml.load(path.read_text(encoding="utf-8"), Plain)  # noqa: S506 - a SafeLoader with fewer types
    expect = told(scenario["expect"])
    result = measured(scenario, tmp_path)
    (line,) = measurement_as_json(result)
    found = told(line)
    if "rejected" in expect:
        found["rejected"] = [{"event": one.event, "reason": one.reason} for one in result.readings[0].rejected]
    if "cycles" in expect:
        assert len(found["cycles"]) == len(expect["cycles"])
        found["cycles"] = [of_interest(*both) for both in zip(found["cycles"], expect["cycles"], strict=True)]
    assert of_interest(found, expect) == expect


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) > 60
