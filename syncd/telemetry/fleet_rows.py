"""The samples of every fleet family, computed from a `Fleet`.

Every function returns a mapping from label values to the value, so that no series can occur twice: tallies of several
metrics or revisions under one name add up.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from syncd.domain.contract import DEFAULT
from syncd.domain.scorecard import attainment
from syncd.ports.readings import Lifetime, Tally
from syncd.telemetry import fleet_names as names
from syncd.telemetry import period_rows as periods
from syncd.telemetry.fleet import STATES, Fleet, SourceState
from syncd.telemetry.names import Family
from syncd.telemetry.period_rows import NO_PRIORITY, Labels, Rows

UNKNOWN_PARTY = "unknown"
"""The label value where a paused clock does not say whom it waits for."""

Histogram = tuple[tuple[int, ...], float]
"""Cumulative counts by bucket, last of all observations, and their sum."""


def _seconds(instant: datetime | None) -> float:
    return 0 if instant is None else instant.timestamp()


def _by_source(value: Callable[[SourceState], float | None]) -> Callable[[Fleet], Rows]:
    def rows(fleet: Fleet) -> Rows:
        return {
            (state.row.name, state.row.kind): figure
            for state in fleet.sources
            if (figure := value(state)) is not None
        }  # fmt: skip

    return rows


def _snapshot(fleet: Fleet) -> Rows:
    return {(): fleet.at.timestamp()}


def _watermark(state: SourceState) -> float | None:
    return None if state.row.watermark is None else state.row.watermark.timestamp()


def _up(state: SourceState) -> float:
    return int(state.row.last_success_at is not None and state.row.failures == 0)


def _quarantined(fleet: Fleet) -> Rows:
    rows: dict[Labels, float] = {(state.row.name,): 0 for state in fleet.sources}
    rows.update({(source,): count for source, count in fleet.quarantined.items()})
    return rows


def _vendors(fleet: Fleet) -> Rows:
    return dict.fromkeys(fleet.vendors.items(), 1)


def _open(fleet: Fleet) -> Rows:
    rows: dict[Labels, float] = {
        (goal.vendor, goal.contract, goal.target, goal.priority, state): 0
        for goal in fleet.goals
        if goal.priority != DEFAULT
        for state in STATES
    }
    for count in fleet.open_counts:
        key = (count.vendor, count.contract, count.target, count.priority or NO_PRIORITY, count.state)
        rows[key] = rows.get(key, 0) + count.count
    return rows


def _paused(fleet: Fleet) -> Rows:
    rows: dict[Labels, float] = defaultdict(float)
    for count in fleet.open_counts:
        if count.state == "paused":
            rows[count.vendor, count.contract, count.target, count.waits_for or UNKNOWN_PARTY] += count.count
    return rows


def _next_deadline(fleet: Fleet) -> Rows:
    rows: dict[Labels, float] = {}
    for count in fleet.open_counts:
        if count.deadline is not None and count.state in {"ok", "at_risk"}:
            key = (count.vendor, count.contract, count.target, count.priority or NO_PRIORITY)
            rows[key] = min(rows.get(key, float("inf")), count.deadline.timestamp())
    return rows


def _objective(fleet: Fleet) -> Rows:
    return {(o.vendor, o.contract, o.target): float(o.share) for o in fleet.objectives if o.priority is None}


def _priority_objective(fleet: Fleet) -> Rows:
    return {
        (o.vendor, o.contract, o.target, o.priority): float(o.share)
        for o in fleet.objectives
        if o.priority is not None
    }  # fmt: skip


def _goal(fleet: Fleet) -> Rows:
    return {(g.vendor, g.contract, g.target, g.priority): g.seconds for g in fleet.goals if g.seconds is not None}


def _promises(fleet: Fleet) -> Iterator[tuple[str, str, str]]:
    """Yield every (vendor, contract, target) in force, so that those at rest are 0 instead of missing."""
    for goal in fleet.goals:
        yield goal.vendor, goal.contract, goal.target


def _sums(
    fleet: Fleet, spans: Mapping[str, Sequence[Tally]], value: Callable[[Tally], int]
) -> dict[Labels, float]:  # fmt: skip
    rows: dict[Labels, float] = {(*promise, span): 0 for span in spans for promise in _promises(fleet)}
    for span, tallies in spans.items():
        for tally in tallies:
            key = (tally.vendor, tally.contract, tally.target, span)
            rows[key] = rows.get(key, 0) + value(tally)
    return rows


def _evaluations(fleet: Fleet) -> Rows:
    return _sums(fleet, fleet.windows, lambda tally: tally.met + tally.missed)


def _breaches(fleet: Fleet) -> Rows:
    return _sums(fleet, fleet.windows, lambda tally: tally.missed)


def _cycles(fleet: Fleet) -> Rows:
    verdicts: Mapping[str, Callable[[Tally], int]] = {
        "met": lambda tally: tally.met,
        "missed": lambda tally: tally.missed,
        "unverifiable": lambda tally: tally.unverifiable,
        "excluded": lambda tally: tally.excluded,
    }
    return {
        (*labels, verdict): figure
        for verdict, value in verdicts.items()
        for labels, figure in _sums(fleet, fleet.periods, value).items()
    }


def _shares(fleet: Fleet, key: Callable[[Tally, str], Labels | None]) -> Rows:
    counts: dict[Labels, list[int]] = defaultdict(lambda: [0, 0])
    for period, tallies in fleet.periods.items():
        for tally in tallies:
            labels = key(tally, period)
            if labels is not None:
                counts[labels][0] += tally.met
                counts[labels][1] += tally.missed
    return {
        labels: float(share)
        for labels, (met, missed) in counts.items()
        if (share := attainment(met, missed)) is not None
    }  # fmt: skip


def _compliance(fleet: Fleet) -> Rows:
    return _shares(fleet, lambda tally, period: (tally.vendor, tally.contract, tally.target, period))


def _priority_compliance(fleet: Fleet) -> Rows:
    apart = {(o.vendor, o.contract, o.target) for o in fleet.objectives if o.priority is not None}

    def key(tally: Tally, period: str) -> Labels | None:
        promise = (tally.vendor, tally.contract, tally.target)
        return (*promise, tally.priority or NO_PRIORITY, period) if promise in apart else None

    return _shares(fleet, key)


def _lifetimes(value: Callable[[Lifetime], int]) -> Callable[[Fleet], Rows]:
    def rows(fleet: Fleet) -> Rows:
        known: dict[Labels, float] = {
            (goal.vendor, goal.contract, goal.target, goal.priority): 0
            for goal in fleet.goals
            if goal.priority != DEFAULT
        }
        for each in fleet.lifetimes:
            known[each.vendor, each.contract, each.target, each.priority or NO_PRIORITY] = value(each)
        return known

    return rows


def _consumed(fleet: Fleet) -> Mapping[Labels, Histogram]:
    return {(each.vendor, each.contract, each.target): (each.up_to, each.total) for each in fleet.consumed}


def _bytes(free: bool) -> Callable[[Fleet], Rows]:
    def rows(fleet: Fleet) -> Rows:
        figure = fleet.usage.disk_free if free else fleet.usage.disk_size
        return {} if figure is None else {(): figure}

    return rows


def _mapper(state: SourceState) -> float | None:
    return state.row.mapper_version


HISTOGRAMS: Mapping[Family, Callable[[Fleet], Mapping[Labels, Histogram]]] = {names.CONSUMED: _consumed}
"""How each fleet family that is a histogram is computed."""

ROWS: Mapping[Family, Callable[[Fleet], Rows]] = {
    names.SNAPSHOT_AT: _snapshot,
    names.SOURCE_ENABLED: _by_source(lambda state: int(state.enabled)),
    names.SOURCE_INTERVAL: _by_source(lambda state: state.every_seconds),
    names.SOURCE_SUCCESS: _by_source(lambda state: _seconds(state.row.last_success_at)),
    names.SOURCE_ATTEMPT: _by_source(lambda state: _seconds(state.row.last_attempt_at)),
    names.SOURCE_WATERMARK: _by_source(_watermark),
    names.SOURCE_UP: _by_source(_up),
    names.SOURCE_FAILURES: _by_source(lambda state: state.row.failures),
    names.SOURCE_BACKFILLED: _by_source(lambda state: int(state.row.backfilled_at is not None)),
    names.SOURCE_CENSUS: _by_source(lambda state: _seconds(state.census_at)),
    names.SOURCE_MAPPER: _by_source(_mapper),
    names.SOURCE_CONTRADICTED: lambda fleet: dict(fleet.contradicted.items()),
    names.SOURCE_PROBLEMS: lambda fleet: dict(fleet.problems.items()),
    names.SOURCE_UNCOVERED: lambda fleet: dict(fleet.uncovered.items()),
    names.QUARANTINED: _quarantined,
    names.VENDOR_INFO: _vendors,
    names.OPEN_TICKETS: _open,
    names.PAUSED_TICKETS: _paused,
    names.NEXT_DEADLINE: _next_deadline,
    names.OBJECTIVE: _objective,
    names.PRIORITY_OBJECTIVE: _priority_objective,
    names.GOAL: _goal,
    names.WINDOW_EVALUATIONS: _evaluations,
    names.WINDOW_BREACHES: _breaches,
    names.COMPLIANCE: _compliance,
    names.PRIORITY_COMPLIANCE: _priority_compliance,
    names.CYCLES: _cycles,
    names.EVALUATIONS: _lifetimes(lambda lifetime: lifetime.decided),
    names.BREACHES: _lifetimes(lambda lifetime: lifetime.missed),
    names.CREDIT: periods.credit_amounts,
    names.SCORE: periods.scores,
    names.TIME_SPENT: periods.time_spent,
    names.PERIOD_END: periods.period_ends,
    names.PERIOD_MISSES: periods.misses,
    names.PERIOD_ALLOWED: periods.misses_allowed,
    names.PERIOD_AT_RISK: periods.at_risk,
    names.PERIOD_UNWINNABLE: periods.unwinnable,
    names.STORE_BYTES: lambda fleet: {(part,): size for part, size in fleet.usage.parts.items()},
    names.STORE_TABLES: lambda fleet: {(table,): size for table, size in fleet.usage.tables.items()},
    names.STORE_DISK_FREE: _bytes(free=True),
    names.STORE_DISK_SIZE: _bytes(free=False),
    names.OUTBOX_PENDING: lambda fleet: {(queue.channel,): queue.pending for queue in fleet.queues},
    names.OUTBOX_OLDEST: lambda fleet: {(queue.channel,): _seconds(queue.oldest_at) for queue in fleet.queues},
    names.OUTBOX_DEAD: lambda fleet: {(queue.channel,): queue.dead for queue in fleet.queues},
}
"""How every other fleet family is computed. One without rows is not on the page."""
