"""How often a vendor's silence outlasted its goal (design.md section 7, *Update*)."""

from fractions import Fraction
from typing import NamedTuple

from syncd.domain.outcome import Outcome

LISTED = 10_000
"""How many instants a cycle lists at most; what lies beyond is counted only."""


class Silence(NamedTuple):
    """What one update cycle came to; instants are microseconds.

    `misses` counts the whole goals exceeded, `begun` those begun since the cycle before, `missed` and `began` when.
    `used` is the ticket's counted time so far, in goals. `next_miss` is what must be counted for one more miss.
    """

    misses: int
    missed: tuple[int, ...]
    begun: int
    began: tuple[int, ...]
    used: Fraction
    next_miss: int


NOTHING = Fraction(0)


def silence_of(outcome: Outcome, used: Fraction) -> Silence:
    """Return what a silence came to on a ticket that had used up `used` goals before it; its goal is not zero."""
    goal, tolerance, elapsed = outcome.goal, outcome.limit - outcome.goal, outcome.elapsed
    misses = max(0, (elapsed - tolerance - 1) // goal)
    total = used + Fraction(elapsed, goal)
    first, last = _up(used), _up(total)
    return Silence(
        misses=misses,
        missed=_exceeding(outcome, [k * goal + tolerance for k in range(1, min(misses, LISTED) + 1)]),
        begun=last - first,
        began=_exceeding(outcome, [_down((k - used) * goal) for k in range(first, min(last, first + LISTED))]),
        used=total,
        next_miss=(misses + 1) * goal + tolerance,
    )


def _exceeding(outcome: Outcome, limits: list[int]) -> tuple[int, ...]:
    """The instants from which counted time exceeds each limit, which are in order and were all exceeded."""
    found: list[int] = []
    elapsed = place = 0
    for limit in limits:
        while elapsed + outcome.counted[place].gained <= limit:
            elapsed += outcome.counted[place].gained
            place += 1
        found.append(outcome.counted[place].calendar.late_us(outcome.counted[place].start, limit - elapsed))
    return tuple(found)


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def _down(value: Fraction) -> int:
    return value.numerator // value.denominator
