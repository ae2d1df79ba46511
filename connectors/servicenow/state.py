"""What a ticket's fields mean in our words, at any point of its history."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from connectors.servicenow.parties import WhoIsWho
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.states import Meaning, meaning_of
from connectors.servicenow.ticket import Ticket
from syncd.domain.names import Awaiting, Phase
from syncd.domain.problem import Problem

_BEGINNING = Meaning(Phase.NEW, Awaiting.VENDOR)


class State(NamedTuple):
    """A ticket's fields at one point, in our words."""

    meaning: Meaning
    original: str
    priority: str | None
    vendor: str | None
    attributes: Mapping[str, str]


class Reader:
    """Reads the fields of one ticket, noting what it does not know."""

    def __init__(self, ticket: Ticket, options: ServiceNowOptions, who: WhoIsWho) -> None:
        self._ticket = ticket
        self._options = options
        self._who = who
        self._meanings = options.meanings(ticket.table)
        self._priorities = options.priority_names
        tables = options.reference_tables
        fields = options.vendor_field_set | options.attribute_field_set
        self._shown = {field: ticket.shown.get(tables.get(field, ""), {}) for field in fields}
        self.problems: dict[tuple[str, str], Problem] = {}

    def note(self, code: str, detail: str) -> None:
        """Keep a finding, once."""
        self.problems[code, detail] = Problem(code, detail, self._ticket.id)

    def read(self, values: Mapping[str, str]) -> State:
        """Return what raw values mean; an unknown state is taken for the beginning."""
        meaning, original = self._meaning(values, _BEGINNING)
        return State(
            meaning=meaning,
            original=original,
            priority=self._priority(values.get("priority", "")),
            vendor=self._vendor(values),
            attributes=self._attributes(values),
        )

    def after(self, before: State, values: Mapping[str, str], changed: Collection[str]) -> State:
        """Return what raw values mean of which some changed; an unknown state leaves the phase as it was before."""
        meaning, original, priority, vendor, attributes = before
        options = self._options
        if options.state_field in changed or "hold_reason" in changed:
            meaning, original = self._meaning(values, before.meaning)
        if "priority" in changed:
            priority = self._priority(values.get("priority", ""))
        if not options.vendor_field_set.isdisjoint(changed):
            vendor = self._vendor(values)
        if not options.attribute_field_set.isdisjoint(changed):
            attributes = self._attributes(values)
        return State(meaning, original, priority, vendor, attributes)

    def _meaning(self, values: Mapping[str, str], before: Meaning) -> tuple[Meaning, str]:
        state, reason = values.get(self._options.state_field, ""), values.get("hold_reason", "")
        original = f"{state}/{reason}" if reason else state
        meaning, understood = meaning_of(self._meanings, state, reason)
        if meaning is None or not understood:
            self.note("unknown_state", f"{self._ticket.table}: {original or 'empty'}")
        return meaning or before, original

    def _vendor(self, values: Mapping[str, str]) -> str | None:
        for field in self._who.strangers(values, self._shown):
            self.note("unmatched_vendor", f"{field} names a company that is no vendor in parties")
        for field in self._who.nameless(values, self._shown):
            self.note("nameless_vendor", f"{field} points to a record whose name cannot be read: it may be a vendor's")
        return self._who.vendor(values, self._shown)

    def _priority(self, raw: str) -> str | None:
        if raw and raw not in self._priorities:
            self.note("unknown_priority", f"{self._ticket.table}: {raw}")
        return self._priorities.get(raw)

    def _attributes(self, values: Mapping[str, str]) -> dict[str, str]:
        found = {}
        for name, field in self._options.attributes.items():
            raw = values.get(field, "")
            if raw:
                found[name] = self._shown[field].get(raw, raw)
        return found

    def beginning(self, now: State) -> State:
        """Return the state that a ticket is taken to have begun in when only today's is known: new, and else as now."""
        return State(_BEGINNING, "", now.priority, now.vendor, now.attributes)
