"""Events out of a record without its audit history: what one look at the ticket proves, and no more.

The state it shows was reached some time between the opening and its last update; `resolved_at` and `closed_at` date the
end exactly. Of several looks the earliest one's opening counts, because its place is the lowest.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from connectors.servicenow.cells import text
from connectors.servicenow.parties import Actor
from connectors.servicenow.stamps import instant
from connectors.servicenow.state import State
from connectors.servicenow.story import opened, seq
from connectors.servicenow.ticket import Ticket
from syncd.domain.events import AttributeChanged, HandedOver, PhaseChanged, PriorityChanged, TicketEvent
from syncd.domain.names import US, Awaiting, Phase
from syncd.domain.timeline import Gap

KINDS = frozenset({"phase", "priority", "handed_over", "attribute", "linked"})
"""What may have happened unseen."""

_RANKS = ("attribute", "priority", "holder", "phase", "resolved", "closed")


def looked_at(ticket: Ticket, now: State, first: State, by: Actor) -> Iterator[TicketEvent]:
    """Yield what one look tells; `first` is the state that the ticket is taken to have begun in."""
    if ticket.mod_count == 0:
        yield opened(ticket, now, by)
        return
    yield opened(ticket, first, by, place=seq(ticket.mod_count, 0) - 1)

    def seen(what: str, at: datetime | None = None, *, suffix: str = "") -> dict[str, Any]:
        mark = f"{ticket.mod_count}:{what}" if at is None else f"{what}:{at:%Y%m%d%H%M%S}"
        return {
            "id": f"{ticket.id}:{mark}{suffix}", "at": at or ticket.updated_at,
            "seq": seq(ticket.mod_count, _RANKS.index(what)), "at_earliest": None if at else ticket.opened_at,
        }  # fmt: skip

    yield PriorityChanged(**seen("priority"), to=now.priority)
    yield HandedOver(**seen("holder"), to=now.vendor or US)
    for name, value in sorted(now.attributes.items()):
        yield AttributeChanged(**seen("attribute", suffix=f":{name}"), name=name, to=value)
    ends = dict(_ends(ticket, now.meaning.phase))
    for phase, at in ends.items():
        yield PhaseChanged(**seen(phase.value, at), to=phase, awaiting=Awaiting.NOBODY)
    if now.meaning.phase not in ends:
        yield PhaseChanged(
            **seen("phase"), to=now.meaning.phase, awaiting=now.meaning.awaiting, original=now.original or None
        )


def _ends(ticket: Ticket, phase: Phase) -> Iterator[tuple[Phase, datetime]]:
    """Yield the dated ends that the record still stands by: a reopened ticket may keep the date of an old resolve."""
    resolved, closed = instant(text(ticket.record, "resolved_at")), instant(text(ticket.record, "closed_at"))
    for each, at in ((Phase.RESOLVED, resolved), (Phase.CLOSED, closed)):
        if at is not None and ticket.opened_at <= at <= ticket.updated_at and (phase, each) in _STANDS:
            yield each, at


_STANDS = {
    (Phase.RESOLVED, Phase.RESOLVED),
    (Phase.CLOSED, Phase.RESOLVED),
    (Phase.CLOSED, Phase.CLOSED),
}
"""A phase, and an end that must then have happened."""


def unseen(ticket: Ticket) -> list[Gap]:
    """Return the stretch in which anything may have happened unseen; none for a ticket never updated."""
    if ticket.mod_count == 0 or ticket.updated_at <= ticket.opened_at:
        return []
    return [Gap(ticket.opened_at, ticket.updated_at, KINDS)]
