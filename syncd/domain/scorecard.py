"""What came of one promise in one period: counts, attainment, and figures that never look better than they are."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from syncd.domain.names import Metric


def attainment(met: int, missed: int) -> Fraction | None:
    """Return the share of decided cycles that met their goal; None where none was decided, which is not 100 %."""
    decided = met + missed
    return Fraction(met, decided) if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardRow:
    """One target of a contract in one period; of one priority, or of all of them together where it is None.

    Counts are cycles, except that an update clock counts goals. `pending`, `unverifiable` and `excluded` stand beside
    the share, never in it. `objective` is the share agreed for these cycles, None where none was.
    """

    vendor: str
    contract: str
    target: str
    metric: Metric
    priority: str | None
    period: str
    met: int
    missed: int
    pending: int
    unverifiable: int
    excluded: int
    objective: Fraction | None

    @property
    def n(self) -> int:
        """How many cycles the attainment is of."""
        return self.met + self.missed

    @property
    def attainment(self) -> Fraction | None:
        """Met out of n; None where n is 0."""
        return attainment(self.met, self.missed)

    @property
    def attained(self) -> bool | None:
        """Whether the objective is reached, compared exactly; None where there is no objective or nothing decided."""
        share = self.attainment
        return None if share is None or self.objective is None else share >= self.objective


def percent_text(value: Fraction, threshold: Fraction | None = None, places: int = 2) -> str:
    """Return a share as a percentage with `places` decimals that lies on the same side of the threshold as the share.

    Rounded half up; where that would reach or leave the threshold, rounded the other way (94.996 % of an objective of
    95 % reads 94.99 %). Nothing but none reads as 0 and nothing but all as 100: there, decimals are added until the
    figure is true.
    """
    percent = value * 100
    while True:
        scale = 10**places
        scaled = percent * scale
        shown = floor(scaled + Fraction(1, 2))
        if threshold is not None and (shown >= threshold * 100 * scale) != (value >= threshold):
            shown = ceil(scaled) if value >= threshold else floor(scaled)
        if (shown > 0) == (value > 0) and (shown >= 100 * scale) == (value >= 1):
            return _decimal(shown, places) + " %"
        places += 1


def _decimal(units: int, places: int) -> str:
    """Return an integer number of 10^-places, 0 or more, written out."""
    digits = str(units).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
