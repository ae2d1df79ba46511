"""The pure half: a complete record of one ticket to its timeline."""

from collections.abc import Iterable, Mapping, Sequence

from connectors.servicenow import snapshot
from connectors.servicenow.cells import text
from connectors.servicenow.history import Break, beginnings, breaks, unaudited
from connectors.servicenow.native import evidence
from connectors.servicenow.parties import Actor, WhoIsWho
from connectors.servicenow.redaction import Redaction
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.state import Reader
from connectors.servicenow.states import meaning_of
from connectors.servicenow.story import (
    LINKS,
    changed,
    first_links,
    first_names,
    messages,
    names_elsewhere,
    opened,
    renamed,
)
from connectors.servicenow.ticket import Ticket, head, part_of, read
from syncd.domain.events import TicketEvent
from syncd.domain.names import OPEN_PHASES, Quality
from syncd.domain.timeline import Gap, Timeline, in_order
from syncd.ports.connector import Mapped, RawRecord, Site


class ServiceNowMapper:
    """Maps ServiceNow records; see `syncd.ports.connector.Mapper`."""

    version = 3
    volatile: frozenset[str] = frozenset()

    def __init__(self, site: Site, options: ServiceNowOptions) -> None:
        self._source = site.source
        self._options = options
        self._who = WhoIsWho(site.parties, options)
        self._redaction = Redaction(options)

    def record(self, payload: Mapping[str, object]) -> RawRecord:
        """Return the record that a payload is; raises ValueError saying what it lacks."""
        sys_id, updated_at = head(payload)
        return RawRecord(ticket=sys_id, updated_at=updated_at, payload=payload, part=part_of(payload))

    def redact(self, record: RawRecord) -> RawRecord:
        """Return the record without texts (law 12) and without fields that the options do not ask for."""
        payload = self._redaction.of(record.payload)
        return RawRecord(ticket=record.ticket, updated_at=record.updated_at, payload=payload, part=record.part)

    def map(self, record: RawRecord) -> Mapped:
        """Return the ticket's events, with findings about what was odd."""
        ticket = read(record.payload)
        reader = Reader(ticket, self._options, self._who)
        found = breaks(ticket.record, self._options.tracked, ticket.updates, ticket.updated_at)
        if ticket.audit_readable:
            events, gaps = self._told(ticket, reader, found), self._gaps(ticket, reader, found)
        else:
            events, gaps = self._looked_at(ticket, reader), snapshot.unseen(ticket)
        if not ticket.journal_readable and ticket.opened_at < ticket.updated_at:
            gaps.append(Gap(ticket.opened_at, ticket.updated_at, frozenset({"message"})))
        if ticket.unread:
            reader.note("unreadable_history", f"{ticket.unread} rows without an id or an instant")
        timeline = Timeline(
            source=self._source,
            ticket=ticket.number,
            id=ticket.id,
            url=f"{self._options.url}/{ticket.table}.do?sys_id={ticket.id}",
            title=_title(ticket, wanted=self._options.titles),
            quality=_quality(ticket, gaps),
            gaps=tuple(gaps),
            events=in_order((*events, *messages(ticket, self._who), *evidence(ticket.slas, ticket.opened_at))),
        )
        return Mapped(timeline, tuple(reader.problems.values()), complete=ticket.audit_readable)

    def _told(self, ticket: Ticket, reader: Reader, found: Iterable[Break]) -> list[TicketEvent]:
        """Return what the audit history tells, and what the record shows beyond it."""
        values = beginnings(ticket.record, self._options.tracked, ticket.updates)
        state = reader.read(values)
        by = self._who.opener(ticket.record, ticket.known)
        names = names_elsewhere(values, self._options)
        events: list[TicketEvent] = [
            opened(ticket, state, by), *first_links(ticket, values, by), *first_names(ticket, names, by)
        ]  # fmt: skip
        actors: dict[str, Actor] = {}
        for update in (*ticket.updates, *unaudited(ticket.record, found)):
            for name, change in update.changes.items():
                values[name] = change.new
            after = reader.after(state, values, update.changes.keys())
            actor = actors.get(update.user)
            if actor is None:
                actor = actors[update.user] = self._who.actor(update.user, ticket.record, ticket.known)
            events += changed(update, state, after, actor, self._options)
            state = after
            if self._options.same_incident_from:
                before, names = names, names_elsewhere(values, self._options)
                events += renamed(update, before, names, actor)
        return events

    def _looked_at(self, ticket: Ticket, reader: Reader) -> list[TicketEvent]:
        """Return what the record alone tells."""
        values = beginnings(ticket.record, self._options.tracked, ())
        now = reader.read(values)
        first = reader.beginning(now)
        return list(snapshot.looked_at(ticket, now, first, self._who.opener(ticket.record, ticket.known)))

    def _gaps(self, ticket: Ticket, reader: Reader, found: Sequence[Break]) -> list[Gap]:
        gaps = []
        for each in found:
            reader.note("unaudited_change", f"{each.field} changed without an audit row")
            kinds = self._kinds(each.field)
            if each.start < each.end and kinds:
                gaps.append(Gap(each.start, each.end, kinds))
        state = self._options.state_field
        if state not in ticket.record and not any(state in update.changes for update in ticket.updates):
            reader.note("hidden_field", f"{state} cannot be read")
            gaps.append(Gap(ticket.opened_at, ticket.updated_at, frozenset({"phase"})))
        elif self._silent(ticket):
            reader.note("history_missing", "the ticket is over, and no audit row says how it came to that")
            gaps.append(Gap(ticket.opened_at, ticket.updated_at, snapshot.KINDS))
        return [gap for gap in gaps if gap.start < gap.end]

    def _silent(self, ticket: Ticket) -> bool:
        """Tell whether a ticket that was updated and is over has no audit rows at all."""
        if ticket.updates or ticket.mod_count == 0:
            return False
        raw = text(ticket.record, self._options.state_field), text(ticket.record, "hold_reason")
        meaning, _ = meaning_of(self._options.meanings(ticket.table), *raw)
        return meaning is not None and meaning.phase not in OPEN_PHASES

    def _kinds(self, field: str) -> frozenset[str]:
        """Return the kinds of event that a field's changes make."""
        kinds = set()
        if field in (self._options.state_field, "hold_reason"):
            kinds.add("phase")
        if field == "priority":
            kinds.add("priority")
        if field in self._options.vendor_fields:
            kinds.add("handed_over")
        if field in self._options.attributes.values():
            kinds.add("attribute")
        if field in LINKS:
            kinds.add("linked")
        return frozenset(kinds)


def _title(ticket: Ticket, *, wanted: bool) -> str | None:
    title = ticket.record.get("short_description")
    return title if wanted and isinstance(title, str) and title else None


def _quality(ticket: Ticket, gaps: Sequence[Gap]) -> Quality:
    if not ticket.audit_readable:
        return Quality.SNAPSHOT
    return Quality.PARTIAL if gaps else Quality.FULL
