"""Events out of a ticket's history."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.jira.cells import Row, inner, rows, text
from connectors.jira.history import Change, Update
from connectors.jira.parties import Actor
from connectors.jira.places import ATTRIBUTE, LEFT, LINK, OVER, PHASE, PRIORITY, TAKEN, seq
from connectors.jira.settings import JiraOptions
from connectors.jira.state import State
from connectors.jira.ticket import Ticket
from connectors.jira.values import Value
from syncd.domain.events import AttributeChanged, HandedOver, Linked, Opened, PhaseChanged, PriorityChanged, TicketEvent
from syncd.domain.names import OPEN_PHASES, US, LinkRole, Party


def opened(ticket: Ticket, state: State, by: Actor) -> Opened:
    """Return the event that begins a ticket."""
    return Opened(
        id=f"{ticket.id}:opened", at=ticket.created_at, by=by.party, seq=-1, vendor=state.vendor,
        original=state.original or None, phase=state.meaning.phase, awaiting=state.meaning.awaiting,
        priority=state.priority, attributes=dict(state.attributes),
    )  # fmt: skip


def changed(
    update: Update, before: State, after: State, by: Actor, ticket: Ticket, options: JiraOptions
) -> Iterator[TicketEvent]:
    """Yield what one update did."""
    over = after.meaning.phase not in OPEN_PHASES and before.meaning.phase in OPEN_PHASES

    def place(change: Change, rank: int, suffix: str = "") -> dict[str, Any]:
        return {
            "id": change.id + suffix, "at": update.at, "by": by.party, "seq": seq(update.number, rank),
            "vendor": by.vendor, "at_earliest": update.at_earliest,
        }  # fmt: skip

    moved = update.of("status", "resolution", *sorted(ticket.fields.key(flag) for flag in options.flags))
    if moved is not None and (after.meaning, after.original) != (before.meaning, before.original):
        where = {**place(moved, OVER if over else PHASE), "original": after.original or None}
        yield PhaseChanged(**where, to=after.meaning.phase, awaiting=after.meaning.awaiting)
    ranked = update.of("priority")
    if ranked is not None and after.priority != before.priority:
        yield PriorityChanged(**place(ranked, PRIORITY), to=after.priority)
    if after.vendor != before.vendor:
        # Who resolves and hands over at once did the first as the holder, unless it is ours who took it.
        rank = LEFT if over and by.party is not Party.CUSTOMER else TAKEN
        yield HandedOver(**place(update.changes[0], rank, ":holder"), to=after.vendor or US)
    for name in sorted(before.attributes.keys() | after.attributes.keys()):
        value = after.attributes.get(name)
        if value != before.attributes.get(name):
            change = update.of(*_fields_of(name, ticket, options)) or update.changes[0]
            yield AttributeChanged(**place(change, ATTRIBUTE, f":{name}"), name=name, to=value)
    for change in update.changes:
        if change.field == "parent" and change.new:
            yield Linked(**place(change, LINK), to=change.new[0].id, role=LinkRole.PARENT)
        role = _role(change.phrase, options.links) if change.field == "issuelinks" else None
        if change.new and role is not None:
            yield Linked(**place(change, LINK), to=_ids(ticket).get(change.new[0].id, change.new[0].id), role=role)


def _fields_of(name: str, ticket: Ticket, options: JiraOptions) -> tuple[str, ...]:
    if name in ("key", "project"):
        return ("key", "project")
    return (ticket.fields.key(options.fields[name]),) if name in options.fields else ()


def links(ticket: Ticket, first: Mapping[str, Value], by: Actor, options: JiraOptions) -> Iterator[TicketEvent]:
    """Yield the ties that a ticket was born with, as far as its history does not date them, and those that lead out."""
    where: dict[str, Any] = {"at": ticket.created_at, "by": by.party, "seq": LINK}
    for entry in _named(first.get("parent", ())):
        yield Linked(id=f"{ticket.id}:parent", **where, to=entry.id, role=LinkRole.PARENT)
    dated = {
        entry.id for update in ticket.updates for c in update.changes if c.field == "issuelinks" for entry in c.new
    }
    for link, end, phrase in _issue_links(ticket.values):
        role = _role(phrase, options.links)
        if role is not None and text(end, "key") not in dated and (text(end, "id") or text(end, "key")):
            to = text(end, "id") or text(end, "key")
            yield Linked(id=f"{ticket.id}:link:{text(link, 'id') or to}", **where, to=to, role=role)
    steps = {
        entry.id: (update, change) for update in ticket.updates for change in update.changes
        if change.field == "remotelinks" for entry in change.new
    }  # fmt: skip
    for row in rows(ticket.payload, "links"):
        url = text(inner(row, "object"), "url")
        update, _ = steps.get(text(row, "id"), (None, None))
        at = ticket.created_at if update is None else update.at
        place = LINK if update is None else seq(update.number, LINK)
        mark = f"{ticket.id}:remote:{text(row, 'id') or url}"
        yield Linked(id=mark, at=at, by=Party.UNKNOWN, seq=place, to=url, role=LinkRole.SAME_INCIDENT)


def _named(value: Value) -> Value:
    return tuple(entry for entry in value if entry.id)[:1]


def _issue_links(values: Row) -> Iterator[tuple[Row, Row, str]]:
    """Yield links as an issue shows them now: the link, the other issue, and the phrase between."""
    for link in rows(values, "issuelinks"):
        kind = inner(link, "type")
        for end, phrase in (("inwardIssue", "inward"), ("outwardIssue", "outward")):
            if inner(link, end):
                yield link, inner(link, end), text(kind, phrase)


def _ids(ticket: Ticket) -> dict[str, str]:
    return {text(end, "key"): text(end, "id") for _, end, _ in _issue_links(ticket.values) if text(end, "id")}


def _role(phrase: str, roles: Mapping[str, LinkRole]) -> LinkRole | None:
    """Return what a link makes of the other issue, by its phrase: `is caused by`, `This issue is caused by ABC-1`."""
    words = phrase.casefold().removeprefix("this issue ").strip()
    for known, role in roles.items():
        if words == known.casefold() or words.startswith(f"{known.casefold()} "):
            return role
    return None
