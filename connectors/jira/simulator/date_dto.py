"""Instants and durations as the service desk API writes them (DateDTO, DurationDTO)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.jira.simulator.stamps import millis, stamp


def date_dto(instant: datetime, zone: ZoneInfo) -> dict[str, object]:
    """Return an instant in its four forms: `iso8601` drops milliseconds, `friendly` is for people."""
    local = instant.astimezone(zone)
    return {
        "iso8601": f"{local:%Y-%m-%dT%H:%M:%S%z}", "jira": stamp(instant, zone),
        "friendly": f"{local:%d/%b/%y %I:%M %p}", "epochMillis": millis(instant),
    }  # fmt: skip


def duration_dto(milliseconds: int) -> dict[str, object]:
    """Return a duration, which may be negative."""
    hours, minutes = divmod(abs(milliseconds) // 60_000, 60)
    return {"millis": milliseconds, "friendly": f"{'-' if milliseconds < 0 else ''}{hours}h {minutes}m"}
