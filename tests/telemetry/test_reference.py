"""The page about metrics says of each what the page of metrics says."""

import re
from pathlib import Path

from syncd.telemetry.fleet_names import FLEET, TICKETS
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.names import PROCESS
from syncd.telemetry.reference import page
from syncd.telemetry.snapshot import SnapshotHolder
from tests.telemetry.fleets import AT, a_fleet
from tests.telemetry.pages import text_of

WRITTEN = Path(__file__).parents[2] / "deploy" / "prometheus" / "METRICS.md"


def test_the_written_page_is_the_generated_one() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == page(), "make it again: python -m syncd.telemetry.reference"


def test_every_metric_is_described_once() -> None:
    described = re.findall(r"^\| `(\w+)` \|", page(), re.MULTILINE)
    assert described == [family.name for family in (*PROCESS, *FLEET, *TICKETS)]


def test_no_metric_is_on_the_page_that_is_not_described() -> None:
    metrics = Metrics()
    metrics.expect(sources={"snow": "servicenow"}, channels=["oncall"], workers=["snow"])
    holder = SnapshotHolder(metrics)
    holder.publish(a_fleet())
    shown = set(re.findall(r"^# TYPE (syncd_\w+)", text_of(holder, AT), re.MULTILINE))
    described = set(re.findall(r"^\| `(\w+)` \|", page(), re.MULTILINE))
    assert shown - described == set()
    assert {family.name for family in FLEET} <= shown, "the fleet of the tests has something of every family"
