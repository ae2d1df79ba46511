"""A source that cannot be read for two hours while clocks fall due: one page for that, and what was true, late."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from syncd.daemon.drivers import SeededDriver, Worker
from syncd.daemon.source_poll import Polling, SourcePoll, work_slots
from syncd.daemon.step import Wake
from syncd.daemon.telling import ChannelDrain, NoticeGate
from syncd.daemon.timers import DeadlineTimer
from syncd.domain.notice import Step
from syncd.errors import SourceUnavailable
from syncd.ports.connector import Cursor, Page, RawRecord, Rechecked
from syncd.ports.notifier import Envelope
from syncd.ports.store import Fence, Store
from syncd.services.intake import Intake
from syncd.services.release import Gates
from syncd.services.rules import Rules
from syncd.telemetry.metrics import Metrics
from syncd.testing.fakes import FakeConnector, FakeMapper, RecordingNotifier
from syncd.testing.memory_store import MemoryStore
from syncd.testing.virtual_now import VirtualNow
from tests.services.desk import HOUR, MINUTE, MORNING, agreed, opened, record, resolved

EVERY = timedelta(seconds=60)
BLIND = (MORNING + 3 * HOUR + 30 * MINUTE, MORNING + 5 * HOUR + 30 * MINUTE)
DUE = MORNING + 4 * HOUR
"""Half an hour into the blindness."""


class Outage(FakeConnector):
    """Shows what is so at the source, but not while it is down."""

    def __init__(self, now: VirtualNow, down: tuple[datetime, datetime]) -> None:
        super().__init__()
        self._now, self._down = now, down
        self.truth: dict[str, list[tuple[datetime, RawRecord]]] = {}
        """What each ticket looks like from which instant on."""

    def _seen(self) -> list[RawRecord]:
        now = self._now.utc()
        if self._down[0] <= now < self._down[1]:
            raise SourceUnavailable("snow", "network", "no answer")
        looks = ([look for since, look in told if since <= now] for told in self.truth.values())
        return [seen[-1] for seen in looks if seen]

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        yield Page(self._seen(), "c", self._now.utc())
        del since

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        return Rechecked([each for each in self._seen() if each.ticket in ids])


class World:
    """A daemon's steps over one store, which may be left and taken up again as after a restart."""

    def __init__(self, now: VirtualNow, store: Store, fence: Fence, snow: Outage, oncall: RecordingNotifier) -> None:
        self.now = now
        rules = Rules(agreed(), ("oncall",), rechecked=frozenset({"snow"}))
        told, measured, metrics, bell = Wake(), Wake(), Metrics(), Wake()
        with store.begin(fence) as work:
            row = work.sources.register("snow", "fake")
            work.sources.activate_generation(row.id, row.generation, 1)
            work.commit()
        intake = Intake(store, fence, row.id, "snow", FakeMapper(), rules)
        polling = Polling(intake, snow, "fake", EVERY, now, metrics, work_slots(1), measured, told, lambda: False)
        chance = random.Random(1)  # noqa: S311  a wait
        drain = Worker(ChannelDrain(store, fence, "oncall", oncall, now, metrics, chance))
        gates = Gates({"snow": EVERY}, 20, now.utc())
        gate = NoticeGate(store, fence, rules, gates, metrics, [drain.wake])
        deadlines = DeadlineTimer(store, fence, rules, now, metrics, told, {"snow": bell})
        self.driver = SeededDriver(
            now, [Worker(SourcePoll(polling), bell), Worker(deadlines, measured), Worker(gate, told), drain]
        )


def lived(restarts: Sequence[datetime] = (), until: datetime = MORNING + 7 * HOUR) -> list[Envelope]:
    """Return what is told of two urgent tickets, of which one is solved in time while nobody can see it."""
    now = VirtualNow(MORNING - HOUR)
    store, snow, oncall = MemoryStore(), Outage(now, BLIND), RecordingNotifier()
    long_ago = MORNING - 2 * HOUR
    snow.truth = {
        "old": [(long_ago, record("old", opened(long_ago), resolved(MORNING - HOUR)))],
        "t1": [(MORNING, record("t1"))],
        "t2": [(MORNING, record("t2")), (DUE - MINUTE, record("t2", opened(), resolved(DUE - MINUTE)))],
    }
    for end in (*restarts, until):
        fence = store.acquire("daemon")
        assert fence is not None
        World(now, store, fence, snow, oncall).driver.run_until(end)
        store.bury_holder()
    return oncall.taken


def shown(told: Sequence[Envelope]) -> list[tuple[str, str]]:
    """Ticket and step of everything told but risks and their end."""
    risks = {each.key for each in told if each.notice.key.step is Step.AT_RISK}
    return [
        (each.notice.ticket, each.notice.key.step.value)
        for each in told
        if each.key not in risks and not set(each.notice.of) & risks
    ]


@pytest.mark.parametrize(
    "restarts",
    [
        pytest.param((), id="a daemon that goes on"),
        pytest.param((DUE + 10 * MINUTE,), id="a daemon restarted while it is blind"),
        pytest.param((DUE - 20 * MINUTE, DUE + 1 * MINUTE, BLIND[1] + timedelta(seconds=5)), id="one restarted often"),
    ],
)
def test_one_page_for_the_blindness_one_late_page_after_it_and_none_false(restarts: Sequence[datetime]) -> None:
    told = lived(restarts)
    assert shown(told) == [("", "source_blind"), ("", "recovered"), ("T1", "breached")]
    (page, back, breach) = (each for each in told if (each.notice.ticket, each.notice.key.step.value) in shown(told))
    assert DUE < page.queued_at <= DUE + 15 * MINUTE
    assert (page.notice.count, page.notice.since) == (2, page.notice.since)
    assert back.queued_at < BLIND[1] + 20 * MINUTE
    assert (breach.notice.late, breach.notice.at) == (True, DUE)
    assert breach.queued_at >= BLIND[1]


def test_a_blindness_shorter_than_the_limit_tells_nobody_anything_but_what_is_true() -> None:
    told = lived(until=BLIND[0] + 4 * MINUTE)
    assert shown(told) == []
