"""How many more misses a promise bears, from what is known of its period."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.miss_budget import MissBudget, miss_budget

COUNTS = st.integers(0, 60)


@pytest.mark.parametrize(
    ("met", "missed", "undecided", "objective", "expected"),
    [
        pytest.param(18, 1, 1, "0.90", MissBudget(1, 1), id="of twenty, two may miss, one has"),
        pytest.param(17, 1, 1, "0.90", MissBudget(1, 0), id="of nineteen, one may miss, and it has"),
        pytest.param(9, 1, 0, "0.90", MissBudget(1, 0), id="exactly at the objective is reached"),
        pytest.param(9, 2, 0, "0.90", MissBudget(2, -1), id="one too many"),
        pytest.param(500, 1, 0, "1", MissBudget(1, -1), id="all of them bears none"),
        pytest.param(0, 0, 0, "0.95", MissBudget(0, 0), id="nothing is known yet"),
    ],
)
def test_a_share_is_judged_with_what_is_open_now(
    met: int, missed: int, undecided: int, objective: str, expected: MissBudget
) -> None:
    found = miss_budget(met=met, missed=missed, undecided=undecided, objective=Fraction(objective))
    assert found == expected
    assert found.unwinnable == (expected.allowed < 0)


@pytest.mark.parametrize(
    ("undecided", "expected"),
    [
        pytest.param(0, MissBudget(1, 0), id="in a small period the number decides"),
        pytest.param(2, MissBudget(1, -1), id="with what is open the period is not small"),
    ],
)
def test_a_small_period_is_judged_by_its_number_of_misses(undecided: int, expected: MissBudget) -> None:
    found = miss_budget(
        met=2, missed=1, undecided=undecided, objective=Fraction(99, 100), min_volume=5, allowed_misses=1
    )
    assert found == expected


@given(met=COUNTS, missed=COUNTS, undecided=COUNTS, percent=st.integers(1, 100))
def test_exactly_the_allowed_number_more_still_reaches_the_objective(
    met: int, missed: int, undecided: int, percent: int
) -> None:
    objective = Fraction(percent, 100)
    found = miss_budget(met=met, missed=missed, undecided=undecided, objective=objective)
    known = met + missed + undecided
    misses = missed + found.allowed
    if known:
        assert Fraction(known - misses, known) >= objective
        assert Fraction(known - misses - 1, known) < objective
    assert found.unwinnable == (known > 0 and Fraction(met + undecided, known) < objective)
