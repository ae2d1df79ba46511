"""How late at-risk and breach notices arrive from an idle daemon with 100,000 open clocks.

The clocks are stored; a source over HTTP, from which breaches are confirmed, holds tickets that are at risk and in
breach one after the other, first of a response, then of its resolution. SYNCD_BENCH_OPEN says how many clocks are open.
"""

import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from syncd.bootstrap.configuration import settings_of
from tests.daemon.processes import Process, await_, configured, running
from tests.daemon.receivers import Receiver, a_receiver
from tests.daemon.worlds import past
from tests.performance.commands import SYNCD, compiling_into, used_by
from tests.performance.stored import count_days, fill

OPEN = int(os.environ.get("SYNCD_BENCH_OPEN", "100000"))
DUE = 30
"""How many tickets fall due while it is watched, each once at risk and once in breach."""

GROUP = "8d6ee1e0a4a9c4b1d6c7c1a3d1f3a001"
GOAL, AT_RISK = timedelta(minutes=16), timedelta(minutes=15)
FIRST, APART = timedelta(seconds=20), timedelta(seconds=1.7)
"""When the first is at risk after the instance began, and how far apart they are: not whole seconds."""

CONTRACT = """
contract: acme
vendor: {id: acme, name: ACME}
time_zone: UTC
revisions:
  - effective: {from: 2020-01-01}
    covers: [{source: bulk}, {source: snow}]
    targets:
      - {name: response, metric: first_response, goals: {P1: 16m, P2: 4h}, at_risk: 93.75%, calendar: always}
      - {name: fix, metric: resolution, goals: {P1: 72000h, P2: 72000h}, calendar: always}
"""


def a_world(now: datetime) -> dict[str, object]:
    """Tickets that fall due one after the other, and nothing else."""
    values = {"state": "1", "priority": "1", "assignment_group": GROUP}
    changes = [
        {
            "op": "insert", "table": "incident", "sys_id": f"{number + 1:032x}", "by": "anna.berg",
            "at": (now - AT_RISK + FIRST + number * APART).isoformat(), "values": {**values, "number": f"DUE{number}"},
        }
        for number in range(DUE)
    ]  # fmt: skip
    groups = [{"sys_id": GROUP, "name": "ACME NOC", "sys_created_on": "2015-01-01 00:00:00"}]
    return {"start": past(1).isoformat(), "tickets_per_day": 0, "rows": {"sys_user_group": groups}, "changes": changes}


def late(receiver: Receiver, step: str) -> list[float]:
    """Return the seconds from each instant to the arrival of its notice at the webhook."""
    told = [each for each in list(receiver.posted) if each.body["step"] == step]
    return sorted((each.at - datetime.fromisoformat(each.body["at"])).total_seconds() for each in told)


def main() -> None:
    """Fill a store, let them fall due, and print."""
    with tempfile.TemporaryDirectory() as name, a_receiver() as receiver:
        folder = Path(name)
        (folder / "contract.yaml").write_text(CONTRACT)
        (folder / "nothing").mkdir()
        bulk = {"name": "bulk", "kind": "timeline", "every": "1h", "options": {"path": str(folder / "nothing")}}
        hook = {"name": "oncall", "kind": "webhook", "url": receiver.url}
        environ = compiling_into(folder)
        config = configured(folder, [bulk], notifiers=[hook], contracts=["contract.yaml"])
        used_by([*SYNCD, "once", "-c", config], environ)
        settings = settings_of(config)
        fill(settings, folder / "syncd.db", OPEN // 2, open_every=1, now=datetime.now(UTC))
        count_days(settings)
        script = folder / "script.json"
        script.write_text(json.dumps(a_world(datetime.now(UTC))))
        with Process(["simulate", "servicenow", "--script", script]) as process:
            instance = json.loads(await_(lambda: process.output() if "\n" in process.output() else None, "simulator"))
            snow = {"name": "snow", "kind": "servicenow", "every": "60s", "options": instance["options"]}
            configured(folder, [bulk, snow], notifiers=[hook], contracts=["contract.yaml"])
            with running(config, {**environ, **instance["credentials"]}, level="warning") as daemon:
                await_(lambda: len(late(receiver, "breached")) >= DUE, "last breach", 300)
                clocks = sum(
                    daemon.metric(
                        "syncd_sla_open_tickets", vendor="acme", priority=priority, target=target, state=state
                    )
                    for priority in ("P1", "P2")
                    for target in ("response", "fix")
                    for state in ("ok", "at_risk", "breached", "paused")
                )
    print(f"lateness of notices from an idle daemon with {clocks:,.0f} open clocks, {DUE} tickets one by one")
    for step in ("at_risk", "breached"):
        told = late(receiver, step)
        confirmed = sum(each.body["confirmed"] for each in list(receiver.posted) if each.body["step"] == step)
        print(
            f"  {step:9} {len(told)} arrived, {confirmed} confirmed; median {median(told):.3f} s, "
            f"at most {told[-1]:.3f} s (aim: under 1)"
        )


if __name__ == "__main__":
    main()
