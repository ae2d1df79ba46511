"""Events out of a ticket's updates and journal.

The order of what happens in one second is exact: `seq` is made of the checkpoint, which numbers a record's updates, and
of a rank within the update. A message stands before a resolve of the same update (the vendor answered, then resolved)
and behind a reopening (the customer reopened, then wrote).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.servicenow.cells import text
from connectors.servicenow.history import DELETED, Change, Update
from connectors.servicenow.parties import Actor, WhoIsWho
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.stamps import instant
from connectors.servicenow.state import State
from connectors.servicenow.ticket import Ticket
from syncd.domain.events import (
    AttributeChanged,
    Gone,
    HandedOver,
    Linked,
    Message,
    Opened,
    PhaseChanged,
    PriorityChanged,
    TicketEvent,
    Unlinked,
)
from syncd.domain.names import OPEN_PHASES, US, GoneReason, LinkRole, Party, Visibility

LINKS = {"parent_incident": LinkRole.PARENT, "problem_id": LinkRole.PROBLEM}
"""Fields that tie a ticket to another one."""

_WIDTH = 16
_ATTRIBUTE, _PRIORITY, _TAKEN, _PHASE, _LINK, _MESSAGE, _OVER, _LEFT, _GONE = range(9)


def seq(checkpoint: int, rank: int) -> int:
    """Return an event's place among those of its second."""
    return checkpoint * _WIDTH + rank


def opened(ticket: Ticket, state: State, by: Actor, *, place: int = -1) -> Opened:
    """Return the event that begins a ticket."""
    return Opened(
        id=f"{ticket.id}:opened", at=ticket.opened_at, by=by.party, seq=place, vendor=state.vendor,
        original=state.original or None, phase=state.meaning.phase, awaiting=state.meaning.awaiting,
        priority=state.priority, attributes=dict(state.attributes), reported_at=ticket.reported_at,
    )  # fmt: skip


def first_links(ticket: Ticket, values: Mapping[str, str], by: Actor) -> Iterator[TicketEvent]:
    """Yield the ties that a ticket was born with."""
    for field, role in LINKS.items():
        if values.get(field):
            yield Linked(
                id=f"{ticket.id}:{field}", at=ticket.opened_at, by=by.party, seq=_LINK, to=values[field], role=role
            )


def names_elsewhere(values: Mapping[str, str], options: ServiceNowOptions) -> dict[str, str]:
    """Return by what names a ticket's fields call its incident elsewhere, each with the first field that does."""
    found: dict[str, str] = {}
    for field in options.same_incident_from:
        name = values.get(field, "").strip()
        if name:
            found.setdefault(name, field)
    return found


def first_names(ticket: Ticket, names: Mapping[str, str], by: Actor) -> Iterator[TicketEvent]:
    """Yield the names elsewhere that a ticket was born with."""
    for name, field in names.items():
        yield Linked(
            id=f"{ticket.id}:{field}", at=ticket.opened_at, by=by.party, seq=_LINK, to=name,
            role=LinkRole.SAME_INCIDENT,
        )  # fmt: skip


def renamed(update: Update, before: Mapping[str, str], after: Mapping[str, str], by: Actor) -> Iterator[TicketEvent]:
    """Yield which names elsewhere one update took away and gave; one that another field still holds stays."""
    for names, others, kind, suffix in ((before, after, Unlinked, ":taken"), (after, before, Linked, "")):
        for name, field in names.items():
            if name not in others and field in update.changes:
                yield kind(
                    id=update.changes[field].id + suffix, at=update.at, by=by.party, vendor=by.vendor,
                    seq=seq(update.checkpoint, _LINK), at_earliest=update.at_earliest, to=name,
                    role=LinkRole.SAME_INCIDENT,
                )  # fmt: skip


def changed(
    update: Update, before: State, after: State, by: Actor, options: ServiceNowOptions
) -> Iterator[TicketEvent]:
    """Yield what one update did."""
    changes = update.changes
    over = after.meaning.phase not in OPEN_PHASES and before.meaning.phase in OPEN_PHASES

    def place(change: Change, rank: int, suffix: str = "") -> dict[str, Any]:
        return {
            "id": change.id + suffix, "at": update.at, "by": by.party, "seq": seq(update.checkpoint, rank),
            "vendor": by.vendor, "at_earliest": update.at_earliest,
        }  # fmt: skip

    moved = changes.get(options.state_field) or changes.get("hold_reason")
    if moved is not None and (after.meaning, after.original) != (before.meaning, before.original):
        where = place(moved, _OVER if over else _PHASE)
        where["original"] = after.original or None
        yield PhaseChanged(**where, to=after.meaning.phase, awaiting=after.meaning.awaiting)
    if "priority" in changes and after.priority != before.priority:
        yield PriorityChanged(**place(changes["priority"], _PRIORITY), to=after.priority)
    if after.vendor != before.vendor:
        told = next((changes[field] for field in options.vendor_fields if field in changes), None)
        if told is not None:
            # Who resolves and hands over at once did the first as the holder, unless it is ours who took it.
            rank = _LEFT if over and by.party is not Party.CUSTOMER else _TAKEN
            yield HandedOver(**place(told, rank, ":holder"), to=after.vendor or US)
    for name, field in options.attributes.items() if after.attributes != before.attributes else ():
        value = after.attributes.get(name)
        if field in changes and value != before.attributes.get(name):
            where = place(changes[field], _ATTRIBUTE, f":{name}")
            yield AttributeChanged(**where, name=name, to=value)
    for field, role in LINKS.items():
        if field in changes and changes[field].new:
            yield Linked(**place(changes[field], _LINK), to=changes[field].new, role=role)
    if DELETED in changes:
        yield Gone(**place(changes[DELETED], _GONE), reason=GoneReason.DELETED)


def messages(ticket: Ticket, who: WhoIsWho) -> Iterator[TicketEvent]:
    """Yield the journal's entries; each belongs to the update of its second by its author, if there is one."""
    checkpoints: dict[object, int] = {}
    for update in ticket.updates:
        checkpoints[update.at] = update.checkpoint
        checkpoints[update.at, update.user] = update.checkpoint
    for row in ticket.journal:
        at, account = instant(text(row, "sys_created_on")), text(row, "sys_created_by")
        visibility = _VISIBILITY.get(text(row, "element"))
        if at is None or visibility is None:
            continue
        by = who.actor(account, ticket.record, ticket.known)
        checkpoint = checkpoints.get((at, account), checkpoints.get(at, 0))
        yield Message(
            id=text(row, "sys_id"), at=at, by=by.party, seq=seq(checkpoint, _MESSAGE), vendor=by.vendor,
            visibility=visibility, automated=by.automated, relayed=who.relays(account),
        )  # fmt: skip


_VISIBILITY = {"comments": Visibility.PUBLIC, "work_notes": Visibility.INTERNAL}
"""`comments` reach the caller; `work_notes` stay inside the instance."""
