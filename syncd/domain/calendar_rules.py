"""What a service calendar is made of: windows, holidays, exceptions and closures, all in local wall-clock time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

_DAY_S = 86_400
_WINDOW = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?-([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Service from `start` up to but not including `end`, both in seconds of the wall clock since local midnight.

    `end` may be 86,400 (written 24:00). An `end` not after `start` is on the next local date, so that 22:00-06:00 is a
    night and 08:00-08:00 is 24 hours. A window belongs to the date it starts on.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < _DAY_S and 0 <= self.end <= _DAY_S):
            msg = f"the window {self} must start from 00:00 to 23:59:59 and end from 00:00 to 24:00"
            raise ValueError(msg)

    @property
    def until(self) -> int:
        """Its end in seconds since the midnight at which its own date begins; beyond 86,400 when it passes midnight."""
        return self.end if self.end > self.start else self.end + _DAY_S

    @classmethod
    def parse(cls, text: str) -> "Window":
        """Return the window written as `08:00-17:30`, seconds optional. Raises ValueError for anything else."""
        written = _WINDOW.fullmatch(text.strip())
        if written is None or any(int(part or 0) > 59 for part in written.group(2, 3, 5, 6)):  # noqa: PLR2004 - of a clock
            msg = f'"{text}" is not a window of hours; write for example "08:00-17:30" or "22:00-06:00"'
            raise ValueError(msg)
        h1, m1, s1, h2, m2, s2 = (int(part or 0) for part in written.groups())
        return cls(h1 * 3600 + m1 * 60 + s1, h2 * 3600 + m2 * 60 + s2)

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")


@dataclass(frozen=True, slots=True)
class Closure:
    """An agreed span without service, from `start` up to but not including `end`, both naive local wall-clock times."""

    start: datetime
    end: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            msg = "a closure is stated in the calendar's own local time, without an offset"
            raise ValueError(msg)
        if self.end <= self.start:
            msg = f"the closure from {self.start.isoformat()} until {self.end.isoformat()} must end after it starts"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """The hours in force during one revision of a calendar. Mappings are copied and cannot be changed afterwards.

    `weekly` maps weekdays (0 is Monday) to the windows that start on them; `always` stands for 00:00-24:00 every day
    instead. `holidays` (dates) and `yearly` ((month, day) pairs) have no service, whatever their names. `exceptions`
    replace the windows that start on a date, and lift a holiday of that date; without windows nothing starts on it.
    """

    weekly: Mapping[int, tuple[Window, ...]] = field(default_factory=dict, hash=False)
    always: bool = False
    holidays: Mapping[date, str] = field(default_factory=dict, hash=False)
    yearly: Mapping[tuple[int, int], str] = field(default_factory=dict, hash=False)
    exceptions: Mapping[date, tuple[Window, ...]] = field(default_factory=dict, hash=False)
    closures: tuple[Closure, ...] = ()

    def __post_init__(self) -> None:
        # A calendar remembers what it worked out from its rules, so nobody may change a rule under it.
        for name in ("weekly", "holidays", "yearly", "exceptions"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def starting_on(self, day: date) -> tuple[Window, ...]:
        """Return the windows that start on a date: an exception's, else none on a holiday, else the weekly ones."""
        if (windows := self.exceptions.get(day)) is not None:
            return windows
        if self.is_holiday(day):
            return ()
        return _WHOLE_DAY if self.always else self.weekly.get(day.weekday(), ())

    def is_holiday(self, day: date) -> bool:
        """Return whether a local date has no service at all: a holiday that no exception lifts."""
        return (day in self.holidays or (day.month, day.day) in self.yearly) and day not in self.exceptions


_WHOLE_DAY = (Window(0, _DAY_S),)

Revision = tuple[date | None, CalendarRule]
"""A rule and the local date from whose midnight it is in force; None for the first, which has no beginning."""


def rule_on(revisions: tuple[Revision, ...], day: date) -> CalendarRule:
    """Return the rule in force on a local date."""
    for begins, rule in reversed(revisions):
        if begins is None or begins <= day:
            return rule
    msg = f"no revision is in force on {day}"
    raise ValueError(msg)
