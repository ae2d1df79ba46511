"""A herd of breaches at one opening second: the urgent ones are confirmed and out, and no source is asked too much."""

from datetime import timedelta

import pytest

from syncd.domain.notice import Step
from tests.simulation.opening import Morning, an_opening

SOURCES, TICKETS, BUDGET = 6, 480, 30
STORM = 10


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    return an_opening(
        tmp_path_factory.mktemp("all"), sources=SOURCES, tickets=TICKETS, storm=TICKETS, budget=BUDGET
    )  # fmt: skip


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    return an_opening(
        tmp_path_factory.mktemp("storm"), sources=SOURCES, tickets=TICKETS, storm=STORM, budget=BUDGET
    )  # fmt: skip


def test_every_urgent_breach_is_confirmed_and_out_within_a_minute(one_by_one: Morning) -> None:
    urgent = [(after, notice) for after, notice in one_by_one.told() if notice.priority == "P1"]
    assert len(urgent) == TICKETS // 10
    assert max(after for after, _ in urgent) < timedelta(minutes=1)
    assert [each.key for _, each in one_by_one.taken if each.notice.priority == "P1" and not each.confirmed] == []


def test_the_rest_leaves_in_order_of_urgency_and_within_two_minutes(one_by_one: Morning) -> None:
    told = one_by_one.told()
    assert len(told) == TICKETS
    at_once = [notice.priority for after, notice in told if after < timedelta(seconds=50)]
    assert at_once == sorted(at_once)
    assert max(after for after, _ in told) < timedelta(minutes=2)


def test_nothing_leaves_before_the_opening_and_no_key_twice(one_by_one: Morning) -> None:
    assert min(after for after, _ in one_by_one.told()) > timedelta()
    keys = [each.key for _, each in one_by_one.taken]
    assert len(set(keys)) == len(keys) == one_by_one.keys


def test_no_source_is_read_beyond_its_budget(one_by_one: Morning) -> None:
    most = [source.most_in_a_minute() for source in one_by_one.sources]
    assert max(most) == BUDGET
    assert one_by_one.unconfirmed() < TICKETS / 2


def test_with_a_storm_guard_the_urgent_leave_one_by_one_and_the_rest_in_a_digest_a_vendor(folded: Morning) -> None:
    told = [notice for _, notice in folded.told()]
    urgent = [notice for notice in told if notice.level == 1]
    assert len(urgent) == TICKETS // 10
    digests = [notice for _, notice in folded.told(Step.DIGEST)]
    assert {notice.vendor for notice in digests} == {notice.vendor for notice in told}
    assert len(told) + sum(notice.count for notice in digests) == TICKETS
