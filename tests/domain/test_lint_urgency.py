"""Lint sees goals that turn urgency round, and answers that are due after the solution."""

from datetime import date
from typing import Any, ClassVar

import pytest

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.contract import Goal
from syncd.domain.duration import WorkingDays
from syncd.domain.names import Metric
from tests.domain.lint_samples import (
    ALWAYS,
    BERLIN,
    OFFICE,
    answer,
    codes,
    contract,
    findings,
    fix,
    hours,
    minutes,
    of,
    office,
    revision,
)

CLOSED_FOR_GOOD = ServiceCalendar(
    "closed", BERLIN, ((None, CalendarRule(always=True)), (date(2026, 2, 1), CalendarRule()))
)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param({"goals": {"P1": hours(8), "P2": hours(4)}}, ["warning goal-inverted"], id="P1 takes longer"),
        pytest.param({"goals": {"P1": hours(4), "P2": hours(4)}}, [], id="the same goal is no inversion"),
        pytest.param(
            {"goals": {"P1": WorkingDays(1), "P2": hours(4)}}, ["warning goal-inverted"], id="a working day and hours"
        ),
        pytest.param({"goals": {"P2": hours(4), "P10": hours(8), "P1": hours(2)}}, [], id="P10 is less urgent than P2"),
        pytest.param(
            {"goals": {"High": hours(2), "Medium": hours(4), "Low": hours(8)}},
            ["warning priority-order-unknown"],
            id="words of which the alphabet makes another order than their goals",
        ),
        pytest.param({"goals": {"Critical": hours(2), "Major": hours(4)}}, [], id="words in order by chance"),
        pytest.param(
            {"goals": {"S1 low": hours(8), "S2 high": hours(4)}}, ["warning goal-inverted"], id="words with numbers"
        ),
        pytest.param(
            {"goals": {"P1": hours(4), "P2": hours(3)}, "calendars": {"P1": ALWAYS, "default": OFFICE}},
            ["warning goal-inverted"],
            id="P1 round the clock is due later in the morning only",
        ),
        pytest.param(
            {"goals": {"P1": hours(4), "P2": hours(4)}, "calendars": {"P1": ALWAYS, "default": OFFICE}},
            [],
            id="P1 round the clock is never due later",
        ),
        pytest.param(
            {
                "goals": {"P1": hours(4), "P2": hours(3)},
                "calendars": {"pune": office("pune"), "default": OFFICE},
                "calendar_by": "site",
            },
            ["warning goal-inverted"],
            id="on calendars that an attribute chooses, told once for each pair of priorities",
        ),
    ],
)
def test_goals_that_turn_urgency_round(terms: dict[str, Any], expected: list[str]) -> None:
    assert codes(of(fix(**terms))) == expected


def test_an_inversion_is_shown_by_an_example() -> None:
    (found,) = findings(of(fix(goals={"P1": hours(8), "P2": hours(4)})))
    assert "for every start" in found.what
    assert "both opened Monday 2026-03-09 01:00" in found.what
    assert "P1 is due Monday 2026-03-09 16:00" in found.what
    assert "P2 Monday 2026-03-09 12:00 (Europe/Berlin)" in found.what
    assert found.place[-2:] == ("goals", "P1")


def test_an_inversion_at_some_hours_says_at_how_many() -> None:
    calendars = {"P1": ALWAYS, "default": OFFICE}
    (found,) = findings(of(fix(goals={"P1": hours(4), "P2": hours(3)}, calendars=calendars)))
    # From 08:00 to 14:00 on ten working days: at 07:00 both are due at 11:00, at 15:00 P2 waits for the morning.
    assert "70 of 336 hourly starts of two weeks: both opened Monday 2026-03-09 08:00" in found.what


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        pytest.param({"goals": {"P1": hours(5), "P2": hours(6)}}, {}, ["P1"], id="longer on the same calendar"),
        pytest.param({"goals": {"P1": hours(4), "P2": hours(8)}}, {}, [], id="equal goals are due together"),
        pytest.param({}, {"metric": Metric.RESTORATION, "goals": {"P1": minutes(20), "P2": hours(8)}}, ["P1"],
                     id="a restoration before the answer"),
        pytest.param({}, {"metric": Metric.UPDATE, "goals": {"P1": minutes(20), "P2": hours(8)}}, [],
                     id="an update is no solution"),
        pytest.param({"metric": Metric.ACKNOWLEDGEMENT, "goals": {"P1": hours(5), "P2": hours(6)}}, {}, ["P1"],
                     id="an acknowledgement is an answer"),
        pytest.param({"when": {"a": ("x",)}, "goals": {"P1": hours(5), "P2": hours(6)}}, {"when": {"a": ("y",)}}, [],
                     id="of other tickets"),
    ],
)  # fmt: skip
def test_answers_due_after_the_solution(mine: Any, theirs: Any, expected: list[str]) -> None:
    found = [each for each in findings(of(answer(**mine), fix(**theirs))) if each.code == "answer-after-solution"]
    assert [each.place[-1] for each in found] == expected


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        pytest.param(ALWAYS, OFFICE, ["note answer-round-the-clock"] * 2, id="answered at night, solved by day"),
        pytest.param(ALWAYS, ALWAYS, [], id="both round the clock"),
        pytest.param(OFFICE, OFFICE, [], id="both in office hours"),
    ],
)
def test_answers_round_the_clock(mine: ServiceCalendar, theirs: ServiceCalendar, expected: list[str]) -> None:
    assert codes(of(answer(calendars={"default": mine}), fix(calendars={"default": theirs}))) == expected


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        pytest.param(CLOSED_FOR_GOOD, True, id="no hours any more"),
        pytest.param(OFFICE, False, id="hours that go on"),
    ],
)
def test_a_goal_that_is_never_due(calendar: ServiceCalendar, expected: bool) -> None:
    found = codes(contract(revision(fix(calendars={"default": calendar}))))
    assert ("error goal-never-due" in found) is expected


class Asked(ServiceCalendar):
    """Office hours that keep count of the goals they are asked for."""

    times: ClassVar[list[Goal]] = []

    def goal_us(self, goal: Goal, start: int) -> int:
        Asked.times.append(goal)
        return super().goal_us(goal, start)


def test_a_goal_that_is_never_due_is_not_tried_at_every_start() -> None:
    for_ever = WorkingDays(99_999_999)
    calendar = Asked("office", OFFICE.time_zone, OFFICE.revisions)
    never = {"goals": {"P1": hours(1), "P2": for_ever}, "calendars": {"default": calendar}}
    assert codes(of(answer(**never), fix(**never))).count("error goal-never-due") == 2
    assert Asked.times.count(for_ever) < 10


def test_the_order_that_the_alphabet_makes_is_named_once() -> None:
    goals = {"Critical": hours(1), "Major": hours(2), "Minor": hours(3), "Cosmetic": hours(8)}
    (found,) = findings(of(fix(goals=goals)))
    assert "Cosmetic has the longer goal, and counts as more urgent than Critical" in found.what
    assert found.what.endswith("the alphabet, Cosmetic, Critical, Major and Minor")
