from typing import Any

import pytest

from syncd.domain.events import Opened
from syncd.domain.names import Awaiting, Party, Phase, Quality
from syncd.ports.connector import Parties, VendorIdentity
from tests.connectors.servicenow.instance import ident
from tests.connectors.servicenow.papers import (
    ACME_NOC,
    CALLER,
    DESK,
    TICKET,
    at,
    audit,
    entry,
    mapped,
    mapper,
    payload,
    story,
)  # fmt: skip


def opening(paper: dict[str, Any], **options: Any) -> Opened:
    first = mapped(paper, **options).timeline.events[0]
    assert isinstance(first, Opened)
    return first


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([audit(1, "09:00", "state", "1", "2")], ["09:00 vendor phase active vendor"], id="a state change"),
        pytest.param(
            [audit(1, "09:00", "state", "2", "3"), audit(1, "09:00", "hold_reason", "", "1")],
            ["09:00 vendor phase pending customer"],
            id="state and hold reason of one update are one change",
        ),
        pytest.param(
            [audit(1, "09:00:00", "state", "2", "3"), audit(1, "09:00:02", "hold_reason", "", "1")],
            ["09:00 vendor phase pending customer"],
            id="rows of one update may be seconds apart",
        ),
        pytest.param(
            [audit(1, "09:00", "state", "2", "3"), audit(1, "10:00", "hold_reason", "", "1")],
            ["09:00 vendor phase pending vendor", "10:00 vendor phase pending customer"],
            id="an hour apart they are two, though a write without a stamp left the checkpoint as it was",
        ),
        pytest.param(
            [audit(1, "09:00", "hold_reason", "1", "4")],
            ["09:00 vendor phase pending third_party"],
            id="another reason is another one to wait for",
        ),
        pytest.param(
            [audit(1, "09:00", "priority", "3", "1", by="anna")], ["09:00 customer priority P1"], id="a priority"
        ),
        pytest.param([audit(1, "09:00", "priority", "3", "")], ["09:00 vendor priority None"], id="no priority"),
        pytest.param(
            [audit(1, "09:00", "assignment_group", DESK, ACME_NOC)],
            ["09:00 vendor attribute assignment_group ACME NOC", "09:00 vendor handed_over acme"],
            id="an assignment to a vendor's group hands over, and is an attribute by its name",
        ),
        pytest.param(
            [audit(1, "09:00", "assignment_group", ACME_NOC, DESK)],
            ["09:00 vendor attribute assignment_group Service Desk", "09:00 vendor handed_over us"],
            id="an assignment to our own group takes it back",
        ),
        pytest.param(
            [audit(1, "09:00", "assignment_group", DESK, ident(102))],
            [f"09:00 vendor attribute assignment_group {ident(102)}"],
            id="a group that was deleted keeps its id as name",
        ),
        pytest.param([audit(1, "09:00", "category", "", "wan")], ["09:00 vendor attribute category wan"], id="a value"),
        pytest.param(
            [audit(1, "09:00", "parent_incident", "", ident(7))],
            [f"09:00 vendor linked {ident(7)} parent"],
            id="a parent",
        ),
        pytest.param(
            [audit(1, "09:00", "problem_id", "", ident(8))], [f"09:00 vendor linked {ident(8)} problem"], id="a problem"
        ),
        pytest.param(
            [audit(1, "09:00", "DELETED", "", "DELETED", by="admin")], ["09:00 unknown gone deleted"], id="a deletion"
        ),
        pytest.param(
            [audit(2, "09:00", "state", "6", "7", by="system")], ["09:00 system phase closed nobody"], id="a job closes"
        ),
    ],
)
def test_an_audit_row_becomes_what_it_means(rows: list[dict[str, str]], expected: list[str]) -> None:
    now = {row["fieldname"]: row["newvalue"] for row in rows if row["fieldname"] != "DELETED"}
    held = {"state": "3"} if [row["fieldname"] for row in rows] == ["hold_reason"] else {}
    assert story(payload({**held, **now}, rows)) == expected


def test_a_field_began_as_the_old_value_of_its_first_change_else_as_it_is_now() -> None:
    rows = [
        audit(3, "10:00", "priority", "3", "1"),
        audit(1, "09:00", "assignment_group", ACME_NOC, DESK),
        audit(2, "09:30", "state", "1", "2"),
    ]
    first = opening(payload({"priority": "1", "state": "2"}, rows))
    assert (first.phase, first.awaiting, first.priority) == (Phase.NEW, Awaiting.VENDOR, "P3")
    assert first.vendor == "acme"
    assert first.attributes == {"assignment_group": "ACME NOC", "category": "network"}
    assert (first.id, first.by) == (f"{TICKET}:opened", Party.CUSTOMER)


@pytest.mark.parametrize(
    ("opened_at", "at_clock", "reported"),
    [
        pytest.param(at("07:15"), "07:15", None, id="by phone: written down later than it was told"),
        pytest.param(at("08:00"), "08:00", None, id="the same"),
        pytest.param(at("08:30"), "08:00", "08:30", id="edited to later: the record existed already"),
        pytest.param("", "08:00", None, id="emptied"),
        pytest.param("02/03/2026 08:00", "08:00", None, id="a display value says nothing"),
    ],
)
def test_a_ticket_opens_at_the_earlier_of_its_two_dates(opened_at: str, at_clock: str, reported: str | None) -> None:
    first = opening(payload({"opened_at": opened_at}))
    assert f"{first.at:%H:%M}" == at_clock
    assert (f"{first.reported_at:%H:%M}" if first.reported_at else None) == reported


@pytest.mark.parametrize(
    ("rows", "notes", "expected"),
    [
        pytest.param(
            [audit(1, "09:00", "state", "2", "6")], [entry("09:00")],
            ["09:00 vendor message public", "09:00 vendor phase resolved nobody"],
            id="who resolves with a comment answered first",
        ),
        pytest.param(
            [audit(1, "09:00", "state", "6", "2", by="anna")], [entry("09:00", by="anna")],
            ["09:00 customer phase active vendor", "09:00 customer message public"],
            id="who reopens with a comment reopened first",
        ),
        pytest.param(
            [audit(10, "09:00", "state", "2", "6"), audit(9, "09:00", "state", "1", "2")], [],
            ["09:00 vendor phase active vendor", "09:00 vendor phase resolved nobody"],
            id="checkpoints are numbers: the tenth follows the ninth",
        ),
        pytest.param(
            [audit(1, "09:00", "state", "2", "6"), audit(1, "09:00", "assignment_group", ACME_NOC, DESK)], [],
            ["09:00 vendor attribute assignment_group Service Desk", "09:00 vendor phase resolved nobody",
             "09:00 vendor handed_over us"],
            id="a vendor that resolves and hands back at once resolved as the holder",
        ),
        pytest.param(
            [audit(1, "09:00", "state", "2", "6", by="anna"),
             audit(1, "09:00", "assignment_group", ACME_NOC, DESK, by="anna")], [],
            ["09:00 customer attribute assignment_group Service Desk", "09:00 customer handed_over us",
             "09:00 customer phase resolved nobody"],
            id="ours who takes it and resolves took it first",
        ),
    ],
)  # fmt: skip
def test_what_happens_in_one_second_is_in_its_true_order(
    rows: list[dict[str, str]], notes: list[dict[str, Any]], expected: list[str]
) -> None:
    now = {row["fieldname"]: row["newvalue"] for row in sorted(rows, key=lambda row: int(row["record_checkpoint"]))}
    assert story(payload({"sys_mod_count": "10", **now}, rows, notes)) == expected
    assert story(payload({"sys_mod_count": "10", **now}, rows[::-1], notes[::-1])) == expected


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        pytest.param(entry("09:00"), "09:00 vendor message public", id="a comment of a vendor's person"),
        pytest.param(entry("09:00", by="anna"), "09:00 customer message public", id="of the caller"),
        pytest.param(entry("09:00", "work_notes"), "09:00 vendor message internal", id="a work note"),
        pytest.param(entry("09:00", by="carla"), "09:00 unknown message public", id="of somebody without a domain"),
        pytest.param(
            entry("09:00", by="x@noc.acme.example"), "09:00 vendor message public", id="an address as account"
        ),
        pytest.param(entry("09:00", by="system"), "09:00 system message public automated", id="of the platform"),
        pytest.param(entry("09:00", by="autoreply.acme"), "09:00 system message public automated", id="an auto-reply"),
        pytest.param(entry("09:00", by="svc-acme"), "09:00 vendor message public relayed", id="of a vendor's system"),
        pytest.param(entry("09:00", by="guest"), "09:00 unknown message public", id="a mail of nobody known"),
    ],
)
def test_a_journal_entry_is_a_message_of_its_author(note: dict[str, Any], expected: str) -> None:
    assert story(payload(journal=[note]), relay_accounts=["SVC-acme"]) == [expected]


def test_the_longest_domain_tells_whose_people_they_are() -> None:
    guests = Parties(
        customer_domains=("example.com",), vendors=(VendorIdentity("acme", "ACME", domains=("acme.example.com",)),)
    )
    paper = payload(journal=[entry("09:00", by="x@acme.example.com"), entry("10:00", by="x@hr.example.com")])
    assert story(paper, parties=guests) == ["09:00 vendor message public", "10:00 customer message public"]


def test_other_journals_are_no_messages() -> None:
    assert story(payload(journal=[entry("09:00", "u_diary")])) == []


def test_unlisted_users_are_whose_the_options_say() -> None:
    assert story(payload(journal=[entry("09:00", by="carla")]), unlisted_users="vendor") == [
        "09:00 vendor message public"
    ]


@pytest.mark.parametrize(
    ("record", "by"),
    [
        pytest.param({}, Party.CUSTOMER, id="its caller"),
        pytest.param({"caller_id": ident(201)}, Party.VENDOR, id="a vendor's person"),
        pytest.param({"caller_id": "", "opened_by": ident(201)}, Party.VENDOR, id="without caller, who opened it"),
        pytest.param({"caller_id": ident(999)}, Party.CUSTOMER, id="a caller nobody knows is one of ours"),
        pytest.param({"caller_id": "", "opened_by": "", "sys_created_by": "system"}, Party.SYSTEM, id="a machine"),
    ],
)
def test_a_ticket_is_opened_by_who_raised_it(record: dict[str, str], by: Party) -> None:
    assert opening(payload(record)).by is by


def test_a_vendors_agent_who_opens_for_a_caller_stays_a_vendors_agent() -> None:
    paper = payload({"opened_by": ident(202)}, journal=[entry("09:00", by="carla")])
    assert story(paper) == ["09:00 unknown message public"], "opened_by is not the caller, and Carla has no domain"


@pytest.mark.parametrize(
    ("options", "record", "vendor"),
    [
        pytest.param({"vendor_from": ["vendor"]}, {"vendor": "Globex Corporation"}, "globex", id="a name"),
        pytest.param({"vendor_from": ["vendor"]}, {"vendor": "ACME"}, "acme", id="an id, in capitals"),
        pytest.param(
            {"vendor_from": ["vendor", "assignment_group"]}, {"vendor": "globex", "assignment_group": ACME_NOC},
            "globex", id="the first field that tells",
        ),
        pytest.param(
            {"vendor_from": ["vendor", "assignment_group"]}, {"vendor": "Nobody", "assignment_group": ACME_NOC}, "acme",
            id="the next one where the first says nothing we know",
        ),
        pytest.param(
            {"vendor_from": [{"field": "category", "values": {"network": "acme"}}]}, {}, "acme", id="a value of our own"
        ),
        pytest.param(
            {"vendor_from": [{"field": "assignment_group", "values": {"Service Desk": "desk"}}]}, {}, "desk",
            id="a shown name of our own",
        ),
        pytest.param(
            {"vendor_from": [{"field": "category", "values": {"network": "us"}}], "vendor_default": "acme"}, {}, None,
            id="`us` is an answer, too",
        ),
        pytest.param({"vendor_from": [], "vendor_default": "acme"}, {}, "acme", id="the default"),
        pytest.param({"vendor_from": ["hold_reason"]}, {"state": "3", "hold_reason": "4"}, None, id="which of two?"),
        pytest.param(
            {"vendor_from": [{"field": "hold_reason", "values": {"4": "acme"}}]}, {"state": "3", "hold_reason": "4"},
            "acme", id="a hold reason",
        ),
    ],
)  # fmt: skip
def test_the_vendor_is_found_where_the_options_look(
    options: dict[str, Any], record: dict[str, str], vendor: str | None
) -> None:
    assert opening(payload(record), **options).vendor == vendor


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        pytest.param(payload({"state": "-100"}), "unknown_state", id="a state nobody configured"),
        pytest.param(
            payload({"state": "3", "hold_reason": "9"}), "unknown_state", id="a hold reason nobody configured"
        ),
        pytest.param(payload({"priority": "9"}), "unknown_priority", id="a priority nobody configured"),
        pytest.param(payload({"vendor": "Initech"}), "unmatched_vendor", id="a company that is no vendor of ours"),
        pytest.param(payload({"assignment_group": ident(109)}), "nameless_vendor", id="a group that cannot be read"),
        pytest.param(payload({"vendor": ident(109)}), "nameless_vendor", id="a company that cannot be read"),
        pytest.param(payload(audit=[{"sys_id": "x", "fieldname": "state"}]), "unreadable_history", id="a row undated"),
        pytest.param(payload(audit=[{}]), "unreadable_history", id="a row of which nothing may be read"),
        pytest.param(payload({"state": "7"}), "history_missing", id="an end without a history"),
    ],
)
def test_what_is_odd_is_a_finding(paper: dict[str, Any], code: str) -> None:
    assert [(problem.code, problem.ticket) for problem in mapped(paper).problems] == [(code, TICKET)]


@pytest.mark.parametrize(
    "vendor_from",
    [
        pytest.param([{"field": "assignment_group", "values": {ident(109): "acme"}}], id="a value that is configured"),
        pytest.param(["category"], id="a field that tells no vendor"),
    ],
)
def test_a_group_that_cannot_be_read_and_need_not_be_is_no_finding(vendor_from: list[Any]) -> None:
    assert mapped(payload({"assignment_group": ident(109)}), vendor_from=vendor_from).problems == ()


def test_an_unknown_state_leaves_the_phase_as_it_was_under_its_own_word() -> None:
    rows = [audit(1, "09:00", "state", "3", "-100"), audit(2, "10:00", "state", "-100", "6")]
    result = mapped(payload({"state": "6"}, [audit(0, "08:30", "state", "1", "3"), *rows]))
    assert [getattr(event, "original", None) for event in result.timeline.events] == ["1", "3", "-100", "6"]
    assert (
        story(payload({"state": "6"}, [audit(0, "08:30", "state", "1", "3"), *rows]))[1]
        == "09:00 vendor phase pending vendor"
    )


def test_a_reclassified_ticket_is_read_by_the_states_of_its_new_table() -> None:
    assert opening(payload({"state": "3"}, table="sc_req_item")).phase is Phase.CLOSED


def test_the_title_is_kept_unless_the_options_say_otherwise() -> None:
    assert mapped(payload()).timeline.title == "No connection"
    assert mapped(payload(), titles=False).timeline.title is None
    assert "No connection" not in str(mapper(titles=False).redact(mapper().record(payload())))


def test_the_head_names_the_ticket_as_people_do() -> None:
    line = mapped(payload()).timeline
    assert (line.source, line.ticket, line.id, line.quality) == ("snow", "INC0000001", TICKET, Quality.FULL)
    assert line.url == f"https://example.service-now.com/incident.do?sys_id={TICKET}"


@pytest.mark.parametrize(
    ("paper", "lacking"),
    [
        ({}, "table"),
        ({"table": "incident"}, "sys_id"),
        ({"table": "incident", "record": {"sys_id": TICKET}}, "sys_updated_on"),
        (
            {"table": "incident", "record": {"sys_id": TICKET, "sys_updated_on": "2026-02-30 00:00:00"}},
            "sys_updated_on",
        ),
    ],
)
def test_a_payload_that_is_no_record_says_what_it_lacks(paper: dict[str, Any], lacking: str) -> None:
    with pytest.raises(ValueError, match=lacking):
        mapper().record(paper)


@pytest.mark.parametrize("empty", ["", None, {"link": "x", "value": DESK}, {"display_value": "", "value": ""}])
def test_references_come_in_every_shape(empty: object) -> None:
    first = opening(payload({"assignment_group": empty}))
    expected = {"category": "network"} | (
        {"assignment_group": "Service Desk"} if isinstance(empty, dict) and empty["value"] else {}
    )
    assert first.attributes == expected


def test_text_of_people_does_not_survive_redaction() -> None:
    text = "My password is hunter2"
    paper = payload(
        {"description": text, "close_notes": text, "comments": text},
        [audit(1, "09:00", "comments", "", text)],
        [entry("09:00", text=text)],
        surprise=text,
    )
    redacted = mapper().redact(mapper().record(paper))
    assert text not in str(redacted)
    journal = redacted.payload["journal"]
    assert isinstance(journal, list)
    assert journal[0]["value"]["length"] == len(text)
    assert CALLER in str(redacted), "who raised it is needed"
