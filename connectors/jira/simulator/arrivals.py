"""Made-up days: issues arrive at random, more in office hours; at any instant a past exists and a future comes.

Every hour of history follows from the seed and that hour alone; polling earlier, later or never changes nothing in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.jira.simulator.catalogue import PROJECTS
from connectors.jira.simulator.script import Script
from connectors.jira.simulator.stamps import dice, instant_of
from connectors.jira.simulator.stories import life
from connectors.jira.simulator.ticket import WAYS, Manner
from connectors.jira.simulator.world import World
from syncd.errors import ConfigError

_HOUR = 3600
_NUMBERS_BEGIN = 438_000
"""Hours from 1970 to shortly before 2020: issue numbers count hours from here."""
_PER_HOUR = 1000
_STORMS_BEGIN = 900_000_000

_DAY = (0.4,) * 6 + (0.7, 1.1) + (1.7,) * 9 + (1.1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5)
_WEEKEND, _SATURDAY = 0.5, 5
_MEAN = sum(_DAY) / 24 * (5 + 2 * _WEEKEND) / 7


@dataclass(frozen=True, slots=True)
class Plan:
    """How much happens: `start` pins the first day, else it lies `days` before the first instant asked for."""

    tickets_per_day: float
    days: float
    start: datetime | None
    storms: Sequence[tuple[float, int]]
    """Seconds after the first instant asked for, and how many issues arrive in that very millisecond."""
    manner: Manner


def plan_of(read: Script) -> Plan:
    """Return the plan that a script holds; raises ConfigError."""
    storms = [Script(entry, ("at", "tickets"), "storms[]") for entry in read.items("storms")]
    projects = tuple(str(key) for key in read.items("projects")) or ("VND", "TO")
    ways = tuple(str(way) for way in read.items("vendor_by")) or ("field",)
    if not set(projects) <= set(PROJECTS) or not set(ways) <= set(WAYS):
        raise ConfigError(f"jira simulator script: projects are {', '.join(PROJECTS)}; vendor_by is {', '.join(WAYS)}")
    shares = Manner(
        projects, ways, read.number("unlabelled_share", 0.05), read.number("authorless_share", 0.0),
        read.number("forgotten_share", 0.2),
    )  # fmt: skip
    return Plan(
        read.number("tickets_per_day", 60.0), read.number("days", 14.0),
        instant_of(read.text("start")) if read.has("start") else None,
        [(storm.number("at", 0.0), int(storm.number("tickets", 0.0))) for storm in storms], shares,
    )  # fmt: skip


class Arrivals:
    """The stream of issues of one seed."""

    def __init__(self, seed: int, plan: Plan) -> None:
        self._seed = seed
        self._plan = plan
        self._next_hour: int | None = None

    def reach(self, world: World, now: datetime) -> None:
        """Plan the lives of all issues that arrive up to the end of this hour."""
        if self._next_hour is None:
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            start = self._plan.start or midnight - timedelta(days=self._plan.days)
            self._next_hour = int(start.timestamp()) // _HOUR
            number = _STORMS_BEGIN
            for seconds, tickets in self._plan.storms:
                for _ in range(tickets):
                    world.plan(*life(self._seed, number, now + timedelta(seconds=seconds), self._plan.manner))
                    number += 1
        while self._next_hour * _HOUR <= now.timestamp():
            self._hour(world, self._next_hour)
            self._next_hour += 1

    def _hour(self, world: World, hour: int) -> None:
        begins = datetime.fromtimestamp(hour * _HOUR, UTC)
        busy = _DAY[begins.hour] * (_WEEKEND if begins.weekday() >= _SATURDAY else 1.0) / _MEAN
        rate = self._plan.tickets_per_day / 24 * busy
        chances = dice(self._seed, "arrivals", hour)
        number = (hour - _NUMBERS_BEGIN) * _PER_HOUR
        passed = chances.expovariate(rate) if rate > 0 else 1.0
        while passed < 1.0:
            world.plan(*life(self._seed, number, begins + timedelta(hours=passed), self._plan.manner))
            number += 1
            passed += chances.expovariate(rate)
