"""What this process counts about itself: one method for each thing that happens, in the words of whoever reports it.

Services return reports and never count; the daemon turns their reports into calls here. Every method may be called from
any thread, and label values that were not announced before simply begin to exist.
"""

import platform
from collections.abc import Iterable, Mapping
from datetime import datetime
from math import nan
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from syncd.domain.changes import Withheld
from syncd.errors import DeliveryReason, SourceReason, StoreReason
from syncd.telemetry import names
from syncd.telemetry.collectors import Collectors

PassFailure = Literal[SourceReason, "store", "fenced", "crash"]
"""Why a pass failed: the source's reason, or ours."""

Rejection = Literal["unmappable", "unmeasurable", "uncovered"]
"""Why a ticket is left out: its record cannot be mapped, its timeline not measured, or no contract is about it."""

Budget = Literal["enforced", "announced"]
"""Whether a source holds us to a budget of calls, or only says that it will."""

NEAR_SHARE = 0.2
"""What Atlassian's `X-RateLimit-NearLimit` calls near, taken for sources that tell figures only."""

LEVELS = ("debug", "info", "warning", "error", "critical")
CODES = ("2xx", "3xx", "4xx", "5xx", "ok", "error")
_HASH_DIGITS = 12
"""48 bits: a sample is a double, which holds 53."""

OUTCOMES = ("created", "updated", "unchanged")


class Metrics:
    """The process metrics, in a registry of their own unless one is given."""

    def __init__(
        self, registry: CollectorRegistry | None = None, *, version: str = "unknown", revision: str = "unknown"
    ) -> None:
        if registry is None:
            registry = CollectorRegistry()
            ProcessCollector(registry=registry)
            PlatformCollector(registry=registry)
            GCCollector(registry=registry)
        self.registry = registry
        self._of = Collectors(registry, names.PROCESS)
        self._of.gauge(names.BUILD_INFO, version, revision, platform.python_version()).set(1)
        for level in LEVELS:
            self._of.counter(names.LOG_MESSAGES, level)
        for queue in ("urgent", "ordinary"):
            self._of.histogram(names.GATE_WAIT, queue)
        for mode in ("read", "write"):
            self._of.histogram(names.TRANSACTION, mode)
        for withheld in Withheld:
            self._of.counter(names.NOTICES_WITHHELD, withheld.value)
        for reason in get_args(StoreReason):
            self._of.counter(names.STORE_FAILURES, reason)

    def expect(
        self, *, sources: Mapping[str, str], channels: Iterable[str] = (), workers: Iterable[str] = ()
    ) -> None:  # fmt: skip
        """Make every series that these can have, at 0, so that a first failure is a rise and not a birth.

        `sources` maps names to the kind of their connector. Calling again adds; nothing is reset.
        """
        for source, connector in sources.items():
            self._expect_source(source, connector)
        for channel in channels:
            self._of.counter(names.NOTIFICATION_ATTEMPTS, channel)
            self._of.counter(names.NOTIFICATION_DEAD_LETTERS, channel)
            for reason in get_args(DeliveryReason):
                self._of.counter(names.NOTIFICATION_FAILURES, channel, reason)
        for worker in workers:
            self._of.counter(names.WORKER_CRASHES, worker)
            self._of.gauge(names.WORKER_TICK, worker)

    def _expect_source(self, source: str, connector: str) -> None:
        self._of.counter(names.SYNC_ATTEMPTS, source, connector)
        for failure in get_args(PassFailure):
            self._of.counter(names.SYNC_FAILURES, source, connector, failure)
        self._of.histogram(names.SYNC_DURATION, connector)
        self._of.histogram(names.HTTP_DURATION, connector)
        for code in CODES:
            self._of.counter(names.HTTP_REQUESTS, connector, code)
        self._of.counter(names.RATE_LIMIT_WAIT, source)
        self._of.counter(names.THROTTLE_WAIT, source)
        for outcome in OUTCOMES:
            self._of.counter(names.TICKETS_PROCESSED, source, outcome)
        for rejection in get_args(Rejection):
            self._of.counter(names.TICKETS_REJECTED, source, rejection)

    # --- passes over sources ---

    def pass_began(self, source: str, connector: str) -> None:
        """A pass over a source begins."""
        self._of.counter(names.SYNC_ATTEMPTS, source, connector).inc()

    def pass_ended(self, connector: str, seconds: float) -> None:
        """A pass ended, well or not, after so long."""
        self._of.histogram(names.SYNC_DURATION, connector).observe(seconds)

    def pass_failed(self, source: str, connector: str, reason: PassFailure) -> None:
        """A pass failed; `pass_ended` is reported as well."""
        self._of.counter(names.SYNC_FAILURES, source, connector, reason).inc()

    def tickets_processed(self, source: str, *, created: int = 0, updated: int = 0, unchanged: int = 0) -> None:
        """Tickets of a page were stored."""
        for outcome, count in zip(OUTCOMES, (created, updated, unchanged), strict=True):
            self._of.counter(names.TICKETS_PROCESSED, source, outcome).inc(count)

    def tickets_rejected(self, source: str, reason: Rejection, count: int = 1) -> None:
        """Tickets were left out of the measurement."""
        self._of.counter(names.TICKETS_REJECTED, source, reason).inc(count)

    def events_learned(self, connector: str, delays: Iterable[float]) -> None:
        """Events were recorded so many seconds after they happened; those of a clock ahead of ours at once."""
        histogram = self._of.histogram(names.EVENT_DELAY, connector)
        for delay in delays:
            histogram.observe(max(delay, 0.0))

    def past_expected(self, source: str, since: datetime) -> None:
        """The past of a source is to be read so far back."""
        self._of.gauge(names.BACKFILL_FROM, source).set(since.timestamp())

    def past_read(self, source: str, records: int, reached: datetime | None) -> None:
        """Records of a source's past were read, down to an instant."""
        self._of.counter(names.BACKFILL_RECORDS, source).inc(records)
        if reached is not None:
            self._of.gauge(names.BACKFILL_REACHED, source).set(reached.timestamp())

    def credentials_expire(self, source: str, at: datetime) -> None:
        """The credentials of a source run out at an instant."""
        self._of.gauge(names.CREDENTIAL_EXPIRY, source).set(at.timestamp())

    def clock_skew(self, source: str, seconds: float) -> None:
        """The source's clock was seen to be so far ahead of ours."""
        self._of.gauge(names.CLOCK_SKEW, source).set(seconds)

    # --- requests, reported by the transport's hooks ---

    def request_ended(self, connector: str, code: str, seconds: float) -> None:
        """A request ended with a code of `CODES`."""
        self._of.counter(names.HTTP_REQUESTS, connector, code).inc()
        self._of.histogram(names.HTTP_DURATION, connector).observe(seconds)

    def request_retried(self, source: str, reason: SourceReason) -> None:
        """A request failed and is tried again."""
        self._of.counter(names.HTTP_RETRIES, source, reason).inc()

    def rate_limited(self, source: str, seconds: float) -> None:
        """A source made us wait."""
        self._of.counter(names.RATE_LIMIT_WAIT, source).inc(seconds)

    def budget_told(
        self, source: str, budget: Budget, *, limit: float | None, remaining: float | None, near: bool
    ) -> None:  # fmt: skip
        """A source told what is left of a budget; None for what it kept to itself, which is not what it told before."""
        share = 0.0 if remaining == 0 else remaining / limit if limit and remaining is not None else nan
        self._of.gauge(names.RATE_LIMIT_LEFT, source, budget).set(share)
        self._of.gauge(names.RATE_LIMIT_NEAR, source, budget).set(near or share < NEAR_SHARE)

    def throttled(self, source: str, seconds: float) -> None:
        """We waited for our own limits."""
        self._of.counter(names.THROTTLE_WAIT, source).inc(seconds)

    # --- clocks and notices ---

    def deadline_seen(self, late_seconds: float) -> None:
        """A deadline was looked at so long after its instant."""
        self._of.histogram(names.DEADLINE_LATENESS).observe(late_seconds)

    def notices_withheld(self, reason: Withheld, count: int = 1) -> None:
        """Notices were kept as known and told to nobody."""
        self._of.counter(names.NOTICES_WITHHELD, reason.value).inc(count)

    def renewal_pending(self, tickets: int) -> None:
        """How many tickets are still to be measured by changed rules."""
        self._of.gauge(names.RENEWAL_PENDING).set(tickets)

    def delivery_began(self, channel: str) -> None:
        """A notice is handed to a notifier."""
        self._of.counter(names.NOTIFICATION_ATTEMPTS, channel).inc()

    def delivery_failed(self, channel: str, reason: DeliveryReason) -> None:
        """It did not arrive."""
        self._of.counter(names.NOTIFICATION_FAILURES, channel, reason).inc()

    def delivery_given_up(self, channel: str) -> None:
        """It never will."""
        self._of.counter(names.NOTIFICATION_DEAD_LETTERS, channel).inc()

    # --- the process ---

    def worker_ticked(self, worker: str, at: datetime) -> None:
        """A worker finished a step."""
        self._of.gauge(names.WORKER_TICK, worker).set(at.timestamp())

    def worker_crashed(self, worker: str) -> None:
        """A step ended by an exception that nobody expected."""
        self._of.counter(names.WORKER_CRASHES, worker).inc()

    def store_failed(self, reason: StoreReason) -> None:
        """The store did not carry out a step."""
        self._of.counter(names.STORE_FAILURES, reason).inc()

    def fenced(self) -> None:
        """A write was refused because another process holds the lease."""
        self._of.counter(names.FENCED).inc()

    def leading(self, leads: bool) -> None:
        """This process holds the lease, or not."""
        self._of.gauge(names.LEADER).set(leads)

    def configured(self, at: datetime) -> None:
        """The configuration was read and is in force."""
        self._of.gauge(names.CONFIG_OK).set(1)
        self._of.gauge(names.CONFIG_AT).set(at.timestamp())

    def configuration_refused(self) -> None:
        """A new configuration is wrong; the one before stays in force."""
        self._of.gauge(names.CONFIG_OK).set(0)

    def published(self, seconds: float) -> None:
        """A snapshot was collected and rendered in so long."""
        self._of.gauge(names.PUBLISH_DURATION).set(seconds)

    def depends_on(self, component: str, version: str) -> None:
        """Results depend on a component of that version."""
        self._of.gauge(names.COMPONENT_INFO, component, version).set(1)

    def configuration_is(self, part: str, digest: str) -> None:
        """A part of the configuration in force has that hash, in hexadecimal."""
        self._of.gauge(names.CONFIG_HASH, part).set(int(digest[:_HASH_DIGITS], 16))

    # --- the store, which is given this as its watch ---

    def gate_passed(self, seconds: float, *, urgent: bool) -> None:
        """A writer waited so long for its turn."""
        self._of.histogram(names.GATE_WAIT, "urgent" if urgent else "ordinary").observe(seconds)

    def transaction_ended(self, seconds: float, *, writing: bool) -> None:
        """A transaction was open for so long."""
        self._of.histogram(names.TRANSACTION, "write" if writing else "read").observe(seconds)

    def pool_seen(self, pool: str, busy: int, idle: int, limit: int) -> None:
        """A pool has so many connections."""
        self._of.gauge(names.POOL_CONNECTIONS, pool, "busy").set(busy)
        self._of.gauge(names.POOL_CONNECTIONS, pool, "idle").set(idle)
        self._of.gauge(names.POOL_LIMIT, pool).set(limit)

    def logged(self, level: str) -> None:
        """A log line was written."""
        self._of.counter(names.LOG_MESSAGES, level).inc()
