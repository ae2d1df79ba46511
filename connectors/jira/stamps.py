"""Instants in every form that Jira writes them.

Per-issue changelogs write ISO 8601 with `+hhmm`; the bulk changelog's published example is a number; Service
Management writes an object with `epochMillis` (its `iso8601` drops milliseconds, its `friendly` is localized).
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from connectors.jira.cells import Row, is_object

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SECONDS_BELOW = 10**11
"""Smaller numbers are seconds: in milliseconds they would lie before 1974."""


def instant(raw: object) -> datetime | None:
    """Return the aware UTC instant of a value; None for anything else, such as a date without time or zone."""
    if isinstance(raw, str):
        return _written(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _counted(raw)
    if is_object(raw):
        return _told(raw)
    return None


@lru_cache(maxsize=8192)  # each is asked for while reading, while redacting and while mapping
def _written(raw: str) -> datetime | None:
    if raw.isascii() and raw.isdigit():
        return _counted(int(raw)) if len(raw) < 18 else None  # noqa: PLR2004 - no instant has more digits
    try:
        at = datetime.fromisoformat(raw)
        return None if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _counted(raw: float) -> datetime | None:
    try:
        return _EPOCH + (timedelta(seconds=raw) if abs(raw) < _SECONDS_BELOW else timedelta(milliseconds=raw))
    except (ValueError, OverflowError):  # not a number, infinite, or beyond the year 9999
        return None


def _told(raw: Row) -> datetime | None:
    for key in ("epochMillis", "jira", "iso8601"):
        value = raw.get(key)
        if isinstance(value, str | int | float) and (at := instant(value)) is not None:
            return at
    return None


def millis(at: datetime) -> int:
    """Return an aware instant as whole milliseconds since 1970, as Jira counts."""
    return (at - _EPOCH) // timedelta(milliseconds=1)
