"""Reads everything behind the fleet metrics from one view of the store."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from syncd.domain.contract import Agreements, Contract
from syncd.domain.period import period_at
from syncd.ports.readings import Tally
from syncd.ports.store import Work
from syncd.telemetry.fleet import WINDOWS, Fleet, SourceState, goals_of, objectives_of, vendors_of


def collect_fleet(view: Work, agreements: Agreements, every: Mapping[str, timedelta], *, now: datetime) -> Fleet:
    """Return the fleet as of `now`; `every` holds the configured sources' intervals by name, others are left out."""
    sources = [SourceState(row, every[row.name].total_seconds()) for row in view.sources.all() if row.name in every]
    return Fleet(
        at=now,
        sources=sources,
        open_counts=view.readings.open_counts(now),
        windows={name: view.readings.tallies(now - length, now) for name, length in WINDOWS.items()},
        periods={
            "month_to_date": _of_periods(view, agreements, now, before=False),
            "last_month": _of_periods(view, agreements, now, before=True),
        },
        objectives=objectives_of(agreements, now),
        goals=goals_of(agreements, now),
        vendors=vendors_of(agreements),
        queues=view.outbox.state(),
        quarantined=Counter(each.source for each in view.quarantine.all()),
        problems=view.problems.counts(),
        uncovered=view.readings.uncovered(),
    )


def _of_periods(view: Work, agreements: Agreements, now: datetime, *, before: bool) -> list[Tally]:
    """Each contract's own period, which its time zone and anchor decide."""
    found: list[Tally] = []
    tallied: dict[tuple[datetime, datetime], list[Tally]] = {}
    for contract in agreements.contracts:
        span = _span(contract, now, before=before)
        if span not in tallied:
            tallied[span] = list(view.readings.tallies(*span))
        found.extend(tally for tally in tallied[span] if tally.contract == contract.id)
    return found


def _span(contract: Contract, now: datetime, *, before: bool) -> tuple[datetime, datetime]:
    current = period_at(contract, now)
    if not before:
        return current.start, current.end
    last = period_at(contract, current.start - timedelta(microseconds=1))
    return last.start, last.end
