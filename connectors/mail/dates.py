"""Dates as header fields have them (RFC 5322, section 3.3), most of them without the standard library's patience."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EARLIEST = 1995
_LATEST = 2200
_LONGEST = 200
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([1-9][0-9]{3}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([01][0-9]|2[0-3])([0-9]{2})(?: \([A-Z]{1,5}\))?"
)
"""As programs write them; the standard library reads the others."""


def instant(value: str) -> datetime | None:
    """Return the instant that an RFC 5322 date is; None for one that is missing, absurd or no date at all.

    A date without a zone, or with `-0000`, is read as UTC.
    """
    text = " ".join(value[:_LONGEST].split())
    usual = _USUAL.fullmatch(text)
    month = _MONTHS.get(usual[2]) if usual is not None else None
    try:
        if usual is not None and month is not None:
            day, _, year, hour, minute, second, sign, hours, minutes = usual.groups()
            found = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
            if hours != "00" or minutes != "00":
                offset = timedelta(hours=int(hours), minutes=int(minutes))
                found = found + offset if sign == "-" else found - offset
        else:
            found = parsedate_to_datetime(text)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return found if _EARLIEST <= found.year < _LATEST else None
