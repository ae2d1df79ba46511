"""What the store knows of all sources and promises at one instant: the value that fleet metrics are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from syncd.domain.account import Account
from syncd.domain.contract import DEFAULT, Agreements, Contract, Target
from syncd.domain.duration import Counted
from syncd.domain.period import period_at
from syncd.ports.outbox import QueueState
from syncd.ports.readings import Consumed, Lifetime, OpenCount, Tally
from syncd.ports.repositories import SourceRow
from syncd.ports.store_watch import StoreUsage

WINDOWS: Mapping[str, timedelta] = {
    "6h": timedelta(hours=6),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""The trailing windows, by the value of their label; each ends at `Fleet.at`."""

CURRENT = "current"
"""The contract's own running period, which need not be a month."""

LAST_PERIOD = "last_period"
"""The one before it, whose credits can still be claimed."""

PERIODS = ("month_to_date", "last_month", "quarter_to_date", CURRENT)
"""The values of the `period` label; months and quarters begin on the contract's day and in its time zone."""

STATES = ("ok", "at_risk", "breached", "paused")
"""What an open clock can be, as `OpenCount.state` says it."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """A configured source: what the store knows of it, and what the configuration says."""

    row: SourceRow
    every_seconds: float
    enabled: bool = True
    census_at: datetime | None = None
    """When every ticket with an open clock was last re-read."""


@dataclass(frozen=True, slots=True)
class Objective:
    """The share agreed for a target; for one priority where objectives differ, else for all (`priority` None)."""

    vendor: str
    contract: str
    target: str
    priority: str | None
    share: Fraction
    min_volume: int | None = None
    allowed_misses: int | None = None


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """When a contract's running period ends."""

    vendor: str
    contract: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PromisedTime:
    """The duration agreed for a target and priority; `seconds` is None for a goal of working days."""

    vendor: str
    contract: str
    target: str
    priority: str
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Everything behind the fleet metrics, read from the store in one view at the instant `at`.

    `windows` holds tallies by window (keys of `WINDOWS`), `periods` by period (`PERIODS`), all contracts together.
    `quarantined` counts by source, `problems` by (source, code), `uncovered` by (source, reason), `contradicted` by
    (source, vendor, contract, target, what the source says).
    """

    at: datetime
    sources: Sequence[SourceState] = ()
    open_counts: Sequence[OpenCount] = ()
    windows: Mapping[str, Sequence[Tally]] = field(default_factory=dict)
    periods: Mapping[str, Sequence[Tally]] = field(default_factory=dict)
    last_period: Sequence[Tally] = ()
    """What came of each contract's own last period: as much is expected of the running one."""
    accounts: Mapping[str, Sequence[Account]] = field(default_factory=dict)
    """Credits and scores of the contracts' own periods, `CURRENT` and `LAST_PERIOD`."""
    objectives: Sequence[Objective] = ()
    goals: Sequence[PromisedTime] = ()
    vendors: Mapping[str, str] = field(default_factory=dict)
    """Names of vendors by id."""
    queues: Sequence[QueueState] = ()
    quarantined: Mapping[str, int] = field(default_factory=dict)
    problems: Mapping[tuple[str, str], int] = field(default_factory=dict)
    uncovered: Mapping[tuple[str, str], int] = field(default_factory=dict)
    contradicted: Mapping[tuple[str, str, str, str, str], int] = field(default_factory=dict)
    lifetimes: Sequence[Lifetime] = ()
    consumed: Sequence[Consumed] = ()
    period_ends: Sequence[PeriodEnd] = ()
    usage: StoreUsage = field(default_factory=StoreUsage)


def objectives_of(agreements: Agreements, at: datetime) -> tuple[Objective, ...]:
    """Return the objectives of the revisions in force at an instant."""
    return tuple(
        Objective(
            contract.vendor.id, contract.id, target.name, priority, share, target.min_volume, target.allowed_misses
        )
        for contract, target in _targets(agreements, at)
        for priority, share in _shares(target)
    )


def period_ends_of(agreements: Agreements, at: datetime) -> tuple[PeriodEnd, ...]:
    """Return when the period that holds an instant ends, of contracts that promise something then."""
    return tuple(
        PeriodEnd(contract.vendor.id, contract.id, period_at(contract, at).end)
        for contract in agreements.contracts
        if contract.revision_at(at) is not None
    )


def goals_of(agreements: Agreements, at: datetime) -> tuple[PromisedTime, ...]:
    """Return the goals of the revisions in force at an instant, as the contracts name priorities (`default` too)."""
    return tuple(
        PromisedTime(
            contract.vendor.id,
            contract.id,
            target.name,
            priority,
            goal.us / 1_000_000 if isinstance(goal, Counted) else None,
        )
        for contract, target in _targets(agreements, at)
        for priority, goal in target.goals.items()
    )


def vendors_of(agreements: Agreements) -> Mapping[str, str]:
    """Return the names of every contract's vendor by id."""
    return {contract.vendor.id: contract.vendor.name for contract in agreements.contracts}


def _targets(agreements: Agreements, at: datetime) -> list[tuple[Contract, Target]]:
    return [
        (contract, target)
        for contract in agreements.contracts
        if (revision := contract.revision_at(at)) is not None
        for target in revision.targets
    ]


def _shares(target: Target) -> list[tuple[str | None, Fraction]]:
    if not target.objective:
        return []
    if set(target.objective) == {DEFAULT}:
        return [(None, target.objective[DEFAULT])]
    priorities = sorted((set(target.objective) | set(target.goals)) - {DEFAULT})
    return [(priority, share) for priority in priorities if (share := target.objective_for(priority)) is not None]
