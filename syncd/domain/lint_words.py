"""How lint writes goals, shares, sums of money and local times."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from syncd.domain.calendar_zone import local_datetime
from syncd.domain.contract import DEFAULT, Goal
from syncd.domain.duration import Counted
from syncd.domain.instant import SECOND_US
from syncd.domain.scorecard import percent_text

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_PLACES = 10_000


def time_text(us: int) -> str:
    """Return microseconds as contracts write them: `1h30m`, `45s`; fractions of a second are left out."""
    minutes, seconds = divmod(us // SECOND_US, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


def goal_text(goal: Goal) -> str:
    """Return a goal as contracts write it: `4h`, `3 working days`."""
    if isinstance(goal, Counted):
        return time_text(goal.us)
    return f"{goal.days} working day{'' if goal.days == 1 else 's'}"


def share_text(share: Fraction, threshold: Fraction | None = None) -> str:
    """Return a share as a percentage: `90 %`, `99.95 %`, `66.67 %`; where rounded, never across the threshold."""
    percent = share * 100
    exact = Decimal(percent.numerator) / Decimal(percent.denominator)
    if Fraction(exact) == percent and percent * _PLACES == int(percent * _PLACES):
        return f"{exact.normalize():f} %"
    return percent_text(share, threshold)


def day_text(zone: ZoneInfo, us: int) -> str:
    """Return an instant as the zone's wall clock shows it: `Friday 2026-03-06 16:50`."""
    local = local_datetime(zone, us)
    return f"{WEEKDAYS[local.weekday()]} {local:%Y-%m-%d} {clock_text(zone, us)}"


def clock_text(zone: ZoneInfo, us: int) -> str:
    """Return the zone's wall-clock time of an instant, with seconds only where there are some."""
    local = local_datetime(zone, us)
    return f"{local:%H:%M:%S}" if local.second or local.microsecond else f"{local:%H:%M}"


def priority_text(priority: str) -> str:
    """Return how a priority is spoken of; `default` stands for those not named."""
    return "any other priority" if priority == DEFAULT else priority


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them: `P1, P2 and P3`."""
    found = list(names)
    return " and ".join(part for part in (", ".join(found[:-1]), found[-1]) if part) if found else "none"


def listed_priorities(priorities: Iterable[str]) -> str:
    """Return priorities as a sentence lists them: `P1, P2 and any other priority`."""
    return listed(priority_text(priority) for priority in priorities)
