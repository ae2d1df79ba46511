"""The pure half: a complete record of one ticket to its timeline."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from connectors.jira.cells import inner, rows, text
from connectors.jira.checks import Step, cross_check
from connectors.jira.gaps import gaps_of, vendor_fields
from connectors.jira.history import Update, after, beginnings, breaks, unlogged
from connectors.jira.messages import messages, rating
from connectors.jira.native import VOLATILE, evidence
from connectors.jira.parties import MACHINE, UNKNOWN, Actor, WhoIsWho
from connectors.jira.redaction import Redaction
from connectors.jira.settings import JiraOptions
from connectors.jira.sightings import gone, looked_at
from connectors.jira.state import Reader
from connectors.jira.story import changed, links, opened
from connectors.jira.ticket import Ticket, head, read
from connectors.jira.values import Value
from syncd.domain.events import TicketEvent
from syncd.domain.names import Quality
from syncd.domain.timeline import Gap, Timeline, in_order
from syncd.ports.connector import Mapped, RawRecord, Site

_LINKS = frozenset({"issuelinks", "remotelinks"})
"""Fields of which every change counts and not what they held: some tickets have thousands of links."""

_CHECKED = frozenset({"status", "resolution", "priority", "assignee"})


class JiraMapper:
    """Maps Jira records; see `syncd.ports.connector.Mapper`."""

    version = 3
    volatile: frozenset[str] = VOLATILE | {"issue.fields.updated"}
    """SLA clocks touch `updated` every few minutes; what they say meanwhile is no news either."""

    def __init__(self, site: Site, options: JiraOptions) -> None:
        self._source = site.source
        self._options = options
        self._who = WhoIsWho(site.parties, options)
        self._redaction = Redaction(options)

    def record(self, payload: Mapping[str, object]) -> RawRecord:
        """Return the record that a payload is; raises ValueError saying what it lacks."""
        ident, updated_at = head(payload)
        return RawRecord(ticket=ident, updated_at=updated_at, payload=payload)

    def redact(self, record: RawRecord) -> RawRecord:
        """Return the record without texts and addresses (law 12), in one form whatever endpoints it came from."""
        payload = self._redaction.of(record.payload)
        return RawRecord(ticket=record.ticket, updated_at=record.updated_at, payload=payload, part=record.part)

    def map(self, record: RawRecord) -> Mapped:
        """Return the ticket's events, with findings about what was odd."""
        ticket = read(self._redaction.of(record.payload), self._options)
        reader = Reader(ticket, self._options, self._who)
        checked = _CHECKED | vendor_fields(ticket, self._options)
        found = () if ticket.portal else breaks(ticket.now, checked, ticket.updates, ticket.updated_at)
        history = (*ticket.updates, *unlogged(ticket.id, found))
        names = {*ticket.now, *(change.field for update in history for change in update.changes)}
        names -= _LINKS - {ticket.fields.key(name) for name in self._options.configured}
        first = beginnings(ticket.now, names, ticket.updates)
        opener = self._who.opener(ticket.creator)
        steps = self._steps(reader, first, history)
        now = steps[-1][1]
        unseen = looked_at(ticket, now)
        if unseen is not None:
            steps[0] = (None, reader.beginning(steps[0][1]))
        events: list[TicketEvent] = [opened(ticket, steps[0][1], opener), *links(ticket, first, opener, self._options)]
        for (_, before), (update, state) in pairwise(steps):
            if update is not None:
                by = self._actor(update, ticket)
                events.extend(changed(update, before, state, by, ticket, self._options))
        events.extend(each for each in (unseen,) if each is not None)
        events.extend(messages(ticket, reader, self._who, self._options))
        events.extend(rating(ticket, opener))
        events.extend(e for e in evidence(rows(ticket.payload, "sla")) if e.at >= ticket.created_at)
        events.extend(gone(ticket))
        gaps = gaps_of(ticket, steps, found, reader, self._options)
        cross_check(ticket, steps, now, reader, self._options)
        self._note(ticket, reader)
        timeline = Timeline(
            source=self._source,
            ticket=ticket.key,
            id=ticket.id,
            url=self._url(ticket),
            title=ticket.title or None if self._options.titles else None,
            quality=_quality(ticket, gaps),
            gaps=gaps,
            events=in_order(events),
        )
        whole = ticket.history_whole is True and ticket.comments_whole is True and ticket.links_whole
        return Mapped(timeline, tuple(reader.problems.values()), complete=whole)

    def _steps(self, reader: Reader, first: Mapping[str, Value], history: Sequence[Update]) -> list[Step]:
        values = first
        state = reader.read(values)
        steps: list[Step] = [(None, state)]
        for update in history:
            values = after(values, update)
            state = reader.read(values, state)
            steps.append((update, state))
        return steps

    def _actor(self, update: Update, ticket: Ticket) -> Actor:
        """Return who made an update: its author, else the automation that its metadata name, else nobody knows."""
        author = ticket.people.of(update.author)
        if author.accounts:
            return self._who.actor(author, ticket.reporter)
        if ticket.portal:
            return self._who.stranger()
        return MACHINE if update.automated else UNKNOWN

    def _note(self, ticket: Ticket, reader: Reader) -> None:
        if ticket.unread:
            reader.note("unreadable_history", f"{ticket.unread} histories without an id or an instant")
        if ticket.early:
            reader.note("predates_ticket", f"{ticket.early} histories are older than the ticket")
        if not ticket.dated:
            reader.note("creation_missing", "the creation is not told; the last update stands for it")
        if inner(ticket.payload, "found").get("stray") is True:
            reader.note("history_disagrees", "the truncated changelog holds histories that the full one lacks")
        if not ticket.links_whole:
            reader.note("links_unreadable", "remote links may not be read")
        for name, ids in sorted(ticket.fields.ambiguous.items()):
            reader.note("ambiguous_field", f"{name}: {', '.join(ids)}")

    def _url(self, ticket: Ticket) -> str:
        request = inner(ticket.payload, "request")
        if ticket.portal and text(request, "serviceDeskId"):
            return f"{self._options.url}/servicedesk/customer/portal/{text(request, 'serviceDeskId')}/{ticket.key}"
        return f"{self._options.url}/browse/{ticket.key}"


def _quality(ticket: Ticket, gaps: Sequence[Gap]) -> Quality:
    if ticket.portal:
        return Quality.CUSTOMER_VIEW
    return Quality.PARTIAL if gaps else Quality.FULL
