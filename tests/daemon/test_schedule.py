"""When a source's turn comes, and how long it is left alone after failures."""

from datetime import timedelta

import pytest

from syncd.daemon.schedule import LONGEST_BACK_OFF, back_off, next_turn
from syncd.testing.instants import at

MINUTE = timedelta(minutes=1)
NOW = at("2026-03-02 09:00:17")


@pytest.mark.parametrize("every", [timedelta(seconds=10), MINUTE, timedelta(minutes=7), timedelta(hours=1)])
def test_turns_are_one_interval_apart_and_the_same_after_a_restart(every: timedelta) -> None:
    first = next_turn(NOW, every, 3)
    assert NOW < first <= NOW + every
    assert next_turn(first, every, 3) == first + every
    assert next_turn(first - timedelta(microseconds=1), every, 3) == first


def test_sources_with_one_interval_have_turns_of_their_own() -> None:
    assert len({next_turn(NOW, MINUTE, source) for source in range(1, 21)}) == 20


@pytest.mark.parametrize(
    ("failures", "every", "expected"),
    [
        pytest.param(1, MINUTE, MINUTE, id="the first failure costs no more than a turn"),
        pytest.param(2, MINUTE, 2 * MINUTE, id="each further one doubles the wait"),
        pytest.param(4, MINUTE, 8 * MINUTE, id="and again"),
        pytest.param(5, MINUTE, LONGEST_BACK_OFF, id="up to a quarter of an hour"),
        pytest.param(5000, MINUTE, LONGEST_BACK_OFF, id="however often"),
        pytest.param(3, timedelta(hours=1), timedelta(hours=1), id="and never more often than it is polled"),
    ],
)
def test_how_long_a_failing_source_is_left_alone(failures: int, every: timedelta, expected: timedelta) -> None:
    assert back_off(failures, every) == expected
