"""A daemon's pages on a bad day: everything that can be counted has happened, and every alert has its reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import get_args

from syncd.domain.changes import Withheld
from syncd.domain.names import Metric
from syncd.errors import DeliveryReason, SourceReason
from syncd.ports.readings import Consumed, Lifetime, OpenCount, Tally
from syncd.ports.store_watch import StoreUsage
from syncd.telemetry.fleet import (
    CURRENT,
    LAST_PERIOD,
    PERIODS,
    WINDOWS,
    Fleet,
    Objective,
    PeriodEnd,
    PromisedTime,
    SourceState,
)
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.snapshot import SnapshotHolder
from syncd.telemetry.ticket_page import TicketPage
from syncd.web.app import build_app
from syncd.web.server import WebServer
from tests.telemetry.fleets import a_fleet, a_source, an_account
from tests.web.facts import CLOCKS, FixedFacts

LONG_AGO = timedelta(days=3)
FIX = ("acme", "acme-msp", "fix")
WAN = ("acme", "acme-wan", "fix")


SPENT = (0, 0, 7_200_000_000, 0, 3_600_000_000, 60_000_000, 36_000_000_000)


def a_bad_fleet(now: datetime, turn: int) -> Fleet:
    """Return a fleet that misses, waits, is stale and is short of room; more of it each turn."""
    tallies = [
        Tally(*FIX, Metric.RESOLUTION, "P1", 10, 15, 1, 1, SPENT),
        Tally(*FIX, Metric.RESOLUTION, "P2", 10, 5, 0, 0),
        Tally(*WAN, Metric.RESOLUTION, "P1", 3, 3, 0, 0),
    ]
    old = now - LONG_AGO
    stale = a_source(1, "snow", last_success_at=old, last_attempt_at=old, watermark=old, failures=4)
    return replace(
        a_fleet(now),
        sources=[
            SourceState(stale, 60.0, census_at=old),
            SourceState(a_source(2, "new", last_success_at=None, watermark=None, backfilled_at=None), 60.0),
        ],
        open_counts=[
            OpenCount(*FIX, "P1", "ok", 4, now + timedelta(hours=2), 4),
            OpenCount(*FIX, "P1", "at_risk", 1, now + timedelta(hours=1), 1),
            OpenCount(*FIX, "P1", "breached", 2, now - timedelta(hours=5), 0),
            OpenCount(*FIX, "P1", "paused", 3, None, 3, "customer"),
            OpenCount(*WAN, "P1", "paused", 1, None, 1, "third_party"),
        ],
        windows=dict.fromkeys(WINDOWS, tallies),
        periods=dict.fromkeys((*PERIODS, CURRENT), tallies),
        last_period=tallies,
        accounts={
            CURRENT: [
                an_account("acme", "acme-msp", Fraction(600), Fraction(1, 2)),
                an_account("acme", "acme-wan", Fraction(100), Fraction(1), "USD"),
            ],
            LAST_PERIOD: [an_account("acme", "acme-msp", Fraction(0), Fraction(1))],
        },
        objectives=[Objective(*FIX, None, Fraction(95, 100)), Objective(*WAN, "P1", Fraction(99, 100))],
        goals=[PromisedTime(*FIX, "P1", 14_400.0), PromisedTime(*WAN, "P1", 3_600.0)],
        lifetimes=[Lifetime(*FIX, "P1", 900 + turn, 80 + turn), Lifetime(*WAN, "P1", 9 + turn, 1)],
        consumed=[Consumed(*FIX, tuple(range(turn, turn + 10)), 4.0 + turn)],
        period_ends=[PeriodEnd("acme", "acme-msp", now + timedelta(days=9))],
        usage=StoreUsage(
            {"database": 9_000_000, "log": 5_000}, {"ticket": 7}, disk_free=3_000 - turn, disk_size=100_000
        ),
    )


def happen(metrics: Metrics, now: datetime, turn: int) -> None:
    """Let everything happen that a process counts."""
    old = now - LONG_AGO
    for reason in get_args(SourceReason):
        metrics.pass_failed("snow", "servicenow", reason)
        metrics.request_retried("snow", reason)
    metrics.pass_began("snow", "servicenow")
    metrics.pass_ended("servicenow", 3.0)
    metrics.request_ended("servicenow", "2xx", 0.2)
    metrics.rate_limited("snow", 1.0)
    metrics.throttled("snow", 0.1)
    metrics.clock_skew("snow", -45.0)
    metrics.events_learned("servicenow", [20_000.0] * 50)
    metrics.past_expected("snow", old)
    metrics.past_read("snow", 10, now - timedelta(days=2))
    metrics.credentials_expire("snow", now + timedelta(days=5))
    metrics.tickets_processed("snow", created=1, updated=2, unchanged=3)
    metrics.tickets_rejected("snow", "unmappable", 1)
    metrics.deadline_seen(400.0)
    metrics.notices_withheld(Withheld.HISTORY)
    metrics.renewal_pending(4)
    metrics.delivery_began("oncall")
    for failure in get_args(DeliveryReason):
        metrics.delivery_failed("oncall", failure)
    metrics.delivery_given_up("oncall")
    metrics.worker_ticked("deadlines", old)
    metrics.worker_ticked("source:snow", now)
    metrics.worker_crashed("deadlines")
    metrics.store_failed("full")
    metrics.fenced()
    metrics.leading(True)
    metrics.configured(old)
    metrics.configuration_refused()
    metrics.published(0.3)
    for urgent in (True, False):
        metrics.gate_passed(0.01, urgent=urgent)
        metrics.transaction_ended(0.02, writing=urgent)
    metrics.pool_seen("read", 1, 2, 16)
    metrics.depends_on("tzdata", "2026.1")
    metrics.logged("error")
    del turn


@dataclass
class Daemon:
    """One process's metrics and where they are served; a standby publishes nothing of the fleet."""

    metrics: Metrics
    holder: SnapshotHolder
    tickets: TicketPage
    active: bool

    def turn(self, number: int) -> None:
        """Let a little time pass in which everything happens once more."""
        now = datetime.now(UTC)
        happen(self.metrics, now, number)
        if self.active:
            self.holder.publish(a_bad_fleet(now - timedelta(minutes=10), number))
            self.tickets.publish(CLOCKS, 900, now)


@contextmanager
def served(name: str, *, active: bool) -> Iterator[tuple[Daemon, str]]:
    """Yield a daemon and the address of its pages."""
    metrics = Metrics(version="1.2.3", revision=name)
    metrics.expect(sources={"snow": "servicenow"}, channels=["oncall"], workers=["deadlines", "outbox"])
    metrics.configuration_is("settings", "1" * 12)
    metrics.configuration_is("agreements", ("a" if active else "b") * 12)
    daemon = Daemon(metrics, SnapshotHolder(metrics), TicketPage(3), active)
    app = build_app(FixedFacts(), daemon.holder, lambda: datetime.now(UTC), tickets=daemon.tickets)
    server = WebServer(app)
    daemon.turn(0)
    server.start()
    try:
        yield daemon, server.url.removeprefix("http://")
    finally:
        server.stop()
