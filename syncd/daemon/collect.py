"""Reads everything behind the fleet metrics from one view of the store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syncd.daemon.source_poll import CENSUS
from syncd.domain.account import Account, account_of
from syncd.domain.contract import Agreements, Contract
from syncd.domain.names import PeriodKind
from syncd.domain.period import period_at
from syncd.ports.readings import Tally
from syncd.ports.repositories import SourceRow
from syncd.ports.store import Work
from syncd.ports.store_watch import StoreUsage
from syncd.services.score import tallied_scorecard
from syncd.telemetry.fleet import (
    CURRENT,
    LAST_PERIOD,
    WINDOWS,
    Fleet,
    SourceState,
    goals_of,
    objectives_of,
    period_ends_of,
    vendors_of,
)

Span = tuple[datetime, datetime]

_TICK = timedelta(microseconds=1)


def collect_fleet(
    view: Work, agreements: Agreements, every: Mapping[str, timedelta], usage: StoreUsage, *, now: datetime
) -> Fleet:
    """Return the fleet as of `now`; `every` holds the configured sources' intervals by name, others are left out."""
    windows, periods = _tallies(view, agreements, now)
    last_period = periods.pop(LAST_PERIOD, [])
    vendors = {contract.id: contract.vendor.id for contract in agreements.contracts}
    return Fleet(
        at=now,
        sources=[_source(view, row, every[row.name]) for row in view.sources.all() if row.name in every],
        open_counts=view.readings.open_counts(now),
        windows=windows,
        last_period=last_period,
        periods=periods,
        accounts=_accounts(agreements, {CURRENT: periods.get(CURRENT, ()), LAST_PERIOD: last_period}, now),
        objectives=objectives_of(agreements, now),
        goals=goals_of(agreements, now),
        vendors=vendors_of(agreements),
        queues=view.outbox.state(),
        quarantined=Counter(each.source for each in view.quarantine.all()),
        problems=view.problems.counts(),
        uncovered=view.readings.uncovered(),
        contradicted={
            (source, vendors[each.contract], *each): count
            for (source, each), count in view.readings.contradictions().items()
            if each.contract in vendors
        },
        lifetimes=view.readings.lifetimes(),
        consumed=view.readings.consumed(),
        period_ends=period_ends_of(agreements, now),
        usage=usage,
    )


def _source(view: Work, row: SourceRow, every: timedelta) -> SourceState:
    census = view.checkpoints.get(row.id, CENSUS)
    return SourceState(
        row, every.total_seconds(), census_at=None if census is None else datetime.fromisoformat(census)
    )  # fmt: skip


def _tallies(
    view: Work, agreements: Agreements, now: datetime
) -> tuple[dict[str, Sequence[Tally]], dict[str, list[Tally]]]:
    """Return tallies by window and by period, asked for together, because most of them overlap."""
    spans = {contract.id: _spans(contract, now) for contract in agreements.contracts}
    windows = {name: (now - length, now) for name, length in WINDOWS.items()}
    asked = [*dict.fromkeys([*windows.values(), *(span for own in spans.values() for span in own.values())])]
    found = dict(zip(asked, view.readings.tallies_of(asked), strict=True))
    periods: dict[str, list[Tally]] = {}
    of_contract = {span: _by_contract(tallies) for span, tallies in found.items()}
    for contract, own in spans.items():
        for period, span in own.items():
            periods.setdefault(period, []).extend(of_contract[span].get(contract, ()))
    return {name: found[span] for name, span in windows.items()}, periods


def _accounts(
    agreements: Agreements, tallies: Mapping[str, Sequence[Tally]], now: datetime
) -> Mapping[str, Sequence[Account]]:
    """Return what the contracts' own periods come to, by the name of the period."""
    found: dict[str, list[Account]] = {name: [] for name in tallies}
    by_contract = {name: _by_contract(some) for name, some in tallies.items()}
    for contract in agreements.contracts:
        current = period_at(contract, now)
        periods = {CURRENT: current, LAST_PERIOD: period_at(contract, current.start - _TICK)}
        for name, period in periods.items():
            rows = tallied_scorecard(contract, period, by_contract[name].get(contract.id, ()))
            account = account_of(contract, period, rows)
            found[name] += [] if account is None else [account]
    return found


def _by_contract(tallies: Sequence[Tally]) -> Mapping[str, list[Tally]]:
    found: dict[str, list[Tally]] = {}
    for tally in tallies:
        found.setdefault(tally.contract, []).append(tally)
    return found


def _spans(contract: Contract, now: datetime) -> Mapping[str, Span]:
    """Return a contract's periods: its own, and the months and quarters of its zone that begin on its day."""
    month, quarter = (replace(contract, period=kind) for kind in (PeriodKind.MONTH, PeriodKind.QUARTER))
    this_month = period_at(month, now)
    last_month = period_at(month, this_month.start - _TICK)
    this_quarter, current = period_at(quarter, now), period_at(contract, now)
    last = period_at(contract, current.start - _TICK)
    return {
        "month_to_date": (this_month.start, this_month.end),
        "last_month": (last_month.start, last_month.end),
        "quarter_to_date": (this_quarter.start, this_quarter.end),
        CURRENT: (current.start, current.end),
        LAST_PERIOD: (last.start, last.end),
    }
