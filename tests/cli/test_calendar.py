"""`syncd calendar eval` and `show`: design.md sections 6 and 8."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import syncd_command as syncd

OFFICE = {"name": "office", "time_zone": "Europe/Berlin", "hours": {"mon-fri": ["09:00-17:00"]}}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param(
            {"start": "2026-03-02T13:00:00Z", "end": "2026-03-03T08:00:00Z"},
            {"elapsed_seconds": 10800},
            id="three hours of a night and a day are counted",
        ),
        pytest.param(
            {"start": "2026-03-02T08:00:00Z", "goal_seconds": 28800},
            {"due_at": "2026-03-02T16:00:00Z", "late_from": "2026-03-03T08:00:00Z"},
            id="a goal that ends at closing time is due then and late from the next opening",
        ),
        pytest.param(
            {"start": "2026-03-01T12:00:00Z", "goal_seconds": 0},
            {"due_at": "2026-03-01T12:00:00Z", "late_from": "2026-03-02T08:00:00Z"},
            id="a zero goal is due at once and late from the next opening",
        ),
        pytest.param(
            {"start": "2026-03-02T13:00:00.5Z", "end": "2026-03-02T13:00:01Z"},
            {"elapsed_seconds": 0.5},
            id="fractions of a second count",
        ),
        pytest.param(
            {"start": "2026-03-03T00:00:00Z", "end": "2026-03-02T00:00:00Z"},
            {"elapsed_seconds": 0},
            id="an end before its start counts nothing",
        ),
    ],
)
def test_a_question_is_answered_on_its_own_line(question: dict[str, Any], answer: dict[str, Any]) -> None:
    asked = {"calendar": OFFICE, **question}
    done = syncd("calendar", "eval", stdin=json.dumps(asked) + "\n")
    assert done.code == 0, done.err
    assert done.lines == [{**asked, **answer}]


def test_a_line_that_cannot_be_answered_says_why_and_the_others_are_answered() -> None:
    questions: list[Any] = [
        "x",
        {"calendar": OFFICE, "start": "2026-03-02T13:00:00Z"},
        {"calendar": OFFICE | {"time_zone": "Mars/Olympus"}, "start": "2026-03-02T13:00:00Z", "goal_seconds": 1},
        {"calendar": OFFICE | {"hours": {"mon": ["25:00-26:00"]}}, "start": "2026-03-02T13:00:00Z", "goal_seconds": 1},
        {"calendar": OFFICE, "start": "2026-03-02 13:00", "goal_seconds": 1},
        {"calendar": OFFICE, "start": "2026-03-02T13:00:00Z", "goal_seconds": 1e12},
        {"calendar": OFFICE, "start": "2026-03-02T13:00:00Z", "goal_seconds": -1},
        {"calendar": OFFICE, "start": "2026-03-02T13:00:00Z", "goal_seconds": 60},
    ]
    done = syncd("calendar", "eval", stdin="".join(json.dumps(question) + "\n" for question in questions))
    assert done.code == 1
    assert ["error" in line for line in done.lines] == [True] * 7 + [False]
    assert "office" in done.lines[5]["error"]


def test_windows_are_listed_without_holidays(agreements: Path) -> None:
    done = syncd(
        "calendar", "show", "berlin-business", "--contracts", agreements, "--from", "2026-04-02", "--days", "5",
        "--output", "json",
    )  # fmt: skip
    assert done.code == 0, done.err
    days = {row["day"] for row in json.loads(done.out)}
    assert days == {"Thu 2026-04-02", "Mon 2026-04-06"}


def test_an_unknown_calendar_names_those_there_are(agreements: Path) -> None:
    done = syncd("calendar", "show", "nowhere", "--contracts", agreements)
    assert done.code == 2
    assert "berlin-business" in done.err
