"""What an event says, in a few words."""

from typing import assert_never

from syncd.domain.events import (
    Absorbed,
    Acknowledged,
    AttributeChanged,
    Gone,
    HandedOver,
    Linked,
    Merged,
    Message,
    Notified,
    Opened,
    PhaseChanged,
    PriorityChanged,
    Rated,
    Split,
    TicketEvent,
    Unlinked,
    Workaround,
)
from syncd.domain.names import US, LinkRole


def event_words(event: TicketEvent) -> str:
    """Return one line about an event, with the source's own word for it where it is known."""
    original = f" ({event.original!r})" if event.original else ""
    return _words(event) + original


def _words(event: TicketEvent) -> str:
    match event:
        case Opened():
            vendor = f", vendor {event.vendor}" if event.vendor else ""
            return f"opened: priority {event.priority or 'none'}, {event.phase}, awaiting {event.awaiting}{vendor}"
        case Notified():
            return f"vendor {event.vendor} was told"
        case HandedOver():
            return "handed back to us" if event.to == US else f"handed over to {event.to}"
        case PhaseChanged():
            return f"now {event.to}, awaiting {event.awaiting}"
        case PriorityChanged():
            return f"priority now {event.to or 'none'}"
        case Message():
            kind = f"{'automated ' if event.automated else ''}{'relayed ' if event.relayed else ''}"
            return f"{event.visibility} {kind}message"
        case Acknowledged():
            return "acknowledged"
        case Workaround():
            return "service restored by a workaround"
        case AttributeChanged():
            return f"{event.name} now {event.to if event.to is not None else 'empty'}"
        case Merged():
            return f"merged into {event.into}"
        case Split():
            return f"split from {event.source_ticket}"
        case Absorbed():
            return f"took up {event.source_ticket}"
        case Linked():
            return f"linked to {event.to} as {_role(event.role)}"
        case Unlinked():
            return f"no longer linked to {event.to} as {_role(event.role)}"
        case Rated():
            return f"rated {event.score:g} of {event.scale:g}"
        case Gone():
            return f"gone from the source: {event.reason}"
        case _:
            assert_never(event)


def _role(role: LinkRole) -> str:
    return "the same incident" if role is LinkRole.SAME_INCIDENT else f"its {role}"
