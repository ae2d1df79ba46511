"""One source's worker, step by step: what it does next, how long it waits, and what it keeps."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.daemon.source_poll import CENSUS_BATCH, REFUSED_WAIT
from syncd.domain.changes import Withheld
from syncd.domain.events import Gone
from syncd.errors import (
    SourceError,
    SourceMisunderstood,
    SourceRefused,
    SourceThrottled,
)
from syncd.ports.connector import Page
from syncd.services.poison import POISON_LIMIT
from syncd.testing.fakes import FakeConnector, FakeHistorian, Said
from tests.daemon.bench import EVERY, NOON, bench, down, page
from tests.services.desk import HOUR, MORNING, message, opened, record, resolved


def test_passes_go_on_from_the_cursor_of_the_one_before() -> None:
    found = bench(FakeConnector([page("c1", "t1"), page("c2", "t2")], [page("c3")]))
    assert timedelta() < found.step() <= EVERY
    found.pass_on()
    assert found.connector.asked == [None, "c2"]
    assert found.desk.cursor() == "c3"
    assert found.row().last_success_at == found.now.utc()


def test_a_restarted_worker_goes_on_from_the_stored_cursor() -> None:
    found = bench(FakeConnector([page("c1", "t1")]))
    found.step()
    found.poll = found.started()
    found.step()
    assert found.connector.asked == [None, "c1"]


def test_what_a_pass_stored_before_it_failed_is_kept_and_not_read_again() -> None:
    found = bench(FakeConnector([page("c1", "t1"), down()], [page("c2", "t2")]))
    found.step()
    assert (found.desk.cursor(), found.row().failures, found.row().last_success_at) == ("c1", 1, None)
    found.pass_on()
    assert found.connector.asked == [None, "c1"]
    assert (found.row().failures, found.row().last_error) == (0, None)


@pytest.mark.parametrize(
    ("failure", "least", "most"),
    [
        pytest.param(down(), EVERY, EVERY, id="one that is down is asked again in its turn"),
        pytest.param(down("timeout"), EVERY, EVERY, id="one that is silent likewise"),
        pytest.param(
            SourceThrottled("snow", 700.0, "429"), timedelta(seconds=700), timedelta(seconds=700),
            id="one that asks for time gets it",
        ),
        pytest.param(SourceRefused("snow", "auth", "401"), REFUSED_WAIT, REFUSED_WAIT, id="one that refuses us rests"),
        pytest.param(SourceMisunderstood("snow", "protocol", "?"), EVERY, EVERY, id="one that talks nonsense is asked"),
    ],
)  # fmt: skip
def test_a_source_that_fails(failure: SourceError, least: timedelta, most: timedelta) -> None:
    found = bench(FakeConnector([failure]))
    assert least <= found.step() <= most
    assert found.failures(failure.reason) == 1
    assert found.poll.last_error == found.row().last_error == f"{failure.reason}: {failure}"
    assert found.poll.refused == isinstance(failure, SourceRefused)
    assert found.desk.cursor() is None


def test_a_source_that_goes_on_failing_is_asked_less_and_less_and_at_least_every_quarter_of_an_hour() -> None:
    found = bench(FakeConnector(*[[down()] for _ in range(8)]))
    waits = [found.step(), *[found.pass_on() for _ in range(7)]]
    assert waits == sorted(waits)
    assert waits[0] < waits[3] < waits[-1] == timedelta(minutes=15)
    assert timedelta() < found.pass_on() <= EVERY


def test_a_worker_asked_before_its_time_does_nothing() -> None:
    found = bench(FakeConnector([down()], [page("c1", "t1")]))
    found.step()
    found.now.advance(10)
    assert found.step() == EVERY - timedelta(seconds=10)
    assert found.connector.asked == [None]


def test_a_bug_in_a_connector_is_let_through_to_whoever_drives_the_worker() -> None:
    found = bench(FakeConnector([ZeroDivisionError()]))
    with pytest.raises(ZeroDivisionError):
        found.step()


def test_the_past_is_read_between_passes_and_tells_nobody() -> None:
    late = Page([record("old", opened(), message(MORNING))], "p1")
    found = bench(FakeHistorian([page("c1", "new")], past=[late, page("p2", "older")]))
    found.now.advance(2 * HOUR.total_seconds())
    assert found.step() == timedelta()
    assert (found.poll.behind, found.desk.cursor("backfill")) == (True, None)
    found.step()
    assert found.desk.cursor("backfill") == "p1"
    found.step()
    assert found.step() > timedelta()
    assert not found.poll.behind
    assert found.row().backfilled_at is not None
    # Only the breach that was read as it happened is told.
    assert found.desk.pending() == 1


def test_how_far_the_past_is_read_and_how_late_new_events_were_learned_is_counted() -> None:
    old = replace(record("old", opened()), updated_at=MORNING)
    found = bench(FakeHistorian([page("c1", "new")], past=[Page([old, record("older")], "p1")]))
    seen = found.metrics.registry.get_sample_value
    found.step()
    assert seen("syncd_event_delay_seconds_count", {"connector": "fake"}) == 1
    assert seen("syncd_event_delay_seconds_sum", {"connector": "fake"}) == (NOON - MORNING).total_seconds()
    assert seen("syncd_backfill_reached_timestamp_seconds", {"source": "snow"}) is None
    found.step()
    assert seen("syncd_backfill_reached_timestamp_seconds", {"source": "snow"}) == MORNING.timestamp()
    assert seen("syncd_backfill_records_total", {"source": "snow"}) == 2
    assert seen("syncd_event_delay_seconds_count", {"connector": "fake"}) == 1, "the past is not late"


def test_a_past_that_breaks_off_goes_on_from_where_it_stood() -> None:
    connector = FakeHistorian([page("c1")], past=[page("p1", "t1"), down(), page("p2", "t2")])
    found = bench(connector)
    while found.poll.last_error is None:
        found.step()
    assert found.desk.cursor("backfill") == "p1"
    while found.poll.behind:
        found.now.advance(found.step().total_seconds())
    assert connector.asked_past == [None, "p1"]
    assert set(found.desk.readings()) == {"t1", "t2"}


def test_a_finished_past_is_not_read_again_after_a_restart() -> None:
    found = bench(FakeHistorian([page("c1")], past=[page("p1", "t1")]))
    while found.poll.behind:
        found.step()
    assert not found.started().behind


def test_the_first_pass_of_a_source_without_a_past_of_its_own_tells_nobody_and_the_second_does() -> None:
    late = Page([record("t1")], "c1")
    found = bench(FakeConnector([late], [page("c2", "t2")]))
    found.now.advance(2 * HOUR.total_seconds())
    found.step()
    assert found.desk.pending() == 0
    found.pass_on()
    assert found.desk.pending() == 1


def test_a_first_pass_that_breaks_off_is_all_past_until_it_has_come_to_its_end_once() -> None:
    found = bench(
        FakeConnector([page("c1"), down()], [page("c2", "t1"), down()], [page("c3", "t2")], [page("c4", "t3")])
    )
    found.now.advance(2 * HOUR.total_seconds())
    for _ in range(2):
        found.step()
        found.poll = found.started()
    found.step()
    assert (found.desk.cursor(), found.desk.pending()) == ("c3", 0)
    found.pass_on()
    assert found.desk.pending() == 1


def test_too_much_poison_in_one_pass_stops_the_source_and_names_it() -> None:
    many = [record(f"t{n}", poison="no such state") for n in range(POISON_LIMIT + 1)]
    found = bench(FakeConnector([Page(many, "c1")]))
    found.step()
    assert found.failures("protocol") == 1
    assert str(found.row().last_error).startswith(f"protocol: {POISON_LIMIT + 1} tickets")


def test_once_a_day_open_tickets_are_looked_for_and_the_missing_are_gone() -> None:
    connector = FakeConnector([page("c1", *[f"t{n:03d}" for n in range(CENSUS_BATCH + 10)])])
    connector.records = {f"t{n:03d}": record(f"t{n:03d}") for n in range(1, CENSUS_BATCH + 10)}
    connector.records["t001"] = record("t001", opened(), resolved(NOON))
    found = bench(connector)
    found.step()
    found.now.advance(23 * HOUR.total_seconds())
    found.pass_on()
    assert connector.rechecked == []
    found.now.advance(HOUR.total_seconds())
    found.pass_on()
    assert [len(batch) for batch in connector.rechecked] == [CENSUS_BATCH, 10]
    assert isinstance(found.desk.stored("t000").timeline.events[-1], Gone)
    assert found.desk.stored("t001").timeline.events[-1].id == "resolved"
    found.pass_on()
    assert len(connector.rechecked) == 2


def test_a_stop_between_pages_keeps_what_was_read_and_calls_no_pass_complete() -> None:
    found = bench(FakeConnector([page("c1", "t1"), page("c2", "t2")]))
    found.stopping = True
    found.step()
    assert found.desk.cursor() == "c1"
    assert found.row().last_success_at is None


def test_whoever_meets_deadlines_is_woken_when_something_changed_and_only_then() -> None:
    found = bench(FakeConnector([page("c1", "t1")], [page("c2", "t1")]))
    found.step()
    assert found.measured.rung()
    found.pass_on()
    assert not found.measured.rung()


def test_whoever_delivers_is_woken_when_a_page_revealed_a_breach_and_only_then() -> None:
    late = Page([record("t2", opened(MORNING - HOUR))], "c2")
    found = bench(FakeHistorian([Page([record("t1", opened(priority="P2"))], "c1")], [late]))
    found.step()
    assert not found.told.rung()
    found.pass_on()
    assert found.told.rung()


def test_whatever_goes_wrong_in_whatever_order_every_ticket_arrives() -> None:
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311  made-up faults, nothing secret
        passes: list[list[Said]] = []
        pages = [page(f"c{n}", f"t{n}") for n in range(12)]
        while pages:
            said: list[Said] = [pages.pop(0) for _ in range(min(chance.randint(0, 3), len(pages)))]
            if chance.random() < 0.6:
                said.append(chance.choice([down(), down("network"), SourceThrottled("snow", 5.0, "429")]))
            passes.append(said or [Page((), "c0")] if not passes else said or [down()])
        found = bench(FakeConnector(*passes))
        found.step()
        for _ in range(60):
            found.pass_on()
        assert set(found.desk.readings()) == {f"t{n}" for n in range(12)}, f"seed {seed}"
        assert replace(found.row(), watermark=None).failures == 0


def test_notices_that_are_withheld_are_counted_by_their_reason() -> None:
    found = bench(FakeConnector([page("c1", "t1")]))
    found.now.advance(6 * HOUR.total_seconds())
    found.step()
    counted = {
        reason.value: found.metrics.registry.get_sample_value("syncd_notices_withheld_total", {"reason": reason.value})
        for reason in Withheld
    }
    assert counted == {reason.value: float(reason is Withheld.HISTORY) for reason in Withheld}
