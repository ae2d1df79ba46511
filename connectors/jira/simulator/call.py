"""One request once it is known who asks, and the habits of the site it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from connectors.jira.simulator.answers import hidden_issue, no_issue, refused
from connectors.jira.simulator.faults import Fault
from connectors.jira.simulator.issue import Issue
from connectors.jira.simulator.rights import Rights
from connectors.jira.simulator.world import World
from syncd.ports.toolkit import HttpRequest

CreatedForm = Literal["iso", "seconds", "millis", "mixed"]


@dataclass(frozen=True, slots=True)
class Habits:
    """How this site differs from others; caps are what the server serves at most, whatever was asked."""

    zone: ZoneInfo
    cloud: bool = True
    emails: bool = True
    epoch: bool = True
    """Whether JQL takes unquoted milliseconds."""
    bulk_created: CreatedForm = "millis"
    bare_items: bool = False
    """Whether items of the bulk changelog lack `from` and `to`, as in the published example."""
    page_cap: int = 100
    id_cap: int = 5000
    history_cap: int = 100
    comment_cap: int = 100
    expand_cap: int = 40
    bulk_cap: int = 100
    owns_up: bool = False
    """Whether a hidden issue is answered with 403 instead of the 404 of one that is not there."""
    flagged: bool = True
    """Whether comments carry `jsdPublic`; else only their properties tell."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one product."""

    request: HttpRequest
    version: str
    """`2` or `3`: rich text is a string or a document."""
    world: World
    habits: Habits
    rights: Rights
    known: bool
    """Whether the credentials were good; else the request is anonymous."""
    now: datetime
    elapsed: timedelta
    base_url: str
    number: int
    """How many requests there have been."""
    struck: Mapping[str, Fault]

    @property
    def params(self) -> Mapping[str, str]:
        """Return the query parameters; of a repeated one the last."""
        return dict(parse_qsl(self.request.query, keep_blank_values=True))

    def repeated(self, name: str) -> list[str]:
        """Return every value of a parameter, those joined by commas apart."""
        pairs = parse_qsl(self.request.query, keep_blank_values=True)
        return [part.strip() for key, value in pairs if key == name for part in value.split(",") if part.strip()]

    def whole(self, name: str, default: int) -> int:
        """Return a whole number from 0 on; raises the 400 of anything else."""
        text = self.params.get(name, "")
        if text and not (text.isascii() and text.isdigit()):
            raise refused(f"The value '{text}' is not a valid number for the parameter '{name}'.")
        return int(text) if text else default

    def issue(self, id_or_key: str) -> Issue:
        """Return an issue that the account may see; raises the 404 of all others, or the 403 of hidden ones."""
        found = self.world.find(id_or_key)
        if found is None or not self.rights.sees(found, self.elapsed):
            raise hidden_issue() if found is not None and self.habits.owns_up else no_issue()
        return found

    def seen(self, ids_or_keys: Sequence[str]) -> list[Issue]:
        """Return those that may be seen, each once, by rising id."""
        found = (self.world.find(each) for each in ids_or_keys)
        seen = {each.id: each for each in found if each is not None and self.rights.sees(each, self.elapsed)}
        return [seen[number] for number in sorted(seen)]
