"""One issue as the database holds it: its fields now, every change of them, its comments."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a change; `field` is a field id, or `Key`, `Workflow`, `Comment`, which have none."""

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

    @property
    def project(self) -> str:
        """Return the key of the project it is in now."""
        return self.values["project"]
