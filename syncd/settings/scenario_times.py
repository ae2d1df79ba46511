"""Instants as people write them in scenarios: with an offset, or as local times of a zone that is named once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from syncd.settings.section import Refused

_WITH_OFFSET = "an instant with its offset, such as 2026-03-02T08:00Z"
_LOCAL = "a local time such as 2026-03-02 09:00"
_DATE = len("2026-03-02")


def instant_of(value: object, zone: ZoneInfo | None) -> datetime:
    """Return the aware UTC instant of a text; `zone` is that of texts without an offset.

    Raises Refused for anything else, and ValueError for a local time that a zone's clock shows twice or never.
    """
    text = value if isinstance(value, str) else ""
    try:
        written = datetime.fromisoformat(text)
        if written.tzinfo is not None:
            return written.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(_allowed(zone)) from error
    if zone is None or len(text) <= _DATE:
        raise Refused(_allowed(zone))
    try:
        return _from_local(written, zone)
    except OverflowError as error:
        # The first or the last hours of all years, which are in no year at all elsewhere.
        raise Refused(_allowed(zone)) from error


def _allowed(zone: ZoneInfo | None) -> str:
    if zone is None:
        return f'{_WITH_OFFSET}; with "times in: ZONE" at the top, {_LOCAL} will do'
    return f"{_LOCAL} in {zone.key}, or {_WITH_OFFSET}"


def _from_local(written: datetime, zone: ZoneInfo) -> datetime:
    earlier, later = (written.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if earlier == later:
        return earlier
    if earlier.astimezone(zone).replace(tzinfo=None, fold=0) == written:
        first, second = (each.astimezone(zone).isoformat() for each in (earlier, later))
        raise ValueError(f"{written} happens twice in {zone.key}; write {first} or {second}")
    raise ValueError(f"{written} does not exist in {zone.key}: the clock skips it")
