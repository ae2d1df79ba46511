"""Histories: what each item becomes, in which order, whoever wrote it down and however."""

from typing import Any

import pytest

from syncd.domain.names import Awaiting, Party, Phase, Quality
from tests.connectors.jira.issues import (
    ANNA,
    DAVE,
    DONE,
    SHUT,
    TICKET,
    TO_DO,
    WAITING,
    WORKING,
    at,
    codes,
    comment,
    gaps,
    history,
    item,
    mapped,
    mapper,
    opening,
    payload,
    story,
)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([item("status", TO_DO, WORKING)], ["09:00 vendor phase active vendor"], id="a status"),
        pytest.param([item("priority", "3", "1")], ["09:00 vendor priority P1"], id="a priority, by its id"),
        pytest.param([item("priority", "3", None)], ["09:00 vendor priority None"], id="no priority"),
        pytest.param(
            [item("assignee", None, "u-dave")], ["09:00 vendor handed_over acme"],
                id="an assignment to a vendor's person"
        ),
        pytest.param([item("assignee", "u-dave", None)], ["09:00 vendor handed_over us"],
            id="nobody of a vendor holds it"),
        pytest.param(
            [item("assignee", "u-dave", "u-otto")], ["09:00 vendor handed_over us"], id="an assignment to one of ours"
        ),
        pytest.param(
            [item("Component", None, "5", fieldId="components", toString="Network")],
            ["09:00 vendor attribute components Network"], id="a component is added",
        ),
        pytest.param(
            [item("labels", "", "", fromString="a", toString="b a")], ["09:00 vendor attribute labels a, b"],
                id="labels"
        ),
        pytest.param(
            [item("Key", None, None, fromString="OLD-1", toString="VND-7")],
            ["09:00 vendor attribute key VND-7", "09:00 vendor attribute project VND"],
            id="a move changes key and project; the ticket stays itself",
        ),
        pytest.param(
            [item("IssueParentAssociation", None, "999")], ["09:00 vendor linked 999 parent"], id="a parent by its id"
        ),
        pytest.param(
            [item("Link", None, "PRB-1", toString="This issue is caused by PRB-1")],
            ["09:00 vendor linked PRB-1 problem"], id="a link, by its phrase",
        ),
        pytest.param([item("Link", None, "X-1", toString="This issue blocks X-1")], [], id="a link of no concern"),
        pytest.param([item("description", "a", "b"), item("Workflow", "1", "2")], [], id="what matters to nobody"),
        pytest.param(
            [item("resolution", None, "1", toString="Fixed"), item("status", TO_DO, DONE)],
            ["09:00 vendor phase resolved nobody"], id="status and resolution of one history are one change",
        ),
    ],
)  # fmt: skip
def test_an_item_becomes_what_it_means(items: list[dict[str, Any]], expected: list[str]) -> None:
    labels = {"labels": ["a", "b"]} if items[0]["field"] == "labels" else {}
    parts = {"components": [{"id": "5", "name": "Network"}]} if items[0]["field"] == "Component" else {}
    assert story(payload({**labels, **parts}, [history(1, "09:00", *items)])) == expected


def test_a_field_began_as_the_from_of_its_earliest_item_else_as_it_is_now() -> None:
    first = opening(
        payload(
            {"components": [{"id": "5", "name": "Network"}, {"id": "6", "name": "Phone"}], "labels": ["vip"]},
            [
                history(3, "11:00", item("priority", "2", "1")),
                history(2, "10:00", item("priority", "4", "2"), item("assignee", "u-dave", None)),
                history(1, "09:00", item("status", TO_DO, WORKING), item("Component", None, "6", fieldId="components")),
                history(4, "12:00", item("Key", None, None, fromString="OLD-1", toString="VND-7")),
            ],
        )
    )
    assert (first.phase, first.awaiting, first.priority, first.vendor) == (Phase.NEW, Awaiting.VENDOR, "P4", "acme")
    assert first.attributes == {
        "key": "OLD-1", "project": "OLD", "components": "Network", "labels": "vip", "issue_type": "Fault"
    }  # fmt: skip
    assert (first.id, first.by) == (f"{TICKET}:opened", Party.CUSTOMER)


@pytest.mark.parametrize(
    "created",
    [
        pytest.param("2026-03-02T10:00:00.104+0100", id="ISO with an offset without colon"),
        pytest.param("2026-03-02T10:00:00.104+01:00", id="ISO with a colon"),
        pytest.param("2026-03-02T09:00:00.104Z", id="ISO with Z"),
        pytest.param("2026-03-02T04:00:00.104-0500", id="ISO behind UTC"),
        pytest.param(1772442000104, id="epoch milliseconds"),
        pytest.param("1772442000104", id="epoch milliseconds as text"),
        pytest.param({"epochMillis": 1772442000104, "friendly": "Today"}, id="a date of Service Management"),
        pytest.param(1772442000, id="epoch seconds"),
    ],
)
def test_created_is_read_in_every_form(created: object) -> None:
    row = {**history(1, "09:00", item("status", TO_DO, WORKING)), "created": created}
    event = mapped(payload(changelog=[row])).timeline.events[1]
    assert event.at.isoformat().replace(".104000", "") == "2026-03-02T09:00:00+00:00"
    assert bool(event.at.microsecond) == (created != 1772442000)


@pytest.mark.parametrize(
    "created", [None, "", "2026-03-02", "2026-03-02T09:00:00", True, 1e400, [], {}, "9" * 40, -1e18]
)
def test_what_is_no_instant_makes_a_history_unreadable_and_a_gap(created: object) -> None:
    row = {**history(1, "09:00", item("status", TO_DO, WORKING)), "created": created}
    assert codes(payload({"status": WORKING}, [row])) == ["unreadable_history"]
    assert gaps(payload({"status": WORKING}, [row])) == ["08:00-18:00 attribute handed_over linked phase priority"]


def test_ascending_and_descending_histories_give_the_same_events() -> None:
    rows = [history(n, f"{9 + n:02d}:00", item("priority", str(n), str(n + 1))) for n in range(1, 5)]
    fields = {"priority": {"id": "5"}}
    assert mapped(payload(fields, rows)) == mapped(payload(fields, rows[::-1]))
    assert story(payload(fields, rows))[-1] == "13:00 vendor priority P5"


def test_histories_of_one_millisecond_go_by_their_ids_as_numbers() -> None:
    rows = [history(10, "09:00", item("status", WORKING, DONE)), history(9, "09:00", item("status", TO_DO, WORKING))]
    expected = ["09:00 vendor phase active vendor", "09:00 vendor phase resolved nobody"]
    assert story(payload({"status": DONE}, rows)) == expected
    assert story(payload({"status": DONE}, rows[::-1])) == expected


def test_an_event_is_known_by_its_history_and_the_place_of_its_item() -> None:
    row = history(77, "09:00", item("summary", "a", "b"), item("status", TO_DO, WORKING))
    assert [event.id for event in mapped(payload(changelog=[row])).timeline.events] == [f"{TICKET}:opened", "77:1"]


def test_an_issue_split_over_two_pages_has_its_histories_once() -> None:
    rows = [history(1, "09:00", item("status", TO_DO, WORKING)), history(2, "10:00", item("status", WORKING, DONE))]
    again = {**rows[0], "created": 1772442000}
    fields = {"status": DONE}
    assert mapped(payload(fields, [*rows, rows[0], again])) == mapped(payload(fields, rows))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"author": None}, ["09:00 unknown phase active vendor"], id="no author"),
        pytest.param({"author": {}}, ["09:00 unknown phase active vendor"], id="an author without account"),
        pytest.param(
            {"author": None, "historyMetadata": {"type": "automation.rule"}}, ["09:00 system phase active vendor"],
            id="no author, and metadata that name an automation",
        ),
        pytest.param(
            {"author": {"name": "jirauser12345"}}, ["09:00 unknown phase active vendor"], id="an anonymised user"
        ),
        pytest.param(
            {"items": [{"field": "Status", "from": TO_DO, "to": WORKING}]}, ["09:00 vendor phase active vendor"],
            id="no fieldId: the name in lower case tells",
        ),
        pytest.param(
            {"items": [{"field": "Statut", "fieldId": "status", "from": TO_DO, "to": WORKING}]},
            ["09:00 vendor phase active vendor"], id="a fieldId: the name, localized, does not matter",
        ),
        pytest.param(
            {"items": [{"field": "status", "fieldtype": "custom", "fieldId": "customfield_1", "from": "1", "to": "2"}]},
            [], id="another field that is called status",
        ),
        pytest.param(
            {"items": [{"field": "status", "fromString": "To Do", "toString": "In Progress"}]},
            ["09:00 vendor phase active vendor"], id="no from and to: the names, where they are unambiguous",
        ),
        pytest.param(
            {"items": [{"field": "resolution", "to": "1"}]}, ["09:00 vendor phase resolved nobody"], id="no from at all"
        ),
    ],
)  # fmt: skip
def test_what_is_missing_in_a_history_is_borne(change: dict[str, Any], expected: list[str]) -> None:
    row = {**history(1, "09:00", item("status", TO_DO, WORKING)), **change}
    fields: dict[str, Any] = {"status": WORKING} if "phase active" in str(expected) else {}
    fields |= {"resolution": {"id": "1"}} if "resolved" in str(expected) else {}
    assert story(payload(fields, [row])) == expected


def test_a_resolve_with_a_comment_and_a_hand_over_are_in_their_true_order() -> None:
    by_dave = history(5, "09:00", item("status", TO_DO, DONE), item("assignee", "u-dave", None))
    assert story(payload(changelog=[by_dave], comments=[comment(99, "09:00")])) == [
        "09:00 vendor message public",
        "09:00 vendor phase resolved nobody",
        "09:00 vendor handed_over us",
    ]
    by_anna = history(5, "09:00", item("status", TO_DO, DONE), item("assignee", "u-dave", "u-otto"), by=ANNA)
    assert story(payload(changelog=[by_anna])) == [
        "09:00 customer handed_over us",
        "09:00 customer phase resolved nobody",
    ]


def test_who_reopens_with_a_comment_reopened_first() -> None:
    rows = [
        history(5, "09:00", item("status", TO_DO, DONE)),
        history(6, "10:00", item("status", DONE, WORKING), by=ANNA),
    ]
    assert story(payload(changelog=rows, comments=[comment(99, "10:00", ANNA)]))[1:] == [
        "10:00 customer phase active vendor",
        "10:00 customer message public",
    ]


def test_a_truncated_expand_is_taken_where_the_list_is_absent_and_says_so() -> None:
    paper = payload({"status": DONE})
    newest = [history(9, "12:00", item("status", WORKING, DONE))]
    paper["issue"]["changelog"] = {"startAt": 0, "maxResults": 3, "total": 3, "histories": newest}
    del paper["changelog"]
    result = mapped(paper)
    assert result.timeline.quality is Quality.PARTIAL
    assert not result.complete
    assert gaps(paper) == ["08:00-12:00 attribute handed_over linked phase priority"]
    assert codes(paper) == ["history_incomplete", "signals_disagree"]
    assert story(paper) == ["12:00 vendor phase resolved nobody"]
    assert opening(paper).phase is Phase.ACTIVE, "what the oldest history that is known says, not more"


def test_a_whole_expand_is_a_history_like_any_other() -> None:
    rows = [history(9, "12:00", item("status", TO_DO, DONE))]
    paper = payload({"status": DONE})
    paper["issue"]["changelog"] = {"startAt": 0, "maxResults": 1, "total": 1, "histories": rows}
    del paper["changelog"]
    assert mapped(paper) == mapped(payload(changelog=rows))
    assert mapped(paper).timeline.quality is Quality.FULL


def test_an_empty_changelog_beside_a_full_expand_is_a_finding_and_the_expand_is_taken() -> None:
    paper = payload({"status": DONE})
    rows = [history(9, "12:00", item("status", TO_DO, DONE))]
    paper["issue"]["changelog"] = {"total": 1, "histories": rows}
    assert story(paper) == ["12:00 vendor phase resolved nobody"]
    assert "history_disagrees" in codes(paper)


@pytest.mark.parametrize(
    ("mark", "end"), [(False, "18:00"), ("newest", "12:00")], ids=["anything is missing", "the oldest are missing"]
)
def test_the_reader_says_what_it_could_not_read(mark: object, end: str) -> None:
    rows = [history(9, "12:00", item("status", TO_DO, WORKING))]
    paper = payload(changelog=rows, complete={"changelog": mark, "comments": mark})
    assert gaps(paper) == [f"08:00-{end} attribute handed_over linked phase priority", "08:00-18:00 message"]
    assert codes(paper) == ["comments_incomplete", "history_incomplete"]


def test_a_ticket_without_any_history_is_seen_once_and_no_more_is_claimed() -> None:
    paper = payload({"status": DONE, "resolution": {"id": "1"}, "resolutiondate": at("11:00")})
    del paper["changelog"]
    assert (opening(paper).phase, story(paper)) == (Phase.NEW, ["11:00 unknown phase resolved nobody"])
    paper = payload({"status": WAITING})
    del paper["changelog"]
    last = mapped(paper).timeline.events[-1]
    assert (last.at, last.at_earliest) == (mapper().record(paper).updated_at, opening(paper).at)
    assert mapped(paper).timeline.quality is Quality.PARTIAL


@pytest.mark.parametrize(
    ("rows", "fields", "expected_gaps", "expected"),
    [
        pytest.param(
            [history(1, "09:00", item("status", TO_DO, WORKING)), history(2, "11:00", item("status", WAITING, DONE))],
            {}, ["09:00-11:00 phase"], ["09:00 vendor phase active vendor", "11:00 vendor phase resolved nobody"],
            id="between two histories",
        ),
        pytest.param(
            [history(1, "09:00", item("status", TO_DO, WORKING))], {"status": SHUT}, ["09:00-18:00 phase"],
            ["09:00 vendor phase active vendor", "18:00 unknown phase resolved nobody"],
            id="beyond the newest: the change is dated by the issue's last update, at the latest",
        ),
    ],
)  # fmt: skip
def test_a_value_that_changed_without_a_history_is_a_gap(
    rows: list[dict[str, Any]], fields: dict[str, Any], expected_gaps: list[str], expected: list[str]
) -> None:
    paper = payload(fields, rows)
    assert "unaudited_change" in codes(paper)
    assert (gaps(paper), story(paper)) == (expected_gaps, expected)


def test_histories_newer_than_the_issue_are_not_held_against_it() -> None:
    rows = [history(1, "19:00", item("status", TO_DO, WORKING))]
    assert codes(payload({"status": TO_DO}, rows)) == []


def test_what_an_import_dates_before_the_ticket_happened_at_its_creation() -> None:
    rows = [history(1, "07:00", item("status", TO_DO, WORKING))]
    paper = payload(changelog=rows, comments=[comment(5, "07:30"), comment(6, "09:00")])
    assert story(paper) == ["08:00 vendor phase active vendor", "09:00 vendor message public"]
    assert codes(paper) == ["predates_ticket", "predates_ticket"]


def test_a_number_in_whole_seconds_only_seems_to_predate_the_ticket() -> None:
    row = {**history(1, "08:00", item("status", TO_DO, WORKING)), "created": 1772438400}
    paper = payload({"created": at("08:00:00.900")}, [row], [{**comment(5, "08:00"), "created": 1772438400}])
    assert codes(paper) == []
    assert len(story(paper)) == 2


def test_a_ticket_over_without_history_has_a_hole_unless_it_says_that_it_was_created_so() -> None:
    assert codes(payload({"status": DONE})) == ["history_missing", "signals_disagree"]
    born = payload({"status": DONE, "statuscategorychangedate": at("08:00")})
    assert (codes(born), gaps(born)) == (["signals_disagree"], [])


def test_a_name_that_two_fields_have_is_refused_where_only_the_name_is_told() -> None:
    twins = [{"id": f"customfield_{n}", "name": "Vendor", "schema": {"custom": "select"}} for n in (1, 2)]
    rows = [history(1, "09:00", {"field": "Vendor", "from": "1", "fromString": "us", "to": "2", "toString": "acme"})]
    paper = payload({"customfield_1": {"id": "2", "value": "acme"}}, rows)
    paper["directory"]["fields"] = twins
    assert "ambiguous_field" in codes(paper, vendor_from=["field:Vendor"])
    assert "ambiguous_field" in codes(paper, vendor_from=["field:customfield_1"])
    assert codes(payload(), vendor_from=["field:customfield_1"]) == []


def test_mapping_tells_the_author_by_any_of_their_accounts() -> None:
    by_name = history(1, "09:00", item("status", TO_DO, WORKING), by={"name": "gil@globex.example"})
    assert story(payload(changelog=[by_name])) == ["09:00 vendor phase active vendor"]
    assert DAVE["accountId"] not in story(payload(changelog=[by_name]))


@pytest.mark.parametrize("more", [{"isLast": False}, {"nextPageToken": "Cg0"}], ids=["not the last", "a token"])
def test_one_page_of_several_is_never_the_whole_history(more: dict[str, Any]) -> None:
    rows = [history(9, "12:00", item("status", TO_DO, DONE))]
    paper = payload({"status": DONE})
    whole = {**paper, "changelog": {"values": rows}}
    assert mapped(whole).timeline.quality is Quality.FULL
    cut = {**paper, "changelog": {"values": rows, **more}}
    assert mapped(cut).timeline.quality is Quality.PARTIAL
    assert "history_incomplete" in codes(cut)


def test_histories_are_taken_as_the_bulk_fetch_calls_them() -> None:
    rows = [history(9, "12:00", item("status", TO_DO, DONE))]
    paper = payload(changelog=rows)
    assert mapped({**paper, "changelog": {"issueId": "10042", "changeHistories": rows}}) == mapped(paper)
