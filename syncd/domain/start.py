"""When clocks start on a ticket (design.md section 7: `starts`, `not_before`)."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from syncd.domain.calendar_zone import first_instant_reading
from syncd.domain.events import Acknowledged, Opened
from syncd.domain.history import History
from syncd.domain.instant import to_us
from syncd.domain.names import Starts

# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_CREATED, _REPORTED, _ACKNOWLEDGED = Starts.CREATED, Starts.REPORTED, Starts.ACKNOWLEDGED

UNREADABLE = "not_before_unreadable"
"""The flag of a clock whose appointment is no instant."""


class Start(NamedTuple):
    """When a clock starts, with the id of the event behind it and the place of the last moment by then."""

    at: int
    by: str
    place: int


def start_of(history: History, starts: Starts, vendor: str) -> Start | None:
    """Return when clocks of a start policy start on a ticket; None while they have not.

    A split child's start at the split.
    """
    moments = history.moments
    place = history.told.get(vendor)
    if place is None:
        return None
    at: int | None = None
    if starts is _CREATED or starts is _REPORTED:
        place = 0
        opened = moments[0].event
        if starts is _REPORTED and isinstance(opened, Opened) and opened.reported_at is not None:
            at = min(to_us(opened.reported_at), moments[0].at)
    elif starts is _ACKNOWLEDGED:
        while not (isinstance(moments[place].event, Acknowledged) and moments[place].actor == vendor):
            place += 1
            if place == len(moments):
                return None
    if history.split_at is not None and history.split_at > place:
        place, at = history.split_at, None
    return Start(moments[place].at if at is None else at, moments[place].event.id, place)


def appointed(history: History, start: Start, attribute: str, time_zone: str) -> tuple[Start, tuple[str, ...]]:
    """Return a start put off until the appointment that an attribute holds, and what to flag of it.

    That is the first instant from `start` on at which the appointment, as it then stands, is unset or has come. It may
    lie in the future. What cannot be read is unset; local times are those of `time_zone`.
    """
    at, unreadable = start.at, False
    stated = [(max(since, start.at), attributes.get(attribute)) for since, attributes in history.attributes()]
    for n, (since, text) in enumerate(stated):
        later = stated[n + 1][0] if n + 1 < len(stated) else None
        if later is not None and later <= max(since, start.at):
            continue
        at = max(at, since)
        due = None if text is None else _instant(text, time_zone)
        unreadable = text is not None and due is None
        if due is None or due <= at:
            break
        if later is None or later > due:
            at = due
            break
    place = start.place
    while place + 1 < len(history.moments) and history.moments[place + 1].at <= at:
        place += 1
    put_off = start if at == start.at else Start(at, start.by, place)
    return put_off, (UNREADABLE,) if unreadable else ()


def _instant(text: str, time_zone: str) -> int | None:
    """The microseconds of an ISO 8601 instant, a local time or a local date; None for anything else."""
    try:
        stated = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if stated.tzinfo is not None:
        return to_us(stated)
    return first_instant_reading(ZoneInfo(time_zone), stated)
