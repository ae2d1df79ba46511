"""Exclusion files as they are written: signed records of what a vendor is not judged by."""

import re
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from syncd.settings.moment import Moment
from syncd.settings.section import Refused, Section
from syncd.settings.written import Id, Text, Texts

_LINK = r"https?://[^\s/@]+(/\S*)?"


def _link(value: object) -> str:
    # Pages show it as a link, so nothing but a web address may come through.
    if not isinstance(value, str) or not re.fullmatch(_LINK, value):
        raise Refused("a link such as https://mail.example.com/approvals/17, without credentials")
    return value


Link = Annotated[str, PlainValidator(_link), WithJsonSchema({"type": "string", "pattern": f"^{_LINK}$"})]


class TicketSection(Section):
    """One ticket."""

    source: Text = Field(description="The source's name.")
    ticket: Text = Field(description="What people call it there, such as INC0012345.")


class ExclusionSection(Section):
    """A ticket, or a span of time, that a contract's vendor is not judged by, with who agreed to it and why.

    A ticket alone is excluded whole. With from and until, that stretch of it, or of every ticket that meets `when`,
    does not count.
    """

    id: Id = Field(description="Its id, unique over all files.")
    contract: Text = Field(description="The contract's id.")
    targets: Texts = Field((), description="Names of the targets that it is about; all of the contract's unless given.")
    ticket: TicketSection | None = Field(None, description="The ticket that it is about.")
    start: Moment | None = Field(
        None, alias="from", description="Beginning of the span, local in the contract's zone or with an offset."
    )
    until: Moment | None = Field(None, description="End of the span, from which time counts again.")
    when: dict[Text, Texts] = Field(
        {},
        description="Of a span without a ticket: attributes with the value, or the list of values, that tickets must "
        "have; all must hold.",
    )
    clause: Text = Field(description="The clause of the contract that allows it.")
    author: Text = Field(description="Who asked for it.")
    approver: Text = Field(description="Who agreed to it; somebody else.")
    evidence: Link = Field(description="A link to what shows it.")
    reason: Text | None = Field(None, description="Why.")


class ExclusionsFile(Section):
    """A file of exclusions."""

    exclusions: tuple[ExclusionSection, ...] = Field(description="The exclusions of this file.")
