"""Lint sees credits whose tiers contradict each other or the objective."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from syncd.domain.contract import Contract
from syncd.domain.credit_terms import CreditTerms, CreditTier, Kpi
from syncd.domain.names import PeriodKind
from tests.domain.lint_samples import codes, contract, findings, percent, revision


def tiers(*stated: tuple[str, str], target: str = "fix") -> tuple[CreditTier, ...]:
    return tuple(CreditTier(target, percent(below), percent(credit)) for below, credit in stated)


def terms(*stated: tuple[str, str], target: str = "fix", kpis: tuple[Kpi, ...] = (), **more: Any) -> Contract:
    agreed = CreditTerms(tiers(*stated, target=target), **{"monthly_fee": Fraction(12_000), **more})
    return contract(revision(credits=agreed, kpis=kpis))


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        pytest.param(terms(("90", "5"), ("80", "10")), [], id="in order from the objective down"),
        pytest.param(
            terms(("80", "10"), ("90", "5")), ["warning credit-tiers-out-of-order"], id="the lower threshold first"
        ),
        pytest.param(
            terms(("90", "10"), ("80", "5")), ["error credit-tiers-inverted"], id="a worse month costs less"
        ),
        pytest.param(terms(("90", "5"), ("80", "5")), ["error credit-tiers-inverted"], id="it costs as much"),
        pytest.param(terms(("90", "5"), ("90", "10")), ["error credit-tier-twice"], id="one threshold twice"),
        pytest.param(terms(("95", "5")), ["warning credit-above-objective"], id="owed though the promise is kept"),
        pytest.param(terms(("80", "5")), ["note credit-gap"], id="nothing is owed just below the objective"),
        pytest.param(terms(("90", "0")), ["warning credit-never-owed"], id="a credit of nothing"),
        pytest.param(
            terms(("90", "5"), ("0", "10")), ["warning credit-never-owed"], id="an attainment that cannot be"
        ),
        pytest.param(terms(("90", "25"), cap=percent("20")), ["note credit-above-cap"], id="more than the cap"),
        pytest.param(terms(("90", "20"), cap=percent("20")), [], id="as much as the cap"),
        pytest.param(
            terms(("99", "5"), target="uptime", kpis=(Kpi("uptime", percent("98")),)),
            ["warning credit-above-objective"],
            id="a figure's own objective counts",
        ),
        pytest.param(terms(("99", "5"), target="uptime"), [], id="of a figure without objective nothing is known"),
    ],
)  # fmt: skip
def test_credits(agreed: Contract, expected: list[str]) -> None:
    assert codes(agreed) == expected


def test_tiers_of_two_targets_are_two_ladders() -> None:
    agreed = CreditTerms((*tiers(("90", "5"), ("80", "10")), *tiers(("90", "5"), target="answer")), Fraction(12_000))
    assert codes(contract(revision(credits=agreed))) == []


def test_a_worse_month_that_costs_less_is_told_in_money() -> None:
    (found,) = findings(terms(("90", "10"), ("80", "5.5"), monthly_fee=percent("1200050")))
    assert "below 80 % 5.5 % (660.03 EUR) is owed" in found.what
    assert "below 90 % already 10 % (1200.05 EUR)" in found.what
    assert found.place == ("revisions", 0, "credits", "tiers", 1)


def test_a_credit_is_a_share_of_the_fee_of_the_whole_period() -> None:
    agreed = replace(terms(("90", "10"), ("80", "5")), period=PeriodKind.QUARTER)
    (found,) = findings(agreed)
    assert "below 80 % 5 % (1800.00 EUR) is owed" in found.what
