"""One source's worker on a virtual clock, its connector a fake one."""

from dataclasses import dataclass
from datetime import timedelta

from syncd.daemon.source_poll import Polling, SourcePoll, work_slots
from syncd.daemon.step import Wake
from syncd.errors import SourceError, SourceReason, SourceUnavailable
from syncd.ports.connector import Page
from syncd.ports.repositories import SourceRow
from syncd.telemetry.metrics import Metrics
from syncd.testing.fakes import FakeConnector
from syncd.testing.virtual_now import VirtualNow
from tests.services.desk import HOUR, MORNING, Desk, in_memory, record

EVERY = timedelta(minutes=1)
NOON = MORNING + 3 * HOUR


@dataclass
class Bench:
    """A worker on a virtual clock."""

    desk: Desk
    connector: FakeConnector
    now: VirtualNow
    metrics: Metrics
    measured: Wake
    told: Wake

    def __post_init__(self) -> None:
        self.poll = self.started()
        self.stopping = False

    def started(self) -> SourcePoll:
        """Return the worker as after a start of the process."""
        return SourcePoll(
            Polling(
                self.desk.intake, self.connector, "fake", EVERY, self.now, self.metrics, work_slots(1), self.measured,
                self.told, lambda: self.stopping,
            )
        )  # fmt: skip

    def step(self) -> timedelta:
        """Take one step; return how long the worker wants to wait."""
        return self.poll.step(self.now.utc()) - self.now.utc()

    def pass_on(self) -> timedelta:
        """Wait until the next pass is due, and take it."""
        assert self.poll.next_pass_at is not None
        self.now.advance((self.poll.next_pass_at - self.now.utc()).total_seconds())
        return self.step()

    def row(self) -> SourceRow:
        (row,) = self.desk.see(lambda view: list(view.sources.all()))
        return row

    def failures(self, reason: str) -> float:
        value = self.metrics.registry.get_sample_value(
            "syncd_sync_failures_total", {"source": "snow", "connector": "fake", "reason": reason}
        )
        return value or 0.0


def bench(connector: FakeConnector) -> Bench:
    return Bench(in_memory(), connector, VirtualNow(NOON), Metrics(), Wake(), Wake())


def page(cursor: str, *tickets: str) -> Page:
    return Page([record(ticket) for ticket in tickets], cursor)


def down(reason: SourceReason = "server") -> SourceError:
    return SourceUnavailable("snow", reason, "status 503")
