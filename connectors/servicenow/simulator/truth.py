"""What really happened to each ticket, for oracles: every change ever committed, audited or not, hidden or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.servicenow.simulator.schema import JOURNAL
from connectors.servicenow.simulator.world import World


@dataclass(frozen=True, slots=True)
class TrueChange:
    """One field's change; of `comments` and `work_notes` one entry, of `DELETED` the end. `at` is its stamp."""

    at: datetime
    field: str
    old: str
    new: str
    by: str


@dataclass(slots=True)
class TrueTicket:
    """One ticket: how it began, then its changes in the order in which they were committed."""

    sys_id: str
    table: str
    created_at: datetime
    created_by: str
    initial: Mapping[str, str]
    changes: list[TrueChange] = field(default_factory=list)
    deleted: bool = False

    def value(self, column: str) -> str:
        """Return a column's latest value."""
        latest = [change.new for change in self.changes if change.field == column]
        return latest[-1] if latest else self.initial.get(column, "")


def truth(world: World) -> dict[str, TrueTicket]:
    """Return every ticket that this world ever held, by sys_id; rows put in as given are not among them."""
    tickets: dict[str, TrueTicket] = {}
    current: dict[str, dict[str, str]] = {}
    for change in world.agenda.done:
        if not world.schema.is_task(change.table) or change.kind in ("raw", "derived"):
            continue
        columns = world.schema.columns(change.table)
        journal = {name: text for name, text in change.values.items() if columns.get(name) == JOURNAL}
        if change.kind == "insert":
            initial = {name: value for name, value in change.values.items() if name not in journal}
            tickets[change.sys_id] = TrueTicket(change.sys_id, change.table, change.at, change.by, initial)
            current[change.sys_id] = dict(initial)
        ticket, state = tickets.get(change.sys_id), current.get(change.sys_id, {})
        if ticket is None:
            continue
        if change.kind == "delete":
            ticket.deleted = True
            ticket.changes.append(TrueChange(change.at, "DELETED", "", "DELETED", change.by))
        for name, value in change.values.items():
            old = "" if name in journal else state.get(name, "")
            if name in journal or old != value:
                ticket.changes.append(TrueChange(change.at, name, old, value, change.by))
                state[name] = value
    return tickets
