"""Shares are exact, absent where nothing was decided, and never shown on the wrong side of what was agreed."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.names import Metric
from syncd.domain.scorecard import ScorecardRow, attainment, bound_for, percent_text, whole_us

shares = st.builds(lambda part, rest: Fraction(part, part + rest), st.integers(0, 5000), st.integers(1, 5000))


def share(text: str) -> Fraction:
    return Fraction(text) / 100


def a_row(*, met: int, missed: int, objective: Fraction | None, **more: Any) -> ScorecardRow:
    return ScorecardRow(
        vendor="acme",
        contract="acme-msp",
        target="fix",
        metric=Metric.RESOLUTION,
        priority=None,
        period="2026-03",
        met=met,
        missed=missed,
        pending=7,
        unverifiable=5,
        excluded=3,
        objective=objective,
        **more,
    )


@pytest.mark.parametrize(
    ("met", "missed", "expected"),
    [
        pytest.param(19, 1, Fraction(19, 20), id="the share is met out of decided"),
        pytest.param(0, 4, Fraction(0), id="all missed is nought, not absent"),
        pytest.param(3, 0, Fraction(1), id="all met is one"),
        pytest.param(0, 0, None, id="nothing decided has no share, least of all 100 %"),
    ],
)
def test_attainment(met: int, missed: int, expected: Fraction | None) -> None:
    assert attainment(met, missed) == expected


@pytest.mark.parametrize(
    ("met", "missed", "objective", "expected"),
    [
        pytest.param(19, 1, Fraction(19, 20), True, id="exactly the objective is attained"),
        pytest.param(18, 1, Fraction(19, 20), False, id="a little less than the objective is not"),
        pytest.param(0, 0, Fraction(19, 20), None, id="nothing decided attains nothing and misses nothing"),
        pytest.param(5, 5, None, None, id="without an objective there is nothing to attain"),
    ],
)
def test_attained_compares_exactly(met: int, missed: int, objective: Fraction | None, expected: bool | None) -> None:
    assert a_row(met=met, missed=missed, objective=objective).attained is expected


@pytest.mark.parametrize(
    ("met", "missed", "more", "expected"),
    [
        pytest.param(3, 1, {"min_volume": 5, "allowed_misses": 1}, True, id="below the volume misses decide: allowed"),
        pytest.param(2, 2, {"min_volume": 5, "allowed_misses": 1}, False, id="one more than allowed is too many"),
        pytest.param(4, 1, {"min_volume": 5, "allowed_misses": 1}, False, id="at the volume the share decides"),
        pytest.param(3, 0, {"min_volume": 5}, True, id="no number of misses allowed: none missed"),
        pytest.param(3, 1, {"min_volume": 5}, False, id="no number of misses allowed: one missed"),
        pytest.param(0, 0, {"min_volume": 5, "allowed_misses": 1}, None, id="nothing decided, nothing attained"),
        pytest.param(9, 0, {"maximum_us": 5, "beyond": True}, False, id="beyond a bound whatever the share"),
        pytest.param(3, 1, {"min_volume": 5, "allowed_misses": 1, "beyond": True}, False, id="and whatever the count"),
        pytest.param(9, 0, {"maximum_us": 5, "beyond": None}, None, id="unknown whether beyond: not known"),
        pytest.param(1, 9, {"maximum_us": 5, "beyond": None}, False, id="the share misses it whatever is not known"),
    ],
)
def test_few_cycles_and_bounds(met: int, missed: int, more: dict[str, Any], expected: bool | None) -> None:
    assert a_row(met=met, missed=missed, objective=Fraction(9, 10), **more).attained is expected


@pytest.mark.parametrize("bound", ["maximum_us", "average_us"])
def test_a_bound_alone_is_a_promise(bound: str) -> None:
    row = a_row(met=0, missed=9, objective=None, **{bound: 5})
    assert row.attained is True
    assert replace(row, beyond=True).attained is False
    assert replace(row, missed=0).attained is None


def test_default_bounds_the_priorities_that_are_not_named() -> None:
    assert bound_for({"P1": 0, "default": 5}, "P1") == 0
    assert bound_for({"P1": 0, "default": 5}, "P2") == 5
    assert bound_for({"P1": 0}, "P2") is None


@pytest.mark.parametrize(
    ("value", "threshold", "expected"),
    [
        pytest.param(Fraction(7, 2), None, 3, id="without a threshold part of a microsecond is left out"),
        pytest.param(Fraction(7, 2), 3, 4, id="beyond the threshold stays beyond it"),
        pytest.param(Fraction(7, 2), 4, 3, id="short of it stays short"),
        pytest.param(Fraction(3), 3, 3, id="exactly the threshold"),
    ],
)
def test_a_shown_mean_lies_on_its_side_of_the_average(value: Fraction, threshold: int | None, expected: int) -> None:
    assert whole_us(value, threshold) == expected


def test_pending_unverifiable_and_excluded_cycles_are_outside_n() -> None:
    row = a_row(met=8, missed=2, objective=None)
    assert (row.n, row.attainment) == (10, Fraction(4, 5))


@pytest.mark.parametrize(
    ("value", "threshold", "places", "expected"),
    [
        pytest.param(share("94.96"), share("95"), 1, "94.9 %", id="94.96 is not shown as 95.0 where 95 was agreed"),
        pytest.param(share("94.96"), None, 1, "95.0 %", id="without a threshold it is rounded to the nearest"),
        pytest.param(share("94.996"), share("95"), 2, "94.99 %", id="94.996 is not shown as 95.00 either"),
        pytest.param(share("94.96"), share("90"), 1, "95.0 %", id="a threshold far off does not matter"),
        pytest.param(share("95"), share("95"), 2, "95.00 %", id="the threshold itself is shown as it is"),
        pytest.param(share("95.001"), share("95"), 2, "95.00 %", id="a little more reads as the threshold: reached"),
        pytest.param(share("94.994"), share("94.994"), 2, "95.00 %", id="reached stays reached on a finer threshold"),
        pytest.param(Fraction(1, 3), Fraction(1, 3), 2, "33.34 %", id="a threshold without a decimal form is reached"),
        pytest.param(share("12.345"), None, 2, "12.35 %", id="halves go up"),
        pytest.param(Fraction(99_999, 100_000), None, 2, "99.999 %", id="one miss in a hundred thousand is not 100 %"),
        pytest.param(Fraction(1, 100_000), None, 2, "0.001 %", id="one success in a hundred thousand is not 0 %"),
        pytest.param(share("99.999"), share("99.995"), 2, "99.999 %", id="squeezed between two thresholds"),
        pytest.param(Fraction(1), share("95"), 2, "100.00 %", id="all of them"),
        pytest.param(Fraction(0), share("95"), 2, "0.00 %", id="none of them"),
        pytest.param(share("7"), None, 0, "7 %", id="no decimals"),
        pytest.param(share("94.6"), share("95"), 0, "94 %", id="no decimals, below the threshold"),
    ],
)
def test_percentages(value: Fraction, threshold: Fraction | None, places: int, expected: str) -> None:
    assert percent_text(value, threshold, places) == expected


@given(value=shares, threshold=shares, places=st.integers(0, 4))
def test_a_shown_figure_lies_on_its_side_of_every_threshold(value: Fraction, threshold: Fraction, places: int) -> None:
    shown = Fraction(percent_text(value, threshold, places).removesuffix(" %")) / 100
    assert (shown >= threshold) == (value >= threshold)
    assert (shown > 0) == (value > 0)
    assert (shown >= 1) == (value >= 1)
    assert abs(shown - value) < Fraction(1, 100 * 10**places)
