"""Instants as text: RFC 3339, always with a zone."""

import re
from datetime import UTC, datetime

from syncd.domain.timeline_error import TimelineError, said

_WRITTEN = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
"""RFC 3339 5.6, seconds or the minutes of an offset left out where they are none, and the colon in it (ISO 8601)."""


def instant_text(instant: datetime) -> str:
    """Return an aware instant as RFC 3339 in UTC with a `Z`; fractions of a second only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(value: object, where: str) -> datetime:
    """Return the aware UTC instant of an RFC 3339 text; raises TimelineError for a naive or malformed one."""
    instant = _aware(value)
    if instant is None:
        raise TimelineError(f"{where}: {said(value)} is not an instant with a zone, such as 2026-03-02T08:00:00Z")
    return instant


def _aware(value: object) -> datetime | None:
    # fromisoformat takes more: weeks, offsets with seconds, and any character before the time or the zone.
    if not isinstance(value, str) or _WRITTEN.fullmatch(value) is None:
        return None
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
