"""What an update clock adds to counts: goals, not cycles, each where it began or was missed (design.md section 7)."""

from collections.abc import Iterator
from typing import NamedTuple

from syncd.domain.instant import SECOND_US, to_us
from syncd.domain.names import Metric, Verdict
from syncd.domain.reading import Cycle, Reading

QUARTER_US = 15 * 60 * SECOND_US
"""Goals of one quarter of an hour are counted together: no period of any time zone begins within one."""


class Goals(NamedTuple):
    """What goals add to counts at an instant, in microseconds.

    `met` is below nought where more were missed than begun then.
    """

    at: int
    met: int
    missed: int


def counts_goals(reading: Reading) -> bool:
    """Whether a clock is judged by goals instead of cycles."""
    return reading.metric is Metric.UPDATE


def goals_of(cycle: Cycle) -> Iterator[Goals]:
    """Yield what a silence that is decided adds to counts, in order; those beyond the listed count with the last."""
    if cycle.verdict not in (Verdict.MET, Verdict.MISSED):
        return
    found: dict[int, tuple[int, int]] = {}
    for instants, count, missed in ((cycle.begun_at, cycle.begun, 0), (cycle.miss_at, cycle.misses, 1)):
        for place, instant in enumerate(instants, start=1):
            quarter = to_us(instant) // QUARTER_US * QUARTER_US
            more = 1 + (count - len(instants) if place == len(instants) else 0)
            met, lost = found.get(quarter, (0, 0))
            found[quarter] = (met - more, lost + more) if missed else (met + more, lost)
    for quarter, (met, lost) in sorted(found.items()):
        yield Goals(quarter, met, lost)
