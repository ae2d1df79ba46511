"""Lint sees working days on calendars on which every day is one."""

from typing import Any

import pytest

from syncd.domain.contract import Arrival
from syncd.domain.duration import WorkingDays
from tests.domain.calendar_samples import workdays
from tests.domain.lint_samples import ALWAYS, OFFICE, codes, findings, fix, hours, of, office

DAILY = office("daily", weekly={day: windows for day in range(7) for windows in [workdays("08:00-17:00")[0]]})
WEEKDAYS_AND_SATURDAY = office("six", weekly={day: workdays("08:00-17:00")[0] for day in range(6)})
NOTE = ["note working-days-every-day"]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param({"calendars": {"default": ALWAYS}}, NOTE, id="round the clock"),
        pytest.param({"calendars": {"default": DAILY}}, NOTE, id="every day of the week"),
        pytest.param({"calendars": {"default": WEEKDAYS_AND_SATURDAY}}, [], id="Sundays are off"),
        pytest.param({"calendars": {"default": OFFICE}}, [], id="weekends are off"),
        pytest.param({"calendars": {"P1": ALWAYS, "default": OFFICE}}, [], id="hours of P1 round the clock"),
        pytest.param(
            {"calendars": {"pune": OFFICE, "default": ALWAYS}, "calendar_by": "site"},
            NOTE,
            id="the calendar of any site",
        ),
        pytest.param(
            {
                "goals": {},
                "arrivals": (Arrival({"P1": hours(1), "P2": WorkingDays(2)}),),
                "calendars": {"default": ALWAYS},
            },
            NOTE,
            id="goals by arrival",
        ),
    ],
)
def test_working_days(terms: dict[str, Any], expected: list[str]) -> None:
    assert codes(of(fix(**{"goals": {"P1": hours(1), "P2": WorkingDays(3)}, **terms}))) == expected


def test_a_calendar_is_told_once_a_target_with_the_goal_that_is_counted_on_it() -> None:
    goals = {"P1": WorkingDays(1), "P2": WorkingDays(3)}
    (found,) = findings(of(fix(goals=goals, calendars={"default": ALWAYS})))
    assert found.what == "the goal of P1, 1 working day, is counted on always, which serves every day of the week"
    assert found.place == ("revisions", 0, "targets", 0, "goals")
