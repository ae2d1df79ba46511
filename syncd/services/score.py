"""Scorecards of a period: from the store's tallies, or straight from timelines without a store."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from syncd.domain.contract import DEFAULT, Agreements, Contract, Target
from syncd.domain.names import Verdict
from syncd.domain.period import Period, period_named
from syncd.domain.reading import Reading
from syncd.domain.scorecard import ScorecardRow
from syncd.ports.repositories import Tally
from syncd.ports.store import Work


def stored_scorecard(work: Work, agreements: Agreements, period: str) -> list[ScorecardRow]:
    """Return what the store says of a period, per target in all and by priority, contracts in the order given.

    Contracts whose periods are not written like `period` are left out. Raises ValueError when that is all of them.
    """
    rows: list[ScorecardRow] = []
    for contract, found in _with_period(agreements, period):
        tallies = [tally for tally in work.readings.tallies(found.start, found.end) if tally.contract == contract.id]
        pending = work.readings.pending(contract.id, found.start, found.end)
        rows.extend(_rows(contract, found, tallies, pending))
    return rows


def computed_scorecard(readings: Iterable[Reading], agreements: Agreements, period: str) -> list[ScorecardRow]:
    """Return what readings say of a period, in the same form."""
    tallies: dict[tuple[str, str, str | None], list[int]] = {}
    pending: dict[str, dict[tuple[str, str | None], int]] = {}
    spans = {contract.id: found for contract, found in _with_period(agreements, period)}
    place = {Verdict.MET: 0, Verdict.MISSED: 1, Verdict.UNVERIFIABLE: 2, Verdict.EXCLUDED: 3}
    metrics = {}
    for reading in readings:
        span = spans.get(reading.contract)
        if span is None:
            continue
        for cycle in reading.cycles:
            if cycle.verdict is Verdict.PENDING:
                if cycle.started_at < span.end:
                    open_ones = pending.setdefault(reading.contract, {})
                    key = (reading.target, cycle.priority)
                    open_ones[key] = open_ones.get(key, 0) + 1
                continue
            decided = cycle.decided_at or cycle.stopped_at or cycle.started_at
            if span.start <= decided < span.end:
                counts = tallies.setdefault((reading.contract, reading.target, cycle.priority), [0, 0, 0, 0])
                counts[place[cycle.verdict]] += 1
                metrics[reading.contract, reading.target] = reading.metric
    rows: list[ScorecardRow] = []
    for contract, found in _with_period(agreements, period):
        own = [
            Tally(contract.vendor.id, contract.id, target, metrics[contract.id, target], priority, *counts)
            for (identity, target, priority), counts in tallies.items()
            if identity == contract.id
        ]
        rows.extend(_rows(contract, found, own, pending.get(contract.id, {})))
    return rows


def _with_period(agreements: Agreements, name: str) -> list[tuple[Contract, Period]]:
    found = []
    refused: ValueError | None = None
    for contract in agreements.contracts:
        try:
            found.append((contract, period_named(contract, name)))
        except ValueError as cause:
            refused = cause
    if not found and refused is not None:
        raise refused
    return found


def _rows(
    contract: Contract,
    period: Period,
    tallies: Sequence[Tally],
    pending: Mapping[tuple[str, str | None], int],
) -> Iterable[ScorecardRow]:
    for target in _targets(contract, period, tallies):
        own = [tally for tally in tallies if tally.target == target.name]
        waiting = {priority: count for (name, priority), count in pending.items() if name == target.name}
        yield _row(contract, target, period, None, own, sum(waiting.values()))
        for priority in sorted({*waiting, *(tally.priority for tally in own)} - {None}, key=str):
            of_priority = [tally for tally in own if tally.priority == priority]
            yield _row(contract, target, period, priority, of_priority, waiting.get(priority, 0))


def _targets(contract: Contract, period: Period, tallies: Sequence[Tally]) -> list[Target]:
    """The targets in force in a period and those that clocks of an earlier revision still run on; newest wording."""
    counted = {tally.target for tally in tallies}
    ends = [*(revision.effective_from for revision in contract.revisions[1:]), period.end]
    targets: dict[str, Target] = {}
    for revision, end in zip(contract.revisions, ends, strict=True):
        if revision.effective_from < period.end:
            in_force = end > period.start
            targets.update({each.name: each for each in revision.targets if in_force or each.name in counted})
    return list(targets.values())


def _objective(target: Target, priority: str | None) -> Fraction | None:
    """One share is agreed for all priorities together, a map for each on its own; the other rows are not judged."""
    by_priority = set(target.objective) != {DEFAULT}
    return target.objective_for(priority) if by_priority == (priority is not None) else None


def _row(
    contract: Contract,
    target: Target,
    period: Period,
    priority: str | None,
    tallies: Sequence[Tally],
    pending: int,
) -> ScorecardRow:
    return ScorecardRow(
        vendor=contract.vendor.id,
        contract=contract.id,
        target=target.name,
        metric=target.metric,
        priority=priority,
        period=period.name,
        met=sum(tally.met for tally in tallies),
        missed=sum(tally.missed for tally in tallies),
        pending=pending,
        unverifiable=sum(tally.unverifiable for tally in tallies),
        excluded=sum(tally.excluded for tally in tallies),
        objective=_objective(target, priority),
    )
