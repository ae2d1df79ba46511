"""How late breaches are noticed and told while eight sources are read over HTTP as fast as they answer.

One simulator in a process of its own serves the eight, with somebody writing to its tickets all the time. A ninth
source holds clocks whose deadlines fall one after the other. SYNCD_BENCH_CLOCKS says how many clocks,
SYNCD_BENCH_SOURCES how many busy sources.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from tests.daemon.processes import Daemon, Process, await_, configured, running
from tests.daemon.receivers import Receiver, a_receiver
from tests.daemon.worlds import past
from tests.performance.commands import compiling_into

CLOCKS = int(os.environ.get("SYNCD_BENCH_CLOCKS", "40"))
SOURCES = int(os.environ.get("SYNCD_BENCH_SOURCES", "8"))
GOAL = timedelta(minutes=15)
FIRST, APART = timedelta(seconds=25), timedelta(seconds=0.7)
"""When the first deadline falls, and how far apart they are: not whole seconds, at which sources are polled."""

CONTRACT = """
contract: acme
vendor: {id: acme, name: ACME}
time_zone: UTC
revisions:
  - effective: {from: 2020-01-01}
    covers: [{source: due}, BUSY]
    targets:
      - {name: response, metric: first_response, goals: {P1: 15m}, calendar: always, objective: 90%}
"""
BUSY = {"start": past(4).isoformat(), "tickets_per_day": 150, "churn": 3}
SAMPLE = re.compile(r'syncd_deadline_lateness_seconds_(bucket\{le="([^"]+)"\}|sum|count) (\S+)')


@contextmanager
def busy() -> Iterator[dict[str, Any]]:
    """Yield what a simulator in its own process says of itself."""
    with tempfile.TemporaryDirectory() as name:
        script = Path(name) / "script.json"
        script.write_text(json.dumps(BUSY))
        with Process(["simulate", "servicenow", "--script", script]) as process:
            yield json.loads(await_(lambda: process.output() if "\n" in process.output() else None, "simulator"))


def write_due(path: Path, now: datetime) -> None:
    """Write timelines of which one after the other will be in breach."""
    lines = []
    for number in range(CLOCKS):
        at = (now - GOAL + FIRST + number * APART).isoformat()
        event = {"id": "1", "at": at, "kind": "opened", "by": "customer", "priority": "P1", "vendor": "acme"}
        lines.append({
            "format": 1, "source": "due", "ticket": f"DUE{number}", "id": str(number), "quality": "full",
            "events": [event],
        })  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def late(receiver: Receiver) -> list[float]:
    """Seconds from each breach to its arrival at the webhook."""
    told = [each for each in list(receiver.posted) if each.body["step"] == "breached" and each.body["source"] == "due"]
    return [(each.at - datetime.fromisoformat(each.body["at"])).total_seconds() for each in told]


def histogram(daemon: Daemon) -> tuple[float, float, str]:
    """Return how many looks at deadlines there were, their mean lateness, and the least bound that holds them all."""
    found = SAMPLE.findall(daemon.get("/metrics"))
    said = {kind: float(value) for kind, bound, value in found if not bound}
    bounds = [bound for _, bound, value in found if bound and float(value) == said["count"]]
    return said["count"], said["sum"] / max(said["count"], 1), bounds[0]


def main() -> None:
    """Let it happen, and print."""
    with tempfile.TemporaryDirectory() as name, busy() as instance, a_receiver() as receiver:
        folder = Path(name)
        names = [f"busy-{number}" for number in range(SOURCES)]
        covers = ", ".join(f"{{source: {each}}}" for each in names)
        (folder / "contract.yaml").write_text(CONTRACT.replace("BUSY", covers))
        write_due(folder / "due.jsonl", datetime.now(UTC))
        options = {**instance["options"], "lag": 0}
        sources: list[dict[str, object]] = [
            {"name": each, "kind": "servicenow", "every": "1s", "options": options} for each in names
        ]
        sources.append({
            "name": "due", "kind": "timeline", "every": "1h", "options": {"path": str(folder / "due.jsonl")}
        })  # fmt: skip
        hook = {"name": "oncall", "kind": "webhook", "url": receiver.url}
        config = configured(folder, sources, notifiers=[hook], contracts=["contract.yaml"])
        environ = {**compiling_into(folder), **instance["credentials"]}
        with running(config, environ, level="warning") as daemon:
            await_(lambda: len(late(receiver)) == CLOCKS, "last breach", 180)
            looks, mean, bound = histogram(daemon)
            records = sum(
                daemon.metric("syncd_tickets_processed_total", source=each, outcome=outcome)
                for each in names
                for outcome in ("created", "updated", "unchanged")
            )
    told = sorted(late(receiver))
    print(f"lateness of {CLOCKS} breaches beside {SOURCES} busy sources, with {records:,.0f} records meanwhile")
    print(f"  deadline looked at   mean {mean:6.3f} s, all of {looks:.0f} within {bound} s (aim: under 1)")
    print(f"  webhook arrived      median {median(told):6.3f} s, at most {told[-1]:.3f} s after the breach")


if __name__ == "__main__":
    main()
