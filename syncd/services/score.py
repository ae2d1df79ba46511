"""Scorecards of a period: from the store's tallies, or straight from timelines without a store."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from syncd.domain.contract import DEFAULT, Agreements, Contract, Target
from syncd.domain.names import Metric, Stage, Transition, Verdict
from syncd.domain.period import Period, period_named
from syncd.domain.reading import Cycle, Reading
from syncd.domain.scorecard import (
    DECIDED,
    EXCLUDED_WHEN,
    ForApproval,
    ScorecardRow,
    bound_for,
    goals_in,
    is_provisional,
    unadjusted_of,
)
from syncd.ports.readings import Tally
from syncd.ports.store import Work


@dataclass(slots=True)
class _Count:
    """What the cycles of one row come to; `longest` and `completed` are elapsed times in microseconds."""

    met: int = 0
    missed: int = 0
    unverifiable: int = 0
    excluded: int = 0
    pending: int = 0
    raw_met: int = 0
    raw_missed: int = 0
    provisional: int = 0
    longest: int | None = None
    completed: list[int] = field(default_factory=list)
    to_approve: list[ForApproval] = field(default_factory=list)

    def goals(self, begun: int, missed: int, raw_begun: int, raw_missed: int) -> None:
        """Add what one ticket's goals came to in the period; met is never below nought."""
        self.met += max(begun - missed, 0)
        self.missed += missed
        self.raw_met += max(raw_begun - raw_missed, 0)
        self.raw_missed += raw_missed

    @property
    def mean(self) -> Fraction | None:
        """The mean elapsed of the completed cycles."""
        return Fraction(sum(self.completed), len(self.completed)) if self.completed else None


@dataclass(slots=True)
class _Rows:
    """The counts of one target: of all its cycles together, and priority by priority."""

    whole: _Count = field(default_factory=_Count)
    by_priority: dict[str | None, _Count] = field(default_factory=dict)

    def of(self, priority: str | None) -> tuple[_Count, _Count]:
        """Return the two counts that a cycle of a priority belongs to."""
        return self.whole, self.by_priority.setdefault(priority, _Count())


def stored_scorecard(work: Work, agreements: Agreements, period: str) -> list[ScorecardRow]:
    """Return what the store says of a period, per target in all and by priority, contracts in the order given.

    Contracts whose periods are not written like `period` are left out. Raises ValueError when that is all of them.
    Tallies tell nothing of elapsed times, of exclusions or of grace, so rows leave out what follows from them.
    """
    rows: list[ScorecardRow] = []
    for contract, found in _with_period(agreements, period):
        targets: dict[str, _Rows] = {}
        for tally in work.readings.tallies(found.start, found.end):
            if tally.contract == contract.id:
                _add_tally(targets.setdefault(tally.target, _Rows()), tally)
        for (target, priority), pending in work.readings.pending(contract.id, found.start, found.end).items():
            for count in targets.setdefault(target, _Rows()).of(priority):
                count.pending += pending
        rows.extend(_rows(contract, found, targets, told=False))
    return rows


def tallied_scorecard(contract: Contract, period: Period, tallies: Iterable[Tally]) -> list[ScorecardRow]:
    """Return the rows of a contract's own tallies of one of its periods, what is pending left out."""
    targets: dict[str, _Rows] = {}
    for tally in tallies:
        _add_tally(targets.setdefault(tally.target, _Rows()), tally)
    return list(_rows(contract, period, targets, told=False))


def computed_scorecard(readings: Iterable[Reading], agreements: Agreements, period: str) -> list[ScorecardRow]:
    """Return what readings say of a period, in the same form and with all that tallies leave out."""
    spans = _with_period(agreements, period)
    by_id = {contract.id: (contract, span) for contract, span in spans}
    counted: dict[str, dict[str, _Rows]] = {contract.id: {} for contract, _ in spans}
    for reading in readings:
        if reading.contract in by_id:
            rows = counted[reading.contract].setdefault(reading.target, _Rows())
            _add_reading(rows, reading, *by_id[reading.contract])
    return [row for contract, span in spans for row in _rows(contract, span, counted[contract.id], told=True)]


def _add_tally(rows: _Rows, tally: Tally) -> None:
    for count in rows.of(tally.priority):
        count.met += tally.met
        count.missed += tally.missed
        count.unverifiable += tally.unverifiable
        count.excluded += tally.excluded


def _add_reading(rows: _Rows, reading: Reading, contract: Contract, span: Period) -> None:
    target = _governing(contract, reading.revision, reading.target)
    for cycle in reading.cycles:
        if cycle.verdict is Verdict.PENDING:
            if cycle.started_at < span.end:
                for count in rows.of(cycle.priority):
                    count.pending += 1
            continue
        raw, raw_period = unadjusted_of(cycle)
        inside = span.start <= (cycle.decided_at or cycle.stopped_at or cycle.started_at) < span.end
        raw_inside = raw in DECIDED and raw_period == span.name
        if inside or raw_inside:
            behind = _amended(contract, target, cycle.revision)
            for count in rows.of(cycle.priority):
                if reading.metric is not Metric.UPDATE and raw_inside:
                    count.raw_met += raw is Verdict.MET
                    count.raw_missed += raw is Verdict.MISSED
                if inside:
                    _add_cycle(count, cycle, target)
                    count.provisional += is_provisional(cycle, behind, contract, as_of=reading.as_of)
        if raw_inside and EXCLUDED_WHEN in cycle.flags:
            rows.whole.to_approve.append(_for_approval(reading, cycle, raw))
    if reading.metric is Metric.UPDATE:
        _add_goals(rows, reading, target, span)


def _add_cycle(count: _Count, cycle: Cycle, target: Target) -> None:
    count.unverifiable += cycle.verdict is Verdict.UNVERIFIABLE
    count.excluded += cycle.verdict is Verdict.EXCLUDED
    if cycle.verdict not in DECIDED:
        return
    if target.metric is not Metric.UPDATE:
        count.met += cycle.verdict is Verdict.MET
        count.missed += cycle.verdict is Verdict.MISSED
    count.longest = max(cycle.elapsed_us, count.longest or 0)
    if cycle.stage is Stage.COMPLETED:
        count.completed.append(cycle.elapsed_us)


def _add_goals(rows: _Rows, reading: Reading, target: Target, span: Period) -> None:
    """Add an update clock's goals, of the ticket as a whole and by its cycles' priorities, each by its own instant."""
    rows.whole.goals(*goals_in(reading.cycles, target, span))
    for priority in {cycle.priority for cycle in reading.cycles}:
        goals = goals_in([cycle for cycle in reading.cycles if cycle.priority == priority], target, span)
        if any(goals):
            rows.of(priority)[1].goals(*goals)


def _for_approval(reading: Reading, cycle: Cycle, verdict: Verdict) -> ForApproval:
    return ForApproval(
        source=reading.source,
        ticket=reading.ticket,
        ticket_id=reading.ticket_id,
        started_by=cycle.started_by,
        priority=cycle.priority,
        verdict=verdict,
        started_at=cycle.started_at,
        stopped_at=cycle.stopped_at,
        breached_at=cycle.breached_at,
        elapsed_us=cycle.elapsed_us,
        goal_us=cycle.goal_us,
    )


def _governing(contract: Contract, revision: str, name: str) -> Target:
    """The target that a reading was made under."""
    for each in contract.revisions:
        for target in each.targets:
            if each.name == revision and target.name == name:
                return target
    msg = f"contract {contract.id} has no target {name} in a revision {revision}"
    raise ValueError(msg)


def _amended(contract: Contract, target: Target, revision: str | None) -> Target:
    """The target that a cycle ended under: with the calendars of an amendment, or altogether that of its period."""
    for each in contract.revisions:
        for amending in each.targets:
            if each.name == revision and amending.name == target.name:
                if each.transition is Transition.WHOLE_PERIOD:
                    return amending
                return replace(target, calendars=amending.calendars, calendar_by=amending.calendar_by)
    return target


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


def _rows(contract: Contract, period: Period, counted: Mapping[str, _Rows], *, told: bool) -> Iterator[ScorecardRow]:
    """The rows of a contract; `told` says that the counts come from readings, which tell more than tallies."""
    for target in _targets(contract, period, counted):
        rows = counted.get(target.name) or _Rows()
        below = {
            priority: _row(contract, target, period, priority, count, told=told)
            for priority, count in sorted(rows.by_priority.items(), key=lambda item: str(item[0]))
            if priority is not None
        }
        whole = _row(contract, target, period, None, rows.whole, told=told)
        beyond = [row.beyond for row in below.values()]
        yield replace(whole, beyond=True if True in beyond else None if None in beyond else False)
        yield from below.values()


def _targets(contract: Contract, period: Period, counted: Mapping[str, _Rows]) -> list[Target]:
    """The targets in force in a period and those that clocks of an earlier revision still run on; newest wording."""
    running = {name for name, rows in counted.items() if rows.by_priority}
    ends = [*(revision.effective_from for revision in contract.revisions[1:]), period.end]
    targets: dict[str, Target] = {}
    for revision, end in zip(contract.revisions, ends, strict=True):
        if revision.effective_from < period.end:
            in_force = end > period.start
            targets.update({each.name: each for each in revision.targets if in_force or each.name in running})
    return list(targets.values())


def _objective(target: Target, priority: str | None) -> Fraction | None:
    """One share is agreed for all priorities together, a map for each on its own; the other rows are not judged."""
    by_priority = set(target.objective) != {DEFAULT}
    return target.objective_for(priority) if by_priority == (priority is not None) else None


def _row(
    contract: Contract, target: Target, period: Period, priority: str | None, count: _Count, *, told: bool
) -> ScorecardRow:
    objective = _objective(target, priority)
    maximum = None if priority is None else bound_for(target.maximum_us, priority)
    average = None if priority is None else bound_for(target.average_us, priority)
    unadjusted = (count.raw_met, count.raw_missed)
    row = ScorecardRow(
        vendor=contract.vendor.id,
        contract=contract.id,
        target=target.name,
        metric=target.metric,
        priority=priority,
        period=period.name,
        met=count.met,
        missed=count.missed,
        pending=count.pending,
        unverifiable=count.unverifiable,
        excluded=count.excluded,
        objective=objective,
        min_volume=None if objective is None else target.min_volume,
        allowed_misses=None if objective is None else target.allowed_misses,
        longest_us=count.longest,
        mean_us=count.mean,
        maximum_us=maximum,
        average_us=average,
        unadjusted=unadjusted if told and unadjusted != (count.met, count.missed) else None,
        provisional=count.provisional if told else None,
        to_approve=tuple(count.to_approve),
    )
    return replace(row, beyond=_beyond(row, told=told))


def _beyond(row: ScorecardRow, *, told: bool) -> bool | None:
    """Whether a bound on a row's own cycles was exceeded; None where there is one, and cycles without their times."""
    if not told and row.n and (row.maximum_us is not None or row.average_us is not None):
        return None
    longest, mean = row.longest_us, row.mean_us
    too_long = row.maximum_us is not None and longest is not None and longest > row.maximum_us
    return too_long or (row.average_us is not None and mean is not None and mean > row.average_us)
