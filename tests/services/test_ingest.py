"""A page becomes tickets, events, readings and a cursor, whole chunks at a time, and twice is once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from syncd.domain.names import Verdict
from syncd.domain.problem import Problem
from syncd.errors import CursorMoved
from syncd.ports.connector import RawRecord
from syncd.ports.repositories import EVENTS_A_TRANSACTION
from syncd.ports.store import Fence, Store, Work
from syncd.services.ingest import note_source_problems
from syncd.services.poison import poisoned
from syncd.testing.fakes import TEXT, FakeMapper
from syncd.testing.memory_store import MemoryStore
from tests.services.desk import HOUR, MORNING, Desk, chatty, message, opened, record, resolved


@dataclass
class Trail:
    """A store that notes, after each of its transactions, how many events it wrote, and the cursor behind it."""

    inner: Store
    source: int
    wrote: list[int] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)
    dies_at: int | None = None
    """The transaction that is never committed, as after a kill."""

    @contextmanager
    def begin(self, fence: Fence, *, urgent: bool = False) -> Iterator[Work]:
        before = self._events()
        if self.dies_at == len(self.wrote):
            with self.inner.begin(fence, urgent=urgent) as work:
                yield replace_commit(work)
            return
        with self.inner.begin(fence, urgent=urgent) as work:
            yield work
        self.wrote.append(self._events() - before)
        with self.inner.view() as view:
            self.cursors.append(view.checkpoints.get(self.source, "live"))

    def _events(self) -> int:
        with self.inner.view() as view:
            return sum(len(stored.timeline.events) for stored in view.tickets.stream())

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


class Killed(Exception):
    """The process ended here."""


class _Dying:
    """A transaction whose process is killed at the commit."""

    def __init__(self, inner: Work) -> None:
        self._inner = inner

    def commit(self) -> None:
        raise Killed

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def replace_commit(work: Work) -> Work:
    return _Dying(work)  # type: ignore[return-value]  # stands in for every repository by delegation


def trailed(desk: Desk, dies_at: int | None = None) -> tuple[Desk, Trail]:
    trail = Trail(desk.store, desk.intake.source, dies_at=dies_at)
    return replace(desk, intake=replace(desk.intake, store=trail)), trail  # type: ignore[arg-type]  # as above


def test_a_page_read_twice_changes_nothing_the_second_time(desk: Desk) -> None:
    page = [record("t1", opened(), resolved(MORNING + HOUR)), record("t2")]
    first = desk.take(*page)
    again = desk.take(*page, now=MORNING + HOUR, cursor="c2", expected="c1")
    assert (first.created, first.changed, first.new_events) == (2, 2, 3)
    assert (again.created, again.changed, again.new_events, again.unchanged) == (0, 0, 0, 2)
    assert desk.cursor() == "c2"


def test_a_ticket_that_grew_gains_only_what_is_new(desk: Desk) -> None:
    desk.take(record("t1"))
    report = desk.take(record("t1", opened(), resolved(MORNING + HOUR)), cursor="c2", expected="c1")
    assert (report.created, report.changed, report.new_events) == (0, 1, 1)
    assert [event.id for event in desk.stored("t1").timeline.events] == ["opened", "resolved"]


def test_a_change_of_volatile_fields_alone_is_none(desk: Desk) -> None:
    desk.take(record("t1", seen=1))
    assert desk.take(record("t1", seen=2), cursor="c2", expected="c1").changed == 0


def test_text_is_redacted_before_anything_is_kept(desk: Desk) -> None:
    desk.take(record("t1", text="It stopped working"))
    kept = desk.see(lambda view: list(view.records.stream(desk.intake.source)))
    assert "text" not in kept[0].payload


def test_a_ticket_is_measured_in_the_transaction_that_stores_it(desk: Desk) -> None:
    desk.take(record("t1", opened(), resolved(MORNING + 5 * HOUR)), now=MORNING + 6 * HOUR)
    (reading,) = desk.readings()["t1"]
    assert reading.cycles[0].verdict is Verdict.MISSED


def test_no_transaction_writes_more_events_than_it_may(desk: Desk) -> None:
    watched, trail = trailed(desk)
    report = watched.take(*[chatty(f"t{n}", 90) for n in range(7)], chatty("large", 450), record("small"))
    assert report.new_events == sum(trail.wrote) == 7 * 90 + 450 + 1
    assert max(trail.wrote) <= EVENTS_A_TRANSACTION


def test_the_cursor_is_saved_with_the_last_chunk_and_not_before(desk: Desk) -> None:
    watched, trail = trailed(desk)
    watched.take(*[chatty(f"t{n}", 150) for n in range(3)])
    assert trail.cursors == [None, None, "c1"]


def test_a_ticket_of_450_events_is_measured_once_with_all_of_them(desk: Desk) -> None:
    watched, trail = trailed(desk)
    report = watched.take(chatty("large", 450))
    assert trail.wrote == [200, 200, 50]
    assert sum(found.measured for found in report.assessments) == 1
    assert len(desk.stored("large").timeline.events) == 450
    assert desk.readings()["large"][0].cycles[0].verdict is Verdict.MET


@pytest.mark.parametrize("transaction", range(6))
def test_a_kill_before_any_commit_repeats_reading_and_loses_nothing(desk: Desk, transaction: int) -> None:
    page = [chatty("first", 120), chatty("large", 450), chatty("last", 120)]
    dying, trail = trailed(desk, dies_at=transaction)
    try:
        dying.take(*page)
    except Killed:
        assert desk.cursor() is None
        report = desk.take(*page)
        assert report.new_events == 690 - sum(trail.wrote)
    assert len(trail.wrote) == min(transaction, 5)
    assert desk.cursor() == "c1"
    assert {ticket: len(desk.stored(ticket).timeline.events) for ticket in ("first", "large", "last")} == {
        "first": 120, "large": 450, "last": 120,
    }  # fmt: skip
    assert {found[0].cycles[0].verdict for found in desk.readings().values()} == {Verdict.MET}


def test_an_empty_page_moves_the_cursor(desk: Desk) -> None:
    desk.take()
    assert desk.cursor() == "c1"


def test_a_page_read_from_a_cursor_that_moved_meanwhile_writes_no_cursor(desk: Desk) -> None:
    desk.take(record("t1"))
    with pytest.raises(CursorMoved):
        desk.take(record("t2"), cursor="c2", expected="elsewhere")
    assert desk.cursor() == "c1"


def test_an_event_that_the_source_no_longer_shows_is_withdrawn_and_still_counts(desk: Desk) -> None:
    desk.take(record("t1", opened(), message(MORNING + HOUR), resolved(MORNING + 2 * HOUR)))
    report = desk.take(record("t1", opened(), message(MORNING + HOUR)), cursor="c2", expected="c1")
    assert report.withdrawn == 1
    stored = desk.stored("t1")
    assert stored.withdrawn == {"resolved"}
    assert [event.id for event in stored.timeline.events] == ["opened", "answer", "resolved"]


def test_a_record_that_is_not_the_whole_history_withdraws_nothing(desk: Desk) -> None:
    desk.take(record("t1", opened(), message(MORNING + HOUR)))
    report = desk.take(record("t1", opened(), complete=False), cursor="c2", expected="c1")
    assert (report.withdrawn, desk.stored("t1").withdrawn) == (0, frozenset())


def test_findings_of_a_ticket_are_those_of_its_newest_record(desk: Desk) -> None:
    desk.take(record("t1", problems=["odd_state", "no_actor"]))
    assert desk.take(record("t1", problems=["no_actor"]), cursor="c2", expected="c1").problems == 1
    assert desk.see(lambda view: dict(view.problems.counts())) == {("snow", "no_actor"): 1}


def test_findings_of_a_pass_are_the_sources_until_the_next_one_finds_others(desk: Desk) -> None:
    def noted() -> list[str]:
        return [each.code for each in desk.see(lambda view: view.problems.of(desk.intake.source, ""))]

    note_source_problems(desk.intake, [Problem("bad_line", "line 3"), Problem("hidden_rows", "2")], now=MORNING)
    assert sorted(noted()) == ["bad_line", "hidden_rows"]
    note_source_problems(desk.intake, [], now=MORNING)
    assert noted() == []


def test_a_ticket_that_cannot_be_mapped_is_kept_apart_and_the_others_go_on(desk: Desk) -> None:
    report = desk.take(record("bad", poison="no such state"), record("good"))
    assert report.quarantined == desk.quarantined()
    assert re.fullmatch(r"map: RuntimeError at syncd\.testing\.fakes:\d+", report.quarantined["bad"])
    assert set(desk.readings()) == {"good"}
    assert desk.cursor() == "c1"
    kept = desk.see(lambda view: {raw.ticket for raw in view.records.stream(desk.intake.source)})
    assert kept == {"bad", "good"}


def test_a_ticket_that_can_be_mapped_again_leaves_the_quarantine(desk: Desk) -> None:
    desk.take(record("bad", poison="no such state"))
    desk.take(record("bad"), cursor="c2", expected="c1")
    assert desk.quarantined() == {}
    assert set(desk.readings()) == {"bad"}


def test_a_poisonous_part_keeps_its_ticket_apart_though_another_part_is_sound(desk: Desk) -> None:
    sound = record("t1")
    desk.take(sound, replace(record("t1", poison="no such state"), part="second"))
    assert set(desk.quarantined()) == {"t1"}


@pytest.mark.parametrize(
    ("quarantined", "tickets", "suspect"),
    [
        pytest.param(20, 20, False, id="twenty bad tickets are the tickets' fault"),
        pytest.param(21, 21, True, id="one more is the source's"),
        pytest.param(30, 3000, False, id="of many tickets one in a hundred may be bad"),
        pytest.param(31, 3000, True, id="more than one in a hundred is the source's"),
    ],
)
def test_a_source_is_suspected_when(quarantined: int, tickets: int, suspect: bool) -> None:
    assert poisoned(quarantined, tickets) is suspect


@pytest.mark.parametrize(
    ("from_history", "told"),
    [
        pytest.param(False, 1, id="what is read as it happens is told"),
        pytest.param(True, 0, id="what is read from the past is not"),
    ],
)
def test_a_breach_found_in_a_page(desk: Desk, from_history: bool, told: int) -> None:
    late: datetime = MORNING + 5 * HOUR
    (found,) = desk.take(record("t1"), now=late, from_history=from_history).assessments
    assert len(found.told) == told == desk.pending()
    assert sum(found.withheld.values()) == 1 - told
    # Known is known: reading it again as the present does not tell it after all.
    desk.take(record("t1", opened(), message(late)), now=late, cursor="c2", expected="c1")
    assert desk.pending() == told


@pytest.mark.parametrize(
    "unheard_of",
    [
        pytest.param(message(MORNING, "half a pair \ud800"), id="half a surrogate pair"),
        pytest.param(message(MORNING, "far") | {"seq": 10**30}, id="a number no column holds"),
    ],
)
def test_a_ticket_that_the_store_cannot_hold_is_kept_apart_and_the_others_go_on(
    desk: Desk, unheard_of: dict[str, object]
) -> None:
    report = desk.take(record("good"), record("bad", opened(), unheard_of), record("fine"))
    apart = set() if isinstance(desk.store, MemoryStore) else {"bad"}
    assert set(report.quarantined) == set(desk.quarantined()) == apart
    assert set(desk.readings()) == {"good", "bad", "fine"} - apart
    assert desk.cursor() == "c1"


@pytest.mark.parametrize(
    "name", [pytest.param("b\0d", id="a NUL"), pytest.param("b\ud800d", id="half a surrogate pair")]
)
def test_a_ticket_whose_name_no_store_can_keep_is_kept_apart(desk: Desk, name: str) -> None:
    desk.take(record("good"), record(name))
    assert list(desk.quarantined()) == [name.encode("utf-8", "replace").decode().replace("\0", "\ufffd")]
    assert set(desk.readings()) == {"good"}


class Blundering(FakeMapper):
    """A mapper with a bug in what takes text away."""

    def redact(self, record: RawRecord) -> RawRecord:
        if TEXT in record.payload:
            raise ValueError(str(record.payload[TEXT]))
        return super().redact(record)


def test_a_ticket_that_cannot_be_redacted_is_kept_apart_without_a_word_of_it(desk: Desk) -> None:
    desk = replace(desk, intake=replace(desk.intake, mapper=Blundering()))
    report = desk.take(record("good"), record("bad", text="what people wrote"))
    assert report.quarantined == desk.quarantined()
    assert re.fullmatch(r"redact: ValueError at \S*test_ingest:\d+", report.quarantined["bad"])
    assert set(desk.readings()) == {"good"}
