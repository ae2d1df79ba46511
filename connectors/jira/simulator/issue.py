"""One issue as the database holds it: its fields now, every change of them, its comments."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a change.

    `field` is a field id, or `Key`, `Workflow`, `Comment`, `Link`, `RemoteIssueLink`, which have none.
    """

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class History:
    """What changed at once."""

    id: int
    at: datetime
    by: str
    items: tuple[Item, ...]
    labelled: bool = True


@dataclass(slots=True)
class Comment:
    """One comment; `name` is what scripts call it."""

    id: int
    name: str
    by: str
    created: datetime
    updated: datetime
    edited_by: str
    body: str
    internal: bool
    role: str = ""
    """The project role that alone may read it; empty for no restriction."""


@dataclass(frozen=True, slots=True)
class Remote:
    """One link to a page elsewhere."""

    id: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Tie:
    """One end of a link to another issue; `outward` says that it leads from this one to the other."""

    id: int
    type: str
    other: int
    outward: bool


@dataclass(slots=True)
class Issue:
    """One issue."""

    id: int
    key: str
    created: datetime
    creator: str
    values: dict[str, str]
    updated: datetime
    category_changed: datetime
    resolved: datetime | None = None
    archived: bool = False
    histories: list[History] = field(default_factory=list)
    comments: dict[str, Comment] = field(default_factory=dict)
    remotes: dict[str, Remote] = field(default_factory=dict)
    """By the name that scripts call each."""
    ties: list[Tie] = field(default_factory=list)

    @property
    def project(self) -> str:
        """Return the key of the project it is in now."""
        return self.values["project"]
