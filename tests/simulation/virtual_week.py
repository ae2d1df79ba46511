"""A whole daemon on a virtual clock: a simulated ServiceNow, the shipped demo contracts, every worker's real steps."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connectors.servicenow.simulator import ServiceNowSimulator, build_simulator
from syncd.bootstrap.configuration import rules_of, settings_of
from syncd.bootstrap.workers import Workers, workers_of
from syncd.daemon.drivers import SeededDriver, Worker
from syncd.daemon.publisher import Published, Publisher
from syncd.daemon.step import Step
from syncd.daemon.timers import LeaseKeeper
from syncd.domain.reading import Reading
from syncd.ports.store import Fence, Store
from syncd.services.remap import remeasure
from syncd.settings import Settings
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.snapshot import SnapshotHolder
from syncd.testing.fakes import RecordingNotifier
from syncd.testing.instants import at
from syncd.testing.memory_store import MemoryStore
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.simulated import SimulatorTransport

DEMO = Path(__file__).parents[2] / "config" / "demo"
URL = "http://127.0.0.1:8080"

BEGIN = at("2026-03-23 06:00")
"""A Monday; clocks go forward on the Sunday of this week."""

END = BEGIN + timedelta(days=7)
UNSEEN = timedelta(minutes=5)
"""Changes so shortly before a pass need not be in it: it keeps behind the source's time."""

SEED = 11
WORLD: Mapping[str, object] = {"start": at("2026-03-20 00:00").isoformat(), "tickets_per_day": 40, "late_share": 0.2}

HOUR = 3600.0
FAULTS: Sequence[Mapping[str, object]] = (
    {"kind": "500", "share": 0.04},
    {"kind": "truncate", "share": 0.02},
    {"kind": "cut", "share": 0.02},
    {"kind": "202", "share": 0.01},
    {"kind": "error_body", "share": 0.01},
    {"kind": "drop", "share": 0.01},
    {"kind": "slow", "share": 0.01, "seconds": 100},
    {"kind": "429", "from": 5 * HOUR, "until": 9 * HOUR, "share": 0.5, "seconds": 200},
    {"kind": "hibernate", "from": 30 * HOUR, "until": 42 * HOUR},
    {"kind": "query_ignored", "from": 50 * HOUR, "until": 53 * HOUR},
    {"kind": "sort_refused", "from": 60 * HOUR, "until": 61 * HOUR, "effect": "empty"},
    {"kind": "forbidden", "from": 70 * HOUR, "until": 72 * HOUR},
    {"kind": "unauthorised", "from": 100 * HOUR, "until": 101 * HOUR},
)
"""What goes wrong in seconds after the first request, every kind of it at some time of the week."""


@dataclass
class Week:
    """One daemon and its world."""

    settings: Settings
    simulator: ServiceNowSimulator
    store: Store
    fence: Fence
    now: VirtualNow
    metrics: Metrics
    workers: Workers
    oncall: RecordingNotifier
    driver: SeededDriver

    def run(self, until: datetime = END) -> "Week":
        """Let the daemon live up to an instant, and on until it has read the source once more."""
        self.driver.run_until(until)
        poll = self.workers.polls["snow"]
        for _ in range(20):
            if poll.next_pass_at is not None:
                self.driver.run_until(poll.next_pass_at + timedelta(seconds=1))
            if poll.last_error is None and self.succeeded_at() >= until:
                return self
        raise AssertionError(f"the source was not read to its end: {poll.last_error}")

    def succeeded_at(self) -> datetime:
        """Return when the last complete pass ended."""
        with self.store.view() as view:
            (row,) = view.sources.all()
        return row.last_success_at or BEGIN

    def readings(self) -> dict[str, Sequence[Reading]]:
        """Return the stored readings of every ticket by its id."""
        with self.store.view() as view:
            tickets = {stored.number: stored.timeline.id for stored in view.tickets.stream()}
            return {tickets[number]: found for number, found in view.readings.of(list(tickets)).items()}

    def judged(self, as_of: datetime) -> dict[str, Sequence[Reading]]:
        """Return every ticket's readings as of one instant, measured anew from the stored events."""
        rules = rules_of(self.settings)
        remeasure(self.store, self.fence, rules, now=as_of, progress=lambda _: None)
        return self.readings()


class Seldom:
    """A step called less often than it asks for: what it does at noon it need not do at a quarter past."""

    def __init__(self, step: Step, every: timedelta) -> None:
        self.name = step.name
        self._step = step
        self._every = every

    def step(self, now: datetime) -> datetime:
        """Call it, and wait at least so long."""
        return max(self._step.step(now), now + self._every)


def a_week(
    folder: Path,
    *,
    every: timedelta = timedelta(minutes=30),
    faults: Sequence[Mapping[str, object]] = (),
    begin: datetime = BEGIN,
    world: Mapping[str, object] = WORLD,
    chance: int = 1,
) -> Week:
    """Return a daemon that is about to begin."""
    simulator = build_simulator(SEED, {**world, "faults": list(faults)})
    settings = _settings(folder, simulator, every)
    now = VirtualNow(begin)
    store = MemoryStore()
    fence = store.acquire("simulation")
    assert fence is not None
    metrics = Metrics()
    oncall = RecordingNotifier()
    workers = workers_of(
        settings, store, fence, now=now, metrics=metrics, say=lambda _: None,
        mounts={"snow": SimulatorTransport(simulator, now)}, notifiers={"oncall": oncall},
        chance=random.Random(chance),  # noqa: S311  waits, nothing secret
    )  # fmt: skip
    intervals = {source.name: source.every for source in settings.sources}
    publisher = Publisher(
        store, fence, settings.agreements, intervals, now, metrics, Published(SnapshotHolder(metrics))
    )
    driven = [
        *(Worker(poll, workers.bells[name]) for name, poll in workers.polls.items()),
        Worker(workers.deadlines, workers.measured),
        Worker(workers.gate, workers.told),
        *workers.drains,
        Worker(Seldom(LeaseKeeper(store, fence, metrics), timedelta(minutes=10))),
        Worker(Seldom(publisher, timedelta(hours=6))),
    ]
    return Week(settings, simulator, store, fence, now, metrics, workers, oncall, SeededDriver(now, driven))


def _settings(folder: Path, simulator: ServiceNowSimulator, every: timedelta) -> Settings:
    folder.mkdir(exist_ok=True)
    (folder / "password").write_text(simulator.credentials()["SNOW_PASSWORD"], encoding="utf-8")
    login = {"kind": "basic", "username": simulator.gate.username, "password": {"file": "password"}}
    written = {
        "store": {"url": f"sqlite:///{folder / 'unused.db'}"},
        "contracts": [str(DEMO / "contracts")],
        "calendars": [str(DEMO / "calendars")],
        "parties": {
            "customer": {"domains": ["example.com"]},
            "vendors": {
                "acme": {"domains": ["acme.example"], "groups": ["ACME NOC"]},
                "globex": {"domains": ["globex.example"], "groups": ["Globex Service Desk"]},
            },
            "automation": {"accounts": ["autoreply.acme", "autoreply.globex"]},
        },
        "sources": [
            {
                "name": "snow", "kind": "servicenow", "every": f"{int(every.total_seconds())}s",
                # Less lag than the latest commits need, so that reading again what was read is put to the test.
                "options": {**simulator.options(URL), "auth": login, "lag": 2},
            },
        ],
        "notifiers": [{"name": "oncall", "kind": "webhook", "url": "http://127.0.0.1:9/"}],
    }  # fmt: skip
    path = folder / "syncd.yaml"
    path.write_text(json.dumps(written), encoding="utf-8")
    return settings_of(path)
