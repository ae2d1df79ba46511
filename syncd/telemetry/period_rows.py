"""The samples about running periods: what is certain of each promise, and what it still bears."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncd.domain.credit import cents
from syncd.domain.ledger import OWNERS, Owner
from syncd.domain.miss_budget import MissBudget, miss_budget
from syncd.telemetry.fleet import CURRENT, LAST_PERIOD, Fleet, Objective

Labels = tuple[str, ...]
Rows = Mapping[Labels, float]

_MICROSECONDS = 1_000_000

PARTIES = frozenset(OWNERS) - {Owner.EXCLUDED, Owner.UNKNOWN}
"""Whose time is published; what was excluded or nobody knows is nobody's, and would cost series."""

NO_PRIORITY = "none"
"""The label value of a ticket without priority; an empty one would not be a label at all."""

ALL_PRIORITIES = "all"
"""The label value where one objective is for every priority together."""


NO_CURRENCY = "XXX"
"""What ISO 4217 writes where there is no currency, for contracts that state none."""


def credit_amounts(fleet: Fleet) -> Rows:
    """Return what is owed of every period, 0 where credits were agreed and none is."""
    return {
        (each.vendor, each.contract, period, each.credits.currency or NO_CURRENCY): float(cents(each.credits.total))
        for period, accounts in fleet.accounts.items()
        for each in accounts
        if each.credits is not None
    }


def scores(fleet: Fleet) -> Rows:
    """Return the scores that are known."""
    return {
        (each.vendor, each.contract, period): float(each.score.value)
        for period, accounts in fleet.accounts.items()
        for each in accounts
        if each.score.value is not None
    }


def time_spent(fleet: Fleet) -> Rows:
    """Return whose time it was, in seconds; each of `PARTIES` where anything of a promise was decided."""
    rows: dict[Labels, float] = defaultdict(float)
    for period, tallies in ((CURRENT, fleet.periods.get(CURRENT, ())), (LAST_PERIOD, fleet.last_period)):
        for tally in tallies:
            for owner, us in zip(OWNERS, tally.spent, strict=True):
                if owner in PARTIES:
                    rows[tally.vendor, tally.contract, tally.target, owner.value, period] += us / _MICROSECONDS
    return rows


def period_ends(fleet: Fleet) -> Rows:
    """Return when running periods end, by vendor and contract."""
    return {(end.vendor, end.contract): end.at.timestamp() for end in fleet.period_ends}


@dataclass(slots=True)
class _Known:
    """What is known of one promise in its running period."""

    met: int = 0
    missed: int = 0
    undecided: int = 0
    at_risk: int = 0
    expected: int = 0
    """How many were decided in the last period."""


def _known(fleet: Fleet) -> Iterator[tuple[Labels, Objective, _Known]]:
    """Yield every objective with what is known of the cycles that it is about."""
    found: dict[Labels, _Known] = defaultdict(_Known)
    for tally in fleet.periods.get(CURRENT, ()):
        for priority in (tally.priority or NO_PRIORITY, ALL_PRIORITIES):
            known = found[tally.vendor, tally.contract, tally.target, priority]
            known.met += tally.met
            known.missed += tally.missed
    for tally in fleet.last_period:
        for priority in (tally.priority or NO_PRIORITY, ALL_PRIORITIES):
            found[tally.vendor, tally.contract, tally.target, priority].expected += tally.met + tally.missed
    for count in fleet.open_counts:
        for priority in (count.priority or NO_PRIORITY, ALL_PRIORITIES):
            known = found[count.vendor, count.contract, count.target, priority]
            known.undecided += count.undecided
            known.at_risk += count.count if count.state == "at_risk" else 0
    for objective in fleet.objectives:
        labels = (objective.vendor, objective.contract, objective.target, objective.priority or ALL_PRIORITIES)
        yield labels, objective, found[labels]


def _budget(objective: Objective, known: _Known) -> MissBudget:
    return miss_budget(
        met=known.met,
        missed=known.missed,
        undecided=max(known.undecided, known.expected - known.met - known.missed),
        objective=objective.share,
        min_volume=objective.min_volume,
        allowed_misses=objective.allowed_misses,
    )


def misses(fleet: Fleet) -> Rows:
    """Return the misses that are certain."""
    return {labels: known.missed for labels, _, known in _known(fleet)}


def misses_allowed(fleet: Fleet) -> Rows:
    """Return how many more misses each objective bears."""
    return {labels: _budget(objective, known).allowed for labels, objective, known in _known(fleet)}


def at_risk(fleet: Fleet) -> Rows:
    """Return the open clocks that are at risk."""
    return {labels: known.at_risk for labels, _, known in _known(fleet)}


def unwinnable(fleet: Fleet) -> Rows:
    """Return 1 for each objective that is missed even if all that is expected is met.

    Without a last period to go by only an objective of everything can be lost for certain, as notices have it.
    """
    return {
        labels: int((known.expected > 0 or objective.share >= 1) and _budget(objective, known).unwinnable)
        for labels, objective, known in _known(fleet)
    }
