"""Real incidents by two routes: as timelines straight into `measure`, and through a simulated ServiceNow into a store.

Nothing differs. The log leaves out who acted, comments and a quarter of the updates; both routes leave them out alike,
because the simulator serves as history exactly the changes of state and priority that the log shows
(`connectors/servicenow/simulator/eventlog.py` lists what else is missing).
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import syncd_command as syncd
from tests.uci.instance import LOG, serving, write_agreements, write_config

AS_OF = "2017-06-01T00:00:00Z"
TICKETS = 24_918
COMPARED = (
    "number", "priority", "started_at", "stopped_at", "stage", "goal_seconds", "elapsed_seconds", "remaining_seconds",
    "first_due_at", "due_at", "due_if_resumed", "late_from", "breached_at", "verdict", "period", "pauses",
    "false_resolves", "flags",
)  # fmt: skip
"""Everything but the ids of events, which are each route's own."""

pytestmark = pytest.mark.skipif(not LOG.exists(), reason="shared data absent: the incident log lies beside the project")


def compared(lines: list[dict[str, Any]]) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """The cycles of each ticket and target, less what may differ."""
    return {
        (line["ticket"], line["target"]): [tuple(cycle[key] for key in COMPARED) for cycle in line["cycles"]]
        for line in lines
    }


def test_both_routes_agree_on_every_ticket(tmp_path: Path) -> None:
    timelines = tmp_path / "timelines.jsonl"
    with timelines.open("w") as target:
        subprocess.run([sys.executable, str(LOG.with_name("make_timelines.py"))], stdout=target, check=True)
    agreements = write_agreements(tmp_path, ["uci"])
    straight = syncd("measure", "--contracts", agreements, "--as-of", AS_OF, "--timelines", timelines)
    assert straight.code == 0, straight.err

    with serving(tmp_path) as instance:
        config = write_config(tmp_path, instance.options)
        assert syncd("once", "-c", config, environ=instance.environ).code == 0
    stored = syncd("tickets", "-c", config, "--as-of", AS_OF, "--output", "json")
    assert stored.code == 0, stored.err

    expected, found = compared(straight.lines), compared(stored.lines)
    assert len(expected) == 2 * TICKETS
    assert found.keys() == expected.keys()
    assert {key: found[key] for key in found if found[key] != expected[key]} == {}
    verdicts = Counter((target, cycle[13]) for (_, target), cycles in expected.items() for cycle in cycles)
    assert set(verdicts) == {(target, verdict) for target in ("response", "fix") for verdict in ("met", "missed")}
