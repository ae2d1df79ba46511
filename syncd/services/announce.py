"""Drain the outbox: hand each notice to its notifier, at least once (design.md section 10, *Notices*)."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syncd.domain.instant_text import instant_text
from syncd.domain.notice import Notice, NoticeKey, Step
from syncd.errors import DeliveryError, DeliveryReason
from syncd.ports.notifier import Envelope, Notifier
from syncd.ports.outbox import Delivery, Outbox
from syncd.ports.store import Fence, Store

CLAIMED_AT_ONCE = 20
LEASE_SECONDS = 120.0
"""How long a claim lasts: longer than any notifier may take, so that a live claimant is never overtaken."""

MOST_ATTEMPTS = 8
LONGEST = timedelta(hours=24)
"""After so many attempts or so long a notice becomes a dead letter."""

_FIRST_WAIT = 5.0
_LONGEST_WAIT = 600.0


@dataclass(slots=True)
class DeliveryReport:
    """What one drain came to, by notifier."""

    delivered: dict[str, int] = field(default_factory=dict)
    failed: dict[tuple[str, DeliveryReason], int] = field(default_factory=dict)
    """Failed attempts by (notifier, reason)."""
    buried: dict[str, int] = field(default_factory=dict)
    next_at: datetime | None = None
    """When the next delivery is to be tried; None while none waits."""


def drain(
    store: Store,
    fence: Fence,
    channel: str,
    notifier: Notifier | None,
    *,
    now: datetime,
    chance: random.Random,
    monotonic: Callable[[], float],
) -> DeliveryReport:
    """Try what is due of one channel once; each outcome is written in a transaction of its own.

    A kill between the hand-over and its note repeats the delivery under the same key, which receivers drop. Of a
    receiver so slow that its claims would run out, what was not tried is given back. Without a notifier everything is
    given up: nobody of that name is configured.
    """
    report = DeliveryReport()
    with store.view() as view:
        first = view.outbox.next_due(channel)
    if first is None or first > now:
        report.next_at = first
        return report
    with store.begin(fence) as work:
        claimed = work.outbox.claim(channel, now, CLAIMED_AT_ONCE, LEASE_SECONDS)
        work.commit()
    began = monotonic()
    for place, delivery in enumerate(claimed):
        if monotonic() - began > LEASE_SECONDS / 2:
            with store.begin(fence) as work:
                work.outbox.unclaim([each.id for each in claimed[place:]], now)
                work.commit()
            break
        _deliver(store, fence, notifier, delivery, report, now=now, chance=chance)
    with store.view() as view:
        report.next_at = view.outbox.next_due(channel)
    return report


def _deliver(
    store: Store,
    fence: Fence,
    notifier: Notifier | None,
    delivery: Delivery,
    report: DeliveryReport,
    *,
    now: datetime,
    chance: random.Random,
) -> None:
    failure: DeliveryError | None
    if notifier is None:
        failure = DeliveryError(delivery.channel, "rejected", "no such notifier is configured", permanent=True)
    else:
        failure = hand_over(
            notifier,
            Envelope(delivery.key, delivery.notice, delivery.attempts + 1, delivery.queued_at, delivery.confirmed),
        )
    with store.begin(fence) as work:
        if failure is None:
            work.outbox.delivered(delivery.id, now)
            report.delivered[delivery.channel] = report.delivered.get(delivery.channel, 0) + 1
        else:
            _note_failure(work.outbox, delivery, failure, report, now=now, chance=chance)
        work.commit()


def hand_over(notifier: Notifier, envelope: Envelope) -> DeliveryError | None:
    """Try one delivery once; return why it did not arrive, None when the receiver took it."""
    try:
        notifier.deliver(envelope)
    except DeliveryError as cause:
        return cause
    except Exception as bug:  # noqa: BLE001 - one notice that a notifier stumbles over must not stop those behind it
        return DeliveryError(notifier.name, "rejected", f"the notifier failed: {type(bug).__name__}")
    return None


def trial(channel: str, *, at: datetime) -> Envelope:
    """Return a notice that says only that it arrived, another one each time; it is never in the outbox."""
    key = NoticeKey(
        source_id=0, ticket_id="", contract="", target="", started_by="", priority="", step=Step.TEST,
        detail=f"{channel} {instant_text(at)}",
    )  # fmt: skip
    notice = Notice(
        key=key, at=at, source="", ticket="", url=None, vendor="", vendor_name="", priority="", goal_us=0,
        elapsed_us=0, due_at=None,
    )  # fmt: skip
    return Envelope(key.text(), notice, 1, at)


def _note_failure(
    outbox: Outbox,
    delivery: Delivery,
    failure: DeliveryError,
    report: DeliveryReport,
    *,
    now: datetime,
    chance: random.Random,
) -> None:
    channel, attempts = delivery.channel, delivery.attempts + 1
    error = f"{failure.reason}: {failure}"
    report.failed[channel, failure.reason] = report.failed.get((channel, failure.reason), 0) + 1
    if failure.permanent or attempts >= MOST_ATTEMPTS or now - delivery.queued_at > LONGEST:
        outbox.bury(delivery.id, at=now, error=error)
        report.buried[channel] = report.buried.get(channel, 0) + 1
    else:
        outbox.retry(delivery.id, at=now + wait_before(attempts, chance, failure.retry_after), error=error)


def wait_before(attempts: int, chance: random.Random, retry_after: float | None) -> timedelta:
    """Return how long to wait after so many failed attempts: full jitter, and at least what the receiver asked for."""
    ceiling = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(attempts, 16))
    return timedelta(seconds=max(chance.uniform(1.0, ceiling), retry_after or 0.0))
