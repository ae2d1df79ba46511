"""Goals as typed text: `4h` of counted time, or `2 working days` of a calendar.

A bare day is refused, because it means 24 counted hours to some products, a working day to others and a day of the
wall calendar to people; a contract must say which.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from syncd.domain.instant import SECOND_US


class DayEnd(StrEnum):
    """When within the last working day a goal of working days is due."""

    END_OF_DAY = "end_of_day"
    SAME_TIME = "same_time"


@dataclass(frozen=True, slots=True)
class Counted:
    """A goal of counted time, in microseconds of service on the target's calendar; never negative."""

    us: int

    def __post_init__(self) -> None:
        if self.us < 0:
            msg = f"a duration cannot be negative, and this one is {self.us} microseconds"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A goal of whole working days, at least one; a calendar turns it into counted time at a given start."""

    days: int
    due: DayEnd = DayEnd.END_OF_DAY

    def __post_init__(self) -> None:
        if self.days < 1:
            msg = f"a goal of working days needs at least 1 working day, and this one has {self.days}"
            raise ValueError(msg)


# Nine digits are more than any contract needs and keep every product far inside exact, quick integers.
_PLAIN = re.compile(r"(?:([0-9]{1,9})h)? ?(?:([0-9]{1,9})m)? ?(?:([0-9]{1,9})s)?")
_ISO = re.compile(r"PT(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?")
_WORKING_DAYS = re.compile(r"([0-9]{1,9}) working days?")
_OTHER_DAYS = re.compile(r"([0-9]+) (?:business|work) ?days?", re.IGNORECASE)
_CALENDAR_SPAN = re.compile(r"P[0-9].*|.*[0-9] ?(?:d|days?|w|weeks?|months?|y|years?)(?![a-z]).*", re.IGNORECASE)


def parse_duration(text: str, due: DayEnd = DayEnd.END_OF_DAY) -> Counted | WorkingDays:
    """Return the goal that `text` states: `15m`, `4h`, `1h30m`, `90s`, `PT1H30M`, or `2 working days` due at `due`.

    Hours, minutes and seconds are counted on the target's calendar. Raises ValueError with a sentence for the operator
    for anything else; above all for days, weeks and months, which do not say how they are counted.
    """
    stated = text.strip()
    if working := _WORKING_DAYS.fullmatch(stated):
        return WorkingDays(int(working[1]), due)
    if (clock := _PLAIN.fullmatch(stated) or _ISO.fullmatch(stated)) and any(clock.groups()):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return Counted((hours * 3600 + minutes * 60 + seconds) * SECOND_US)
    raise ValueError(_refusal(stated))


def _refusal(stated: str) -> str:
    if not stated:
        return "the duration is empty; write for example 15m, 4h, 1h30m or 2 working days"
    if other := _OTHER_DAYS.fullmatch(stated):
        return f'"{stated}" is not a duration; write "{other[1]} working days"'
    if _CALENDAR_SPAN.fullmatch(stated):
        return (
            f'"{stated}" does not say how its days are counted: as hours of service, as working days or by the wall '
            'calendar; write hours, as in "24h", which are counted on the calendar, or "2 working days"'
        )
    if stated.isdecimal():
        return f'"{stated}" has no unit; write "{stated}m" for minutes or "{stated}h" for hours'
    return f'"{stated}" is not a duration; write for example 15m, 4h, 1h30m, PT4H or 2 working days'
