"""Made-up days: tickets arrive at random, more in office hours; at any instant a past exists and a future comes.

Every hour of history follows from the seed and that hour alone; polling earlier, later or never changes nothing in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.servicenow.simulator.native_sla import native_slas
from connectors.servicenow.simulator.script import Script
from connectors.servicenow.simulator.stamps import dice, instant_of, sys_id_of
from connectors.servicenow.simulator.stories import life
from connectors.servicenow.simulator.ticket import Habits
from connectors.servicenow.simulator.world import World

_HOUR = 3600
_NUMBERS_BEGIN = 438_000
"""Hours from 1970 to shortly before 2020: ticket numbers count hours from here."""

_DAY = (0.4,) * 6 + (0.7, 1.1) + (1.7,) * 9 + (1.1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5)
_WEEKEND = 0.5
_MEAN = sum(_DAY) / 24 * (5 + 2 * _WEEKEND) / 7


@dataclass(frozen=True, slots=True)
class Plan:
    """How much happens: `start` pins the first day, else it lies `days` before the first instant asked for."""

    tickets_per_day: float
    days: float
    start: datetime | None
    storms: Sequence[tuple[float, int]]
    """Seconds after the first instant asked for, and how many tickets arrive in that very second."""
    habits: Habits


def plan_of(read: Script) -> Plan:
    """Return the plan that a script holds."""
    storms = [Script(entry, ("at", "tickets"), "storms[]") for entry in read.items("storms")]
    return Plan(
        read.number("tickets_per_day", 150.0),
        read.number("days", 14.0),
        instant_of(read.text("start")) if read.has("start") else None,
        [(storm.number("at", 0.0), int(storm.number("tickets", 0.0))) for storm in storms],
        Habits(read.number("late_share", 0.02), read.number("unaudited_share", 0.0)),
    )


class Arrivals:
    """The stream of tickets of one seed."""

    def __init__(self, seed: int, plan: Plan) -> None:
        self._seed = seed
        self._plan = plan
        self._next_hour: int | None = None

    def reach(self, world: World, now: datetime) -> None:
        """Plan the lives of all tickets that arrive up to the end of this hour."""
        if self._next_hour is None:
            midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            start = self._plan.start or midnight - timedelta(days=self._plan.days)
            self._next_hour = int(start.timestamp()) // _HOUR
            for place, (seconds, tickets) in enumerate(self._plan.storms):
                at = now.replace(microsecond=0) + timedelta(seconds=seconds)
                for n in range(tickets):
                    self._arrive(world, f"INC9{place:02d}{n:05d}", at, "")
        while self._next_hour * _HOUR <= now.timestamp():
            self._hour(world, self._next_hour)
            self._next_hour += 1

    def _hour(self, world: World, hour: int) -> None:
        begins = datetime.fromtimestamp(hour * _HOUR, UTC)
        busy = _DAY[begins.hour] * (_WEEKEND if begins.weekday() > 4 else 1.0) / _MEAN  # noqa: PLR2004  Saturday is 5
        rate = self._plan.tickets_per_day / 24 * busy
        chances = dice(self._seed, "arrivals", hour)
        earlier, place = "", 0
        passed = chances.expovariate(rate) if rate > 0 else 1.0
        while passed < 1.0:
            parent = earlier if chances.random() < 0.04 else ""  # noqa: PLR2004  the share of child incidents
            number = f"INC{hour - _NUMBERS_BEGIN:05d}{place:03d}"
            earlier = self._arrive(world, number, begins + timedelta(hours=passed), parent)
            place += 1
            passed += chances.expovariate(rate)

    def _arrive(self, world: World, number: str, at: datetime, parent: str) -> str:
        sys_id = sys_id_of(self._seed, "incident", number)
        changes = life(sys_id, number, at, parent=parent, habits=self._plan.habits)
        world.plan(*changes, *native_slas(changes))
        return sys_id
