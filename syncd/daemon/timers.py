"""The steps that time itself asks for: deadlines, deliveries, the lease, what is old."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from syncd.daemon.step import LONGEST_WAIT, Wake
from syncd.ports.notifier import Notifier
from syncd.ports.now import Now
from syncd.ports.store import Fence, Store
from syncd.services.announce import drain
from syncd.services.assess import Rules
from syncd.services.deadlines import meet_deadlines
from syncd.telemetry.logs import logger
from syncd.telemetry.metrics import Metrics

RENEW_EVERY = timedelta(seconds=5)
TRIM_EVERY = timedelta(hours=1)
RECORDS_A_TRIM = 500
RAW_RETENTION = timedelta(days=90)
"""How long a superseded raw record is kept; the newest of each ticket always is."""

_log = logger("timer")


class DeadlineTimer:
    """Wakes at the next at-risk or breach instant of any open clock."""

    name = "deadlines"

    def __init__(self, store: Store, fence: Fence, rules: Rules, now: Now, metrics: Metrics, told: Wake) -> None:
        self._store, self._fence, self._rules = store, fence, rules
        self._now, self._metrics, self._told = now, metrics, told

    def step(self, now: datetime) -> datetime:
        """Measure one batch of clocks that are due."""
        report = meet_deadlines(self._store, self._fence, self._rules, now=now)
        if report.oldest is not None and report.looked_at:
            self._metrics.deadline_seen((self._now.utc() - report.oldest).total_seconds())
        for change in report.assessment.told:
            notice = change.notice
            _log.info(
                "clock_" + notice.key.step.value, source=notice.source, ticket=notice.ticket, vendor=notice.vendor,
                contract=notice.key.contract, target=notice.key.target, priority=notice.priority,
                at=notice.at.isoformat(),
            )  # fmt: skip
        if report.assessment.told:
            self._told.ring()
        for withheld, count in report.assessment.withheld.items():
            self._metrics.notices_withheld(withheld, count)
        for number, reason in report.assessment.failed.items():
            _log.error("ticket_quarantined", ticket_number=number, reason=reason)
        if report.looked_at:
            return now
        return min(report.next_at or now + LONGEST_WAIT, now + LONGEST_WAIT)


class OutboxDrain:
    """Hands notices to their notifiers."""

    name = "outbox"

    def __init__(
        self, store: Store, fence: Fence, notifiers: Mapping[str, Notifier], metrics: Metrics, chance: random.Random
    ) -> None:
        self._store, self._fence, self._notifiers = store, fence, notifiers
        self._metrics, self._chance = metrics, chance

    def step(self, now: datetime) -> datetime:
        """Try every delivery that is due once."""
        report = drain(self._store, self._fence, self._notifiers, now=now, chance=self._chance)
        for channel, count in report.delivered.items():
            for _ in range(count):
                self._metrics.delivery_began(channel)
            _log.info("notices_delivered", notifier=channel, count=count)
        for (channel, reason), count in report.failed.items():
            for _ in range(count):
                self._metrics.delivery_began(channel)
                self._metrics.delivery_failed(channel, reason)
            _log.warning("delivery_failed", notifier=channel, reason=reason, count=count)
        for channel, count in report.buried.items():
            for _ in range(count):
                self._metrics.delivery_given_up(channel)
            _log.error("delivery_given_up", notifier=channel, count=count)
        return min(report.next_at or now + LONGEST_WAIT, now + LONGEST_WAIT)


class LeaseKeeper:
    """Keeps the right to write; losing it ends the daemon."""

    name = "lease"

    def __init__(self, store: Store, fence: Fence, metrics: Metrics) -> None:
        self._store, self._fence = store, fence
        metrics.leading(True)

    def step(self, now: datetime) -> datetime:
        """Renew the lease for another term."""
        self._store.renew(self._fence)
        return now + RENEW_EVERY


class Trimmer:
    """Drops raw records that newer ones have superseded for long."""

    name = "retention"

    def __init__(self, store: Store, fence: Fence) -> None:
        self._store, self._fence = store, fence

    def step(self, now: datetime) -> datetime:
        """Drop one batch of them."""
        with self._store.begin(self._fence) as work:
            dropped = work.records.trim(now - RAW_RETENTION, RECORDS_A_TRIM)
            work.commit()
        return now if dropped == RECORDS_A_TRIM else now + TRIM_EVERY
