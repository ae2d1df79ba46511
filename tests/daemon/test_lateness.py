"""A breach is noticed when it happens, however busy the sources are."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.daemon.processes import await_, configured, running
from tests.daemon.receivers import Receiver, a_receiver
from tests.daemon.worlds import an_instance, past

SOURCES = 8
CLOCKS = 12
FIRST, APART = timedelta(seconds=30), timedelta(seconds=1.5)
"""When the first deadline falls, and how far apart they are."""

GROUP = "8d6ee1e0a4a9c4b1d6c7c1a3d1f3a001"

CONTRACT = """
contract: acme
vendor: {id: acme, name: ACME}
time_zone: UTC
revisions:
  - effective: {from: 2026-01-01}
    covers: [{source: busy-0}]
    targets:
      - {name: response, metric: first_response, goals: {P1: 15m}, calendar: always, objective: 90%}
"""


def a_world(now: datetime) -> Mapping[str, object]:
    """Hundreds of made-up tickets, somebody writing to them all the time, and some whose deadline falls soon."""
    values = {"state": "1", "priority": "1", "assignment_group": GROUP}
    clocks = [
        {
            "op": "insert", "table": "incident", "sys_id": f"{n + 1:032x}", "by": "anna.berg",
            "at": (now - timedelta(minutes=15) + FIRST + n * APART).isoformat(),
            "values": {**values, "number": f"DUE{n:03d}"},
        }
        for n in range(CLOCKS)
    ]  # fmt: skip
    groups = [{"sys_id": GROUP, "name": "ACME NOC", "sys_created_on": "2015-01-01 00:00:00"}]
    return {
        "start": past(4).isoformat(), "tickets_per_day": 150, "churn": 3,
        "rows": {"sys_user_group": groups}, "changes": clocks,
    }  # fmt: skip


def lateness(receiver: Receiver) -> dict[str, float]:
    """Seconds from each breach to its arrival, by ticket."""
    told = [each for each in list(receiver.posted) if each.body["ticket"].startswith("DUE")]
    return {
        each.body["ticket"]: (each.at - datetime.fromisoformat(each.body["at"])).total_seconds()
        for each in told
        if each.body["step"] == "breached"
    }


def test_breaches_are_told_as_they_happen_beside_eight_busy_sources(tmp_path: Path) -> None:
    (tmp_path / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
    with ExitStack() as stack:
        receiver = stack.enter_context(a_receiver())
        world = a_world(datetime.now(UTC))
        served = [
            stack.enter_context(an_instance(f"busy-{n}", seed=n, script=world)) for n in range(SOURCES)
        ]  # fmt: skip
        env = {name: secret for each in served for name, secret in each.env.items()}
        hook = {"name": "oncall", "kind": "webhook", "url": receiver.url}
        config = configured(
            tmp_path, [each.source() for each in served], notifiers=[hook], contracts=["contract.yaml"]
        )  # fmt: skip
        with running(config, env, level="warning") as daemon:
            await_(lambda: f"DUE{CLOCKS - 1:03d}" in lateness(receiver), "last breach", 120)
            assert daemon.metric("syncd_tickets_processed_total", source="busy-7", outcome="created") > 100
        late = lateness(receiver)
    assert len(late) > CLOCKS / 2
    assert min(late.values()) >= 0
    assert max(late.values()) < 10, late
