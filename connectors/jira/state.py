"""What a ticket's fields mean in our words, at any point of its history.

Resolved has two signals, a resolution and a status of category done, and workflows forget either. The default,
`resolved_when: first`, goes by their edges: what sets one resolves, what takes one away reopens, and a resolution kept
over a reopening does not resolve again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.jira.parties import WhoIsWho, prefix
from connectors.jira.settings import JiraOptions
from connectors.jira.settings.rules import StatusIn
from connectors.jira.states import ACTIVE, CANCELLED, CLOSED, NEW, RESOLVED, Meaning, Status
from connectors.jira.ticket import Ticket
from connectors.jira.values import Value, shown
from syncd.domain.names import OPEN_PHASES, Phase
from syncd.domain.problem import Problem


@dataclass(frozen=True, slots=True)
class State:
    """A ticket's fields at one point, in our words."""

    meaning: Meaning
    original: str
    priority: str | None
    vendor: str | None
    attributes: Mapping[str, str]
    over: bool
    done: bool
    """Whether the status's category is done, as last known."""
    resolution: bool
    """Whether there is a resolution."""
    known: bool
    """Whether it is known if work is still owed."""


class Reader:
    """Reads the fields of one ticket, noting what it does not know."""

    def __init__(self, ticket: Ticket, options: JiraOptions, who: WhoIsWho) -> None:
        self._ticket = ticket
        self._options = options
        self._who = who
        self._mode = options.resolved_when
        if ticket.portal and self._mode == "resolution":
            self._mode = "status_category"  # customers see no resolution
        self._closed = {word.casefold() for word in options.closed_statuses}
        self._dropped = {word.casefold() for word in options.cancelled_resolutions}
        self._flags = {ticket.fields.key(name): who for name, who in options.flags.items()}
        self._attributes = {name: ticket.fields.key(field) for name, field in options.fields.items()}
        own = {ticket.fields.key(name) for name in options.configured}
        self._vendor_fields = sorted({"assignee", "components", "project", "key"} | own)
        self._vendors: dict[tuple[Value | None, ...], str | None] = {}
        self.problems: dict[tuple[str, str], Problem] = {}

    def note(self, code: str, detail: str) -> None:
        """Keep a finding, once."""
        self.problems[code, detail] = Problem(code, detail, self._ticket.id)

    def read(self, values: Mapping[str, Value], before: State | None = None) -> State:
        """Return what values mean; an unknown status leaves the phase as it was before."""
        status = self._ticket.statuses.of(values.get("status", ()))
        rule = self._rule(status)
        resolution = values.get("resolution", ())
        known = rule is not None or bool(status.category)
        if not known and not self._listed(status):
            self.note("unknown_state", f"status {status.id or status.name or 'empty'}")
        done = status.category == "done" if rule is None else rule.phase not in OPEN_PHASES
        if not known:
            done = before is not None and before.done
        over = self._over(status, before, done=done, resolved=bool(resolution))
        original = "/".join(filter(None, (status.name or status.id, shown(resolution))))
        return State(
            meaning=self._meaning(values, status, rule, before, over=over, known=known),
            original=original,
            priority=self._priority(values.get("priority", ())),
            vendor=self._vendor(values),
            attributes=self._read_attributes(values),
            over=over,
            done=done,
            resolution=bool(resolution),
            known=known or self._mode == "resolution" or isinstance(self._mode, StatusIn),
        )

    def beginning(self, now: State) -> State:
        """Return the state that a ticket is taken to have begun in when only today's is known: new, and else as now."""
        return State(
            NEW, "", now.priority, now.vendor, now.attributes, over=False, done=False, resolution=False, known=True
        )

    def _vendor(self, values: Mapping[str, Value]) -> str | None:
        seen = tuple(values.get(field) for field in self._vendor_fields)
        if seen not in self._vendors:  # few updates of a ticket touch them
            found = self._who.vendor(values, self._ticket.fields, self._ticket.people)
            self._vendors[seen] = found or (self._who.only if self._ticket.portal else None)
        return self._vendors[seen]

    def _rule(self, status: Status) -> Meaning | None:
        rules = self._options.meanings
        return rules.get(status.id.casefold()) or rules.get(status.name.casefold())

    def _listed(self, status: Status) -> bool:
        return isinstance(self._mode, StatusIn) and _among(status, {word.casefold() for word in self._mode.status_in})

    def _over(self, status: Status, before: State | None, *, done: bool, resolved: bool) -> bool:
        if isinstance(self._mode, StatusIn):
            return self._listed(status)
        if self._mode == "resolution":
            return resolved
        if self._mode == "status_category":
            return done
        if before is None:
            return resolved or done
        if (resolved and not before.resolution) or (done and not before.done):
            return True
        if (before.resolution and not resolved) or (before.done and not done):
            return False
        return before.over

    def _meaning(
        self, values: Mapping[str, Value], status: Status, rule: Meaning | None, before: State | None,
        *, over: bool, known: bool,
    ) -> Meaning:  # fmt: skip
        if over:
            ends = {word.casefold() for entry in values.get("resolution", ()) for word in (entry.id, entry.label)}
            if not ends.isdisjoint(self._dropped) or (rule is not None and rule.phase is Phase.CANCELLED):
                return CANCELLED
            closed = _among(status, self._closed) or (rule is not None and rule.phase is Phase.CLOSED)
            return CLOSED if closed else RESOLVED
        if not known:
            was = NEW if before is None else before.meaning
            return was if was.phase in OPEN_PHASES else ACTIVE
        meaning = NEW if status.category == "new" else ACTIVE
        if rule is not None and rule.phase in OPEN_PHASES:
            meaning = rule
        if meaning.phase is not Phase.PENDING:
            for field, who in sorted(self._flags.items()):
                if values.get(field):
                    return Meaning(Phase.PENDING, who)
        return meaning

    def _priority(self, value: Value) -> str | None:
        names = self._options.priority_names
        for entry in value[:1]:
            found = names.get(entry.id.casefold()) or names.get(entry.label.casefold())
            if found is None:
                self.note("unknown_priority", f"priority {entry.id or entry.label}")
            return found
        return None

    def _read_attributes(self, values: Mapping[str, Value]) -> dict[str, str]:
        found = {name: told for name, field in self._attributes.items() if (told := shown(values.get(field, ())))}
        key = _key(values.get("key", ()))
        if key:
            found["key"] = key
        if prefix(key):
            found["project"] = prefix(key)
        return found


def _key(value: Value) -> str:
    return next((entry.label for entry in value), "")


def _among(status: Status, words: set[str]) -> bool:
    return status.id.casefold() in words or (bool(status.name) and status.name.casefold() in words)
