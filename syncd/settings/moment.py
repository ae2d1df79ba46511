"""Moments as operators write them: local times of a contract, or times with an offset."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import PlainValidator, WithJsonSchema

from syncd.domain.calendar_zone import first_instant_reading
from syncd.domain.instant import from_us
from syncd.settings.section import Refused
from syncd.settings.written import YEARS


def _moment(value: object) -> datetime:
    allowed = "a local time such as 2026-05-02T22:00, or one with an offset such as 2026-05-02T22:00+02:00"
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError as error:
        raise Refused(allowed) from error
    if moment is None or moment.year not in YEARS:
        raise Refused(allowed)
    return moment


def instant_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, aware UTC, that a moment names; without an offset it is a local time of the zone.

    Of a local time that happens twice it is the first; one that the clock skips is read as far past the gap
    (RFC 5545, section 3.3.5).
    """
    return from_us(first_instant_reading(zone, moment)) if moment.tzinfo is None else moment.astimezone(UTC)


Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["2026-05-02T22:00", "2026-05-02T22:00+02:00"]}),
]
