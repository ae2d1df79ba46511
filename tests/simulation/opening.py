"""Tickets of many sources that are all due at closing time, and so all late at one opening second.

Every worker's real steps run on a virtual clock; sources answer rechecks at once and remember them, the one receiver
takes a little time for each notice and remembers when it had it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from syncd.daemon.drivers import SeededDriver, Worker
from syncd.daemon.source_poll import Polling, SourcePoll, work_slots
from syncd.daemon.step import Wake
from syncd.daemon.telling import ChannelDrain, NoticeGate
from syncd.daemon.timers import DeadlineTimer
from syncd.domain.notice import Notice, Step
from syncd.ports.connector import Page, RawRecord, Rechecked
from syncd.ports.notifier import Envelope
from syncd.ports.store import Fence, Store
from syncd.services.ingest import store_page
from syncd.services.intake import Intake
from syncd.services.release import Gates
from syncd.services.rules import Rules
from syncd.settings.agreements import agreements_from_documents
from syncd.store import open_store
from syncd.telemetry.metrics import Metrics
from syncd.testing.fakes import FakeConnector, FakeMapper, timeline_record
from syncd.testing.instants import at
from syncd.testing.virtual_now import VirtualNow

OPENING = at("2026-03-03 08:00")
CLOSING = at("2026-03-02 18:00")
BEGIN = OPENING - timedelta(minutes=15)
GOALS = {"P1": 1, "P2": 2, "P3": 3, "P4": 4}
"""Hours by priority; tickets are opened so many before closing time."""
SHARES = ("P1", *("P2",) * 2, *("P3",) * 3, *("P4",) * 4)
"""One ticket in ten is of the most urgent priority, four of the least."""
VENDORS = 10
EVERY = timedelta(seconds=60)
RECEIVING = 0.004
"""Seconds that the receiver takes for a notice."""


class Receiver:
    """Takes what it is told, and notes when."""

    name = "oncall"

    def __init__(self, now: VirtualNow) -> None:
        self._now = now
        self.taken: list[tuple[datetime, Envelope]] = []

    def deliver(self, envelope: Envelope) -> None:
        self._now.sleep(RECEIVING)
        self.taken.append((self._now.utc(), envelope))

    def close(self) -> None:
        """Nothing to let go of."""


class Watched(FakeConnector):
    """A source that notes when how many of its tickets were read by their id."""

    def __init__(self, now: VirtualNow, records: Sequence[RawRecord]) -> None:
        super().__init__()
        self._now = now
        self.records = {record.ticket: record for record in records}
        self.reads: list[tuple[datetime, int]] = []

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        self.reads.append((self._now.utc(), len(ids)))
        return super().recheck(ids)

    def most_in_a_minute(self) -> int:
        """Return the most tickets read so within any minute."""
        minute = timedelta(minutes=1)
        return max(sum(n for at_, n in self.reads if begin <= at_ < begin + minute) for begin, _ in self.reads)


@dataclass(frozen=True)
class Morning:
    """What came of it."""

    taken: Sequence[tuple[datetime, Envelope]]
    sources: Sequence[Watched]
    keys: int
    steps: int

    def told(self, step: Step = Step.BREACHED) -> list[tuple[timedelta, Notice]]:
        """Return the notices of one step with how long after the opening they arrived."""
        return [(when - OPENING, each.notice) for when, each in self.taken if each.notice.key.step is step]

    def unconfirmed(self) -> int:
        """Return how many left without their ticket having been read once more."""
        return sum(not each.confirmed for _, each in self.taken)


def rules() -> Rules:
    """Ten vendors whose service begins at eight, by one contract each."""
    daily = {"mon-sun": ["08:00-18:00"]}
    documents: list[dict[str, object]] = [{"calendars": [{"name": "day", "time_zone": "UTC", "hours": daily}]}]
    documents += [
        {
            "contract": f"contract-{n}", "vendor": {"id": f"vendor-{n}"}, "time_zone": "UTC",
            "revisions": [{
                "effective": {"from": "2020-01-01"},
                "covers": [{"source": f"source-{m}"} for m in range(n, 1000, VENDORS)],
                "targets": [{
                    "name": "fix", "metric": "resolution", "calendar": "day", "objective": "90%",
                    "goals": {priority: f"{hours}h" for priority, hours in GOALS.items()},
                }],
            }],
        }
        for n in range(VENDORS)
    ]  # fmt: skip
    return Rules(
        agreements_from_documents(documents, "opening").agreements, ("oncall",),
        rechecked=frozenset(f"source-{n}" for n in range(1000)),
    )  # fmt: skip


def ticket(name: str, vendor: str, priority: str) -> RawRecord:
    """Return an open ticket that is due at closing time."""
    opened = CLOSING - timedelta(hours=GOALS[priority])
    event = {
        "id": "1", "at": opened.isoformat(), "kind": "opened", "by": "customer", "priority": priority, "vendor": vendor,
    }  # fmt: skip
    return timeline_record({"ticket": name.upper(), "id": name, "events": [event]})


def an_opening(folder: Path, *, sources: int, tickets: int, storm: int, budget: int = 60) -> Morning:
    """Return what is told from a quarter of an hour before the opening until ten minutes after it."""
    now = VirtualNow(BEGIN)
    store = open_store(f"sqlite:///{folder / 'opening.db'}", now=now)
    store.upgrade(lambda _: None)
    fence = store.acquire("simulation")
    assert fence is not None
    by, told, measured, metrics = rules(), Wake(), Wake(), Metrics()
    receiver, connectors, polls = Receiver(now), [], []
    bells = {f"source-{n}": Wake() for n in range(sources)}
    for n, name in enumerate(bells):
        records = [
            ticket(f"t{n}-{m}", f"vendor-{n % VENDORS}", SHARES[m // sources % len(SHARES)])
            for m in range(n, tickets, sources)
        ]  # fmt: skip
        connector = Watched(now, records)
        intake = _loaded(store, fence, name, records, by)
        polls.append(
            SourcePoll(
                Polling(
                    intake, connector, "fake", EVERY, now, metrics, work_slots(4), measured, told, lambda: False,
                    rechecks_per_minute=budget,
                )
            )
        )  # fmt: skip
        connectors.append(connector)
    drain = Worker(ChannelDrain(store, fence, "oncall", receiver, now, metrics, Random(1)))  # noqa: S311  a wait
    gates = Gates(dict.fromkeys(bells, EVERY), storm, BEGIN)
    driver = SeededDriver(
        now,
        [
            *(Worker(poll, bell) for poll, bell in zip(polls, bells.values(), strict=True)),
            Worker(DeadlineTimer(store, fence, by, now, metrics, told, bells), measured),
            Worker(NoticeGate(store, fence, by, gates, metrics, [drain.wake]), told),
            drain,
        ],
    )
    driver.run_until(OPENING + timedelta(minutes=10))
    with store.view() as view:
        keys = len({each.envelope.key for each in view.outbox.standing("oncall")})
    store.close()
    return Morning(receiver.taken, connectors, keys, driver.steps)


def _loaded(store: Store, fence: Fence, name: str, records: Sequence[RawRecord], by: Rules) -> Intake:
    """Make a source that was read until now, its tickets out of the past."""
    with store.begin(fence) as work:
        row = work.sources.register(name, "fake")
        work.sources.activate_generation(row.id, row.generation, 1)
        work.sources.succeeded(row.id, BEGIN, None)
        work.commit()
    intake = Intake(store, fence, row.id, name, FakeMapper(), by)
    store_page(intake, Page(records, "loaded"), stream="live", expected=None, now=BEGIN, from_history=True)
    return intake
