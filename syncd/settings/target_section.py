"""Targets as they are written: one promise, every policy a named key with its default (design.md section 7)."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from syncd.domain.contract import FIVE_WORKING_DAYS
from syncd.domain.duration import Counted, DayEnd
from syncd.domain.names import (
    Accepted,
    Awaiting,
    Children,
    Counts,
    Metric,
    PauseEvidence,
    PeriodBy,
    PriorityChange,
    Reopen,
    Starts,
    Stops,
)
from syncd.settings.choice_section import CalendarChoice, Goals, PriorityFromSection
from syncd.settings.section import Section
from syncd.settings.written import (
    DURATION_SCHEMA,
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

ByPriority = Annotated[dict[Text, CountedTime], BeforeValidator(as_default), by_priority(DURATION_SCHEMA)]
"""Counted time, or a map of it by priority; `default` stands for every priority not named."""


class TargetSection(Section):
    """One promise."""

    name: Text = Field(description="What results, pages and metrics call it; unique within its revision.")
    metric: Metric = Field(description="What is timed.")
    goals: Goals = Field(
        description="The time within which a ticket of each priority must be answered or solved, such as "
        "{P1: 15m, P2: 4h, P3: 2 working days}; default stands for every priority not named. Or a list of such maps "
        "by arrival: the first whose calendar is in service when a cycle starts gives its goals.",
    )
    due: DayEnd = Field(
        DayEnd.END_OF_DAY, description="When within its last working day a goal of working days is due."
    )
    calendar: CalendarChoice = Field(
        description="The calendar on which the goals are counted, or a map of calendars by priority with default. Or "
        "a map by an attribute, as it stands when a cycle starts: {by: site, pune: pune-business, default: berlin}."
    )
    objective: Annotated[dict[Text, Objective], BeforeValidator(as_default), by_priority(PERCENT_SCHEMA)] = Field(
        {}, description="Share of cycles that must meet their goal in a period, such as 95%, or a map by priority."
    )
    maximum: ByPriority = Field(
        {}, description="The longest that any one cycle may take: one beyond it misses the target whatever the share."
    )
    average: ByPriority = Field(
        {}, description="The time that a period's completed cycles may take on average, such as {P1: 4h}."
    )
    at_risk: Part | None = Field(
        None, description="Share of a goal that may be used up before warning; 75% unless given."
    )
    floor: Share | None = Field(
        None, description="Share up to which the target scores nothing; from there to the objective evenly more."
    )
    weight: Number | None = Field(None, description="Its weight in the contract's score; 1 unless given.")
    min_volume: Some | None = Field(
        None, description="Number of cycles below which allowed_misses decides instead of the share."
    )
    allowed_misses: Count | None = Field(
        None, description="Misses allowed in a period with fewer than min_volume cycles."
    )
    when: dict[Text, Texts] = Field(
        {}, description="Attributes with the value, or the list of values, that a ticket must have; all must hold."
    )
    excluded_when: dict[Text, Texts] = Field(
        {},
        description="Attributes with the value, or the list of values, that take a completed ticket out of the count; "
        "all must hold. Such tickets are listed, for approval.",
    )
    priority_from: PriorityFromSection | None = Field(
        None, description="Two attributes that the priority is read from, in place of the ticket's own."
    )
    children: Children = Field(
        Children.EACH, description="Whether a child ticket has clocks of its own, is part of its parent, or excluded."
    )
    starts: Starts = Field(Starts.VENDOR_NOTIFIED, description="When the clock starts.")
    not_before: Text | None = Field(
        None, description="An attribute that holds an agreed appointment: the clock starts then if that is later."
    )
    stops: Stops = Field(Stops.RESOLVED, description="Where a resolution or restoration stops.")
    confirm_within: Duration | None = Field(
        None,
        description="How long a resolve may be rejected, such as 5 working days; one that nobody rejected in that time "
        "was the stop. Only with stops: closed.",
    )
    acknowledgement: Accepted = Field(
        Accepted.REFUSED, description="Whether an explicit acceptance counts as a response."
    )
    relayed: Accepted = Field(
        Accepted.ACCEPTED, description="Whether a message relayed by the vendor's ticket system counts as a response."
    )
    pause_while: tuple[Awaiting, ...] | None = Field(
        None,
        description="Whose turn pauses the clock. Unless given: a resolution or restoration pauses for customer and "
        "third_party, a response never. Not for update, which only counts while the vendor is awaited.",
    )
    pause_evidence: PauseEvidence = Field(
        PauseEvidence.AS_RECORDED,
        description="Whether the vendor's word is enough for a pause, or a message to the customer is required.",
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
        False,
        description="Whether a stop must come at or before the due instant, instead of within the counted goal. "
        "Does not apply to update.",
    )
    tolerance: CountedTime = Field(
        Counted(0), description="How far a goal may be exceeded before it counts as missed; 0s unless given."
    )
    counts: Counts = Field(Counts.OWN_TIME, description="Whose time is counted.")
    period_by: PeriodBy = Field(PeriodBy.DECIDED, description="Which instant of a cycle puts it into a period.")
