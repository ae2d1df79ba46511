"""What clocks say as of an instant.

Cycles and readings are named tuples, because they are made by the million and a frozen dataclass takes ten times as
long to make; what is stored as JSON inside them stays dataclasses, which the codec writes by name.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from syncd.domain.names import Metric, Stage, Verdict


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which an open cycle was not counted, for a reason other than the calendar.

    `until` is None while it goes on. `cause` is the party it waited for, `other_vendor` or `uncovered`. `event` is the
    id of the event behind it.
    """

    start: datetime
    until: datetime | None
    cause: str
    event: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A stretch `[start, until)` that was recorded as a pause and is not one, with the reason.

    `until` is None while it goes on. `event` is the id of the event that set it.
    """

    start: datetime
    until: datetime | None
    reason: str
    event: str


@dataclass(frozen=True, slots=True)
class Rung:
    """When a row of the contract's escalation was or will be reached if nothing changes; `text` names the row."""

    text: str
    at: datetime
    after_breach: bool


@dataclass(frozen=True, slots=True)
class Unadjusted:
    """What a cycle came to before anything was excluded."""

    verdict: Verdict
    period: str | None
    elapsed_us: int


class Cycle(NamedTuple):
    """One run of a clock, judged by its binding promise. Durations are microseconds; instants are aware UTC.

    `goal_us` and everything that follows from a goal is None while no promise exists (a ticket without a covered
    priority). `at_risk_at` is when the at-risk share of the goal was or will be used up if nothing changes; None while
    paused. `decided_at` is the instant that puts the cycle into a period (target's `period_by`), None while undecided.
    `breaks_at` is when a pending cycle will be missed if nothing changes; of several promises in force the first to
    break need not be the binding one, so it may come before `late_from`; of an update cycle it is the next miss.
    `misses` and `begun` count an update cycle's misses and the goals that it began, `miss_at` and `begun_at` say when
    (the first ten thousand of them). `refused` are pauses that lacked
    evidence. `raw` is what the cycle came to before exclusions, None where they changed nothing. `revision` is the
    contract revision that changed it while it ran, None where there was none. `rungs` are the rows of the contract's
    escalation that stand beside the at-risk share and the breach, of an open cycle only. `spent` is whose its time was,
    in the order of the ledger's owners, once it has ended; None before, of update cycles, whose goals are judged, and
    where it was not asked for.
    """

    number: int
    priority: str | None
    started_at: datetime
    stopped_at: datetime | None
    stage: Stage
    verdict: Verdict
    goal_us: int | None
    elapsed_us: int
    first_due_at: datetime | None
    due_at: datetime | None
    due_if_resumed: datetime | None
    late_from: datetime | None
    breached_at: datetime | None
    at_risk_at: datetime | None
    decided_at: datetime | None
    period: str | None
    pauses: tuple[Pause, ...]
    started_by: str
    stopped_by: str | None
    false_resolves: int
    flags: tuple[str, ...]
    breaks_at: datetime | None = None
    misses: int = 0
    miss_at: tuple[datetime, ...] = ()
    begun: int = 0
    begun_at: tuple[datetime, ...] = ()
    refused: tuple[Refusal, ...] = ()
    raw: Unadjusted | None = None
    revision: str | None = None
    rungs: tuple[Rung, ...] = ()
    spent: tuple[int, ...] | None = None

    @property
    def remaining_us(self) -> int | None:
        """What is left of the goal; negative once it is exceeded."""
        return None if self.goal_us is None else self.goal_us - self.elapsed_us


def waits_for(cycle: Cycle) -> str | None:
    """Return the cause of the pause that a cycle is in; None where it is in none that goes on."""
    if cycle.stage is not Stage.PAUSED or not cycle.pauses or cycle.pauses[-1].until is not None:
        return None
    return cycle.pauses[-1].cause


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that looked like what the clock waited for and did not count, with the reason."""

    event: str
    at: datetime
    reason: str


class Reading(NamedTuple):
    """Everything one clock says as of an instant.

    `changes_at` is the next instant at which it will say something else though nothing happens, an at-risk instant and
    a break left aside: a confirmation, an appointment, the edge of a planned window; None where there is none.
    `elsewhere` names the tickets of the same incident, as `source:ticket`, whose clocks count instead of this one.
    """

    source: str
    ticket: str
    ticket_id: str
    vendor: str
    contract: str
    revision: str
    target: str
    metric: Metric
    as_of: datetime
    cycles: tuple[Cycle, ...]
    flags: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    changes_at: datetime | None = None
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A ticket that no contract measures, and why."""

    source: str
    ticket: str
    ticket_id: str
    vendor: str | None
    as_of: datetime
    reason: str
