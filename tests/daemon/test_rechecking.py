"""Tickets are read once more before their breach is told: the urgent first, within a budget, failures put off."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from syncd.daemon.rechecking import BATCH, WAIT_AFTER_FAILURE, Rechecking
from syncd.errors import SourceThrottled, SourceUnavailable
from syncd.ports.connector import Rechecked
from syncd.services.intake import PageReport
from syncd.testing.fakes import FakeConnector
from syncd.testing.virtual_now import VirtualNow
from tests.services.desk import HOUR, MINUTE, MORNING, Desk, in_memory, opened, record, resolved

LATE = MORNING + 4 * HOUR
SECOND = timedelta(seconds=1)


class Moody(FakeConnector):
    """Fails as often as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[Exception] = []

    def recheck(self, ids: object) -> Rechecked:
        found = super().recheck(ids)  # type: ignore[arg-type]  # a sequence of ids
        if self.failures:
            raise self.failures.pop(0)
        return found


@dataclass
class Bench:
    desk: Desk
    snow: Moody
    now: VirtualNow
    noted: list[PageReport]
    make: Callable[[int], Rechecking]

    def at(self, instant: datetime) -> datetime:
        self.now.set_wall(instant)
        return instant

    def asked(self) -> list[int]:
        return [len(ids) for ids in self.snow.rechecked]


@pytest.fixture
def bench() -> Bench:
    plain = in_memory()
    desk = replace(plain, intake=replace(plain.intake, rules=replace(plain.rules, rechecked=frozenset({"snow"}))))
    snow, now, noted = Moody(), VirtualNow(MORNING), list[PageReport]()

    def make(budget: int) -> Rechecking:
        return Rechecking(desk.intake, snow, now, budget, noted.append)

    return Bench(desk, snow, now, noted, make)


def given(bench: Bench, count: int, priority: str = "P1", start: datetime = MORNING) -> None:
    records = [record(f"{priority}-{n:03d}", opened(start, priority)) for n in range(count)]
    bench.snow.records |= {each.ticket: each for each in records}
    cursor = bench.desk.cursor()
    bench.desk.take(*records, now=MORNING, cursor=f"{cursor}+", expected=cursor)


def test_nothing_is_read_before_its_time_and_each_ticket_once(bench: Bench) -> None:
    given(bench, 3)
    rechecking = bench.make(60)
    rechecking.run(bench.at(LATE - 2 * MINUTE - SECOND))
    assert bench.asked() == []
    assert rechecking.next_at(LATE - 2 * MINUTE - SECOND, LATE + HOUR) == LATE - 2 * MINUTE
    assert rechecking.next_at(MORNING, MORNING + HOUR) == MORNING + HOUR, "not beyond what was asked for"
    rechecking.run(bench.at(LATE - 2 * MINUTE))
    rechecking.run(bench.at(LATE - MINUTE))
    assert bench.asked() == [3]


def test_a_source_that_needs_none_is_never_asked(bench: Bench) -> None:
    given(bench, 3)
    intake = replace(bench.desk.intake, rules=replace(bench.desk.rules, rechecked=frozenset()))
    rechecking = Rechecking(intake, bench.snow, bench.now, 60, bench.noted.append)
    rechecking.run(bench.at(LATE))
    assert (bench.asked(), rechecking.next_at(LATE, LATE + HOUR)) == ([], LATE + HOUR)


def test_the_budget_bounds_what_is_read_in_any_minute_the_urgent_first(bench: Bench) -> None:
    given(bench, 30, "P2", MORNING - 4 * HOUR)
    given(bench, 10, "P1")
    rechecking = bench.make(25)
    begin = LATE - 2 * MINUTE
    rechecking.run(bench.at(begin))
    assert bench.asked() == [25]
    assert sum(id_.startswith("P1") for id_ in bench.snow.rechecked[0]) == 10
    assert rechecking.next_at(begin, LATE + HOUR) == begin + MINUTE
    rechecking.run(bench.at(begin + MINUTE - SECOND))
    assert bench.asked() == [25]
    rechecking.run(bench.at(begin + MINUTE))
    assert bench.asked() == [25, 15]


def test_many_are_read_in_batches(bench: Bench) -> None:
    given(bench, BATCH + 5)
    bench.make(1000).run(bench.at(LATE))
    assert bench.asked() == [BATCH, 5]


def test_what_a_recheck_finds_is_stored_and_reported(bench: Bench) -> None:
    given(bench, 2)
    bench.snow.records["P1-000"] = record("P1-000", opened(), resolved(LATE - 3 * MINUTE))
    bench.make(60).run(bench.at(LATE - MINUTE))
    assert [report.changed for report in bench.noted] == [1]
    bench.desk.meet(LATE + SECOND)
    bench.desk.let_go(LATE + SECOND)
    (told,) = bench.desk.write(lambda work: work.outbox.claim("oncall", LATE + HOUR, 9, 1.0))
    assert (told.notice.ticket, told.confirmed) == ("P1-001", True)


def test_a_ticket_that_is_gone_is_confirmed_to_be(bench: Bench) -> None:
    given(bench, 1)
    del bench.snow.records["P1-000"]
    bench.desk.meet(LATE + SECOND)
    bench.make(60).run(bench.at(LATE + 2 * SECOND))
    assert bench.desk.let_go(LATE + HOUR).released == 0


@pytest.mark.parametrize(
    ("failure", "wait"),
    [
        pytest.param(SourceUnavailable("snow", "network"), WAIT_AFTER_FAILURE, id="a failure"),
        pytest.param(SourceThrottled("snow", 33), timedelta(seconds=33), id="being asked to wait"),
    ],
)
def test_after_it_the_source_is_left_alone_for_a_while(bench: Bench, failure: Exception, wait: timedelta) -> None:
    given(bench, 1)
    bench.snow.failures = [failure]
    rechecking = bench.make(60)
    rechecking.run(bench.at(LATE))
    assert rechecking.next_at(LATE, LATE + HOUR) == LATE + wait
    rechecking.run(bench.at(LATE + wait - SECOND))
    assert bench.asked() == [1]
    rechecking.run(bench.at(LATE + wait))
    rechecking.run(bench.at(LATE + wait))
    assert bench.asked() == [1, 1]
