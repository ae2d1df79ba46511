"""The steps that tell people: letting notices go, handing them over channel by channel, reminding of what stands."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from syncd.daemon.step import LONGEST_WAIT, Wake
from syncd.ports.notifier import Notifier
from syncd.ports.now import Now
from syncd.ports.repositories import TicketNo
from syncd.ports.standing import Sustains
from syncd.ports.store import Fence, Store
from syncd.services.announce import drain
from syncd.services.periods import watch_periods
from syncd.services.release import Gates, let_go
from syncd.services.remind import remind
from syncd.services.rules import Rules
from syncd.services.sweep import sweep
from syncd.telemetry.logs import logger
from syncd.telemetry.metrics import Metrics

CLOCK_ASKED_EVERY = timedelta(seconds=30)
"""How often the database is asked for its time."""

PERIODS_WATCHED_EVERY = timedelta(minutes=5)

_log = logger("notices")


class NoticeGate:
    """Lets decided notices go once their source can be believed; first of all it ends what a replay left standing."""

    name = "notices"

    def __init__(
        self, store: Store, fence: Fence, rules: Rules, gates: Gates, metrics: Metrics, leaving: Sequence[Wake]
    ) -> None:
        self._store, self._fence, self._rules, self._gates = store, fence, rules, gates
        self._metrics, self._leaving = metrics, leaving
        self._swept: TicketNo | None = 0
        self._skew: timedelta | None = None
        self._asked_at: datetime | None = None

    def step(self, now: datetime) -> datetime:
        """Let go one batch of what may leave."""
        if self._swept is not None:
            self._swept = sweep(self._store, self._fence, self._swept, now=now)
            if self._swept is not None:
                return now
        if self._asked_at is None or not timedelta() <= now - self._asked_at < CLOCK_ASKED_EVERY:
            shown = self._store.time()
            self._skew, self._asked_at = None if shown is None else shown - now, now
        report = let_go(self._store, self._fence, self._rules, self._gates, now=now, database_skew=self._skew)
        for withheld, count in report.withheld.items():
            self._metrics.notices_withheld(withheld, count)
            _log.warning("notices_withheld", reason=withheld.value, count=count)
        for key in report.told:
            _log.warning("notice_of_our_own", key=key)
        if report.unconfirmed:
            _log.warning("notices_unconfirmed", count=report.unconfirmed)
        if report.released or report.told:
            for bell in self._leaving:
                bell.ring()
        if report.more:
            return now
        return min(report.next_at or now + LONGEST_WAIT, now + LONGEST_WAIT)


class ChannelDrain:
    """Hands the notices of one channel to its notifier, so that a slow receiver holds up nobody else's."""

    def __init__(
        self,
        store: Store,
        fence: Fence,
        channel: str,
        notifier: Notifier | None,
        now: Now,
        metrics: Metrics,
        chance: random.Random,
    ) -> None:
        self.name = f"outbox:{channel}"
        self._store, self._fence, self._channel, self._notifier = store, fence, channel, notifier
        self._now, self._metrics, self._chance = now, metrics, chance

    def step(self, now: datetime) -> datetime:
        """Try every delivery that is due once."""
        report = drain(
            self._store, self._fence, self._channel, self._notifier, now=now, chance=self._chance,
            monotonic=self._now.monotonic,
        )  # fmt: skip
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


class PeriodWatch:
    """Looks whether a running period can still be won."""

    name = "periods"

    def __init__(self, store: Store, fence: Fence, rules: Rules, gates: Gates, leaving: Sequence[Wake]) -> None:
        self._store, self._fence, self._rules, self._gates, self._leaving = store, fence, rules, gates, leaving
        self._next: datetime | None = None

    def step(self, now: datetime) -> datetime:
        """Look if it is time to; a clock that was set back makes it so."""
        if self._next is not None and now < self._next <= now + PERIODS_WATCHED_EVERY:
            return self._next
        for key in watch_periods(self._store, self._fence, self._rules, self._gates, now=now):
            _log.warning("notice_of_our_own", key=key)
        for bell in self._leaving:
            bell.ring()
        self._next = now + PERIODS_WATCHED_EVERY
        return self._next


class Reminder:
    """Reminds one receiver that forgets of what stands."""

    def __init__(self, store: Store, fence: Fence, channel: str, receiver: Sustains, metrics: Metrics) -> None:
        self.name = f"reminder:{channel}"
        self._store, self._fence, self._channel, self._receiver = store, fence, channel, receiver
        self._metrics = metrics
        self._next: datetime | None = None

    def step(self, now: datetime) -> datetime:
        """Go one round if one is due; a clock that was set back makes one due."""
        every = timedelta(seconds=self._receiver.resend_seconds)
        if self._next is not None and now < self._next <= now + every:
            return self._next
        done = remind(self._store, self._fence, self._channel, self._receiver, now=now)
        for error in done.failed:
            self._metrics.delivery_failed(self._channel, error.reason)
            _log.warning("reminding_failed", notifier=self._channel, reason=error.reason, error=str(error))
        for key, why in done.refused.items():
            self._metrics.delivery_given_up(self._channel)
            _log.error("notice_refused", notifier=self._channel, key=key, error=why)
        self._next = now + every
        return self._next
