"""Contract files as they are written (design.md section 7)."""

import re
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from syncd.domain.duration import Counted
from syncd.domain.names import Backlog, PeriodKind, Transition
from syncd.settings.moment import Moment
from syncd.settings.section import Refused, Section
from syncd.settings.target_section import TargetSection
from syncd.settings.written import (
    PERCENT_SCHEMA,
    CountedTime,
    Currency,
    Day,
    Id,
    Number,
    Share,
    Text,
    Texts,
    VendorId,
    Zone,
    percentage,
)

BREACH = "breach"
"""The word for the breach itself among the steps of an escalation."""

_DAYS = re.compile(r"([0-9]{1,4}) days?")


def _figure(value: object) -> Fraction | str:
    if isinstance(value, str):
        return percentage(value)
    if isinstance(value, bool) or value is None:
        raise Refused("a number such as 4.2, or a percentage such as 99.9%")
    return Fraction(str(value))


def _claim(value: object) -> int:
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Refused("a number of days, such as 30 days")
    return int(found[1])


def _step(value: object) -> str:
    if value != BREACH:
        percentage(value)
    return str(value)


Figure = Annotated[Fraction, PlainValidator(_figure), WithJsonSchema({"anyOf": [{"type": "number"}, PERCENT_SCHEMA]})]
Step = Annotated[str, PlainValidator(_step), WithJsonSchema({"anyOf": [{"const": BREACH}, PERCENT_SCHEMA]})]


class VendorSection(Section):
    """Who promised."""

    id: VendorId = Field(description="How parties, metrics and results name the vendor.")
    name: Text | None = Field(None, description="What people call it; its id unless given.")


class EffectiveSection(Section):
    """When a revision is in force."""

    start: Day = Field(alias="from", description="The first day, from local midnight in the contract's time zone.")
    until: Day | None = Field(
        None, description="The first day on which the contract is over; on the last revision only."
    )


class CoverSection(Section):
    """Tickets that a revision is about."""

    source: Text = Field(description="The source's name.")
    attributes: dict[Text, Texts] = Field(
        {}, description="Attributes with the value, or the list of values, that a ticket must have; all must hold."
    )


class KpiSection(Section):
    """A figure beside the clocks; checked, but not computed by this release."""

    name: Text = Field(description="What pages call it.")
    kind: Literal["rating", "promql"] = Field(description="Where the figure comes from.")
    query: Text | None = Field(None, description="The query of a promql figure; $period stands for its length.")
    objective: Figure = Field(description="What was agreed: a number or a percentage.")
    floor: Figure | None = Field(None, description="The figure below which it scores nothing.")
    weight: Number | None = Field(None, description="Its weight in the contract's score; none unless given.")


class TierSection(Section):
    """One step of a service credit."""

    target: Text = Field(description="The target or figure that it is about.")
    below: Share = Field(description="The adjusted attainment, of all priorities, below which it is owed.")
    credit: Share = Field(description="The share of the period's fee that is owed.")


class CreditsSection(Section):
    """What misses cost the vendor: each target owes by the deepest tier that its attainment is under."""

    monthly_fee: Number = Field(description="The fee of a month; credits are a share of the fee of the period.")
    cap: Share | None = Field(None, description="The most that is owed for one period, as a share of its fee.")
    claim_within: Annotated[int, PlainValidator(_claim), WithJsonSchema({"type": "string"})] | None = Field(
        None, description="How long after a period's end credits can be claimed, such as 30 days."
    )
    tiers: tuple[TierSection, ...] = Field(min_length=1, description="The steps.")


class EscalationSection(Section):
    """Who is told when."""

    at: Step | None = Field(None, description="A share of the goal such as 75%, or breach.")
    after_breach: CountedTime | None = Field(
        None, description="How long after the breach, such as 4h, counted as the clock counts."
    )
    to: tuple[Text, ...] = Field(min_length=1, description="Names of notifiers, or of routes of the daemon's file.")


class RevisionSection(Section):
    """One dated version of the contract."""

    effective: EffectiveSection = Field(description="When it is in force.")
    observe_from: Day | None = Field(
        None,
        description=(
            "Tickets from before that day are not measured. Unless given: as in the revision before; in the first one "
            "its effective.from, or no limit with backlog: included."
        ),
    )
    notify_from: Day | None = Field(
        None,
        description=(
            "Breaches from before that day never page. Unless given: observe_from where that is given, else as in the "
            "revision before, in the first one its effective.from."
        ),
    )
    transition: Transition = Field(
        Transition.NEW_TICKETS,
        description="What it does to what is already running: nothing; or running tickets go on with the new goals "
        "and calendars from its date; or it governs the whole period that its date lies in.",
    )
    covers: tuple[CoverSection, ...] = Field(min_length=1, description="The tickets that it is about: any of these.")
    targets: tuple[TargetSection, ...] = Field(min_length=1, description="What was promised.")
    kpis: tuple[KpiSection, ...] = Field((), description="Figures beside the clocks; not computed by this release.")
    credits: CreditsSection | None = Field(None, description="What misses cost.")
    escalation: tuple[EscalationSection, ...] = Field(
        (), description="Who is told when; every notifier of every risk and breach unless given."
    )


class MaintenanceSection(Section):
    """A planned window: clocks pause in it."""

    start: Moment = Field(alias="from", description="Its beginning, local in the contract's zone or with an offset.")
    until: Moment = Field(description="Its end, from which time counts again.")
    when: dict[Text, Texts] = Field(
        {}, description="Attributes with the value, or the list of values, that a ticket must have; all must hold."
    )
    notice: CountedTime = Field(
        Counted(0), description="How long before its beginning it had to be announced; 0s unless given."
    )
    announced: Moment | None = Field(
        None, description="When it was announced; taken to be in time unless given. One announced too late is no pause."
    )


class ContractFile(Section):
    """A file that holds one contract with one vendor."""

    contract: Id = Field(description="The contract's id.")
    vendor: VendorSection = Field(description="Who promised.")
    time_zone: Zone = Field(description="The IANA time zone of its periods and dates.")
    period: PeriodKind = Field(PeriodKind.MONTH, description="How long its periods are.")
    anchor: Annotated[int, Field(strict=True, ge=1, le=28)] = Field(
        1, description="The day of the month on which its periods begin."
    )
    currency: Currency | None = Field(None, description="ISO 4217 code of its money.")
    backlog: Backlog = Field(
        Backlog.EXCLUDED, description="Whether tickets opened before the first revision are measured."
    )
    system_of_record: Texts = Field(
        (),
        description=(
            "The source, or the sources in order, whose ticket counts where one incident has several: the first that "
            "can tell. Unless given, each of them counts."
        ),
    )
    revisions: tuple[RevisionSection, ...] = Field(min_length=1, description="Its dated versions, oldest first.")
    maintenance: tuple[MaintenanceSection, ...] = Field((), description="Planned windows.")
