"""How much of a ticket's history there is, and that the timeline says so."""

from typing import Any

import pytest

from syncd.domain.names import Quality
from syncd.domain.timeline import in_order
from syncd.ports.connector import Mapped
from tests.connectors.servicenow.papers import DESK, TICKET, at, audit, entry, mapped, mapper, payload, story, told


def gaps(result: Mapped) -> list[str]:
    return [f"{gap.start:%H:%M}-{gap.end:%H:%M} {','.join(sorted(gap.missing))}" for gap in result.timeline.gaps]


def test_a_whole_history_has_no_gaps() -> None:
    result = mapped(
        payload({"state": "6"}, [audit(1, "09:00", "state", "1", "2"), audit(2, "10:00", "state", "2", "6")])
    )
    assert (result.timeline.quality, gaps(result), result.complete) == (Quality.FULL, [], True)


@pytest.mark.parametrize(
    ("record", "rows", "expected"),
    [
        pytest.param(
            {"state": "6"}, [audit(1, "09:00", "state", "1", "2"), audit(3, "10:00", "state", "3", "6")],
            ["09:00-10:00 phase"], id="a state that came from nowhere",
        ),
        pytest.param(
            {"priority": "1"}, [audit(1, "09:00", "priority", "3", "2"), audit(3, "10:00", "priority", "4", "1")],
            ["09:00-10:00 priority"], id="a priority that came from nowhere",
        ),
        pytest.param(
            {"state": "7"}, [audit(1, "09:00", "state", "1", "2")], ["09:00-18:00 phase"],
            id="a record that says more than its newest audit row",
        ),
        pytest.param(
            {"assignment_group": DESK}, [audit(1, "09:00", "assignment_group", DESK, "")],
            ["09:00-18:00 attribute,handed_over"], id="a field that decides two things",
        ),
        pytest.param(
            {"state": "7"}, [], ["08:00-18:00 attribute,handed_over,linked,phase,priority"], id="an end untold"
        ),
    ],
)  # fmt: skip
def test_what_was_written_past_the_audit_is_a_gap_and_a_finding(
    record: dict[str, str], rows: list[dict[str, str]], expected: list[str]
) -> None:
    result = mapped(payload(record, rows))
    assert gaps(result) == expected
    assert result.timeline.quality is Quality.PARTIAL
    assert result.problems


@pytest.mark.parametrize(
    ("record", "rows"),
    [
        pytest.param({"state": "1", "sys_mod_count": "0"}, [], id="a ticket nobody touched"),
        pytest.param({"state": "2"}, [], id="an open ticket whose updates touched nothing that counts"),
        pytest.param({"state": "6", "sys_mod_count": "0"}, [], id="a ticket born resolved"),
        pytest.param(
            {"state": "2", "sys_mod_count": "1"},
            [audit(1, "09:00", "state", "1", "2"), audit(2, "18:00", "state", "2", "6")],
            id="an audit row newer than the record as it was read",
        ),
    ],
)  # fmt: skip
def test_what_may_well_be_true_is_no_gap(record: dict[str, str], rows: list[dict[str, str]]) -> None:
    result = mapped(payload(record, rows))
    assert (gaps(result), result.problems, result.timeline.quality) == ([], (), Quality.FULL)


def test_what_the_record_says_beyond_its_audit_is_told_as_an_upper_bound() -> None:
    paper = payload({"state": "7", "priority": "1", "sys_mod_count": "4"}, [audit(1, "09:00", "state", "1", "2")])
    last = mapped(paper).timeline.events[-1]
    assert told(last) == "18:00 unknown phase closed nobody"
    assert (last.id, f"{last.at_earliest:%H:%M}") == (f"{TICKET}:4:state", "09:00")


def test_a_journal_that_cannot_be_read_leaves_messages_unknown() -> None:
    result = mapped(payload(readable={"audit": True, "journal": False}))
    assert (gaps(result), result.timeline.quality) == (["08:00-18:00 message"], Quality.PARTIAL)


def test_a_state_that_cannot_be_read_leaves_phases_unknown() -> None:
    paper = payload()
    del paper["record"]["state"]
    result = mapped(paper)
    assert gaps(result) == ["08:00-18:00 phase"]
    assert "hidden_field" in [problem.code for problem in result.problems]


def look(count: int, updated: str, **record: Any) -> dict[str, Any]:
    """What one poll sees of a ticket whose audit cannot be read."""
    fields = {"sys_mod_count": str(count), "sys_updated_on": at(updated), **record}
    return payload(fields, journal=[entry("08:30")], readable={"audit": False, "journal": True})


def test_without_audit_a_record_is_one_look_among_others() -> None:
    record = mapper().record(look(12, "10:00"))
    assert record.part == "00000012"
    result = mapper().map(record)
    assert (result.complete, result.timeline.quality) == (False, Quality.SNAPSHOT)
    assert gaps(result) == ["08:00-10:00 attribute,handed_over,linked,phase,priority"]


def test_a_ticket_seen_before_its_first_update_is_known_exactly() -> None:
    result = mapped(look(0, "08:00", state="2", priority="2"))
    assert gaps(result) == []
    assert [told(event) for event in result.timeline.events] == [
        "08:00 customer opened vendor",
        "08:30 vendor message public",
    ]


def test_one_look_proves_a_state_at_the_latest_and_dates_an_end_exactly() -> None:
    assert story(look(5, "12:00", state="3", hold_reason="1")) == [
        "08:30 vendor message public",
        "12:00 unknown attribute assignment_group Service Desk",
        "12:00 unknown attribute category network",
        "12:00 unknown priority P3",
        "12:00 unknown handed_over us",
        "12:00 unknown phase pending customer",
    ]
    ended = look(9, "12:00", state="7", resolved_at=at("10:00"), closed_at=at("11:00"))
    ends = [event for event in mapped(ended).timeline.events if told(event).split()[2] == "phase"]
    assert [told(event) for event in ends] == [
        "10:00 unknown phase resolved nobody",
        "11:00 unknown phase closed nobody",
    ]
    assert [event.at_earliest for event in ends] == [None, None]


@pytest.mark.parametrize(
    ("record", "phases"),
    [
        pytest.param({"state": "2", "resolved_at": at("10:00")}, ["12:00 unknown phase active vendor"], id="reopened"),
        pytest.param(
            {"state": "6", "resolved_at": at("13:00")}, ["12:00 unknown phase resolved nobody"], id="in the future"
        ),
        pytest.param(
            {"state": "6", "resolved_at": at("07:00")}, ["12:00 unknown phase resolved nobody"], id="before it was"
        ),
    ],
)
def test_a_date_that_does_not_fit_the_state_dates_nothing(record: dict[str, str], phases: list[str]) -> None:
    assert [line for line in story(look(9, "12:00", **record)) if " phase " in line] == phases


def test_the_looks_of_one_ticket_add_up_whatever_their_order() -> None:
    looks = [
        look(0, "08:00", state="1", priority="3"),
        look(2, "09:00", state="2", priority="2"),
        look(4, "12:00", state="6", priority="2", resolved_at=at("11:30")),
        look(5, "13:00", state="6", priority="2", resolved_at=at("11:30")),
    ]
    seen = [event for each in looks for event in mapped(each).timeline.events]
    together = in_order(seen)
    assert in_order(seen[::-1]) == together
    lines = [told(event) for event in together if told(event).split()[2] in ("opened", "phase", "priority")]
    assert lines == [
        "08:00 customer opened vendor",
        "09:00 unknown priority P2",
        "09:00 unknown phase active vendor",
        "11:30 unknown phase resolved nobody",
        "12:00 unknown priority P2",
        "13:00 unknown priority P2",
    ]


def test_a_record_alone_is_a_snapshot_and_not_a_ticket_without_history() -> None:
    paper = payload({"sys_mod_count": "8"})
    for key in ("audit", "journal", "readable"):
        paper.pop(key)
    result = mapped(paper)
    assert result.timeline.quality is Quality.SNAPSHOT
    assert not result.complete
    assert {kind for gap in result.timeline.gaps for kind in gap.missing} >= {"phase", "priority", "message"}


def test_a_history_without_a_journal_is_partial() -> None:
    paper = payload()
    for key in ("journal", "readable"):
        paper.pop(key)
    result = mapped(paper)
    assert result.timeline.quality is Quality.PARTIAL
    assert [gap.missing for gap in result.timeline.gaps] == [frozenset({"message"})]


def test_lists_that_are_there_are_believed_were_they_empty() -> None:
    paper = payload({"sys_mod_count": "0"}, audit=[], journal=[])
    paper.pop("readable")
    assert mapped(paper).timeline.quality is Quality.FULL


def test_a_record_tells_its_table_itself() -> None:
    paper = payload({"sys_class_name": "incident"})
    named = mapped(paper)
    paper.pop("table")
    assert mapped(paper) == named
