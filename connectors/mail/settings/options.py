"""What mail means: our side, the vendors, the signals, the limits."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from connectors.mail.limits import Limits
from connectors.mail.rules import shipped
from connectors.mail.settings.backends import CLOSED, Backend
from connectors.mail.settings.signals import SIGNALS, SignalRule
from connectors.mail.tokens import check

Template = Annotated[str, AfterValidator(check)]


def _known_relay(name: str) -> str:
    if name not in shipped().relays:
        raise ValueError(f"{name!r}: profiles are {', '.join(shipped().relays)}")
    return name


class VendorRule(BaseModel):
    """One vendor's mail, beside what `parties` says of it."""

    model_config = CLOSED

    id: str = Field(min_length=1, description="The vendor's id, as in `parties` and contracts.")
    domains: tuple[str, ...] = Field((), description="Its mail domains, sub-domains included.")
    addresses: tuple[str, ...] = Field((), description="Single addresses of it, such as one at a ticket service.")
    relay: Annotated[str, AfterValidator(_known_relay)] | None = Field(
        None, description="The ticket system it answers from: servicenow, jira, zendesk, freshdesk, salesforce or rt."
    )
    tokens: tuple[Template, ...] = Field(
        (),
        description="How it writes ticket numbers in subjects: literal text with {digits}, {digits:5-12}, {word} or "
        "{key}; by default those of its ticket system, else the usual ones.",
    )


class ReferenceRule(BaseModel):
    """How the keys of one of our own tools look."""

    model_config = CLOSED

    number: Template = Field(description="Literal text with {digits}, {digits:5-12}, {word} or {key}.")
    source: str | None = Field(
        None, min_length=1, description="The source whose tickets bear such keys; any by default."
    )


def _reference(value: object) -> object:
    """A template alone is a key of whatever source knows it."""
    return {"number": value} if isinstance(value, str) else value


class LimitOptions(BaseModel):
    """How much of one message is looked at."""

    model_config = CLOSED

    header_bytes: int = Field(65_536, ge=1_024, le=1_048_576, description="Bytes of a header block.")
    parts: int = Field(200, ge=1, le=2_000, description="Parts of a message.")
    depth: int = Field(30, ge=1, le=100, description="Levels of parts and enclosed messages.")
    text_bytes: int = Field(65_536, ge=0, le=1_048_576, description="Bytes of text.")


def _usual_limits() -> LimitOptions:
    return LimitOptions.model_validate({})


class MailOptions(BaseModel):
    """Everything that a mail source can be told."""

    model_config = CLOSED

    backend: Backend = Field(description="Where mail is read from: imap, graph or maildir.")
    mailbox: Literal["shared", "personal"] = Field(
        "shared", description="Whether a team's mailbox or a person's; of a person's only mail with vendors is stored."
    )
    folders: tuple[str, ...] = Field(("INBOX",), min_length=1, description="The folders to read, beside the sent one.")
    sent_folder: str | None = Field(None, description="The folder of sent mail; found by its special use if not named.")
    our_domains: tuple[str, ...] = Field((), description="Our mail domains, beside those of `parties`.")
    our_addresses: tuple[str, ...] = Field((), description="Single addresses of ours, beside those of `parties`.")
    our_servers: tuple[str, ...] = Field(
        (),
        description="Names under which our own mail servers sign Authentication-Results; without, nobody is verified.",
    )
    our_hosts: tuple[str, ...] = Field(
        (), description="Names of our mail servers in Received fields, domains included; they tell when mail arrived."
    )
    vendors: tuple[VendorRule, ...] = Field((), description="Vendors, beside or over those of `parties`.")
    references: tuple[Annotated[ReferenceRule, BeforeValidator(_reference)], ...] = Field(
        (),
        description="How the keys of our own tools look: one found in a mail links the conversation to that ticket, as "
        "the same incident. Templates, or {number, source}.",
    )
    join_by_subject: bool = Field(
        False, description="Whether equal subjects between the same people within 14 days are one conversation."
    )
    count_unverified: bool = Field(
        True, description="Whether mail of which no server of ours says whose it is counts; spoofed mail never does."
    )
    priority: str | None = Field(None, description="The priority of tickets of which no signal tells one.")
    signals: tuple[SignalRule, ...] = Field(
        SIGNALS,
        description="What sets priorities and phases: tags, phrases, folders, flags, and ticket systems' words.",
    )
    denials: tuple[str, ...] = Field(
        (), description="Words that deny a phrase in the same sentence, beside the shipped ones (not, noch nicht, ...)."
    )
    titles: bool = Field(True, description="Whether the subject is kept as the ticket's title.")
    store_bodies: bool = Field(False, description="Whether the new words of a message are stored, not only their hash.")
    attributes: dict[str, str] = Field(
        default_factory=dict, description="Attributes that every ticket of this mailbox has, for contracts to read."
    )
    limits: LimitOptions = Field(default_factory=_usual_limits, description="Caps on what is read of a message.")

    @model_validator(mode="after")
    def _names_are_unique(self) -> "MailOptions":
        for names, what in (
            ([vendor.id for vendor in self.vendors], "vendors"), ([rule.name for rule in self.signals], "signals"),
        ):  # fmt: skip
            if len(set(names)) != len(names):
                raise ValueError(f"{what}: two of one name")
        return self

    def caps(self) -> Limits:
        """Return the limits as the parser reads them."""
        return Limits(
            header_bytes=self.limits.header_bytes,
            parts=self.limits.parts,
            depth=self.limits.depth,
            text_bytes=self.limits.text_bytes,
        )
