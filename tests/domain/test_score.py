"""A contract's score: weights of what was judged, nothing at the floor, everything at the objective."""

from fractions import Fraction
from typing import Any

import pytest

from syncd.domain.contract import Target
from syncd.domain.credit_terms import Kpi
from syncd.domain.score import Part, score_of
from syncd.domain.scorecard import ScorecardRow
from tests.domain.lint_samples import answer, fix, percent, revision
from tests.domain.test_credit import a_row


def a_score(target: Target, *rows: ScorecardRow) -> Fraction | None:
    return score_of(revision(target), rows).value


@pytest.mark.parametrize(
    ("row", "floor", "expected"),
    [
        pytest.param(a_row(90, 10), "70", Fraction(1), id="at the objective"),
        pytest.param(a_row(99, 1), "70", Fraction(1), id="more than the objective is no more"),
        pytest.param(a_row(80, 20), "70", Fraction(1, 2), id="half-way from the floor"),
        pytest.param(a_row(70, 30), "70", Fraction(0), id="at the floor"),
        pytest.param(a_row(10, 90), "70", Fraction(0), id="below the floor"),
        pytest.param(a_row(45, 55), None, Fraction(1, 2), id="without a floor from nought"),
        pytest.param(a_row(95, 5, beyond=True), "70", Fraction(0), id="a bound was exceeded"),
        pytest.param(a_row(0, 0), "70", None, id="nothing was decided"),
        pytest.param(a_row(3, 1, objective=None), "70", None, id="nothing was agreed"),
        pytest.param(
            a_row(3, 1, min_volume=10, allowed_misses=1), "70", Fraction(1), id="few, and their misses allowed"
        ),
        pytest.param(a_row(9, 1, min_volume=20, allowed_misses=0), "70", Fraction(0), id="few, and too many missed"),
        pytest.param(a_row(1, 0, objective=None, maximum_us=5), "70", Fraction(1), id="a bound alone, kept"),
        pytest.param(a_row(1, 0, objective=None, maximum_us=5, beyond=True), "70", Fraction(0), id="and not"),
    ],
)  # fmt: skip
def test_how_far_a_target_was_kept(row: ScorecardRow, floor: str | None, expected: Fraction | None) -> None:
    assert a_score(fix(floor=None if floor is None else percent(floor)), row) == expected


def test_targets_count_by_their_weights_and_only_where_something_was_judged() -> None:
    agreed = revision(answer(weight=Fraction(30)), fix(weight=Fraction(50)), fix(name="rest", weight=Fraction(0)))
    rows = [a_row(90, 10, "answer"), a_row(45, 55), a_row(0, 9, "rest")]
    found = score_of(agreed, rows)
    assert found.value == Fraction(30 + 25, 80)
    assert found.parts == (Part("answer", Fraction(30), Fraction(1)), Part("fix", Fraction(50), Fraction(1, 2)))
    assert score_of(agreed, rows[:1]).value == 1


def test_where_shares_are_agreed_by_priority_each_counts_the_same() -> None:
    rows = [
        a_row(500, 505, objective=None),
        a_row(500, 500, priority="P4", objective=percent("50")),
        a_row(0, 5, priority="P1"),
        a_row(0, 0, priority="P2"),
    ]
    assert a_score(fix(), *rows) == Fraction(1, 2)


@pytest.mark.parametrize(
    ("kpi", "value"),
    [
        pytest.param(Kpi("uptime", percent("99"), weight=Fraction(10)), None, id="one that weighs"),
        pytest.param(Kpi("uptime", percent("99"), weight=Fraction(0)), Fraction(1), id="one that weighs nothing"),
        pytest.param(Kpi("uptime", percent("99")), Fraction(1), id="one without a weight"),
    ],
)
def test_a_figure_that_weighs_and_is_not_computed_leaves_no_score(kpi: Kpi, value: Fraction | None) -> None:
    found = score_of(revision(kpis=(kpi,)), [a_row(1, 0)])
    assert found.value == value
    assert found.unknown == (("uptime",) if value is None else ())


def test_a_bound_that_could_not_be_checked_leaves_no_score() -> None:
    unchecked: dict[str, Any] = {"maximum_us": 5, "beyond": None}
    found = score_of(revision(), [a_row(1, 0, **unchecked), a_row(1, 0, "answer")])
    assert (found.value, found.unknown) == (None, ("fix",))
    assert [part.target for part in found.parts] == ["answer"]
    assert (
        score_of(revision(fix(weight=Fraction(0)), answer()), [a_row(1, 0, **unchecked), a_row(1, 0, "answer")]).value
        == 1
    )
