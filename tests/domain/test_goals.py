"""What an update clock adds to counts."""

from datetime import timedelta

import pytest

from syncd.domain.goals import Goals, goals_of
from syncd.domain.instant import to_us
from syncd.domain.names import Verdict
from syncd.testing.instants import at
from tests.store.samples import decided

NOON = at("2026-03-02 12:00")
HOUR = timedelta(hours=1)


def test_goals_count_where_they_began_and_were_missed() -> None:
    silence = decided(Verdict.MISSED, NOON)._replace(
        begun=3, begun_at=(NOON, NOON + HOUR, NOON + 2 * HOUR), misses=2, miss_at=(NOON + HOUR, NOON + 2 * HOUR)
    )
    assert list(goals_of(silence)) == [
        Goals(to_us(NOON), 1, 0), Goals(to_us(NOON + HOUR), 0, 1), Goals(to_us(NOON + 2 * HOUR), 0, 1),
    ]  # fmt: skip


def test_what_is_not_listed_counts_with_the_last_that_is() -> None:
    silence = decided(Verdict.MISSED, NOON)._replace(begun=9, begun_at=(NOON,), misses=5, miss_at=(NOON + HOUR,))
    assert list(goals_of(silence)) == [Goals(to_us(NOON), 9, 0), Goals(to_us(NOON + HOUR), -5, 5)]


def test_goals_of_one_quarter_of_an_hour_count_together() -> None:
    silence = decided(Verdict.MET, NOON)._replace(begun=2, begun_at=(NOON + HOUR / 12, NOON + HOUR / 6))
    assert list(goals_of(silence)) == [Goals(to_us(NOON), 2, 0)]


@pytest.mark.parametrize("verdict", [Verdict.PENDING, Verdict.EXCLUDED, Verdict.UNVERIFIABLE])
def test_a_silence_that_is_not_decided_adds_nothing(verdict: Verdict) -> None:
    assert list(goals_of(decided(verdict, NOON)._replace(begun=1, begun_at=(NOON,)))) == []
