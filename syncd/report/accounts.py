"""Credits and scores, as JSON and in sentences."""

from collections.abc import Iterator
from fractions import Fraction

from syncd.domain.account import Account
from syncd.domain.credit import Credit, Credits, cents, money_text
from syncd.domain.score import Score
from syncd.domain.scorecard import percent_text
from syncd.report.ratios import exact, number
from syncd.report.readings import optional_instant

_WHOLE_PERCENT = 100


def credits_as_json(found: Credits) -> dict[str, object]:
    """Return what a period costs: sums rounded to the cent, beside them as exact fractions; shares as numbers."""
    return {
        "currency": found.currency,
        "fee": _money(found.fee),
        "fee_exact": exact(found.fee),
        "cap": None if found.cap is None else _money(found.cap),
        "cap_exact": exact(found.cap),
        "total": _money(found.total),
        "total_exact": exact(found.total),
        "claim_until": optional_instant(found.claim_until),
        "items": [_item(item) for item in found.items],
        "not_computed": list(found.not_computed),
    }


def _item(item: Credit) -> dict[str, object]:
    return {
        "target": item.target,
        "attainment": number(item.attainment),
        "attainment_exact": exact(item.attainment),
        "below": number(item.below),
        "credit": number(item.credit),
        "amount": _money(item.amount),
        "amount_exact": exact(item.amount),
    }


def score_as_json(score: Score) -> dict[str, object]:
    """Return a score, from 0 to 1, with its parts, and what it lacks."""
    return {
        "value": number(score.value),
        "value_exact": exact(score.value),
        "parts": [
            {"target": part.target, "weight": number(part.weight), "kept": number(part.kept)} for part in score.parts
        ],
        "unknown": list(score.unknown),
    }


def account_sentences(account: Account) -> Iterator[str]:
    """Yield a contract's credits and its score in sentences; nothing where there is neither."""
    if account.credits is not None:
        yield from _credits_sentences(account.credits)
    score = account.score
    if score.value is not None:
        yield f"Score: {percent_text(score.value)}."
    elif score.unknown:
        yield f"No score, for want of {', '.join(score.unknown)}."


def _credits_sentences(found: Credits) -> Iterator[str]:
    total = money_text(found.total, found.currency)
    if not found.items:
        yield f"No credit is owed of a fee of {money_text(found.fee, found.currency)}."
    else:
        capped = found.cap is not None and sum(item.amount for item in found.items) > found.cap
        yield f"Credits at stake: {total}{', the most that is owed for one period' if capped else ''}."
        for item in found.items:
            yield (
                f"{item.target}: {percent_text(item.attainment, item.below)} is below {_agreed(item.below)}, which"
                f" costs {_agreed(item.credit)} of {cents(found.fee)} = {cents(item.amount)}."
            )
        if found.claim_until is not None:
            yield f"To be claimed before {found.claim_until:%Y-%m-%d %H:%M} UTC."
    if found.not_computed:
        yield f"Tiers of {', '.join(found.not_computed)} are not computed: more may be owed."


def _money(amount: Fraction) -> float:
    return float(cents(amount))


def _agreed(share: Fraction) -> str:
    """A share as it was probably written: without the decimals that it does not need."""
    return percent_text(share, places=0 if (share * _WHOLE_PERCENT).denominator == 1 else 2)
