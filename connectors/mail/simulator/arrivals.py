"""Made-up days: conversations begin at random; at any instant a past exists and a future comes.

Every hour follows from the seed and that hour alone; polling earlier, later or never changes nothing in it.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from connectors.mail.simulator.box import Box
from connectors.mail.simulator.chances import dice
from connectors.mail.simulator.stories import story

_HOUR = 3600


class Arrivals:
    """The stream of conversations of one seed; it begins `days` before the first instant asked for, or at `start`."""

    def __init__(
        self, seed: int, *, per_day: float, days: float, start: float | None, relayed: Collection[str] = ()
    ) -> None:
        self._seed = seed
        self._relayed = frozenset(relayed)
        self._per_hour = per_day / 24
        self._days = days
        self._start = start
        self._next_hour: int | None = None

    def reach(self, box: Box, now: datetime) -> None:
        """Plan all conversations that begin up to the end of this hour."""
        if self._next_hour is None:
            midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            start = (midnight - timedelta(days=self._days)).timestamp() if self._start is None else self._start
            self._next_hour = int(start) // _HOUR
        while self._next_hour * _HOUR <= now.timestamp():
            self._plan(box, self._next_hour)
            self._next_hour += 1

    def _plan(self, box: Box, hour: int) -> None:
        if self._per_hour <= 0:
            return
        chances = dice(self._seed, "arrivals", hour)
        passed, place = chances.expovariate(self._per_hour), 0
        while passed < 1.0:
            at = datetime.fromtimestamp(hour * _HOUR, UTC) + timedelta(hours=passed)
            box.plan(*story(self._seed, f"c{hour}-{place}", at.replace(microsecond=0), self._relayed))
            passed += chances.expovariate(self._per_hour)
            place += 1
