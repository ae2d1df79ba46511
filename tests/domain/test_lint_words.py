"""Lint writes figures as people do, and never rounds one across what was agreed."""

from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from syncd.domain.duration import Counted, WorkingDays
from syncd.domain.instant import SECOND_US
from syncd.domain.lint_words import clock_text, goal_text, listed, share_text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        pytest.param(Fraction(9, 10), "90 %", id="whole"),
        pytest.param(Fraction(1), "100 %", id="all"),
        pytest.param(Fraction(999, 1000), "99.9 %", id="a decimal"),
        pytest.param(Fraction(19999, 20000), "99.995 %", id="exact to the end"),
        pytest.param(Fraction(2, 3), "66.67 %", id="rounded"),
        pytest.param(Fraction(94996, 100000), "94.996 %", id="not rounded up to what was agreed"),
        pytest.param(Fraction(56, 59), "94.92 %", id="rounded below"),
    ],
)
def test_shares(share: Fraction, text: str) -> None:
    assert share_text(share, Fraction(95, 100)) == text


def test_a_share_just_below_the_threshold_does_not_read_as_it() -> None:
    assert share_text(Fraction(949999, 1000003), Fraction(95, 100)) == "94.99 %"


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        pytest.param(Counted(5400 * SECOND_US), "1h30m", id="hours and minutes"),
        pytest.param(Counted(45 * SECOND_US), "45s", id="seconds"),
        pytest.param(Counted(0), "0s", id="nothing"),
        pytest.param(WorkingDays(1), "1 working day", id="a working day"),
        pytest.param(WorkingDays(3), "3 working days", id="working days"),
    ],
)
def test_goals(goal: Counted | WorkingDays, text: str) -> None:
    assert goal_text(goal) == text


@pytest.mark.parametrize(
    ("names", "text"),
    [([], "none"), (["P1"], "P1"), (["P1", "P2"], "P1 and P2"), (["P1", "P2", "P3"], "P1, P2 and P3")],
)
def test_lists(names: list[str], text: str) -> None:
    assert listed(names) == text


def test_seconds_are_shown_where_there_are_some() -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert clock_text(zone, 0) == "01:00"
    assert clock_text(zone, SECOND_US) == "01:00:01"
