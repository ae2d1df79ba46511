"""Instants as ServiceNow's raw values write them: UTC, whole seconds, `YYYY-MM-DD HH:MM:SS`."""

import re
from datetime import UTC, datetime
from functools import lru_cache

_STAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


def stamp(instant: datetime) -> str:
    """Return an aware instant as a raw value; a part of a second is cut off."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")


@lru_cache(maxsize=4096)  # each is asked for while reading, while checking and while mapping
def instant(raw: str) -> datetime | None:
    """Return the instant of a raw value; None for anything else, such as a display value or nothing."""
    if not _STAMP.fullmatch(raw):
        return None
    try:
        return datetime.fromisoformat(f"{raw}+00:00")
    except ValueError:  # digits that are no date, such as the 31st of February
        return None
