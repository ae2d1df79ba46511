"""The options of a Jira source."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.jira.settings.logins import BasicLogin, ClientLogin, PatLogin, ScopedLogin, TokenLogin, base_url
from connectors.jira.settings.rules import (
    Attributes,
    Awaited,
    FieldName,
    PhaseRule,
    ScopeRule,
    StatusIn,
    VendorPlace,
    VendorRule,
)
from connectors.jira.states import PRIORITIES, Meaning
from syncd.domain.names import LinkRole, Party, Phase

_Closed = ConfigDict(extra="forbid", frozen=True)


class JiraOptions(BaseModel):
    """Everything that a Jira source can be told."""

    model_config = _Closed

    url: Annotated[str, AfterValidator(base_url)] = Field(
        description="The site's address as people open it, with its context path, such as https://example.atlassian.net."
    )
    auth: Annotated[TokenLogin | ScopedLogin | ClientLogin | PatLogin | BasicLogin, Field(discriminator="kind")] = (
        Field(description="How to log in.")
    )
    view: Literal["agent", "customer"] = Field(
        "agent",
        description="agent: our own Jira, histories included. customer: requests we raised in a vendor's portal.",
    )
    api_version: Literal[2, 3] = Field(3, description="Version of Cloud's REST API; Data Center always speaks 2.")
    scope: ScopeRule = Field(ScopeRule(projects=(), issue_types=()), description="Which tickets are read.")
    vendor_from: tuple[VendorPlace, ...] = Field(
        tuple(VendorRule(look_at=each) for each in ("organisation", "component", "group", "assignee")),
        description="Where it shows which vendor holds a ticket, at every point of its history; the first place that "
        "tells counts: field:NAME, group, organisation, assignee, component, project, or {look_at, values}. Values are "
        "matched with ids, names and groups of `parties` too.",
    )
    vendor_default: str | None = Field(
        None, description="The vendor that holds tickets of which no place tells; else we. Needed with view: customer."
    )
    statuses: dict[str, PhaseRule] = Field(
        default_factory=dict, description="What statuses mean, over their category: an id or a name, with its phase."
    )
    waiting: dict[str, Awaited] = Field(
        default_factory=dict, description="Statuses, by id or name, in which a ticket is pending, and who is awaited."
    )
    flags: dict[FieldName, Awaited] = Field(
        default_factory=dict,
        description="Fields that make an open ticket pending while they hold anything, e.g. Flagged.",
    )
    resolved_when: Literal["first", "resolution", "status_category"] | StatusIn = Field(
        "first",
        description="What resolves a ticket: its resolution, its status's category done, the first of both (and the "
        "end of either reopens), or {status_in: [...]}.",
    )
    closed_statuses: tuple[str, ...] = Field((), description="Ids or names of statuses that mean closed once resolved.")
    cancelled_resolutions: tuple[str, ...] = Field(
        ("Duplicate", "Cancelled", "Canceled"), description="Ids or names of resolutions that mean cancelled."
    )
    priorities: dict[str, str] = Field(
        default_factory=dict, description="Id or name of a priority with ours, over the defaults 1: P1 to 5: P5."
    )
    fields: Attributes = Field(
        {"issue_type": "issuetype", "request_type": "request_type", "components": "components", "labels": "labels"},
        description="Attributes that contracts may read, each with its field's name or id; a list names each as "
        "itself. `key` and `project` are always there.",
    )
    public_comments: Literal["by_project", "service_desk", "all", "none"] = Field(
        "by_project",
        description="Which comments both sides see. service_desk: those flagged public. all: those without restriction."
        " by_project: the first in service projects, the second elsewhere. Restricted ones never.",
    )
    links: dict[str, LinkRole] = Field(
        {"is caused by": LinkRole.PROBLEM, "is child of": LinkRole.PARENT, "is parent of": LinkRole.CHILD},
        description="What the other ticket is, by the phrase of the link as this one shows it.",
    )
    same_incident: tuple[str, ...] = Field(
        (),
        description="Beginnings of addresses; a remote link to one of them leads to the same incident elsewhere. One "
        "request more for each ticket that has remote links.",
    )
    titles: bool = Field(True, description="Whether the summary is kept as the ticket's title.")
    unlisted_users: Literal[Party.VENDOR, Party.CUSTOMER, Party.THIRD_PARTY, Party.UNKNOWN] = Field(
        Party.UNKNOWN,
        description="Whose people users are whom no account, group or domain in `parties` tells, and who did not "
        "report the ticket; in a customer's view also who changed its status.",
    )
    relay_accounts: tuple[str, ...] = Field(
        (), description="Accounts through which a vendor's own ticket system writes: their comments count as relayed."
    )
    mail_accounts: tuple[str, ...] = Field(
        (), description="Accounts of mail handlers: who wrote their comments is told by the sender in the text."
    )
    overlap: int = Field(900, ge=60, le=86_400, description="Seconds read again in every pass, for the index's lag.")
    slow_every: int = Field(1800, ge=60, le=86_400, description="Seconds between looks further back for late changes.")
    slow_back: int = Field(86_400, ge=3600, le=604_800, description="How many seconds those look back.")
    census_every: int = Field(86_400, ge=3600, le=604_800, description="Seconds between counts of every known id.")
    page_size: int = Field(100, ge=10, le=1000, description="Tickets asked for at a time.")
    id_page_size: int = Field(5000, ge=100, le=5000, description="Ids asked for at a time where only ids are wanted.")
    changelog_page_size: int = Field(1000, ge=50, le=10_000, description="Changes asked for at a time.")
    comment_page_size: int = Field(100, ge=10, le=1000, description="Comments asked for at a time.")

    @model_validator(mode="after")
    def _an_own_mind(self) -> "JiraOptions":
        twice = sorted(self.waiting.keys() & self.statuses.keys())
        if twice:
            raise ValueError(f"waiting and statuses both say what {', '.join(twice)} means")
        if urlsplit(self.url).hostname == "api.atlassian.com":
            raise ValueError("url: the site's own address is needed; the gateway is used where the login needs it")
        return self

    # What every record is asked for is made once; the options never change.

    @cached_property
    def meanings(self) -> Mapping[str, Meaning]:
        """Return what statuses were said to mean, by id or name in lower case."""
        rules = {key.casefold(): rule.meaning() for key, rule in self.statuses.items()}
        return {**rules, **{key.casefold(): Meaning(Phase.PENDING, who) for key, who in self.waiting.items()}}

    @cached_property
    def priority_names(self) -> Mapping[str, str]:
        """Return our priority for ids and names in lower case."""
        return {**PRIORITIES, **{key.casefold(): ours for key, ours in self.priorities.items()}}

    @cached_property
    def configured(self) -> tuple[str, ...]:
        """Return every field that the options name, in a fixed order."""
        looked = [rule.look_at for rule in self.vendor_from]
        named = [place.removeprefix("field:") for place in looked if place.startswith("field:")]
        special = [name for name in ("organisation", "component") if name in looked]
        return tuple(dict.fromkeys((*named, *special, *self.flags, *self.fields.values())))
