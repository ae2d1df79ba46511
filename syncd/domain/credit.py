"""Service credits: what a period's misses cost, and by which tier (design.md section 7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from syncd.domain.contract import Contract, Revision
from syncd.domain.credit_terms import CreditTerms, CreditTier
from syncd.domain.period import Period, months_of
from syncd.domain.scorecard import ScorecardRow

_CENTS = 100


@dataclass(frozen=True, slots=True)
class Credit:
    """What one target owes: the tier that its attainment came under, and the exact sum."""

    target: str
    attainment: Fraction
    below: Fraction
    credit: Fraction
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Credits:
    """What a period's misses cost. Sums are exact, in the contract's currency; `cents` rounds what is shown.

    `fee` is that of the whole period, `cap` the most that is owed of it, None where nothing was agreed. `total` is what
    the items come to, the cap at most. Credits can be claimed before `claim_until`. `not_computed` names figures whose
    tiers are not judged: with them more may be owed.
    """

    currency: str | None
    fee: Fraction
    cap: Fraction | None
    total: Fraction
    claim_until: datetime | None
    items: tuple[Credit, ...]
    not_computed: tuple[str, ...] = ()


def credits_of(contract: Contract, revision: Revision, period: Period, rows: Sequence[ScorecardRow]) -> Credits | None:
    """Return what a period's rows cost by a revision's terms; None where no credits were agreed.

    Each target owes by the deepest tier whose threshold its adjusted attainment is under, all priorities together.
    Nothing is owed where nothing was decided, and where so little was that the number of misses is judged and kept.
    """
    terms = revision.credits
    if terms is None:
        return None
    fee = terms.monthly_fee * months_of(contract.period)
    whole = {row.target: row for row in rows if row.priority is None}
    items = tuple(_items(revision, terms, fee, whole))
    owed = sum((item.amount for item in items), start=Fraction(0))
    cap = None if terms.cap is None else terms.cap * fee
    targets = {target.name for target in revision.targets}
    return Credits(
        currency=contract.currency,
        fee=fee,
        cap=cap,
        total=owed if cap is None else min(owed, cap),
        claim_until=None if terms.claim_days is None else _days_after(contract, period.end, terms.claim_days),
        items=items,
        not_computed=tuple(dict.fromkeys(tier.target for tier in terms.tiers if tier.target not in targets)),
    )


def _items(
    revision: Revision, terms: CreditTerms, fee: Fraction, whole: Mapping[str, ScorecardRow]
) -> Iterator[Credit]:
    for target in revision.targets:
        row = whole.get(target.name)
        share = None if row is None else row.attainment
        if row is None or share is None:
            continue
        few = target.min_volume is not None and row.n < target.min_volume
        if few and row.missed <= (target.allowed_misses or 0):
            continue
        under = [tier for tier in terms.tiers if tier.target == target.name and share < tier.below]
        if under:
            deepest = min(under, key=_depth)
            yield Credit(target.name, share, deepest.below, deepest.credit, deepest.credit * fee)


def _depth(tier: CreditTier) -> tuple[Fraction, Fraction]:
    """The deepest first; of two with one threshold, which lint refuses, the one that claims less."""
    return tier.below, tier.credit


def _days_after(contract: Contract, end: datetime, days: int) -> datetime:
    """Return the local midnight so many days after the one at which a period ends."""
    zone = ZoneInfo(contract.time_zone)
    return datetime.combine(end.astimezone(zone).date() + timedelta(days=days), time(), zone).astimezone(UTC)


def cents(amount: Fraction) -> Decimal:
    """Return a sum of money rounded to the cent, half to the even one: only for showing it."""
    return (Decimal(round(amount * _CENTS)) / _CENTS).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def money_text(amount: Fraction, currency: str | None) -> str:
    """Return a sum of money with two decimals and its currency."""
    return f"{cents(amount)} {currency or 'of the fee currency'}"
