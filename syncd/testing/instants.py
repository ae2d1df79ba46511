"""Instants as people write them, for tests."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def at(text: str, time_zone: str = "UTC") -> datetime:
    """Return the UTC instant at which clocks in a zone show `2026-03-02 09:00` (seconds if given).

    Raises ValueError for a time that the zone's clocks skip or show twice: a test that means one says so in UTC.
    """
    wall = datetime.fromisoformat(text)
    if wall.tzinfo is not None:
        raise ValueError(f"{text}: the zone is given apart")
    local = wall.replace(tzinfo=ZoneInfo(time_zone))
    instant = local.astimezone(UTC)
    if local.replace(fold=1).astimezone(UTC) != instant:
        raise ValueError(f"{text}: clocks in {time_zone} skip that time or show it twice")
    return instant
