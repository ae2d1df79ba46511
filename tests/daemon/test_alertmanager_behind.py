"""A breach on its way through a real daemon and a real Alertmanager: told once, ended once, whatever is restarted."""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.alerting.alertmanager_process import Alertmanager, await_, needs_alertmanager, notified
from tests.daemon.processes import Daemon, configured, running
from tests.daemon.receivers import Receiver, a_receiver

pytestmark = needs_alertmanager

CONTRACT = """
contract: acme
vendor: {id: acme, name: ACME}
time_zone: UTC
revisions:
  - effective: {from: 2020-01-01}
    covers: [{source: desk}]
    targets:
      - {name: fix, metric: resolution, goals: {P1: 15m}, calendar: always, objective: 90%, at_risk: 99.9%}
"""
CALENDAR = "calendars: [{name: always, time_zone: UTC, hours: always}]"
GOAL = timedelta(minutes=15)


class World:
    """A source in a file, an Alertmanager, and what it tells whoever is behind it."""

    def __init__(self, folder: Path, receiver: Receiver, member: Alertmanager, horizon: float) -> None:
        self._path = folder / "desk.jsonl"
        self._events: dict[str, list[dict[str, object]]] = {}
        self._receiver = receiver
        self.member = member
        (folder / "contract.yaml").write_text(CONTRACT)
        (folder / "calendar.yaml").write_text(CALENDAR)
        # Without any ticket, so that what comes next is no history.
        self.shows("other", datetime.now(UTC))
        oncall = {
            "name": "oncall", "kind": "alertmanager", "urls": [member.url], "resend_seconds": 0.5,
            "horizon_seconds": horizon, "hold_seconds": 0,
        }  # fmt: skip
        source: dict[str, object] = {
            "name": "desk",
            "kind": "timeline",
            "every": "1s",
            "options": {"path": str(self._path)},
        }
        self.config = configured(
            folder, [source], notifiers=[oncall], contracts=["contract.yaml"], calendars=["calendar.yaml"]
        )  # fmt: skip

    def shows(self, ticket: str, opened: datetime) -> None:
        """Let a ticket be at the source."""
        event = {"id": "1", "at": opened.isoformat(), "kind": "opened", "by": "customer", "priority": "P1"}
        self._events[ticket] = [{**event, "vendor": "acme"}]
        self._write()

    def solves(self, ticket: str) -> None:
        """Let it be solved now."""
        at = datetime.now(UTC).isoformat()
        event: dict[str, object] = {"id": "2", "at": at, "kind": "phase", "by": "vendor", "to": "resolved"}
        self._events[ticket].append(event)
        self._write()

    def _write(self) -> None:
        lines = [
            {"format": 1, "source": "desk", "ticket": ticket, "id": ticket, "quality": "full", "events": events}
            for ticket, events in self._events.items()
        ]
        self._path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def told(self, status: str) -> list[str]:
        """Return whom breaches were told about, in order."""
        bodies = [body for body in self._receiver.bodies("/hook") if body["groupLabels"]["alertname"] == BREACHED]
        return notified(bodies, status)


BREACHED = "SyncdClockBreached"


@contextmanager
def a_world(folder: Path, *, horizon: float = 3600) -> Iterator[World]:
    with ExitStack() as stack:
        receiver = stack.enter_context(a_receiver())
        member = stack.enter_context(Alertmanager(folder / "am", f"{receiver.url}/hook"))
        yield World(folder, receiver, member, horizon)


def read_once(daemon: Daemon) -> None:
    """Wait until the first pass, which is history, is over."""
    await_(lambda: daemon.metric("syncd_worker_last_tick_timestamp_seconds", worker="source:desk"), "first pass")


def breach(world: World) -> None:
    """Let a ticket fall due in a second and be told about."""
    world.shows("a", datetime.now(UTC) - GOAL + timedelta(seconds=1))
    await_(lambda: world.told("firing"), "notification of the breach")


@pytest.mark.parametrize("restarted", ["daemon", "alertmanager", "both"])
def test_a_breach_is_told_once_and_ended_once_whatever_is_restarted(tmp_path: Path, restarted: str) -> None:
    with a_world(tmp_path) as world, ExitStack() as stack:
        daemon = stack.enter_context(running(world.config))
        read_once(daemon)
        breach(world)
        if restarted != "alertmanager":
            daemon.kill()
        if restarted != "daemon":
            world.member.stop()
            world.member.start()
        if restarted != "alertmanager":
            daemon = stack.enter_context(running(world.config))
        await_(lambda: "a" in world.member.tickets(), "alert after the restart")
        # What is told after a later breach was told after whatever a restart would have repeated.
        world.shows("b", datetime.now(UTC) - GOAL + timedelta(seconds=1))
        await_(lambda: "b" in world.told("firing"), "notification of a later breach")
        world.solves("a")
        await_(lambda: world.told("resolved"), "notification of the end")
        world.solves("b")
        await_(lambda: "b" in world.told("resolved"), "notification of the later end")
        assert world.told("resolved").count("a") == 1
        assert world.member.tickets() == []
        daemon.send(signal.SIGTERM)
        assert daemon.wait() == 0


def test_an_outage_shorter_than_the_horizon_ends_nothing_and_one_that_is_longer_does(tmp_path: Path) -> None:
    with a_world(tmp_path, horizon=6) as world:
        with running(world.config) as daemon:
            read_once(daemon)
            breach(world)
            daemon.kill()
        killed = datetime.now(UTC)
        with running(world.config) as daemon:
            assert daemon.url
            read_once(daemon)
            back = datetime.now(UTC)
            await_(lambda: datetime.now(UTC) - back > timedelta(seconds=7) or None, "more than a horizon")
            if back - killed < timedelta(seconds=6):
                assert world.told("resolved") == []
            daemon.kill()
        await_(lambda: world.told("resolved") == ["a"], "end of the horizon")
