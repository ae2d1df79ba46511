"""Targets as they are written: one promise, every policy a named key with its default (design.md section 7)."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from syncd.domain.contract import FIVE_WORKING_DAYS
from syncd.domain.duration import Counted, DayEnd
from syncd.domain.names import (
    Accepted,
    Awaiting,
    Counts,
    Metric,
    PauseEvidence,
    PeriodBy,
    PriorityChange,
    Reopen,
    Starts,
    Stops,
)
from syncd.settings.section import Section
from syncd.settings.written import (
    PERCENT_SCHEMA,
    Count,
    CountedTime,
    Duration,
    Number,
    Objective,
    Part,
    Share,
    Some,
    Text,
    Texts,
    YesNo,
    as_default,
    by_priority,
)

UNMEASURED = {
    "maximum": "the longest that any one ticket may take",
    "average": "promises about the mean time",
    "priority_from": "priorities made of other attributes",
    "not_before": "clocks that wait for an appointment",
    "children": "one cycle for parent and children",
    "excluded_when": "exclusions by attribute",
    "maintenance": "maintenance windows",
}
"""Keys that contracts know and this release cannot honour, with what they would do."""


def _goals(value: Any) -> Any:
    if isinstance(value, list):
        msg = "not measured by this release: goals by time of arrival (a list); write one map of goals"
        raise ValueError(msg)  # noqa: TRY004 - pydantic gathers ValueErrors; any other exception would end the load
    return value


def _calendars(value: Any) -> Any:
    if isinstance(value, dict) and "by" in value:
        msg = "not measured by this release: calendars chosen by an attribute (by); write one by priority"
        raise ValueError(msg)
    return as_default(value)


class TargetSection(Section):
    """One promise."""

    name: Text = Field(description="What results, pages and metrics call it; unique within its revision.")
    metric: Metric = Field(description="What is timed; this release measures first_response and resolution.")
    goals: Annotated[dict[Text, Duration], BeforeValidator(_goals)] = Field(
        min_length=1,
        description="The time within which a ticket of each priority must be answered or solved, such as "
        "{P1: 15m, P2: 4h, P3: 2 working days}; default stands for every priority not named.",
    )
    due: DayEnd = Field(
        DayEnd.END_OF_DAY, description="When within its last working day a goal of working days is due."
    )
    calendar: Annotated[dict[Text, Text], BeforeValidator(_calendars), by_priority({"type": "string"})] = Field(
        description="The calendar on which the goals are counted, or a map of calendars by priority with default."
    )
    objective: Annotated[dict[Text, Objective], BeforeValidator(as_default), by_priority(PERCENT_SCHEMA)] = Field(
        {}, description="Share of cycles that must meet their goal in a period, such as 95%, or a map by priority."
    )
    at_risk: Part | None = Field(
        None, description="Share of a goal that may be used up before warning; 75% unless given."
    )
    floor: Share | None = Field(None, description="Share below which the target scores nothing.")
    weight: Number | None = Field(None, description="Its weight in the vendor's score; 1 unless given.")
    min_volume: Some | None = Field(
        None, description="Number of cycles below which allowed_misses decides instead of the share."
    )
    allowed_misses: Count | None = Field(
        None, description="Misses allowed in a period with fewer than min_volume cycles."
    )
    when: dict[Text, Texts] = Field(
        {}, description="Attributes with the value, or the list of values, that a ticket must have; all must hold."
    )
    starts: Starts = Field(Starts.VENDOR_NOTIFIED, description="When the clock starts.")
    stops: Stops = Field(Stops.RESOLVED, description="Where a resolution stops.")
    confirm_within: Duration | None = Field(None, description="How long a resolve may be rejected; not yet measured.")
    acknowledgement: Accepted = Field(
        Accepted.REFUSED, description="Whether an explicit acceptance counts as a response."
    )
    relayed: Accepted = Field(
        Accepted.ACCEPTED, description="Whether a message relayed by the vendor's ticket system counts as a response."
    )
    pause_while: tuple[Awaiting, ...] | None = Field(
        None,
        description="Whose turn pauses the clock. Unless given: a response never pauses, a resolution does "
        "for customer and third_party.",
    )
    pause_evidence: PauseEvidence = Field(
        PauseEvidence.AS_RECORDED,
        description="Whether the vendor's word is enough for a pause; required: not yet measured.",
    )
    priority_change: PriorityChange = Field(
        PriorityChange.EARLIEST_PROMISE, description="Which goals count after a ticket's priority changed."
    )
    reopen: Reopen = Field(
        Reopen.WITHIN_GRACE, description="What a reopening by anyone but the vendor does to a stopped cycle."
    )
    reopen_grace: Duration = Field(
        FIVE_WORKING_DAYS,
        description="How long after a stop a reopening belongs to the same cycle; 5 working days unless given.",
    )
    reopen_calendar: Text | None = Field(
        None, description="The calendar of reopen_grace; that of the goal at the stop unless given."
    )
    strict_due: YesNo = Field(
        False, description="Whether a stop must come at or before the due instant, instead of within the counted goal."
    )
    tolerance: CountedTime = Field(
        Counted(0), description="How far a goal may be exceeded before it counts as missed; 0s unless given."
    )
    counts: Counts = Field(Counts.OWN_TIME, description="Whose time is counted.")
    period_by: PeriodBy = Field(PeriodBy.DECIDED, description="Which instant of a cycle puts it into a period.")
