"""What a contract says about money: what misses cost, and the figures beside its clocks."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class CreditTier:
    """One step of a service credit: the share of the fee owed below an attainment of a target or figure."""

    target: str
    below: Fraction
    credit: Fraction


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """What misses cost under one revision; tiers in the order in which they are written.

    `monthly_fee` is money in the contract's currency, `cap` the most that is owed for one period, as a share of its
    fee. Credits can be claimed until `claim_days` after a period's end.
    """

    tiers: tuple[CreditTier, ...]
    monthly_fee: Fraction
    cap: Fraction | None = None
    claim_days: int | None = None


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure beside the clocks, which nobody computes yet; without a weight it is no part of the score."""

    name: str
    objective: Fraction
    floor: Fraction | None = None
    weight: Fraction | None = None
