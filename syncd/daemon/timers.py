"""The steps that time itself asks for: deadlines, the lease, what is old."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from syncd.daemon.step import LONGEST_WAIT, Wake
from syncd.ports.now import Now
from syncd.ports.store import Fence, Store
from syncd.services.deadlines import meet_deadlines
from syncd.services.rules import Rules
from syncd.telemetry.logs import logger
from syncd.telemetry.metrics import Metrics

NOBODY: Mapping[str, Wake] = MappingProxyType({})
RENEW_EVERY = timedelta(seconds=5)
TRIM_EVERY = timedelta(hours=1)
RECORDS_A_TRIM = 500
RAW_RETENTION = timedelta(days=90)
"""How long a superseded raw record is kept; the newest of each ticket always is."""
DELIVERIES_A_TRIM = 500
DELIVERY_RETENTION = timedelta(days=90)
"""How long a delivery that is over is kept; its key always is."""

_log = logger("timer")


class DeadlineTimer:
    """Wakes at the next at-risk or breach instant of any open clock."""

    name = "deadlines"

    def __init__(
        self,
        store: Store,
        fence: Fence,
        rules: Rules,
        now: Now,
        metrics: Metrics,
        told: Wake,
        rereading: Mapping[str, Wake] = NOBODY,
    ) -> None:
        self._store, self._fence, self._rules = store, fence, rules
        self._now, self._metrics, self._told, self._rereading = now, metrics, told, rereading

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
        for source in {change.notice.source for change in report.assessment.told} & self._rereading.keys():
            self._rereading[source].ring()
        for withheld, count in report.assessment.withheld.items():
            self._metrics.notices_withheld(withheld, count)
        for number, reason in report.assessment.failed.items():
            _log.error("ticket_quarantined", ticket_number=number, reason=reason)
        if report.looked_at:
            return now
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
    """Drops raw records superseded for long and deliveries long over; then folds the log into the database."""

    name = "retention"

    def __init__(self, store: Store, fence: Fence) -> None:
        self._store, self._fence = store, fence

    def step(self, now: datetime) -> datetime:
        """Drop one batch of each."""
        with self._store.begin(self._fence) as work:
            dropped = work.records.trim(now - RAW_RETENTION, RECORDS_A_TRIM)
            forgotten = work.outbox.trim(now - DELIVERY_RETENTION, DELIVERIES_A_TRIM)
            work.commit()
        if dropped == RECORDS_A_TRIM or forgotten == DELIVERIES_A_TRIM:
            return now
        # A log that readers kept from being folded while there was work must not grow for ever.
        self._store.checkpoint()
        return now + TRIM_EVERY
