"""Sources that fail in every way: each by its name, none at the cost of another, nothing lost once they are well."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.daemon.contents import rows
from tests.daemon.processes import Daemon, await_, command, configured, running
from tests.daemon.receivers import Receiver, a_receiver
from tests.daemon.worlds import Served, an_instance, past

SECRET = "correct-horse-battery-staple"
"""The key that signs webhooks."""

TEXT = "zanzibar-marmalade-4711"
"""What the customer wrote in every ticket here, and the vendor answered."""

PAGES = (
    "/", "/scorecards", "/tickets/well/INC0000001", "/api/v1/status", "/api/v1/open-clocks", "/-/healthy", "/-/ready",
)  # fmt: skip

CONTRACT = """
contract: acme
vendor: {id: acme, name: ACME}
time_zone: UTC
revisions:
  - effective: {from: 2026-01-01}
    covers: [{source: well}]
    targets:
      - {name: response, metric: first_response, goals: {P1: 15m}, calendar: always, objective: 90%}
"""

SLOW, WELL = "slow", "well"
FAULTS: Mapping[str, tuple[str, Sequence[Mapping[str, object]]]] = {
    "unreachable": ("network", [{"kind": "drop"}]),
    "unauthorised": ("auth", [{"kind": "unauthorised"}]),
    "forbidden": ("forbidden", [{"kind": "forbidden", "table": "incident"}]),
    "hibernating": ("sleeping", [{"kind": "hibernate"}]),
    "stopping-short": ("truncated", [{"kind": "truncate"}]),
    "breaking-off": ("truncated", [{"kind": "cut"}]),
    "failing": ("server", [{"kind": "503"}]),
    "ignoring-queries": ("query_not_honoured", [{"kind": "query_ignored"}]),
    "rate-limiting": ("rate_limited", [{"kind": "429", "seconds": 1}]),
    SLOW: ("", [{"kind": "slow", "seconds": 0.3}]),
    WELL: ("", []),
}
"""By the source's name: the reason that its failures have, and what goes wrong."""

AILING = [
    pytest.param(name, reason, id=f"a source that is {name.replace('-', ' ')} fails for {reason}")
    for name, (reason, _) in FAULTS.items()
    if reason
]


def a_world(tickets: int) -> dict[str, object]:
    """So many open tickets with ACME, whose text must never be seen; the last one is late in half a minute."""
    begin = past(1)
    soon = datetime.now(UTC) - timedelta(minutes=14, seconds=30)
    group = "8d6ee1e0a4a9c4b1d6c7c1a3d1f3a001"
    values = {
        "state": "2", "priority": "1", "assignment_group": group, "short_description": "Printer",
        "description": TEXT, "comments": TEXT, "work_notes": TEXT,
    }  # fmt: skip
    inserts = [
        {
            "op": "insert", "table": "incident", "sys_id": f"{n:032x}", "by": "anna.berg",
            "at": (soon if n == tickets else begin).isoformat(), "values": {**values, "number": f"INC{n:07d}"},
        }
        for n in range(1, tickets + 1)
    ]  # fmt: skip
    groups = [{"sys_id": group, "name": "ACME NOC", "sys_created_on": "2015-01-01 00:00:00"}]
    return {"rows": {"sys_user_group": groups}, "changes": inserts}


@dataclass
class Ward:
    """A daemon with eleven sources of which most are ill, and what it said and left behind once they were well."""

    sources: Mapping[str, Served]
    config: Path
    env: Mapping[str, str]
    receiver: Receiver
    ill: dict[str, dict[str, object]]
    """`syncd status` while they were ill, by source."""
    moved: dict[str, int]
    """How many cursors each source had then."""
    metrics: str
    said: str
    """Everything that any process printed, logged or served."""
    tickets: dict[str, int]
    """Stored in the end, by source."""


def is_named(daemon: Daemon, name: str, reason: str) -> bool:
    counted = daemon.metric("syncd_sync_failures_total", source=name, reason=reason) >= 1
    return counted and any(
        line["reason"] == reason for line in daemon.logged("pass_failed") if line["source"] == name
    )  # fmt: skip


def per_source(store: Path, table: str, column: str = "source_id") -> dict[str, int]:
    found = rows(store, f"SELECT s.name, count(*) FROM {table} t JOIN source s ON s.id = t.{column} GROUP BY 1")  # noqa: S608  our names
    return {str(name): int(str(count)) for name, count in found}


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = tmp_path_factory.mktemp("ward")
    with ExitStack() as stack:
        receiver = stack.enter_context(a_receiver())
        world = a_world(30)
        sources = {
            name: stack.enter_context(an_instance(name, seed=seed, script=world, faults=faults))
            for seed, (name, (_, faults)) in enumerate(FAULTS.items())
        }
        env = {"HOOK_KEY": SECRET}
        for served in sources.values():
            env |= served.env
        hook = {"name": "oncall", "kind": "webhook", "url": receiver.url, "secret": {"env": "HOOK_KEY"}}
        (folder / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
        config = configured(
            folder, [each.source() for each in sources.values()], notifiers=[hook], contracts=["contract.yaml"]
        )
        yield lived(folder, sources, config, env, receiver)


def lived(
    folder: Path, sources: Mapping[str, Served], config: Path, env: Mapping[str, str], receiver: Receiver
) -> Ward:
    """Run the daemon until every fault had its name and the others are read; heal; read once more to the end."""
    store = folder / "syncd.db"
    with running(config, env, level="debug") as daemon:
        for name, (reason, _) in FAULTS.items():
            if reason:
                await_(lambda name=name, reason=reason: is_named(daemon, name, reason), f"{reason} of {name}", 120)  # type: ignore[misc]  # bound
        for name in (SLOW, WELL):
            await_(
                lambda name=name: daemon.metric("syncd_source_backfill_complete", source=name) == 1, f"{name} source"  # type: ignore[misc]  # bound
            )  # fmt: skip
        await_(lambda: receiver.posted, "notice at the receiver")
        status = command("status", "--config", config, "--output", "json", env=env)
        moved = per_source(store, "checkpoint")
        metrics = daemon.get("/metrics")
        pages = [daemon.get(path) for path in PAGES]
        for served in sources.values():
            served.instance.heal()
    rest = command("once", "--config", config, "--log-level", "debug", env=env)
    assert rest.returncode == 0, rest.stderr
    explained = command("explain", "INC0000001", "--config", config, env=env)
    said = [daemon.output(), metrics, *pages, status.stdout, status.stderr, rest.stdout, rest.stderr, explained.stdout]
    ill = {line["source"]: line for line in json.loads(status.stdout)}
    return Ward(sources, config, env, receiver, ill, moved, metrics, "\n".join(said), per_source(store, "ticket"))


@pytest.mark.parametrize(("name", "reason"), AILING)
def test_in_status(ward: Ward, name: str, reason: str) -> None:
    assert str(ward.ill[name]["last_error"]).startswith(f"{reason}: ")
    assert ward.ill[name]["last_success"] is None


@pytest.mark.parametrize(("name", "reason"), AILING)
def test_in_metrics_and_for_no_other_reason(ward: Ward, name: str, reason: str) -> None:
    failures = [line for line in ward.metrics.splitlines() if line.startswith("syncd_sync_failures_total{")]
    counted = {
        found for line in failures if f'source="{name}"' in line and not line.endswith(" 0.0")
        for found in [line.partition('reason="')[2].partition('"')[0]]
    }  # fmt: skip
    assert counted == {reason}


@pytest.mark.parametrize("name", [name for name, (reason, _) in FAULTS.items() if reason])
def test_no_cursor_moves_while_a_source_fails(ward: Ward, name: str) -> None:
    assert ward.moved.get(name, 0) == 0


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_once_a_source_is_well(ward: Ward, name: str) -> None:
    assert ward.tickets[name] == 30


def test_a_slow_source_and_a_sound_one_are_read_while_the_others_fail(ward: Ward) -> None:
    for name in (SLOW, WELL):
        assert (ward.ill[name]["failures"], ward.ill[name]["last_error"]) == (0, None)


@pytest.mark.parametrize("where", ["what was printed, logged and served", "the store's files", "what receivers got"])
def test_no_secret_and_no_ticket_text_is_in(ward: Ward, where: str) -> None:
    secrets = {SECRET, *(secret for each in ward.sources.values() for secret in each.secrets())}
    places = {
        "what was printed, logged and served": [ward.said.encode()],
        "the store's files": [file.read_bytes() for file in ward.config.parent.iterdir() if file.is_file()],
        "what receivers got": [json.dumps(each.body).encode() for each in ward.receiver.posted],
    }[where]
    found = [canary for canary in {*secrets, TEXT} for text in places if canary.encode() in text]
    assert found == []
    assert any(places)


def test_the_text_and_the_secrets_really_were_there_to_be_spilt(ward: Ward) -> None:
    sound = ward.sources[WELL].instance.sound
    assert any(TEXT in change.new for ticket in sound.truth().values() for change in ticket.changes)
    assert len(sound.truth()) == 30
    assert [each.body["ticket"] for each in ward.receiver.posted] == ["INC0000030"]
    assert all("v1=" in each.signature for each in ward.receiver.posted)
