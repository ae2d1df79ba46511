"""Whatever is derived can be thrown away and built again from the raw records, and comes out the same."""

import re

from syncd.domain.names import GoneReason, Metric
from syncd.ports.connector import Rechecked
from syncd.services.ingest import store_rechecked
from syncd.services.remap import remap, remeasure
from tests.services.desk import HOUR, MORNING, Desk, a_target, agreed, chatty, message, opened, record, resolved

EVENING = MORNING + 10 * HOUR


def lived(desk: Desk) -> Desk:
    """A desk with a day behind it: tickets that grew, shrank, vanished, breached."""
    desk = desk.under(agreed(a_target(), a_target("response", Metric.FIRST_RESPONSE)))
    desk.take(record("t1"), record("t2", opened(priority="P2")), chatty("t3", 230), record("t4"), now=MORNING + HOUR)
    desk.take(
        record("t1", opened(), message(MORNING + HOUR), resolved(MORNING + 5 * HOUR)),
        record("t2", opened(priority="P2"), message(MORNING + HOUR, "gone later")),
        now=MORNING + 6 * HOUR, cursor="c2", expected="c1",
    )  # fmt: skip
    desk.take(record("t2", opened(priority="P2")), now=MORNING + 7 * HOUR, cursor="c3", expected="c2")
    store_rechecked(desk.intake, Rechecked((), {"t4": GoneReason.DELETED}), now=MORNING + 8 * HOUR)
    return desk


def replayed(desk: Desk) -> tuple[int, int]:
    mapped = remap(desk.intake, now=EVENING, progress=lambda _: None)
    measured = remeasure(desk.store, desk.fence, desk.rules, now=EVENING, progress=lambda _: None)
    return mapped.events, measured.tickets


def verdicts(desk: Desk) -> dict[str, object]:
    """Every cycle but when it was looked at."""
    return {ticket: [reading.cycles for reading in found] for ticket, found in desk.readings().items()}


def test_replay_comes_to_the_readings_that_were_there(desk: Desk) -> None:
    desk = lived(desk)
    remeasure(desk.store, desk.fence, desk.rules, now=EVENING, progress=lambda _: None)
    before = verdicts(desk)
    # What was withdrawn is carried over, not mapped.
    assert replayed(desk) == (3 + 1 + 230 + 2, 4)
    assert verdicts(desk) == before


def test_what_was_withdrawn_still_counts_after_replay_and_is_still_marked(desk: Desk) -> None:
    desk = lived(desk)
    replayed(desk)
    stored = desk.stored("t2")
    assert stored.withdrawn == {"gone later"}
    assert [event.id for event in stored.timeline.events] == ["opened", "gone later"]


def test_what_is_shown_again_is_no_longer_withdrawn_after_replay(desk: Desk) -> None:
    desk = lived(desk)
    desk.take(
        record("t2", opened(priority="P2"), message(MORNING + HOUR, "gone later")),
        now=EVENING,
        cursor="c4",
        expected="c3",
    )
    replayed(desk)
    assert desk.stored("t2").withdrawn == frozenset()


def test_replay_makes_a_new_generation_and_drops_the_one_before(desk: Desk) -> None:
    desk = lived(desk)
    later = desk.mapped_by(2)
    first = remap(later.intake, now=EVENING, progress=lambda _: None)
    (row,) = desk.see(lambda view: list(view.sources.all()))
    assert (row.generation, row.mapper_version) == (first.generation, 2)
    assert remap(later.intake, now=EVENING, progress=lambda _: None).generation > first.generation


def test_until_the_new_generation_is_whole_the_old_one_is_read(desk: Desk) -> None:
    desk = lived(desk)
    desk.write(lambda work: work.sources.begin_generation(desk.intake.source, 2))
    assert [event.id for event in desk.stored("t1").timeline.events] == ["opened", "answer", "resolved"]


def test_replay_tells_nobody(desk: Desk) -> None:
    desk.take(record("t1"), now=MORNING + HOUR)
    replayed(desk)
    assert desk.pending() == 0
    assert desk.meet(EVENING).looked_at == 0


def test_a_new_contract_measures_what_is_there_without_reading_anything_again(desk: Desk) -> None:
    desk = lived(desk)
    other = desk.under(agreed(a_target("mend"), contract="acme-next"))
    remeasure(other.store, other.fence, other.rules, now=EVENING, progress=lambda _: None)
    assert {(found.contract, found.target) for each in desk.readings().values() for found in each} == {
        ("acme-next", "mend")
    }


def test_a_ticket_that_cannot_be_mapped_again_is_kept_apart_and_the_others_are(desk: Desk) -> None:
    desk.take(record("bad", poison="no such state"), record("good"))
    report = remap(desk.intake, now=EVENING, progress=lambda _: None)
    assert list(report.quarantined) == ["bad"]
    assert re.fullmatch(r"map: RuntimeError at syncd\.testing\.fakes:\d+", report.quarantined["bad"])
    assert (report.records, report.events) == (2, 1)
    assert [event.id for event in desk.stored("good").timeline.events] == ["opened"]


def test_a_ticket_that_cannot_be_measured_again_is_kept_apart_and_the_others_are(desk: Desk) -> None:
    desk.take(record("bad"), record("good", opened(priority="P2")))
    broken = desk.under(agreed(a_target(calendars={"P2": a_target().calendars["default"]})))
    report = remeasure(broken.store, broken.fence, broken.rules, now=EVENING, progress=lambda _: None)
    assert (report.tickets, report.quarantined, set(desk.quarantined())) == (2, 1, {"bad"})
    assert set(desk.readings()) == {"good"}


def test_what_only_earlier_incomplete_records_told_is_kept(desk: Desk) -> None:
    desk.take(record("t1", opened(), message(MORNING + HOUR), complete=False))
    desk.take(record("t1", opened(), resolved(MORNING + HOUR), complete=False), cursor="c2", expected="c1")
    replayed(desk)
    assert {event.id for event in desk.stored("t1").timeline.events} == {"opened", "answer", "resolved"}


def test_progress_adds_up_to_what_was_done(desk: Desk) -> None:
    desk = lived(desk)
    steps: list[int] = []
    remap(desk.intake, now=EVENING, progress=steps.append)
    assert sum(steps) == desk.see(lambda view: view.records.count(desk.intake.source)) == 5
