"""What came of one promise in one period: counts, attainment, and figures that never look better than they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, floor

from syncd.domain.calendar import CalendarExhausted, ServiceCalendar
from syncd.domain.contract import DEFAULT, Contract, Target
from syncd.domain.instant import to_us
from syncd.domain.names import Metric, Reopen, Verdict
from syncd.domain.period import Period
from syncd.domain.reading import Cycle

EXCLUDED_WHEN = "excluded_when"
"""The flag of a completed cycle that its target's own conditions exclude."""

MEASURED_ELSEWHERE = "measured_elsewhere"
"""The flag of a cycle of an incident that another ticket's clock counts: no share, adjusted or not, holds it twice."""

DECIDED = frozenset({Verdict.MET, Verdict.MISSED})
"""The verdicts that a share is of."""

_BY_RESOLVE = "resolved_without_message"
_RESUMING = frozenset({Reopen.WITHIN_GRACE, Reopen.RESUME})


def attainment(met: int, missed: int) -> Fraction | None:
    """Return the share of decided cycles that met their goal; None where none was decided, which is not 100 %."""
    decided = met + missed
    return Fraction(met, decided) if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForApproval:
    """A cycle that a target's own `excluded_when` took out of the period, listed because somebody has to agree to it.

    `verdict` is what it counts as where nothing is excluded. The cycle is named by the event that started it.
    """

    source: str
    ticket: str
    ticket_id: str
    started_by: str
    priority: str | None
    verdict: Verdict
    started_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    elapsed_us: int
    goal_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardRow:
    """One target of a contract in one period; of one priority, or of all of them together where it is None.

    Counts are cycles, except that an update clock counts goals. `pending`, `unverifiable` and `excluded` stand beside
    the share, never in it. `objective` is the share agreed for these cycles, None where none was; with `min_volume`, in
    a period of fewer cycles the number of misses decides instead of the share.

    `longest_us` is the longest elapsed of a decided cycle and `mean_us` the mean of the completed ones, in
    microseconds, None where there is none or only tallies are at hand. `maximum_us` and `average_us` bound them.
    `beyond` says whether a bound on any of these cycles was exceeded, None where the figures that tell are not at hand.

    `unadjusted` is (met, missed) had nothing been excluded, None where that is the same or not at hand. `provisional`
    is how many of the met cycles a reopening could still resume, None where not at hand. `to_approve` lists what
    `excluded_when` took out, on the row of all priorities.
    """

    vendor: str
    contract: str
    target: str
    metric: Metric
    priority: str | None
    period: str
    met: int
    missed: int
    pending: int
    unverifiable: int
    excluded: int
    objective: Fraction | None
    min_volume: int | None = None
    allowed_misses: int | None = None
    longest_us: int | None = None
    mean_us: Fraction | None = None
    maximum_us: int | None = None
    average_us: int | None = None
    beyond: bool | None = False
    unadjusted: tuple[int, int] | None = None
    provisional: int | None = None
    to_approve: tuple[ForApproval, ...] = ()

    @property
    def n(self) -> int:
        """How many cycles the attainment is of."""
        return self.met + self.missed

    @property
    def attainment(self) -> Fraction | None:
        """Met out of n; None where n is 0."""
        return attainment(self.met, self.missed)

    @property
    def raw_met(self) -> int:
        """How many were met before anything was excluded."""
        return self.met if self.unadjusted is None else self.unadjusted[0]

    @property
    def raw_missed(self) -> int:
        """How many were missed before anything was excluded."""
        return self.missed if self.unadjusted is None else self.unadjusted[1]

    @property
    def raw_attainment(self) -> Fraction | None:
        """The share before anything was excluded; None where nothing was decided."""
        return attainment(self.raw_met, self.raw_missed)

    @property
    def by_count(self) -> bool:
        """Whether so little was decided that the number of misses is judged instead of the share."""
        return self.min_volume is not None and self.n < self.min_volume

    @property
    def attained(self) -> bool | None:
        """Whether what was agreed is reached, compared exactly; None where nothing was agreed or decided.

        One elapsed beyond the maximum, or a mean beyond the average, misses it whatever the share. None also where the
        share suffices and the figures for those bounds are not at hand.
        """
        share = self.attainment
        bounded = self.maximum_us is not None or self.average_us is not None
        if share is None or (self.objective is None and not bounded):
            return None
        if self.beyond or (self.objective is not None and not self._suffices(share, self.objective)):
            return False
        return None if self.beyond is None else True

    def _suffices(self, share: Fraction, objective: Fraction) -> bool:
        if self.by_count:
            return self.missed <= (self.allowed_misses or 0)
        return share >= objective


def bound_for(bounds: Mapping[str, int], priority: str) -> int | None:
    """Return the bound on a priority's elapsed, in microseconds; `default` stands for priorities not named."""
    return bounds.get(priority, bounds.get(DEFAULT))


def unadjusted_of(cycle: Cycle) -> tuple[Verdict, str | None]:
    """Return the verdict of a cycle, and the name of its period, had nothing been excluded by agreement."""
    if MEASURED_ELSEWHERE in cycle.flags:
        return (Verdict.EXCLUDED, None)
    return (cycle.verdict, cycle.period) if cycle.raw is None else (cycle.raw.verdict, cycle.raw.period)


def goals_in(cycles: Sequence[Cycle], target: Target, span: Period) -> tuple[int, int, int, int]:
    """Return how many goals an update's cycles began and missed in a period, then both had nothing been excluded."""
    begun = missed = raw_begun = raw_missed = 0
    for cycle in cycles:
        own_begun = _dated(cycle.begun_at, cycle.begun, span)
        own_missed = _dated(cycle.miss_at, cycle.misses, span)
        if cycle.verdict in DECIDED:
            begun += own_begun
            missed += own_missed
        raw, raw_period = unadjusted_of(cycle)
        if raw in DECIDED:
            # Each further miss without the exclusion is a further goal begun, dated as the cycle then is.
            more = _more_misses(cycle, target) if raw_period == span.name else 0
            raw_begun += own_begun + more
            raw_missed += own_missed + more
    return begun, missed, raw_begun, raw_missed


def _dated(instants: Sequence[datetime], count: int, span: Period) -> int:
    """How many of `count` things lie in a period; what is not listed is of the period of the last that is."""
    listed = sum(span.start <= at < span.end for at in instants)
    return listed + (count - len(instants) if instants and span.start <= instants[-1] < span.end else 0)


def _more_misses(cycle: Cycle, target: Target) -> int:
    """How many more goals an update cycle exceeded before anything was excluded."""
    if cycle.raw is None or not cycle.goal_us:
        return 0
    return max((cycle.raw.elapsed_us - target.tolerance_us - 1) // cycle.goal_us - cycle.misses, 0)


def is_provisional(cycle: Cycle, target: Target, contract: Contract, *, as_of: datetime) -> bool:
    """Return whether a reopening at an instant could still resume a met cycle: its stop lies within its grace.

    A reopening by the vendor, which resumes at any time, is left aside. Of calendars chosen by an attribute, the one
    with the longest grace is taken. First responses and acknowledgements tell that a resolve stopped them;
    updates and next responses do not, and are never called provisional.
    """
    if cycle.verdict is not Verdict.MET or cycle.stopped_at is None:
        return False
    if contract.until is not None and as_of >= contract.until:
        return False
    solving = target.metric in (Metric.RESOLUTION, Metric.RESTORATION)
    if not (target.reopen in _RESUMING if solving else _BY_RESOLVE in cycle.flags):
        return False
    if target.reopen_calendar is not None:
        calendars = [target.reopen_calendar]
    elif target.calendar_by is not None or cycle.priority is None:
        calendars = list(target.calendars.values())
    else:
        calendars = [target.calendar(cycle.priority)]
    stopped, now = to_us(cycle.stopped_at), to_us(as_of)
    return any(_in_grace(calendar, target, stopped, now) for calendar in calendars)


def _in_grace(calendar: ServiceCalendar, target: Target, stopped: int, now: int) -> bool:
    try:
        return now <= calendar.due_us(stopped, calendar.goal_us(target.reopen_grace, stopped))
    except CalendarExhausted:
        return True


def whole_us(us: Fraction, threshold: int | None) -> int:
    """Return microseconds as a whole number that lies on the same side of a threshold: beyond it, or not."""
    return ceil(us) if threshold is not None and us > threshold else floor(us)


def percent_text(value: Fraction, threshold: Fraction | None = None, places: int = 2) -> str:
    """Return a share as a percentage with `places` decimals that lies on the same side of the threshold as the share.

    Rounded half up; where that would reach or leave the threshold, rounded the other way (94.996 % of an objective of
    95 % reads 94.99 %). Nothing but none reads as 0 and nothing but all as 100: there, decimals are added until the
    figure is true.
    """
    percent = value * 100
    while True:
        scale = 10**places
        scaled = percent * scale
        shown = floor(scaled + Fraction(1, 2))
        if threshold is not None and (shown >= threshold * 100 * scale) != (value >= threshold):
            shown = ceil(scaled) if value >= threshold else floor(scaled)
        if (shown > 0) == (value > 0) and (shown >= 100 * scale) == (value >= 1):
            return _decimal(shown, places) + " %"
        places += 1


def _decimal(units: int, places: int) -> str:
    """Return an integer number of 10^-places, 0 or more, written out."""
    digits = str(units).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
