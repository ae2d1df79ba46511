"""What misses cost: the deepest tier that holds, the cap, the fee of the period, and when it can be claimed."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from syncd.domain.account import accounts_of
from syncd.domain.contract import Agreements, Contract
from syncd.domain.credit import Credit, Credits, cents, money_text
from syncd.domain.credit_terms import CreditTerms, CreditTier, Kpi
from syncd.domain.names import Metric, PeriodKind
from syncd.domain.scorecard import ScorecardRow
from tests.domain.lint_samples import answer, contract, day, fix, percent, revision

LADDER = (
    CreditTier("fix", percent("90"), percent("5")),
    CreditTier("fix", percent("80"), percent("10")),
    CreditTier("answer", percent("95"), percent("15")),
)


def terms(**more: Any) -> CreditTerms:
    stated: dict[str, Any] = {"tiers": LADDER, "monthly_fee": Fraction(12_000), "cap": percent("20"), "claim_days": 30}
    return CreditTerms(**{**stated, **more})


def a_row(met: int, missed: int, target: str = "fix", **more: Any) -> ScorecardRow:
    facts: dict[str, Any] = {
        "vendor": "acme", "contract": "acme-msp", "target": target, "metric": Metric.RESOLUTION, "priority": None,
        "period": "2026-03", "met": met, "missed": missed, "pending": 0, "unverifiable": 0, "excluded": 0,
        "objective": percent("90"),
    }  # fmt: skip
    return ScorecardRow(**{**facts, **more})


def credits_in(of: Contract, *rows: ScorecardRow) -> Credits:
    (account,) = accounts_of(Agreements((of,), {}), rows)
    assert account.credits is not None
    return account.credits


def owed(*rows: ScorecardRow, **more: Any) -> Credits:
    return credits_in(contract(revision(credits=terms(**more))), *rows)


@pytest.mark.parametrize(
    ("row", "amount"),
    [
        pytest.param(a_row(90, 10), 0, id="exactly at the threshold is not under it"),
        pytest.param(a_row(8999, 1001), 600, id="just under the first"),
        pytest.param(a_row(80, 20), 600, id="exactly at the second"),
        pytest.param(a_row(79, 21), 1200, id="under both: the deeper one, once"),
        pytest.param(a_row(0, 0), 0, id="nothing decided"),
        pytest.param(a_row(0, 0, unverifiable=9), 0, id="nothing that can be verified"),
        pytest.param(a_row(9, 1, unadjusted=(8, 2)), 0, id="adjusted attainment counts, not raw"),
        pytest.param(a_row(0, 5, priority="P1"), 0, id="all priorities together, not one of them"),
        pytest.param(a_row(0, 5, target="other"), 0, id="a target without tiers"),
    ],
)
def test_what_a_target_owes(row: ScorecardRow, amount: int) -> None:
    assert owed(row).total == amount


def test_an_item_names_the_tier_and_the_attainment_behind_it() -> None:
    assert owed(a_row(79, 21)).items == (
        Credit("fix", Fraction(79, 100), percent("80"), percent("10"), Fraction(1200)),
    )  # fmt: skip


def test_targets_add_up_to_the_cap_and_no_more() -> None:
    both = (a_row(0, 1), a_row(0, 1, "answer"))
    assert owed(*both).total == 2400 == owed(*both).cap
    assert sum(item.amount for item in owed(*both).items) == 3000
    assert owed(*both, cap=None).total == 3000
    assert owed(*both, cap=None).cap is None


def test_where_few_were_decided_a_number_of_misses_that_is_kept_owes_nothing() -> None:
    few = {"min_volume": 10, "allowed_misses": 1}
    agreed = contract(revision(answer(), fix(**few), credits=terms()))
    assert credits_in(agreed, a_row(3, 1)).total == 0
    assert credits_in(agreed, a_row(3, 2)).total == 1200
    assert credits_in(agreed, a_row(8, 2)).total == 600, "ten are not few"
    by_priority = fix(**few, objective={"P1": percent("95"), "default": percent("90")})
    assert credits_in(contract(revision(by_priority, credits=terms())), a_row(3, 1, objective=None)).total == 0


@pytest.mark.parametrize(
    ("kind", "period", "fee", "until"),
    [
        pytest.param(PeriodKind.MONTH, "2026-03", 12_000, datetime(2026, 4, 30, 22, tzinfo=UTC), id="a month"),
        pytest.param(PeriodKind.QUARTER, "2026-Q1", 36_000, datetime(2026, 4, 30, 22, tzinfo=UTC), id="a quarter"),
        pytest.param(PeriodKind.YEAR, "2026", 144_000, datetime(2027, 1, 30, 23, tzinfo=UTC), id="a year"),
    ],
)
def test_the_fee_is_that_of_the_period_and_the_claim_ends_at_a_local_midnight(
    kind: PeriodKind, period: str, fee: int, until: datetime
) -> None:
    found = credits_in(contract(revision(credits=terms()), period=kind), a_row(1, 1, period=period))
    assert (found.fee, found.total, found.cap) == tuple(fee * Fraction(share) for share in ("1", "0.1", "0.2"))
    assert found.claim_until == until
    assert found.currency == "EUR"


def test_the_newest_revision_in_force_in_the_period_says_what_is_owed() -> None:
    dearer = revision(begins="2026-03-20", credits=terms(monthly_fee=Fraction(20_000)))
    two = contract(revision(credits=terms()), dearer)
    assert credits_in(two, a_row(1, 1)).fee == 20_000
    assert credits_in(two, a_row(1, 1, period="2026-02")).fee == 12_000
    (account,) = accounts_of(Agreements((contract(revision()),), {}), [a_row(1, 1)])
    assert account.credits is None
    assert accounts_of(Agreements((two,), {}), [a_row(1, 1, period="2025-12")]) == []
    over = contract(revision(credits=terms()), until=day("2026-03-01"))
    assert accounts_of(Agreements((over,), {}), [a_row(1, 1)]) == []
    assert credits_in(over, a_row(1, 1, period="2026-02")).total == 1200


def test_tiers_of_figures_that_nobody_computes_are_named() -> None:
    uptime = CreditTier("uptime", percent("99"), percent("10"))
    agreed = contract(revision(credits=terms(tiers=(*LADDER, uptime, uptime)), kpis=(Kpi("uptime", percent("99.9")),)))
    assert credits_in(agreed, a_row(1, 1)).not_computed == ("uptime",)
    assert owed(a_row(1, 1)).not_computed == ()


def test_of_two_tiers_with_one_threshold_the_one_that_claims_less_is_owed() -> None:
    twice = (CreditTier("fix", percent("90"), percent("10")), CreditTier("fix", percent("90"), percent("5")))
    assert owed(a_row(1, 1), tiers=twice).total == 600


def test_sums_stay_exact_until_they_are_shown_and_are_then_rounded_half_to_even() -> None:
    assert owed(a_row(1, 1), monthly_fee=Fraction("0.30")).total == Fraction(3, 100)
    assert [str(cents(Fraction(amount))) for amount in ("0.125", "0.135", "2/3", "600", "0.005", "1e9")] == [
        "0.12", "0.14", "0.67", "600.00", "0.00", "1000000000.00",
    ]  # fmt: skip
    assert money_text(Fraction(120_000, 7), "EUR") == "17142.86 EUR"
    assert money_text(Fraction(600), None) == "600.00 of the fee currency"
