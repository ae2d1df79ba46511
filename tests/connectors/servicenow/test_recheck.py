"""Tickets re-read by id, and the rights that a source's history depends on."""

from typing import Any

import pytest

from syncd.domain.names import GoneReason, Quality
from syncd.errors import SourceRefused
from syncd.ports.connector import CheckLine
from tests.connectors.servicenow.instance import NOON, Instance, ago, ident, insert, live, newest, update

LIFE = [insert(n, ago(9000), assignment_group=ident(50), caller_id=ident(60)) for n in range(1, 5)]


def test_a_ticket_is_read_by_id_as_it_is_now_with_its_history() -> None:
    instance = Instance({"changes": [*LIFE, update(1, ago(60), state="6")]})
    answer = instance.reader().recheck([ident(1), ident(2), ident(1)])
    assert sorted(record.ticket for record in answer.records) == [ident(1), ident(2)]
    assert answer.gone == {}
    (first,) = [record for record in answer.records if record.ticket == ident(1)]
    assert [type(event).__name__ for event in instance.mapper.map(first).timeline.events] == ["Opened", "PhaseChanged"]


def test_a_change_that_left_no_stamp_is_found_by_id() -> None:
    silent = {**update(1, ago(-600), state="6"), "stamped": False, "audited": False}
    instance = Instance({"changes": [*LIFE, update(1, ago(5000), state="2"), silent]})
    reader = instance.reader()
    _, cursor = live(reader, None)
    instance.now.advance(1200)
    assert ident(1) not in newest(live(reader, cursor)[0])
    (record,) = reader.recheck([ident(1)]).records
    mapped = instance.mapper.map(instance.mapper.redact(record))
    assert mapped.timeline.events[-1].original == "6"
    assert "unaudited_change" in {problem.code for problem in mapped.problems}


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param(
            {"changes": [*LIFE, {"op": "delete", "table": "incident", "sys_id": ident(1), "at": ago(60)}]},
            GoneReason.DELETED, id="deleted, as its audit tells",
        ),
        pytest.param(
            {"changes": [*LIFE, {"op": "delete", "table": "incident", "sys_id": ident(1), "at": ago(60)}],
             "rights": {"tables": {"sys_audit": "forbidden"}}},
            GoneReason.UNREACHABLE, id="deleted, which nobody may tell us",
        ),
        pytest.param(
            {"changes": LIFE, "rights": {"hidden": {"incident": "number=INC0000001", "task": "number=INC0000001"}}},
            GoneReason.UNREACHABLE, id="hidden from us",
        ),
        pytest.param({"changes": LIFE[1:]}, GoneReason.UNREACHABLE, id="never there"),
    ],
)  # fmt: skip
def test_a_ticket_that_is_not_shown_any_more_is_gone_for_a_reason(script: dict[str, Any], reason: GoneReason) -> None:
    answer = Instance(script).reader().recheck([ident(1), ident(2)])
    assert [record.ticket for record in answer.records] == [ident(2)]
    assert answer.gone == {ident(1): reason}


def test_a_ticket_of_another_class_is_followed_to_its_table() -> None:
    moved = update(1, ago(60), sys_class_name="sc_req_item", state="2")
    instance = Instance({"changes": [*LIFE, moved]})
    (record,) = instance.reader().recheck([ident(1)]).records
    assert record.payload["table"] == "sc_req_item"
    assert instance.mapper.map(record).timeline.url == f"{instance.settings.url}/sc_req_item.do?sys_id={ident(1)}"


def test_a_class_that_is_closed_to_us_is_read_from_the_table_of_all_tasks() -> None:
    moved = update(1, ago(60), sys_class_name="sc_req_item")
    instance = Instance({"changes": [*LIFE, moved], "rights": {"tables": {"sc_req_item": "forbidden"}}})
    (record,) = instance.reader().recheck([ident(1)]).records
    assert record.payload["table"] == "sc_req_item"


@pytest.mark.parametrize("sys_id", ["INC0000001", "", "a" * 31 + "^", f"{ident(1)}^NQactive=true"])
def test_an_id_that_could_be_more_than_an_id_is_asked_of_nobody(sys_id: str) -> None:
    instance = Instance({"changes": LIFE})
    answer = instance.reader().recheck([sys_id])
    assert answer.gone == {sys_id: GoneReason.UNREACHABLE}
    assert not any("NQ" in request.query for request in instance.simulator.asked)


@pytest.mark.parametrize("refusal", ["empty", "forbidden"])
@pytest.mark.parametrize(
    ("table", "quality", "code"),
    [
        ("sys_audit", Quality.SNAPSHOT, "audit_unreadable"),
        ("sys_journal_field", Quality.PARTIAL, "journal_unreadable"),
    ],
)
def test_history_that_may_not_be_read_is_said_and_not_taken_for_silence(
    table: str, quality: Quality, code: str, refusal: str
) -> None:
    changes = [*LIFE, update(1, ago(60), state="2", comments="We are on it.")]
    instance = Instance({"changes": changes, "rights": {"tables": {table: refusal}}})
    pages, _ = live(instance.reader(), None)
    (record,) = newest(pages).values()
    mapped = instance.mapper.map(instance.mapper.redact(record))
    assert (mapped.timeline.quality, mapped.complete) == (quality, quality is Quality.PARTIAL)
    assert mapped.timeline.gaps
    assert [problem.code for problem in pages[0].problems] == [code]


def test_a_right_that_comes_back_is_noticed_within_the_hour() -> None:
    changes = [*LIFE, update(1, ago(60), state="2"), update(1, ago(-4000), state="6")]
    instance = Instance({"changes": changes, "faults": [{"kind": "no_audit", "until": 3600.0}]})
    reader = instance.reader()
    pages, cursor = live(reader, None)
    assert [record.part for record in newest(pages).values()] == ["00000001"]
    instance.now.advance(4200)
    again = newest(live(reader, cursor)[0])
    assert [(record.ticket, record.part) for record in again.values()] == [(ident(1), "")]


def test_a_right_that_is_withdrawn_between_two_passes_costs_no_pass() -> None:
    changes = [*LIFE, update(1, ago(60), state="2"), update(1, ago(-300), state="6")]
    faults = [{"kind": "forbidden", "table": "sys_audit", "from": 100.0}]
    instance = Instance({"changes": changes, "faults": faults})
    reader = instance.reader()
    _, cursor = live(reader, None)
    instance.now.advance(600)
    pages, _ = live(reader, cursor)
    assert [record.part for record in newest(pages).values()] == ["00000002"]
    assert [problem.code for problem in pages[0].problems] == ["audit_unreadable"]


def test_tickets_without_history_say_nothing_against_the_rights_to_it() -> None:
    instance = Instance({"changes": LIFE})
    record = next(iter(newest(list(instance.reader().backfill(None))).values()))
    assert instance.mapper.map(record).timeline.quality is Quality.FULL


def test_names_that_may_not_be_read_leave_ids() -> None:
    rights = {"tables": {"sys_user_group": "forbidden", "sys_user": "empty"}}
    instance = Instance({"changes": LIFE, "rights": rights})
    record = instance.reader().recheck([ident(1)]).records[0]
    (first, *_) = instance.mapper.map(record).timeline.events
    assert getattr(first, "attributes", {})["assignment_group"] == ident(50)


def test_no_address_of_anybody_is_in_a_record() -> None:
    instance = Instance({"tickets_per_day": 20, "days": 1})
    payloads = str([record.payload for record in newest(list(instance.reader().backfill(None))).values()])
    assert "acme.example" in payloads
    assert "@" not in payloads


def lines(script: dict[str, Any], **options: Any) -> dict[str, CheckLine]:
    return {line.subject: line for line in Instance(script, options).reader().check()}


def test_the_check_has_a_line_for_everything_that_can_be_wrong() -> None:
    told = lines({"changes": [*LIFE, update(1, ago(60), state="2", comments="We are on it.")]})
    assert all(line.ok for line in told.values()), told
    assert set(told) >= {
        "login",
        "incident",
        "incident queries",
        "incident history",
        "incident comments",
        "incident.state",
    }
    assert (
        told["incident"].detail == f"readable, newest change {NOON.replace(hour=11, minute=59):%Y-%m-%d %H:%M:%S} UTC"
    )


@pytest.mark.parametrize(
    ("script", "options", "subject"),
    [
        pytest.param({}, {"attributes": ["u_nowhere"]}, "incident.u_nowhere", id="an attribute's field"),
        pytest.param({}, {"vendor_from": ["u_vendro"]}, "incident.u_vendro", id="a vendor's field"),
        pytest.param({}, {"filter": ["u_vendro=acme"]}, "incident where u_vendro=acme queries", id="a filter's field"),
        pytest.param({"rights": {"tables": {"incident": "forbidden"}}}, {}, "incident", id="the table"),
        pytest.param({"rights": {"tables": {"incident": "empty"}}}, {}, "incident", id="a table that shows nothing"),
        pytest.param({"rights": {"tables": {"sys_audit": "empty"}}}, {}, "incident history", id="the audit"),
        pytest.param({"rights": {"tables": {"sys_journal_field": "empty"}}}, {}, "incident comments", id="the journal"),
        pytest.param({"rights": {"columns": {"incident": "priority"}}}, {}, "incident.priority", id="a column"),
        pytest.param({"faults": [{"kind": "sort_refused"}]}, {}, "incident queries", id="orderings"),
    ],
)
def test_the_check_finds_what_is_wrong(script: dict[str, Any], options: dict[str, Any], subject: str) -> None:
    changes = [*LIFE, *(update(n, ago(900 - 60 * n), state="2", comments="We are on it.") for n in range(1, 5))]
    told = lines({"changes": changes, **script}, **options)
    assert not told[subject].ok, told[subject]


def test_a_login_that_is_refused_is_raised() -> None:
    with pytest.raises(SourceRefused) as caught:
        lines({"changes": LIFE, "faults": [{"kind": "unauthorised"}]})
    assert caught.value.reason == "auth"
