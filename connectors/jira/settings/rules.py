"""What places, statuses and fields mean, rule by rule."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connectors.jira.states import Meaning
from syncd.domain.names import Awaiting, Phase

_Closed = ConfigDict(extra="forbid", frozen=True)
_TEXTS = frozenset({"description", "comment", "comments", "summary", "environment"})
_OURS = frozenset({"key", "project"})


def _field(text: str) -> str:
    if not text.strip():
        raise ValueError("a field has a name or an id")
    if text.strip().casefold() in _TEXTS:
        raise ValueError(f"{text!r} holds what people wrote; no text is stored")
    return text


def _own_name(name: str) -> str:
    if name in _OURS or name.startswith("native:"):
        raise ValueError(f"{name!r}: every ticket has this attribute already; call yours another name")
    return name


def _place(text: str) -> str:
    if text.startswith("field:"):
        return "field:" + _field(text.removeprefix("field:"))
    known = {"organization": "organisation"}.get(text, text)
    if known not in ("group", "organisation", "assignee", "component", "project"):
        raise ValueError(f"{text!r}: one of field:NAME, group, organisation, assignee, component, project is needed")
    return known


def _named(value: object) -> object:
    """A list of fields is short for a mapping of each to itself."""
    return {name: name for name in value} if isinstance(value, list | tuple) else value


def _as_rule(value: object) -> object:
    """A place alone is short for a rule."""
    return {"look_at": value} if isinstance(value, str) else value


FieldName = Annotated[str, AfterValidator(_field)]
Attributes = Annotated[
    dict[Annotated[str, AfterValidator(_own_name)], FieldName],
    BeforeValidator(_named, json_schema_input_type=dict[str, str] | list[str]),
]

Awaited = Literal[Awaiting.CUSTOMER, Awaiting.THIRD_PARTY, Awaiting.VENDOR]


class ScopeRule(BaseModel):
    """Which tickets are read: by what hardly ever changes on a ticket, so that none leaves unseen."""

    model_config = _Closed

    projects: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        (), description="Keys of the projects to read; every visible one without any."
    )
    issue_types: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        (), description="Names or ids of the issue types to read; all without any."
    )


class PhaseRule(BaseModel):
    """What a status means."""

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


class StatusIn(BaseModel):
    """Resolved is what stands in one of these statuses."""

    model_config = _Closed

    status_in: tuple[str, ...] = Field(min_length=1, description="Ids or names of the statuses that mean resolved.")


class VendorRule(BaseModel):
    """One place to look for the vendor."""

    model_config = _Closed

    look_at: Annotated[str, AfterValidator(_place)] = Field(
        description="field:NAME (or its id), group (of the assignee), organisation, assignee, component or project."
    )
    values: dict[str, str] = Field(
        default_factory=dict,
        description="Id or name of a value there, with the vendor's id it stands for; `us` for ourselves.",
    )


VendorPlace = Annotated[VendorRule, BeforeValidator(_as_rule, json_schema_input_type=str | VendorRule)]
