"""How many more misses a promise bears in a period that is still running."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor


@dataclass(frozen=True, slots=True)
class MissBudget:
    """What is certain of a running period, judged as if nothing else were decided in it than what is open now.

    `misses` are certain. `allowed` is how many more the objective bears; below nought when too many are certain. Then
    the period is `unwinnable`: missed even if everything open is met. Tickets that are still to come, and are met, can
    win it back, unless the objective is all of them.
    """

    misses: int
    allowed: int

    @property
    def unwinnable(self) -> bool:
        """Whether the objective is missed even if everything open is met."""
        return self.allowed < 0


def miss_budget(
    *,
    met: int,
    missed: int,
    undecided: int,
    objective: Fraction,
    min_volume: int | None = None,
    allowed_misses: int | None = None,
) -> MissBudget:
    """Return the budget of one promise.

    A share of `objective` suffices exactly; in a period of fewer than `min_volume` cycles the number of misses decides
    instead, as on the scorecard.
    """
    known = met + missed + undecided
    by_count = min_volume is not None and known < min_volume
    bearable = (allowed_misses or 0) if by_count else floor(known * (1 - objective))
    return MissBudget(missed, bearable - missed)
