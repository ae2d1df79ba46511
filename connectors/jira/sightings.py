"""What one look at a ticket proves where no history does: how it stands, and that it is gone."""

from collections.abc import Iterator
from datetime import datetime

from connectors.jira.cells import inner, text
from connectors.jira.places import GONE, seq
from connectors.jira.stamps import instant, millis
from connectors.jira.state import State
from connectors.jira.ticket import Ticket
from syncd.domain.events import Gone, PhaseChanged
from syncd.domain.names import GoneReason, Party


def looked_at(ticket: Ticket, now: State) -> PhaseChanged | None:
    """Return how a ticket stands whose history could not be read at all: reached by now, at the latest.

    Only `resolutiondate` dates the end exactly.
    """
    unread = ticket.history_whole is False and not ticket.updates and not ticket.portal
    if not unread or ticket.created_at == ticket.updated_at:
        return None
    ended = instant(ticket.values.get("resolutiondate")) if now.over else None
    at = ended if ended is not None and ticket.created_at <= ended <= ticket.updated_at else ticket.updated_at
    return PhaseChanged(
        id=f"{ticket.id}:{millis(at)}:phase", at=at, seq=0, original=now.original or None,
        at_earliest=None if at == ended else ticket.created_at, to=now.meaning.phase, awaiting=now.meaning.awaiting,
    )  # fmt: skip


def gone(ticket: Ticket) -> Iterator[Gone]:
    """Yield that a ticket is archived, or that the census missed it; never read as resolved."""
    archived = instant(ticket.values.get("archiveddate"))
    if archived is not None:
        yield _gone(ticket, archived, GoneReason.ARCHIVED)
    census = inner(ticket.payload, "census")
    noticed, reason = instant(census.get("noticed_at")), text(census, "gone")
    if noticed is not None and reason in tuple(GoneReason):
        yield _gone(ticket, noticed, GoneReason(reason))


def _gone(ticket: Ticket, at: datetime, reason: GoneReason) -> Gone:
    at = max(at, ticket.created_at)
    last = max((update.number for update in ticket.updates), default=0)
    return Gone(
        id=f"{ticket.id}:{reason.value}:{millis(at)}", at=at, by=Party.SYSTEM, seq=seq(last, GONE), reason=reason
    )
