"""What ended a ticket and was taken back since does not count; whatever else was withdrawn does."""

from datetime import UTC, datetime

import pytest

from syncd.domain.events import Gone, Merged, Message, TicketEvent
from syncd.domain.names import GoneReason, Party
from syncd.domain.timeline import Timeline
from syncd.ports.repositories import SourceId, StoredTimeline, TicketNo

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MERGED = Merged(id="merged:b", at=NOON, by=Party.SYSTEM, into="b")
GONE = Gone(id="gone:1", at=NOON, by=Party.SYSTEM, reason=GoneReason.DELETED)
MESSAGE = Message(id="m", at=NOON, by=Party.VENDOR)


@pytest.mark.parametrize(("event", "counts"), [(MERGED, False), (GONE, False), (MESSAGE, True)])
def test_a_withdrawn_event_counts_unless_it_ended_the_ticket(event: TicketEvent, counts: bool) -> None:
    timeline = Timeline(source="mail", ticket="a", id="a", events=(event,))
    held = StoredTimeline(TicketNo(1), SourceId(1), timeline, frozenset({event.id}))
    assert (event in held.believed.events) is counts
    assert StoredTimeline(TicketNo(1), SourceId(1), timeline).believed.events == (event,)
