"""The options of a ServiceNow source."""

from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connectors.servicenow.query import Filter, field_name, parse_filter, table_name
from connectors.servicenow.states import DEFAULTS, PRIORITIES, REFERENCES, Meaning, Meanings
from syncd.domain.names import Awaiting, Party, Phase
from syncd.domain.native import PREFIX
from syncd.ports.secret import SecretRef


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("a full address is needed, such as https://example.service-now.com")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("an address without user name, question mark and fragment is needed")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("https is needed, except towards this machine itself: credentials travel in every request")
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, not an address
        return False


def _own_field(text: str) -> str:
    if "." in text:
        raise ValueError(
            f"{text!r}: a field of a related record has no history of its own here; name one of the ticket"
        )
    return field_name(text)


def _unclaimed(name: str) -> str:
    if name.startswith(PREFIX):
        raise ValueError(f"{name!r}: the source's own SLA clocks are called so; call yours another name")
    return name


def _checked_filter(text: str) -> str:
    parse_filter(text)
    return text


def _named(value: object) -> object:
    """A list of fields is short for a mapping of each to itself."""
    return {name: name for name in value} if isinstance(value, list | tuple) else value


FieldName = Annotated[str, AfterValidator(_own_field)]
AttributeName = Annotated[str, AfterValidator(_unclaimed)]
TableName = Annotated[str, AfterValidator(table_name)]
Attributes = Annotated[
    dict[AttributeName, FieldName],
    BeforeValidator(_named, json_schema_input_type=dict[str, str] | list[str]),
]

_Closed = ConfigDict(extra="forbid", frozen=True)


class BasicLogin(BaseModel):
    """A user name and a password."""

    model_config = _Closed

    kind: Literal["basic"] = Field(description="User name and password (HTTP basic authentication).")
    username: str = Field(min_length=1, description="The integration user; best one with web service access only.")
    password: SecretRef = Field(description="Where its password is: {env: NAME} or {file: PATH}.")


class ClientLogin(BaseModel):
    """An OAuth client (RFC 6749, section 4.4)."""

    model_config = _Closed

    kind: Literal["client_credentials"] = Field(
        description="OAuth 2.0 client credentials, since release Washington DC."
    )
    client_id: SecretRef = Field(description="Where the client id is: {env: NAME} or {file: PATH}.")
    client_secret: SecretRef = Field(description="Where the client secret is: {env: NAME} or {file: PATH}.")
    scope: str | None = Field(None, description="The scope to ask for, if the instance wants one.")


class VendorRule(BaseModel):
    """One place to look for the vendor."""

    model_config = _Closed

    field: FieldName = Field(description="A field of the ticket.")
    values: dict[str, str] = Field(
        default_factory=dict,
        description="Raw value or shown name of the field, with the vendor's id it stands for; `us` for ourselves.",
    )


def _rule(value: object) -> object:
    return {"field": value} if isinstance(value, str) else value


VendorPlace = Annotated[VendorRule, BeforeValidator(_rule, json_schema_input_type=str | VendorRule)]


class PhaseRule(BaseModel):
    """What a state means."""

    model_config = _Closed

    phase: Phase = Field(description="The phase: new, active, pending, resolved, closed or cancelled.")
    awaiting: Awaiting | None = Field(
        None, description="Whose turn it is; needed for pending, else the vendor's, or nobody's once it is over."
    )

    @model_validator(mode="after")
    def _pending_says_for_whom(self) -> "PhaseRule":
        if self.phase is Phase.PENDING and self.awaiting is None:
            raise ValueError("awaiting: needed with phase pending; who is waited for?")
        return self

    def meaning(self) -> Meaning:
        """Return it as the mapper reads it."""
        over = self.phase in (Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED)
        return Meaning(self.phase, self.awaiting or (Awaiting.NOBODY if over else Awaiting.VENDOR))


class ServiceNowOptions(BaseModel):
    """Everything that a ServiceNow source can be told."""

    model_config = _Closed

    url: Annotated[str, AfterValidator(_base_url)] = Field(
        description="The instance's address, https except towards this machine, such as https://example.service-now.com."
    )
    auth: Annotated[BasicLogin | ClientLogin, Field(discriminator="kind")] = Field(description="How to log in.")
    tables: tuple[TableName, ...] = Field(("incident",), min_length=1, description="The task tables to read.")
    filter: tuple[Annotated[str, AfterValidator(_checked_filter)], ...] = Field(
        (),
        description="Encoded queries of which one must hold for a ticket to be read; none reads every ticket. `^NQ`, "
        "ordering, scripts and related-list queries are refused.",
    )
    vendor_from: tuple[VendorPlace, ...] = Field(
        (VendorRule(field="vendor"), VendorRule(field="assignment_group")),
        description="Fields that tell which vendor holds the ticket, the first that does counts, at every point of its "
        "history: a field name, or {field, values}. Values are matched with ids, names and groups of `parties` too.",
    )
    vendor_default: str | None = Field(
        None, description="The vendor that holds tickets of which no field tells; else we."
    )
    state_field: FieldName = Field("state", description="The field that holds the state.")
    phases: dict[Annotated[str, Field(pattern=r"^[^/]+(/[^/]+)?$")], PhaseRule] = Field(
        default_factory=dict,
        description="What states mean, over the defaults: a raw state, or state/hold_reason, with {phase, awaiting}.",
    )
    priorities: dict[str, str] = Field(
        default_factory=dict, description="Raw priority with ours, over the defaults 1: P1 to 5: P5."
    )
    attributes: Attributes = Field(
        {"assignment_group": "assignment_group", "category": "category"},
        description="Attributes that contracts may read, each with its field; a list of fields names each as itself.",
    )
    same_incident_from: tuple[FieldName, ...] = Field(
        (),
        description="Fields that hold the key of the same incident's ticket elsewhere, such as correlation_id: ours in "
        "another tool, as source:key where several tools know such keys, or the vendor's number.",
    )
    references: dict[FieldName, TableName] = Field(
        default_factory=dict,
        description="Reference fields beyond the usual ones, each with the table it points to, for the names.",
    )
    titles: bool = Field(True, description="Whether the short description is kept as the ticket's title.")
    unlisted_users: Literal[Party.VENDOR, Party.CUSTOMER, Party.THIRD_PARTY, Party.UNKNOWN] = Field(
        Party.UNKNOWN,
        description="Whose people users are whom no account or domain in `parties` tells, and who are not the caller.",
    )
    relay_accounts: tuple[str, ...] = Field(
        (), description="Accounts through which a vendor's own ticket system writes: their comments count as relayed."
    )
    native_sla: bool = Field(
        True,
        description="Whether what the instance's own SLA clocks (task_sla) say is read, as evidence that explanations "
        "show beside ours; it never changes a reading. Where task_sla shows nothing it is looked at once an hour.",
    )
    page_size: int = Field(200, ge=10, le=1000, description="Tickets asked for at a time; lowered while answers fail.")
    lag: int = Field(30, ge=0, le=600, description="Seconds behind the instance's time up to which changes are read.")
    overlap: int = Field(
        300, ge=0, le=86400, description="Seconds read again in every pass, for changes committed late."
    )
    batch: int = Field(100, ge=1, le=100, description="Tickets whose history is asked for in one request.")

    def filters(self) -> tuple[Filter, ...]:
        """Return the alternatives of the filter; one that lets everything through if there is none."""
        return tuple(parse_filter(text) for text in self.filter) or (Filter(),)

    def meanings(self, table: str) -> Meanings:
        """Return what the states of a table mean."""
        return self._meanings.get(table, self._meanings["task"])

    @cached_property
    def _meanings(self) -> Mapping[str, Meanings]:
        own = {key: rule.meaning() for key, rule in self.phases.items()}
        return {table: {**usual, **own} for table, usual in DEFAULTS.items()}

    # What every record is asked for is made once; the options never change.

    @cached_property
    def priority_names(self) -> dict[str, str]:
        """Return our priority for every raw one."""
        return {**PRIORITIES, **self.priorities}

    @cached_property
    def reference_tables(self) -> dict[str, str]:
        """Return the table that each reference field points to."""
        return {**REFERENCES, **self.references}

    @cached_property
    def vendor_fields(self) -> tuple[str, ...]:
        """Return the fields that tell the vendor, in order."""
        return tuple(dict.fromkeys(rule.field for rule in self.vendor_from))

    @cached_property
    def vendor_field_set(self) -> frozenset[str]:
        """Return the fields that tell the vendor."""
        return frozenset(self.vendor_fields)

    @cached_property
    def attribute_field_set(self) -> frozenset[str]:
        """Return the fields that hold attributes."""
        return frozenset(self.attributes.values())

    @cached_property
    def tracked(self) -> tuple[str, ...]:
        """Return the fields whose history is needed."""
        names = (self.state_field, "hold_reason", "priority", "parent_incident", "problem_id")
        return tuple(dict.fromkeys((*names, *self.vendor_fields, *self.attributes.values(), *self.same_incident_from)))
