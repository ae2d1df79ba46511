"""The two halves of one incident are measured beside each other, whichever arrives or changes last."""

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, cast

import pytest

from syncd.domain.names import GoneReason
from syncd.errors import StoreBusy
from syncd.ports.connector import RawRecord, Rechecked
from syncd.ports.store import Fence, Store, Work
from syncd.services.ingest import store_rechecked
from syncd.services.remap import TICKETS_A_TRANSACTION, remeasure
from syncd.services.renew import renew_some
from syncd.services.rules import Rules
from tests.services.desk import HOUR, LATER, MINUTE, MORNING, Desk, message, opened, record, resolved
from tests.services.pair import ELSEWHERE, MET, MISSED, PENDING, Pair, both, link, pair_on

NEXT_DAY = MORNING + 24 * HOUR
SOLVED = record("inc", opened(), resolved(MORNING + HOUR))
LATE_MAIL = record("m", opened(), link("INC", MORNING + MINUTE), resolved(MORNING + 9 * HOUR))
UNKNOWN = record(
    "inc", opened(), resolved(MORNING + HOUR), quality="partial",
    gaps=[{"from": "2026-03-02T09:00:00Z", "until": "2026-03-02T09:30:00Z", "missing": ["phase"]}],
)  # fmt: skip


class BusyWithDeadlines:
    """A store in which whoever writes urgently finds somebody else at it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, fence: Fence, *, urgent: bool = False) -> AbstractContextManager[Work]:
        if urgent:
            raise StoreBusy
        return self._store.begin(fence)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.fixture
def pair(desk: Desk) -> Pair:
    return pair_on(desk, "snow")


def test_the_other_half_may_arrive_later(pair: Pair) -> None:
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    assert pair.said() == {"m": [MISSED]}
    pair.take("snow", SOLVED, now=NEXT_DAY)
    assert pair.said() == {"m": [ELSEWHERE], "inc": [MET]}
    assert pair.notes() == 0


def test_the_other_half_may_be_there_before(pair: Pair) -> None:
    pair.take("snow", SOLVED, now=NEXT_DAY)
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    assert pair.said() == {"m": [ELSEWHERE], "inc": [MET]}


def test_both_halves_may_come_in_one_page(pair: Pair) -> None:
    pair.take("snow", record("dup", opened(), link("snow:INC", MORNING)), SOLVED, now=NEXT_DAY)
    assert pair.said() == {"dup": [MISSED], "inc": [MET]}, "of one source, each counts"


def test_a_link_in_the_ticket_of_record_measures_the_other_again(pair: Pair) -> None:
    pair.take("mail", record("m", opened(), resolved(MORNING + 9 * HOUR)), now=NEXT_DAY)
    pair.take("snow", SOLVED, now=NEXT_DAY)
    assert pair.said() == {"m": [MISSED], "inc": [MET]}
    linked = record("inc", opened(), link("mail:M", MORNING + MINUTE), resolved(MORNING + HOUR))
    pair.take("snow", linked, now=NEXT_DAY)
    assert pair.said() == {"m": [ELSEWHERE], "inc": [MET]}


def test_a_link_taken_back_measures_both_again(pair: Pair) -> None:
    pair.take("snow", SOLVED, now=NEXT_DAY)
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    undone = record(
        "m", opened(), link("INC", MORNING + MINUTE), link("INC", MORNING + HOUR, "undone", "unlinked"),
        resolved(MORNING + 9 * HOUR),
    )  # fmt: skip
    pair.take("mail", undone, now=NEXT_DAY)
    assert pair.said() == {"m": [MISSED], "inc": [MET]}


def test_a_link_that_its_source_no_longer_shows_joins_nothing(pair: Pair) -> None:
    pair.take("snow", SOLVED, now=NEXT_DAY)
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    pair.take("mail", record("m", opened(), resolved(MORNING + 9 * HOUR)), now=NEXT_DAY)
    assert pair.said() == {"m": [MISSED], "inc": [MET]}


def test_a_half_that_becomes_unverifiable_drops_no_miss(pair: Pair) -> None:
    pair.take("snow", SOLVED, now=NEXT_DAY)
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    pair.take("snow", UNKNOWN, now=NEXT_DAY)
    assert pair.said() == {"m": [MISSED], "inc": [("unverifiable", ())]}


def test_a_half_that_is_gone_unsolved_drops_no_miss(pair: Pair) -> None:
    pair.take("snow", record("inc", opened()), now=LATER)
    pair.take("mail", LATE_MAIL, now=LATER)
    store_rechecked(pair.snow.intake, Rechecked([], {"inc": GoneReason.DELETED}), now=LATER + MINUTE)
    assert pair.said() == {"m": [PENDING], "inc": [("unverifiable", ())]}
    pair.meet(NEXT_DAY)
    assert pair.said() == {"m": [MISSED], "inc": [("unverifiable", ())]}


def test_a_ticket_renamed_is_found_by_its_new_name(pair: Pair) -> None:
    pair.take("snow", record("x", opened(), resolved(MORNING + HOUR)), now=NEXT_DAY)
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    assert pair.said()["m"] == [MISSED]
    renamed = record("x", opened(), message(MORNING + MINUTE), resolved(MORNING + HOUR))
    pair.take("snow", type(renamed)("x", renamed.updated_at, {**renamed.payload, "ticket": "INC"}), now=NEXT_DAY)
    assert pair.said()["m"] == [ELSEWHERE]


def test_a_clock_of_record_that_starts_by_itself_measures_the_other_again(pair: Pair) -> None:
    """Nothing happens to either ticket: an appointment comes, and the clock of record begins to tell."""
    pair = pair.under(both("snow", not_before="visit"))
    visit = (LATER + 30 * MINUTE).isoformat()
    appointed = {**opened(), "attributes": {"visit": visit}}
    pair.take("snow", record("inc", appointed), now=LATER)
    pair.take("mail", record("m", opened(), link("INC", MORNING + MINUTE)), now=LATER)
    assert pair.said() == {"m": [PENDING], "inc": []}
    pair.meet(LATER + 30 * MINUTE)
    assert pair.said() == {"m": [ELSEWHERE], "inc": [PENDING]}


def test_nobody_is_told_of_the_half_that_does_not_count(pair: Pair) -> None:
    pair.take("snow", record("inc", opened()), now=LATER)
    pair.take("mail", record("m", opened(), link("INC", MORNING + MINUTE)), now=LATER)
    told = [
        (change.notice.ticket, change.notice.key.step.value)
        for hour in (3, 5)
        for report in pair.meet(MORNING + hour * HOUR)
        for change in report.assessment.told
    ]
    assert told == [("INC", "at_risk"), ("INC", "breached")]
    assert pair.said() == {"m": [ELSEWHERE], "inc": [MISSED]}


def test_a_half_that_counts_again_is_told_of_and_one_that_no_longer_does_is_not(pair: Pair) -> None:
    pair.take("snow", record("inc", opened()), now=LATER)
    pair.take("mail", record("m", opened(), link("INC", MORNING + MINUTE)), now=LATER)
    pair.meet(MORNING + 5 * HOUR)
    report = pair.take("snow", UNKNOWN, now=MORNING + 5 * HOUR)
    told = [change.notice.ticket for assessment in report.assessments for change in assessment.told]
    assert told == ["M"]
    number = pair.mail.stored("m").number

    def waiting() -> int:
        return sum(len(waits) for waits in pair.mail.see(lambda view: view.held.of_tickets([number])).values())

    assert waiting() == 1
    pair.take("snow", SOLVED, now=MORNING + 6 * HOUR)
    assert waiting() == 0


def test_notes_that_were_left_are_taken_up_by_the_timer(pair: Pair) -> None:
    pair.take("snow", SOLVED, now=NEXT_DAY)
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    stored = pair.snow.stored("inc")
    pair.snow.write(lambda work: work.readings.drop())
    pair.snow.write(lambda work: work.links.mark([stored.number]))
    assert pair.notes() == 1
    assert [report.looked_at for report in pair.meet(NEXT_DAY)] == [1]
    assert pair.notes() == 0


def test_notes_wait_for_the_timer_while_the_store_is_busy(pair: Pair) -> None:
    pair.take("snow", record("INC", link("m1", MORNING)), record("other"))
    busy = replace(pair.mail, intake=replace(pair.mail.intake, store=cast(Store, BusyWithDeadlines(pair.mail.store))))
    report = busy.take(record("m1"), cursor="c", expected="c")
    assert (report.created, report.assessments[1:]) == (1, [])
    assert pair.notes() > 0


def test_without_a_system_of_record_nothing_is_noted(pair: Pair) -> None:
    pair = pair.under(both())
    pair.take("snow", SOLVED, now=NEXT_DAY)
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    assert pair.said() == {"m": [MISSED], "inc": [MET]}
    assert pair.notes() == 0


def test_a_contract_that_names_one_later_measures_everything_anew(pair: Pair) -> None:
    pair.under(both()).take("mail", LATE_MAIL, now=NEXT_DAY)
    pair.under(both()).take("snow", SOLVED, now=NEXT_DAY)
    rules = Rules(both("snow"), (), "another")
    while (report := renew_some(pair.snow.store, pair.snow.fence, rules, now=NEXT_DAY)) is not None:
        if report.ended:
            break
    pair.meet(NEXT_DAY)
    assert pair.said() == {"m": [ELSEWHERE], "inc": [MET]}
    assert pair.notes() == 0
    assert pair.snow.see(lambda view: view.readings.renewal()) is None


def stored_by_an_older_release(pair: Pair, between: int) -> None:
    """A mail, many tickets, and then the incident that names the mail; no link is known yet, and nothing measured."""

    def store(desk: Desk, *records: RawRecord) -> None:
        heads = [desk.intake.mapper.map(each).timeline for each in records]

        def append(work: Work) -> None:
            numbers = work.tickets.lock(desk.intake.source, heads)
            work.tickets.append({numbers[head.id]: head.events for head in heads}, recorded_at=NEXT_DAY)

        desk.write(append)

    store(pair.mail, record("m", opened(), resolved(MORNING + 9 * HOUR)))
    store(pair.snow, *(record(f"t{n:04}", opened(), resolved(MORNING + HOUR)) for n in range(between)))
    store(pair.snow, record("zinc", opened(), link("mail:M", MORNING), resolved(MORNING + HOUR)))


def test_links_that_become_known_while_rules_change_measure_both(pair: Pair) -> None:
    stored_by_an_older_release(pair, 60)
    rules = Rules(both("snow"), (), "another")
    while (report := renew_some(pair.snow.store, pair.snow.fence, rules, now=NEXT_DAY)) is not None:
        if report.ended:
            break
    pair.meet(NEXT_DAY)
    assert pair.said()["m"] == [("excluded", ("snow:ZINC",))]


def test_links_that_become_known_in_a_replay_measure_both(pair: Pair) -> None:
    stored_by_an_older_release(pair, TICKETS_A_TRANSACTION)
    remeasure(pair.snow.store, pair.snow.fence, pair.snow.rules, now=NEXT_DAY, progress=lambda _: None)
    assert pair.said()["m"] == [("excluded", ("snow:ZINC",))]
    assert pair.notes() == 0


def test_measuring_everything_again_comes_to_the_same(pair: Pair) -> None:
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    pair.take("snow", SOLVED, now=NEXT_DAY)
    before = pair.said()
    pair.snow.write(lambda work: work.readings.drop())
    remeasure(pair.snow.store, pair.snow.fence, pair.snow.rules, now=NEXT_DAY, progress=lambda _: None)
    assert pair.said() == before == {"m": [ELSEWHERE], "inc": [MET]}
    assert pair.notes() == 0


def test_an_ambiguous_name_is_a_problem_until_it_is_none(pair: Pair) -> None:
    twin = record("inc2", opened())
    pair.take("snow", SOLVED, type(twin)("inc2", twin.updated_at, {**twin.payload, "ticket": "INC"}), now=NEXT_DAY)
    pair.take("mail", LATE_MAIL, now=NEXT_DAY)
    assert pair.said()["m"] == [MISSED]
    problems = pair.mail.see(lambda view: view.problems.of(pair.mail.intake.source, "m"))
    assert [problem.code for problem in problems] == ["ambiguous_link"]
    pair.take("snow", twin, now=NEXT_DAY)
    assert pair.said()["m"] == [ELSEWHERE]
    assert pair.mail.see(lambda view: view.problems.of(pair.mail.intake.source, "m")) == []
