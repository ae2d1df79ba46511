"""Lint sees priorities without a goal, and hours without one."""

from datetime import datetime
from typing import Any

import pytest

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule, Closure
from syncd.domain.contract import Arrival, PriorityMatrix
from syncd.domain.names import Metric
from tests.domain.calendar_samples import every_day, windows
from tests.domain.lint_samples import (
    ALWAYS,
    BERLIN,
    HOUR,
    OFFICE,
    answer,
    codes,
    findings,
    fix,
    hours,
    of,
    office,
    percent,
)

MATRIX = PriorityMatrix(("impact", "urgency"), (("P1", "P2"), ("P2", "P3")))
TWO = {"P1": hours(4), "P2": hours(8)}
NIGHTS = ServiceCalendar("nights", BERLIN, ((None, CalendarRule(weekly=every_day("17:00-08:00"))),))
WEEKENDS = ServiceCalendar(
    "weekends", BERLIN, ((None, CalendarRule(weekly={5: windows("08:00-17:00"), 6: windows("08:00-17:00")})),)
)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param(
            {"objective": {"P3": percent("90"), "default": percent("80")}},
            ["error priority-without-goal"],
            id="an objective",
        ),
        pytest.param({"maximum_us": {"P3": 9 * HOUR}}, ["error priority-without-goal"], id="a maximum"),
        pytest.param({"average_us": {"P3": 9 * HOUR}}, ["error priority-without-goal"], id="an average"),
        pytest.param({"maximum_us": {"P2": 9 * HOUR}}, [], id="a maximum of a priority with a goal"),
        pytest.param({"maximum_us": {"default": 9 * HOUR}}, [], id="a maximum of all"),
        pytest.param(
            {"calendars": {"P3": ALWAYS, "default": OFFICE}}, ["warning calendar-without-goal"], id="a calendar"
        ),
        pytest.param({"calendars": {"P2": OFFICE, "default": OFFICE}}, [], id="a calendar of a priority with a goal"),
        pytest.param(
            {"calendars": {"P3": ALWAYS, "default": OFFICE}, "goals": {"default": hours(8)}},
            [],
            id="a default goal is a goal of every priority",
        ),
        pytest.param(
            {"calendars": {"pune": office("pune"), "default": OFFICE}, "calendar_by": "site"},
            [],
            id="calendars by attribute name no priorities",
        ),
        pytest.param({"priority_from": MATRIX, "goals": TWO}, ["error priority-without-goal"], id="a matrix"),
        pytest.param({"priority_from": MATRIX, "goals": TWO | {"P3": hours(9)}}, [], id="a matrix with all goals"),
        pytest.param({"priority_from": MATRIX, "goals": {"default": hours(8)}}, [], id="a matrix and a default"),
        pytest.param(
            {"priority_from": MATRIX, "goals": {"P1": hours(4), "P4": hours(9), "default": hours(8)}},
            ["warning goal-never-used"],
            id="a goal that the matrix never yields",
        ),
    ],
)
def test_priorities_that_are_spoken_of(terms: dict[str, Any], expected: list[str]) -> None:
    assert codes(of(fix(**terms))) == expected


@pytest.mark.parametrize(
    ("mine", "theirs", "when", "expected"),
    [
        pytest.param({"P1": hours(1)}, TWO, {}, ["warning priority-without-goal"], id="one priority fewer"),
        pytest.param(
            {"P1": hours(1), "default": hours(2)}, TWO, {}, ["note priority-without-goal"], id="a default stands for it"
        ),
        pytest.param({"P1": hours(1)}, TWO, {"service": ("wan",)}, [], id="the other is about other tickets"),
        pytest.param(
            {"P1": hours(1)}, {"default": hours(8)}, {}, ["note priority-without-goal"], id="the other has a default"
        ),
        pytest.param(
            {"P1": hours(1)},
            TWO | {"default": hours(9)},
            {},
            ["warning priority-without-goal"],
            id="the other names one and has a default",
        ),
    ],
)
def test_priorities_of_other_targets(mine: Any, theirs: Any, when: Any, expected: list[str]) -> None:
    lan = {"service": ("lan",)} if when else {}
    assert codes(of(answer(goals=mine, when=lan), fix(goals=theirs, when=when))) == expected


def test_priorities_read_in_different_ways_are_not_compared() -> None:
    matrix = PriorityMatrix(("impact", "urgency"), (("P1", "P2", "P3"),))
    read = fix(goals=TWO | {"P3": hours(9)}, priority_from=matrix)
    assert codes(of(answer(), read)) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([Arrival(TWO, OFFICE), Arrival(TWO)], [], id="office hours, then at any time"),
        pytest.param([Arrival(TWO), Arrival(TWO, OFFICE)], ["error arrival-never-reached"], id="after a catch-all"),
        pytest.param(
            [Arrival(TWO, ALWAYS), Arrival(TWO)], ["error arrival-never-reached"], id="after a calendar that is always"
        ),
        pytest.param(
            [Arrival(TWO, OFFICE), Arrival(TWO, NIGHTS), Arrival(TWO, WEEKENDS)], [], id="rows that fill the week"
        ),
        pytest.param([Arrival(TWO, OFFICE), Arrival(TWO, NIGHTS)], ["error arrival-gap"], id="weekends have no row"),
        pytest.param(
            [Arrival(TWO, OFFICE), Arrival({"P1": hours(4)})], ["error arrival-without-goal"], id="P2 at night"
        ),
        pytest.param(
            [Arrival(TWO, OFFICE), Arrival({"default": hours(9)})],
            ["error arrival-without-goal"],
            id="P3 in office hours, though not at night",
        ),
        pytest.param(
            [Arrival(TWO | {"default": hours(9)}, OFFICE), Arrival({"default": hours(9)})],
            [],
            id="a default in every row",
        ),
    ],
)  # fmt: skip
def test_goals_by_arrival(rows: list[Arrival], expected: list[str]) -> None:
    assert codes(of(fix(goals={}, arrivals=tuple(rows)))) == expected


def test_a_gap_is_shown_in_the_contracts_local_time() -> None:
    (found,) = findings(of(fix(goals={}, arrivals=(Arrival(TWO, OFFICE), Arrival(TWO, NIGHTS)))))
    assert "Sunday 2026-03-08 08:00 to Sunday 2026-03-08 17:00 (Europe/Berlin)" in found.what
    assert found.place == ("revisions", 0, "targets", 0, "goals")


def test_a_priority_without_a_goal_says_who_speaks_of_it() -> None:
    (found,) = findings(of(answer(goals={"P1": hours(1)}, metric=Metric.ACKNOWLEDGEMENT), fix()))
    assert found.target == "answer"
    assert "fix has a goal for P2" in found.what


def test_a_single_gap_is_shown_as_it_is() -> None:
    closed = ServiceCalendar(
        "closed", BERLIN,
        ((None, CalendarRule(always=True, closures=(Closure(datetime(2026, 8, 3), datetime(2026, 8, 10)),))),),  # noqa: DTZ001 - local
    )  # fmt: skip
    (found,) = findings(of(fix(goals={}, arrivals=(Arrival(TWO, closed),))))
    assert "168h of the next year" in found.what
    assert "Monday 2026-08-03 00:00 to Monday 2026-08-10 00:00" in found.what
