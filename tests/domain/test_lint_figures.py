"""Lint sees figures that contradict each other, and shows the arithmetic."""

from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.duration import WorkingDays
from tests.domain.lint_samples import HOUR, MINUTE, codes, findings, fix, hours, of, percent


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param({"floor": percent("91")}, ["error objective-below-floor"], id="the floor is above the objective"),
        pytest.param({"floor": percent("90")}, [], id="the floor is the objective"),
        pytest.param(
            {"objective": {"P1": percent("99"), "P2": percent("80")}, "floor": percent("85")},
            ["error objective-below-floor"],
            id="the floor is above the objective of one priority",
        ),
        pytest.param({"objective": {}}, ["note no-objective"], id="nothing says how many may miss"),
        pytest.param({"objective": {}, "average_us": {"default": 4 * HOUR}}, [], id="an average says it as well"),
        pytest.param({"objective": {"P1": percent("95")}}, ["note no-objective"], id="nothing says it of P2"),
        pytest.param(
            {"objective": {"P1": percent("95")}, "maximum_us": {"P2": 9 * HOUR}}, [], id="a maximum says it of P2"
        ),
        pytest.param({"objective": {"P1": percent("95"), "default": percent("90")}}, [], id="a default says it of P2"),
        pytest.param({"at_risk": Fraction(0)}, ["warning at-risk-useless"], id="at risk from the start"),
        pytest.param({"at_risk": Fraction(1)}, ["warning at-risk-useless"], id="at risk at the breach"),
        pytest.param({"at_risk": Fraction(1, 100)}, [], id="at risk early"),
        pytest.param({"tolerance_us": 4 * HOUR}, ["warning tolerance-beyond-goal"], id="tolerance as long as a goal"),
        pytest.param({"tolerance_us": 4 * HOUR - 1}, [], id="tolerance below every goal"),
        pytest.param(
            {"tolerance_us": 9 * HOUR, "goals": {"P1": WorkingDays(1)}}, [], id="working days are longer than that"
        ),
        pytest.param({"maximum_us": {"P1": 3 * HOUR}}, ["warning maximum-below-goal"], id="a maximum below its goal"),
        pytest.param({"maximum_us": {"P1": 4 * HOUR}}, [], id="a maximum at its goal"),
        pytest.param(
            {"maximum_us": {"P1": 8 * HOUR}, "average_us": {"P1": 9 * HOUR}},
            ["warning average-above-maximum"],
            id="an average above the maximum",
        ),
        pytest.param({"maximum_us": {"P1": 8 * HOUR}, "average_us": {"P1": 8 * HOUR}}, [], id="an average at it"),
    ],
)
def test_figures_that_contradict_each_other(terms: dict[str, Any], expected: list[str]) -> None:
    assert codes(of(fix(**terms))) == expected


@pytest.mark.parametrize(
    ("volume", "misses", "objective", "expected"),
    [
        pytest.param(5, 1, "90", ["warning min-volume-turns-red"], id="one of five is below 90 %"),
        pytest.param(10, 1, "90", [], id="one of ten is exactly 90 %"),
        pytest.param(9, 1, "90", ["warning min-volume-turns-red"], id="one of nine is not"),
        pytest.param(5, 0, "90", [], id="no miss is allowed below, so nothing jumps"),
        pytest.param(5, 1, "100", ["warning min-volume-turns-red"], id="no volume repairs an objective of 100 %"),
        pytest.param(20, 2, "90", [], id="two of twenty"),
        pytest.param(3, 2, "50", ["warning min-volume-turns-red", "warning min-volume-forgives-all"],
                     id="all that fit below may be missed"),
        pytest.param(1, 0, "90", [], id="no period is smaller than one"),
        pytest.param(None, 1, "90", ["error min-volume-alone"], id="misses without a volume"),
        pytest.param(5, None, "90", ["error min-volume-alone"], id="a volume without misses"),
        pytest.param(5, 1, None, ["warning min-volume-without-objective", "note no-objective"], id="no objective"),
    ],
)  # fmt: skip
def test_tiny_samples(volume: int | None, misses: int | None, objective: str | None, expected: list[str]) -> None:
    agreed = {} if objective is None else {"default": percent(objective)}
    assert codes(of(fix(min_volume=volume, allowed_misses=misses, objective=agreed))) == expected


def test_the_arithmetic_is_shown() -> None:
    (found,) = findings(of(fix(min_volume=5, allowed_misses=1)))
    assert "with 4 tickets and 1 missed the period is green" in found.what
    assert "one more met ticket makes 4 of 5 = 80 %, which is below 90 %: red" in found.what
    assert "set min_volume to 10 or more (allowed_misses / (1 - objective) = 1 / 10 %)" in found.fix
    assert "n = 5" in found.means


def test_objectives_by_priority_are_told_apart() -> None:
    target = fix(min_volume=10, allowed_misses=1, objective={"P1": percent("95"), "default": percent("90")})
    (found,) = findings(of(target))
    assert "9 tickets of P1" in found.what
    assert "min_volume to 20" in found.fix


@given(volume=st.integers(1, 40), misses=st.integers(0, 12), objective=st.fractions(Fraction(1, 2), Fraction(1)))
def test_it_is_told_exactly_where_one_more_met_ticket_turns_a_green_period_red(
    volume: int, misses: int, objective: Fraction
) -> None:
    def green(n: int, missed: int) -> bool:
        return missed <= misses if n < volume else missed <= floor((1 - objective) * n)

    turns = any(green(volume - 1, missed) and not green(volume, missed) for missed in range(volume))
    told = codes(of(fix(min_volume=volume, allowed_misses=misses, objective={"default": objective})))
    assert ("warning min-volume-turns-red" in told) is turns


def test_a_long_tolerance_says_what_it_comes_to() -> None:
    (found,) = findings(of(fix(goals={"P1": hours(1)}, tolerance_us=90 * MINUTE)))
    assert "1h30m" in found.what
    assert "more than 2h30m are missed" in found.means


def test_priorities_without_an_objective_are_named() -> None:
    goals = {"P1": hours(4), "P2": hours(8), "default": hours(9)}
    (found,) = findings(of(fix(goals=goals, objective={"P1": percent("95")})))
    assert "how many tickets of P2 and any other priority must meet the goal" in found.what
