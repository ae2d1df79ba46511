"""Tickets that a source no longer shows: kept as a part of their own, so that replay knows it too."""

from collections.abc import Mapping
from datetime import datetime

from syncd.domain.events import Gone
from syncd.domain.names import GoneReason, Party
from syncd.domain.timeline import Timeline
from syncd.domain.timeline_format import instant_text, parse_instant
from syncd.ports.connector import Mapped, RawRecord

GONE_PART = "gone"


def gone_records(
    gone: Mapping[str, GoneReason], known: Mapping[tuple[str, str], RawRecord], now: datetime
) -> list[RawRecord]:
    """Return the records that say these tickets are gone, since `now` at the latest.

    Of one that is known to be gone the first notice counts, so that replay finds the event where it was.
    """
    records = []
    for ticket, reason in sorted(gone.items()):
        before = known.get((ticket, GONE_PART))
        noticed = instant_text(now) if before is None else before.payload["noticed_at"]
        records.append(RawRecord(ticket, now, {"gone": reason.value, "noticed_at": noticed}, part=GONE_PART))
    return records


def map_gone(source: str, record: RawRecord) -> Mapped:
    """Return the event that a ticket is gone."""
    event = Gone(
        id="gone",
        at=parse_instant(record.payload["noticed_at"], "noticed_at"),
        by=Party.SYSTEM,
        reason=GoneReason(str(record.payload["gone"])),
    )
    head = Timeline(source=source, ticket=record.ticket, id=record.ticket, events=(event,))
    return Mapped(head, complete=False)
