"""Tickets that a source no longer shows: kept as a part of their own, so that replay knows it too."""

from collections.abc import Mapping
from datetime import datetime

from syncd.domain.events import Gone
from syncd.domain.instant_text import instant_text, parse_instant
from syncd.domain.names import GoneReason, Party
from syncd.domain.timeline import Timeline
from syncd.ports.connector import Mapped, RawRecord

GONE_PART = "gone"


def gone_records(
    gone: Mapping[str, GoneReason], known: Mapping[tuple[str, str], RawRecord], now: datetime
) -> list[RawRecord]:
    """Return the records that say these tickets are gone, since `now` at the latest.

    Of one that is known to be gone the first notice counts, so that replay finds the event where it was; of one that
    came back in between this is a new one.
    """
    records = []
    for ticket, reason in sorted(gone.items()):
        before = known.get((ticket, GONE_PART))
        noticed = instant_text(now) if before is None or not is_gone(before) else before.payload["noticed_at"]
        records.append(RawRecord(ticket, now, {"gone": reason.value, "noticed_at": noticed}, part=GONE_PART))
    return records


def returned_record(gone: RawRecord, now: datetime) -> RawRecord:
    """Return the record that a ticket which was gone is there again."""
    payload = {"gone": None, "noticed_at": gone.payload["noticed_at"]}
    return RawRecord(gone.ticket, now, payload, part=GONE_PART)


def is_gone(record: RawRecord) -> bool:
    """Whether a record of this part says that the ticket is gone, rather than back."""
    return record.payload["gone"] is not None


def event_id(record: RawRecord) -> str:
    """Return the id of the event that a ticket went; one that went twice has two."""
    return f"gone:{record.payload['noticed_at']}"


def map_gone(source: str, record: RawRecord) -> Mapped:
    """Return the event that a ticket is gone, or none for one that is back."""
    events: tuple[Gone, ...] = ()
    if is_gone(record):
        at = parse_instant(record.payload["noticed_at"], "noticed_at")
        reason = GoneReason(str(record.payload["gone"]))
        events = (Gone(id=event_id(record), at=at, by=Party.SYSTEM, reason=reason),)
    head = Timeline(source=source, ticket=record.ticket, id=record.ticket, events=events)
    return Mapped(head, complete=False)
