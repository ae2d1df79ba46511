"""A ticket that its source no longer shows: an event of its own, under the name that people know."""

import pytest

from syncd.domain.events import Gone
from syncd.domain.instant_text import instant_text
from syncd.domain.names import GoneReason, Verdict
from syncd.ports.connector import Rechecked
from syncd.services.ingest import store_rechecked
from syncd.services.remap import remap, remeasure
from tests.services.desk import HOUR, LATER, MORNING, Desk, message, opened, record


def vanished(desk: Desk, *tickets: str, reason: GoneReason = GoneReason.DELETED, hours: int = 3) -> int:
    """Notice that tickets are gone, so long after the morning; return how many records were new."""
    found = Rechecked((), dict.fromkeys(tickets, reason))
    return store_rechecked(desk.intake, found, now=MORNING + hours * HOUR).changed


def test_a_gone_ticket_keeps_the_name_and_address_of_its_own_record(desk: Desk) -> None:
    desk.take(record("t1", url="https://snow.example/t1"))
    vanished(desk, "t1")
    timeline = desk.stored("t1").timeline
    assert (timeline.ticket, timeline.title, timeline.url) == ("T1", "About t1", "https://snow.example/t1")
    last = timeline.events[-1]
    assert last == Gone(
        id=f"gone:{instant_text(MORNING + 3 * HOUR)}",
        at=MORNING + 3 * HOUR,
        by=last.by,
        reason=GoneReason.DELETED,
        seq=0,
    )


def test_a_gone_ticket_is_unverifiable_and_never_resolved(desk: Desk) -> None:
    desk.take(record("t1"))
    vanished(desk, "t1")
    (reading,) = desk.readings()["t1"]
    assert (reading.cycles[0].verdict, reading.cycles[0].stopped_at) == (Verdict.UNVERIFIABLE, None)


def test_a_gone_ticket_announces_no_deadline_any_more(desk: Desk) -> None:
    desk.take(record("t1"))
    vanished(desk, "t1", hours=2)
    assert desk.see(lambda view: view.readings.next_wake()) is None
    assert desk.meet(MORNING + 9 * HOUR).looked_at == 0


def test_being_found_gone_again_is_nothing_new(desk: Desk) -> None:
    desk.take(record("t1"))
    assert vanished(desk, "t1", hours=3) == 1
    assert vanished(desk, "t1", hours=27) == 0


def test_the_first_notice_counts_even_if_a_later_one_knows_the_reason(desk: Desk) -> None:
    desk.take(record("t1"))
    vanished(desk, "t1", reason=GoneReason.UNREACHABLE, hours=3)
    assert vanished(desk, "t1", reason=GoneReason.DELETED, hours=27) == 1
    remap(desk.intake, now=MORNING + 30 * HOUR, progress=lambda _: None)
    last = desk.stored("t1").timeline.events[-1]
    assert isinstance(last, Gone)
    assert (last.at, last.reason) == (MORNING + 3 * HOUR, GoneReason.DELETED)


def test_a_ticket_that_was_never_read_can_be_gone_too(desk: Desk) -> None:
    vanished(desk, "t9")
    assert desk.stored("t9").timeline.ticket == "t9"


@pytest.mark.parametrize("by", ["a pass", "a re-reading"])
def test_a_ticket_that_is_shown_again_is_measured_again(desk: Desk, by: str) -> None:
    desk.take(record("t1"))
    vanished(desk, "t1", reason=GoneReason.UNREACHABLE, hours=2)
    if by == "a pass":
        desk.take(record("t1"), cursor="c2", expected="c1", now=MORNING + 3 * HOUR)
    else:
        store_rechecked(desk.intake, Rechecked((record("t1"),), {}), now=MORNING + 3 * HOUR)
    assert desk.readings()["t1"][0].cycles[0].verdict is Verdict.PENDING
    assert desk.meet(MORNING + 9 * HOUR).looked_at == 1
    assert desk.readings()["t1"][0].cycles[0].verdict is Verdict.MISSED
    remap(desk.intake, now=MORNING + 10 * HOUR, progress=lambda _: None)
    remeasure(desk.store, desk.fence, desk.rules, now=MORNING + 10 * HOUR, progress=lambda _: None)
    assert desk.readings()["t1"][0].cycles[0].verdict is Verdict.MISSED


def test_a_ticket_can_go_come_back_and_go_again(desk: Desk) -> None:
    desk.take(record("t1"))
    vanished(desk, "t1", hours=1)
    desk.take(record("t1", opened(), message(MORNING + HOUR)), cursor="c2", expected="c1", now=MORNING + 2 * HOUR)
    assert vanished(desk, "t1", hours=3) == 1
    stored = desk.stored("t1")
    gone = [event for event in stored.timeline.events if isinstance(event, Gone)]
    assert [event.id in stored.withdrawn for event in gone] == [True, False]
    assert desk.readings()["t1"][0].cycles[0].verdict is Verdict.UNVERIFIABLE


def test_re_reading_stores_what_a_pass_missed_and_moves_no_cursor(desk: Desk) -> None:
    desk.take(record("t1"))
    again = record("t1", opened(), message(MORNING + HOUR))
    report = store_rechecked(desk.intake, Rechecked((again,), {}), now=LATER)
    assert (report.records, report.new_events, desk.cursor()) == (1, 1, "c1")
