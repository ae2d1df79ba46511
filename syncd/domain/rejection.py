"""Events that look like a response and did not count, with the reason; kept for every explanation."""

from syncd.domain.contract import Target
from syncd.domain.endings import ANSWERING, RESPONDING, responds
from syncd.domain.events import Acknowledged, Message
from syncd.domain.history import History, Moment
from syncd.domain.names import Accepted, Party, Visibility
from syncd.domain.reading import Rejected


def rejected_of(history: History, target: Target, vendor: str) -> tuple[Rejected, ...]:
    """Return an answering clock's rejected candidates in order, those of a first response up to what counted."""
    if target.metric not in ANSWERING:
        return ()
    found: list[Rejected] = []
    for moment in history.moments:
        if not isinstance(moment.event, (Message, Acknowledged)):
            continue
        if responds(moment, target, vendor):
            if target.metric in RESPONDING:
                break
            continue
        reason = _reason(moment, target, vendor)
        if reason is not None:
            found.append(Rejected(moment.event.id, moment.event.at, reason))
    return tuple(found)


def _reason(moment: Moment, target: Target, vendor: str) -> str | None:
    event = moment.event
    if isinstance(event, Acknowledged):
        if moment.actor == vendor:
            return "an acknowledgement, which this target does not accept as a response"
        return "an acknowledgement by somebody else than the vendor"
    if not isinstance(event, Message) or event.by in (Party.CUSTOMER, Party.SYSTEM):
        return None
    if moment.actor != vendor:
        return "a message by another vendor" if moment.actor else f"a message by {event.by.value}, not by the vendor"
    if event.automated:
        return "an automated message"
    if event.visibility is not Visibility.PUBLIC:
        return "an internal note"
    if event.relayed and target.relayed is Accepted.REFUSED:
        return "relayed by the vendor's ticket system, which this target refuses"
    return None
