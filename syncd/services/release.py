"""Let decided notices go: to the outbox when their source can be believed, into a digest when there are too many."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syncd.domain.changes import LATE_AFTER, TOO_OLD_AFTER, Withheld
from syncd.ports.held import Held
from syncd.ports.repositories import SourceId
from syncd.ports.store import Fence, Store, Work
from syncd.services.blindness import tell_blind, tell_sighted
from syncd.services.digest import GATHERED_FOR, digest_due_at, tell_digests
from syncd.services.holding import UNCONFIRMED_AFTER
from syncd.services.rules import Rules
from syncd.services.sight import Blindness, blind_sources

AT_ONCE = 100
"""How many leave in one transaction."""

STORM_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Gates:
    """What decides whether a notice may leave.

    `every` holds the configured sources' intervals by name, `storm` is how many notices of one vendor leave one by one
    in ten minutes, `started_at` is when this process began to read.
    """

    every: Mapping[str, timedelta]
    storm: int
    started_at: datetime


@dataclass(slots=True)
class ReleaseReport:
    """What one look came to."""

    released: int = 0
    unconfirmed: int = 0
    """How many of them left without their ticket having been read once more."""
    withheld: Counter[Withheld] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    """Keys of notices of our own: blind sources, their recovery, digests."""
    more: bool = False
    """There is more to let go at once."""
    next_at: datetime | None = None
    """When the next notice may leave though nothing happens."""


def let_go(
    store: Store,
    fence: Fence,
    rules: Rules,
    gates: Gates,
    *,
    now: datetime,
    database_skew: timedelta | None = None,
) -> ReleaseReport:
    """Let go what may leave now; one batch, the most urgent first. Nothing is written while nothing changes."""
    report = ReleaseReport()
    with store.view() as view:
        blind = blind_sources(
            view.sources.all(), gates.every, now=now, started_at=gates.started_at, database_skew=database_skew
        )
        waiting = view.held.waiting()
        ready = view.held.ready(now, blind=blind.keys(), limit=AT_ONCE)
        digests = digest_due_at(view)
        report.next_at = min(
            (at for at in (view.held.next_leave(blind=blind.keys()), *digests.values()) if at is not None), default=None
        )
    unmarked = [each.source for each in waiting if each.why is None and each.source in blind]
    sighted = [each.source for each in waiting if each.why is not None and each.source not in blind]
    tell_sighted(store, fence, blind, report.told, now=now)
    if unmarked or sighted:
        with store.begin(fence) as work:
            _mark(work, blind, unmarked, sighted, report, now)
            work.commit()
    if sighted:
        report.more = True
        return report
    tell_blind(store, fence, rules, blind, report.told, now=now)
    if ready:
        _release(store, fence, gates, ready, report, now)
    report.more = len(ready) == AT_ONCE
    due = [vendor for vendor, at in digests.items() if at <= now]
    if due:
        tell_digests(store, fence, due, report.told, now=now)
    if report.withheld[Withheld.STORM] or report.withheld[Withheld.TOO_OLD]:
        report.next_at = min(report.next_at or now + GATHERED_FOR, now + GATHERED_FOR)
    return report


def _mark(
    work: Work,
    blind: Mapping[SourceId, Blindness],
    unmarked: Sequence[SourceId],
    sighted: Sequence[SourceId],
    report: ReleaseReport,
    now: datetime,
) -> None:
    """Note what waits for sources that cannot be believed; what they can be again is confirmed anew."""
    for source in unmarked:
        report.withheld[blind[source].why] += work.held.withhold(source, blind[source].why)
    for source in sighted:
        work.held.sighted(source, now + UNCONFIRMED_AFTER)


def _release(
    store: Store, fence: Fence, gates: Gates, ready: Sequence[Held], report: ReleaseReport, now: datetime
) -> None:
    with store.begin(fence) as work:
        # Whoever writes a ticket's notices locks it first; what ended meanwhile is gone by then.
        work.tickets.lock_numbers(sorted({held.ticket for held in ready}))
        told: dict[str, int] = {}
        for held in work.held.of([held.key for held in ready]):
            notice = held.notice
            if notice.vendor not in told:
                told[notice.vendor] = work.outbox.told_since(notice.vendor, now - STORM_WINDOW)
            why = _folds(held, told[notice.vendor], gates, now)
            if why is not None:
                work.held.fold([held.key], why)
                report.withheld[why] += 1
                continue
            told[notice.vendor] += 1
            late = notice.late or now - notice.at > LATE_AFTER
            work.held.release(replace(held, notice=replace(notice, late=late)), at=now)
            report.released += 1
            report.unconfirmed += not held.confirmed
        work.commit()


def _folds(held: Held, told: int, gates: Gates, now: datetime) -> Withheld | None:
    """Return why a notice waits for a digest; None for one that leaves by itself."""
    if now - held.notice.at > TOO_OLD_AFTER:
        return Withheld.TOO_OLD
    return Withheld.STORM if held.notice.level > 1 and told >= gates.storm else None
