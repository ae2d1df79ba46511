"""Contracts: what a vendor promised, from when, for which tickets (design.md section 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.credit_terms import CreditTerms, Kpi
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.names import (
    Accepted,
    Awaiting,
    Backlog,
    Children,
    Counts,
    Metric,
    PauseEvidence,
    PeriodBy,
    PeriodKind,
    PriorityChange,
    Reopen,
    Starts,
    Stops,
    Transition,
)

Goal = Counted | WorkingDays

Conditions = Mapping[str, tuple[str, ...]]
"""Attribute names, each with the values that satisfy it; all must hold. Empty always holds."""

FIVE_WORKING_DAYS = WorkingDays(5, DayEnd.END_OF_DAY)
"""How long after a stop a reopening still belongs to the same cycle, unless the contract says otherwise."""

DEFAULT = "default"
"""The key of a by-priority map that stands for every priority not named."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Goals of cycles that start while a calendar is in service; at any time where `started_in` is None."""

    goals: Mapping[str, Goal]
    started_in: ServiceCalendar | None = None


@dataclass(frozen=True, slots=True)
class PriorityMatrix:
    """A priority read from two attributes: `rows` by the levels of the first, their places by those of the second.

    `levels` names each attribute's levels in order; empty where they are the numbers from 1 on with which values begin.
    """

    by: tuple[str, str]
    rows: tuple[tuple[str, ...], ...]
    levels: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One promise. Policies are those of the table in design.md section 7, with its defaults.

    With `arrivals`, the first that holds at a cycle's start gives its goals, and `goals` is empty. With `calendar_by`,
    `calendars` are by the values of that attribute instead of by priority. `maximum` and `average`, in microseconds by
    priority, bound the longest and the mean elapsed of a period's cycles.
    """

    name: str
    metric: Metric
    goals: Mapping[str, Goal]
    calendars: Mapping[str, ServiceCalendar]
    objective: Mapping[str, Fraction]
    at_risk: Fraction = Fraction(3, 4)
    floor: Fraction | None = None
    weight: Fraction = Fraction(1)
    min_volume: int | None = None
    allowed_misses: int | None = None
    when: Conditions = field(default_factory=dict)
    starts: Starts = Starts.VENDOR_NOTIFIED
    stops: Stops = Stops.RESOLVED
    confirm_within: Goal | None = None
    acknowledgement: Accepted = Accepted.REFUSED
    relayed: Accepted = Accepted.ACCEPTED
    pause_while: frozenset[Awaiting] = frozenset()
    pause_evidence: PauseEvidence = PauseEvidence.AS_RECORDED
    priority_change: PriorityChange = PriorityChange.EARLIEST_PROMISE
    reopen: Reopen = Reopen.WITHIN_GRACE
    reopen_grace: Goal = FIVE_WORKING_DAYS
    reopen_calendar: ServiceCalendar | None = None
    strict_due: bool = False
    tolerance_us: int = 0
    counts: Counts = Counts.OWN_TIME
    period_by: PeriodBy = PeriodBy.DECIDED
    arrivals: tuple[Arrival, ...] = ()
    calendar_by: str | None = None
    priority_from: PriorityMatrix | None = None
    not_before: str | None = None
    children: Children = Children.EACH
    excluded_when: Conditions = field(default_factory=dict)
    maximum_us: Mapping[str, int] = field(default_factory=dict)
    average_us: Mapping[str, int] = field(default_factory=dict)

    @property
    def strict(self) -> bool:
        """Whether instants are compared instead of counted time; never of an update clock, which counts silences."""
        return self.strict_due and self.metric is not Metric.UPDATE

    @property
    def retroactive(self) -> bool:
        """Whether a cycle's last priority decides alone; never of an update clock, whose goal is that of its start."""
        return self.priority_change is PriorityChange.RETROACTIVE and self.metric is not Metric.UPDATE

    def goal(self, priority: str | None) -> Goal | None:
        """Return the goal of a priority; None for a ticket without priority or a priority without a goal."""
        if priority is None:
            return None
        return self.goals.get(priority) or self.goals.get(DEFAULT)

    def objective_for(self, priority: str | None) -> Fraction | None:
        """Return the share of a priority's cycles that must meet the goal; None where none was agreed."""
        return self.objective.get(priority or DEFAULT) or self.objective.get(DEFAULT)

    def calendar(self, priority: str) -> ServiceCalendar:
        """Return the calendar on which a priority's goal is counted; loading guarantees that there is one."""
        return self.calendars.get(priority) or self.calendars[DEFAULT]


@dataclass(frozen=True, slots=True)
class Cover:
    """Tickets that a revision is about: of one source, with these attributes."""

    source: str
    attributes: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Whom a contract wants told when: `to` are names of notifiers or of routes.

    Exactly one of `share` and `after_us` is given: a share of the goal that is used up, or how long after the breach,
    in microseconds counted on the clock, 0 for the breach itself. `text` names the row in the keys of its notices.
    """

    text: str
    to: tuple[str, ...]
    share: Fraction | None = None
    after_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One dated version of a contract, in force from `effective_from` (inclusive) until the next one.

    `name` is its date as written; explanations cite it.
    """

    name: str
    effective_from: datetime
    observe_from: datetime
    notify_from: datetime
    covers: tuple[Cover, ...]
    targets: tuple[Target, ...]
    transition: Transition = Transition.NEW_TICKETS
    escalation: tuple[Escalation, ...] = ()
    credits: CreditTerms | None = None
    kpis: tuple[Kpi, ...] = ()

    def target(self, name: str) -> Target:
        """Return the target of a name; raises KeyError where there is none."""
        for target in self.targets:
            if target.name == name:
                return target
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """A planned window `[start, end)`: clocks pause while the ticket's attributes meet `when`.

    `notice_us` is how long before its start it had to be announced. One whose `announced_at` is known to be later than
    that is none.
    """

    start: datetime
    end: datetime
    when: Conditions = field(default_factory=dict)
    notice_us: int = 0
    announced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who promised."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """An agreement with one vendor; revisions are in order of their dates and there is at least one.

    `system_of_record` names sources: of the tickets of one incident, those of the first of them that can tell count.
    """

    id: str
    vendor: Vendor
    time_zone: str
    revisions: tuple[Revision, ...]
    period: PeriodKind = PeriodKind.MONTH
    anchor: int = 1
    currency: str | None = None
    backlog: Backlog = Backlog.EXCLUDED
    until: datetime | None = None
    maintenance: tuple[Maintenance, ...] = ()
    system_of_record: tuple[str, ...] = ()

    def revision(self, name: str) -> Revision:
        """Return the revision of a name; raises KeyError where there is none."""
        for revision in self.revisions:
            if revision.name == name:
                return revision
        raise KeyError(name)

    def revision_at(self, instant: datetime) -> Revision | None:
        """Return the revision in force at an instant; None before the first one and from `until` on."""
        if self.until is not None and instant >= self.until:
            return None
        found: Revision | None = None
        for revision in self.revisions:
            if revision.effective_from <= instant:
                found = revision
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A signed record that takes a ticket, or a span, out of what a contract is judged by.

    With `ticket` (its source and name) alone the whole ticket is excluded; with `start` and `end`, `[start, end)` of
    that ticket, or of every ticket whose attributes meet `when`. Empty `targets`: all of the contract's.
    """

    id: str
    contract: str
    clause: str
    author: str
    approver: str
    evidence: str
    reason: str = ""
    targets: frozenset[str] = frozenset()
    ticket: tuple[str, str] | None = None
    start: datetime | None = None
    end: datetime | None = None
    when: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agreements:
    """Every contract and calendar in force here, as loaded, and what was excluded."""

    contracts: Sequence[Contract]
    calendars: Mapping[str, ServiceCalendar]
    exclusions: Sequence[Exclusion] = ()

    @property
    def have_records(self) -> bool:
        """Whether any contract says whose clock counts where one incident has several tickets."""
        return any(contract.system_of_record for contract in self.contracts)
