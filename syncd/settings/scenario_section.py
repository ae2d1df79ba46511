"""The model of a scenario file; what contracts, calendars and timelines say in one is checked by their own readers."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from syncd.settings.section import Section
from syncd.settings.written import Day, Id, Text, Zone

Written = Mapping[str, Any]


class AgreedSection(Section):
    """One person who agreed that a scenario is right."""

    name: Text = Field(description="Who agreed.")
    of: Text | None = Field(None, description="For which party.")
    on: Day | None = Field(None, alias="date", description="When, such as 2026-01-12.")


class HeadSection(Section):
    """What a timeline says beside its events."""

    source: Text | None = Field(None, description="The source of the ticket.")
    ticket: Text | None = Field(None, description="What people call the ticket; T-1 unless given.")
    id: Text | None = Field(None, description="Its id within the source.")
    url: Text | None = Field(None, description="Its address.")
    title: Text | None = Field(None, description="Its title.")
    quality: Text | None = Field(None, description="How much of its history is known; full unless given.")
    gaps: tuple[Written, ...] = Field((), description="Stretches in which events may be missing.")


class OtherSection(HeadSection):
    """Another ticket that is known beside the one that a scenario is about."""

    events: tuple[Written, ...] = Field(min_length=1, description="What happened to it, as timelines write it.")


def _named(value: object) -> object:
    """A name alone is somebody who agreed."""
    return {"name": value} if isinstance(value, str) else value


class ScenarioFile(Section):
    """A file that holds one scenario: what happened to a ticket, and what the contract makes of it."""

    title: Text | None = Field(None, description="What the scenario shows, in a sentence.")
    clause: Text | None = Field(None, description="The clause of the contract that it is about.")
    agreed_by: tuple[Annotated[AgreedSection, BeforeValidator(_named)], ...] = Field(
        (), description="Who agreed that it is right: names, or {name, of, date}."
    )
    times_in: Zone | None = Field(
        None, alias="times in", description="The IANA time zone of times that are written without an offset."
    )
    about: Id | None = Field(None, description="The contract given by --contracts that it is about.")
    target: Written | None = Field(None, description="A target of its own, as contracts write it.")
    contract: Written | None = Field(None, description="Keys of its own target's contract.")
    revisions: tuple[Written, ...] | None = Field(
        None, min_length=1, description="Revisions of its own target's contract."
    )
    covers: tuple[Written, ...] | None = Field(None, description="Which tickets its own target covers.")
    calendars: tuple[Written, ...] | None = Field(None, description="Calendars of its own target.")
    exclusions: tuple[Written, ...] | None = Field(None, description="What is excluded, as exclusions are written.")
    timeline: HeadSection = Field(
        default_factory=lambda: HeadSection.model_validate({}),
        description="What is known of the ticket beside its events.",
    )
    events: tuple[Written, ...] = Field(min_length=1, description="What happened, as timelines write it.")
    others: tuple[OtherSection, ...] = Field(
        (), description="Tickets that are known beside it, such as those of the same incident in other tools."
    )
    as_of: Any = Field(description="The instant at which it is asked what came of it.")
    expect: Any = Field(description="What the reading must say: the keys that matter.")

    @property
    def is_own(self) -> bool:
        """Whether it carries the promise that it is about, instead of speaking of a given contract."""
        return self.target is not None or any("targets" in revision for revision in self.revisions or ())
