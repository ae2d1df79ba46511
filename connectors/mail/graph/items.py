"""What a message's properties say, apart from the message itself."""

from dataclasses import dataclass, replace
from datetime import datetime

from connectors.mail.graph.wire import Row, rows, text
from syncd.domain.instant_text import parse_instant
from syncd.domain.timeline_error import TimelineError

SELECT = "id,receivedDateTime,lastModifiedDateTime,parentFolderId,isDraft,flag,categories"
"""The properties that are asked for."""

EXPAND = "singleValueExtendedProperties($filter=id eq 'LONG 0x0E08')"
"""PidTagMessageSize (MS-OXPROPS): a message has no size among its own properties."""

_DIGITS = 18
_FLAGS = {"flagged": "\\Flagged", "complete": "Complete"}


@dataclass(frozen=True, slots=True)
class Item:
    """One message in the mailbox. `size` is None where the mailbox does not tell it; drafts are nobody's mail yet."""

    id: str
    received_at: datetime
    modified_at: datetime
    folder: str
    """The id of the folder it lies in."""
    flags: tuple[str, ...] = ()
    """Its categories, and how it is flagged."""
    size: int | None = None
    draft: bool = False

    def lying_in(self, folder: str) -> "Item":
        """Return the message as one of another folder."""
        return replace(self, folder=folder)


def item_of(row: Row) -> Item | None:
    """Return the message that a row is about; None for one that does not tell enough and must be asked for.

    Changes come with at least the properties that changed ("Use delta query"), so with too few at times.
    """
    known = text(row, "id"), text(row, "parentFolderId"), row.get("receivedDateTime"), row.get("lastModifiedDateTime")
    if not all(known) or not {"isDraft", "flag", "categories"} <= row.keys():
        return None
    try:
        received, modified = (
            parse_instant(known[2], "receivedDateTime"),
            parse_instant(known[3], "lastModifiedDateTime"),
        )
    except TimelineError:
        return None
    flag, categories = row["flag"], row["categories"]
    flags = {str(each) for each in categories} if isinstance(categories, list) else set()
    if isinstance(flag, dict) and flag.get("flagStatus") in _FLAGS:
        flags.add(_FLAGS[flag["flagStatus"]])
    return Item(known[0], received, modified, known[1], tuple(sorted(flags)), _size(row), row["isDraft"] is True)


def _size(row: Row) -> int | None:
    for each in rows({"value": row.get("singleValueExtendedProperties")}):
        value = text(each, "value")
        if value.isdecimal() and len(value) <= _DIGITS:
            return int(value)
    return None
