"""Tell once when a promise cannot be kept any more in a period that is still running."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from syncd.domain.contract import Agreements, Contract
from syncd.domain.miss_budget import miss_budget
from syncd.domain.notice import Notice, NoticeKey, Step
from syncd.domain.period import Period, period_at
from syncd.domain.recovery import recovered
from syncd.domain.scorecard import ScorecardRow
from syncd.ports.outbox import NO_TICKET
from syncd.ports.store import Fence, Store, Work
from syncd.services.release import Gates
from syncd.services.rules import Rules
from syncd.services.score import stored_scorecard
from syncd.services.sight import blind_sources

_TICK = timedelta(microseconds=1)


def watch_periods(store: Store, fence: Fence, rules: Rules, gates: Gates, *, now: datetime) -> list[str]:
    """Queue what cannot be kept any more, and the end of what can or whose period is over; return the new keys.

    Nothing is told of a contract while one of its sources cannot be believed: its misses may not be any.
    """
    with store.view() as view:
        blind = blind_sources(view.sources.all(), gates.every, now=now, started_at=gates.started_at)
        unseen = {each.source.name for each in blind.values()}
        lost = {
            notice.key.text(): (notice, channels)
            for contract in rules.agreements.contracts
            if not _covers(contract, unseen)
            for notice, channels in _lost(view, contract, rules, now)
        }
        standing = [
            one
            for one in view.outbox.outstanding([NO_TICKET]).get(NO_TICKET, ())
            if one.notice.key.step is Step.UNWINNABLE
        ]
    current = {contract.id: period_at(contract, now).name for contract in rules.agreements.contracts}
    seen = {contract.id for contract in rules.agreements.contracts if not _covers(contract, unseen)}
    known = {one.key for one in standing}
    over = [
        one
        for one in standing
        if one.notice.key.detail != current.get(one.notice.key.contract)
        or (one.key not in lost and one.notice.key.contract in seen)
    ]
    new = {key: found for key, found in lost.items() if key not in known}
    if not (over or new):
        return []
    told = []
    with store.begin(fence) as work:
        for one in over:
            work.outbox.end([one.key], now)
            if one.channels:
                work.outbox.add(recovered([one.notice], now), one.channels, at=now)
        for key, (notice, channels) in new.items():
            if work.outbox.add(notice, channels, at=now):
                told.append(key)
        work.commit()
    return told


def _covers(contract: Contract, sources: set[str]) -> bool:
    return any(cover.source in sources for revision in contract.revisions for cover in revision.covers)


def _lost(view: Work, contract: Contract, rules: Rules, now: datetime) -> list[tuple[Notice, tuple[str, ...]]]:
    """Return what of a contract is lost in its running period, and who is told."""
    revision = contract.revision_at(now)
    if revision is None or now < revision.notify_from:
        return []
    period = period_at(contract, now)
    last = period_at(contract, period.start - _TICK)
    volume = {(row.target, row.priority): row.n for row in _rows(view, contract, last)}
    found = []
    for row in _rows(view, contract, period):
        if _is_lost(row, volume):
            notice = _notice(contract, row, period, now)
            channels = rules.channels_for(notice, revision)
            found += [(notice, channels)] if channels else []
    return found


def _rows(view: Work, contract: Contract, period: Period) -> list[ScorecardRow]:
    return stored_scorecard(view, Agreements((contract,), {}), period.name)


def _is_lost(row: ScorecardRow, volume: Mapping[tuple[str, str | None], int]) -> bool:
    """Tell whether an objective is missed even if all that is open, and as much as last time, is met.

    Without a period to go by only an objective of everything can be lost for certain.
    """
    expected = volume.get((row.target, row.priority), 0)
    if row.objective is None or (not expected and row.objective < 1):
        return False
    budget = miss_budget(
        met=row.met,
        missed=row.missed,
        undecided=max(row.pending, expected - row.n),
        objective=row.objective,
        min_volume=row.min_volume,
        allowed_misses=row.allowed_misses,
    )
    return budget.unwinnable


def _notice(contract: Contract, row: ScorecardRow, period: Period, now: datetime) -> Notice:
    key = NoticeKey(
        source_id=0, ticket_id="", contract=contract.id, target=row.target, started_by="", priority=row.priority or "",
        step=Step.UNWINNABLE, detail=period.name,
    )  # fmt: skip
    return Notice(
        key=key, at=now, source="", ticket="", url=None, vendor=contract.vendor.id, vendor_name=contract.vendor.name,
        priority=row.priority or "", goal_us=0, elapsed_us=0, due_at=None, metric=row.metric, count=row.missed,
        since=period.start,
    )  # fmt: skip
