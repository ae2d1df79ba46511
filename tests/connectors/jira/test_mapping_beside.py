"""Vendors, links, native clocks, satisfaction, the customer's view, and the head of a timeline."""

from typing import Any

import pytest

from syncd.domain.digest import digest
from syncd.domain.names import Party, Phase, Quality
from tests.connectors.jira.issues import (
    ANNA,
    DAVE,
    PARTIES,
    TICKET,
    TO_DO,
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

FIELDS = [
    {"id": "customfield_1", "name": "Vendor", "schema": {"custom": "com.atlassian:select"}},
    {
        "id": "customfield_2",
        "name": "Orgs",
        "schema": {"custom": "com.atlassian.servicedesk:sd-customer-organizations"},
    },
    {"id": "customfield_3", "name": "Request Type", "schema": {"custom": "com.atlassian.servicedesk:vp-origin"}},
    {"id": "customfield_4", "name": "Time to fix", "schema": {"custom": "com.atlassian.servicedesk:sd-sla-field"}},
    {"id": "customfield_5", "name": "Stars", "schema": {"custom": "com.atlassian.servicedesk:sd-request-feedback"}},
    {"id": "customfield_6", "name": "On", "schema": {"custom": "com.atlassian.servicedesk:sd-request-feedback-date"}},
]


def known(fields: dict[str, Any], rows: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    paper = payload(fields, rows or [], **more)
    paper["directory"]["fields"] = FIELDS
    return paper


@pytest.mark.parametrize(
    ("options", "fields", "vendor"),
    [
        pytest.param({"vendor_from": ["field:Vendor"]}, {"customfield_1": {"id": "9", "value": "ACME"}}, "acme",
            id="a select"),
        pytest.param(
            {"vendor_from": ["field:cf[1]"]}, {"customfield_1": {"id": "9", "value": "acme"}}, "acme",
                id="by its clause name"
        ),
        pytest.param(
            {"vendor_from": ["field:Vendor"]},
            {"customfield_1": {"id": "8", "value": "Networks", "child": {"id": "9", "value": "Globex"}}}, "globex",
            id="a cascading select",
        ),
        pytest.param(
            {"vendor_from": [{"look_at": "field:Vendor", "values": {"9": "acme"}}]},
            {"customfield_1": {"id": "9", "value": "Blue"}}, "acme", id="a value of our own, by id",
        ),
        pytest.param(
            {"vendor_from": [{"look_at": "field:Vendor", "values": {"blue": "us"}}, "assignee"]},
            {"customfield_1": {"id": "9", "value": "Blue"}, "assignee": DAVE}, None, id="`us` is an answer, too",
        ),
        pytest.param({}, {"customfield_2": [{"id": "1", "name": "Globex"}]}, "globex", id="an organisation"),
        pytest.param({}, {"components": [{"id": "1", "name": "ACME NOC"}]}, "acme", id="a component"),
        pytest.param({}, {"assignee": {"accountId": "u-gina"}}, "globex", id="the assignee's group"),
        pytest.param({}, {"assignee": DAVE}, "acme", id="the assignee"),
        pytest.param({}, {"assignee": {"name": "x", "emailAddress": "x@acme.example"}}, "acme",
            id="the assignee's domain"),
        pytest.param(
            {"vendor_from": [{"look_at": "project", "values": {"VND": "acme"}}]}, {}, "acme", id="the project, by key"
        ),
        pytest.param(
            {"vendor_from": ["field:Vendor", "assignee"]}, {"customfield_1": {"value": "?"}, "assignee": DAVE}, "acme",
            id="the next place where the first says nothing we know",
        ),
        pytest.param({"vendor_from": [], "vendor_default": "acme"}, {}, "acme", id="the default"),
        pytest.param({}, {}, None, id="nobody: we"),
    ],
)  # fmt: skip
def test_the_vendor_is_found_where_the_options_look(
    options: dict[str, Any], fields: dict[str, Any], vendor: str | None
) -> None:
    paper = known(fields)
    paper["directory"]["users"] = [{"accountId": "u-gina", "groups": ["Globex Desk"]}]
    assert opening(paper, **options).vendor == vendor


def test_a_vendor_field_is_followed_over_time() -> None:
    rows = [
        history(1, "09:00", item("Vendor", None, "9", fieldId="customfield_1", toString="ACME")),
        history(2, "10:00", item("Vendor", "9", "8", fieldId="customfield_1", fromString="ACME", toString="Globex")),
        history(3, "11:00", item("Vendor", "8", None, fieldId="customfield_1", fromString="Globex")),
    ]
    expected = ["09:00 vendor handed_over acme", "10:00 vendor handed_over globex", "11:00 vendor handed_over us"]
    assert story(known({"customfield_1": None}, rows), vendor_from=["field:Vendor"]) == expected
    assert story(payload({}, rows), vendor_from=["field:Vendor"]) == expected, "a name is learned from the histories"
    nameless = [{**row, "items": [{k: v for k, v in row["items"][0].items() if k != "fieldId"}]} for row in rows]
    assert story(known({}, nameless), vendor_from=["field:Vendor"]) == expected, "Data Center tells names only"


def test_attributes_are_read_over_time_and_instants_in_one_form() -> None:
    rows = [
        history(1, "09:00", item("When", None, "2026-03-04T10:00:00+0100", fieldId="customfield_7", toString="04/Mar"))
    ]
    paper = payload({"customfield_7": "2026-03-04T10:00:00.000+0100", "customfield_8": 3.0}, rows)
    options = {"fields": {"when": "customfield_7", "size": "customfield_8"}}
    assert opening(paper, **options).attributes == {"size": "3", "key": "VND-7", "project": "VND"}
    assert story(paper, **options) == ["09:00 vendor attribute when 2026-03-04T09:00:00Z"]


def test_the_request_type_is_found_by_its_type_whatever_it_is_called() -> None:
    paper = known({"customfield_3": {"requestType": {"id": "4", "name": "Incident"}, "currentStatus": {"status": "x"}}})
    assert opening(paper).attributes["request_type"] == "Incident"


def test_links_of_birth_and_remote_links_tie_tickets() -> None:
    fields = {
        "parent": {"id": "900", "key": "VND-1"},
        "issuelinks": [
            {
                "id": "1",
                "type": {"inward": "is caused by", "outward": "causes"},
                "inwardIssue": {"id": "77", "key": "PRB-1"},
            },
            {
                "id": "2",
                "type": {"inward": "is blocked by", "outward": "blocks"},
                "outwardIssue": {"id": "78", "key": "X-1"},
            },
        ],
    }
    url = "https://example.service-now.com/incident.do?sys_id=1"
    rows = [history(3, "09:00", item("RemoteIssueLink", None, "55"))]
    links = [{"id": 55, "object": {"url": url}}, {"id": 56, "object": {"url": "https://wiki.example"}}]
    assert story(payload(fields, rows, links=links), same_incident=["https://example.service-now.com/"]) == [
        "08:00 customer linked 77 problem", "08:00 customer linked 900 parent",
        f"09:00 unknown linked {url} same_incident",
    ]  # fmt: skip
    dated = [history(3, "09:00", item("Link", None, "PRB-1", toString="This issue is caused by PRB-1"))]
    assert story(payload({"issuelinks": fields["issuelinks"]}, dated)) == ["09:00 vendor linked 77 problem"]


def cycle(start: str, **more: Any) -> dict[str, Any]:
    return {
        "startTime": {"jira": at(start), "friendly": "Today"},
        "goalDuration": {"millis": 3600000, "friendly": "1h"},
        **more,
    }


def test_native_clocks_are_evidence_beside_ours() -> None:
    sla = {
        "id": "12", "name": "Time to fix",
        "completedCycles": [cycle("08:00", stopTime={"jira": at("08:30")}, breached=False,
            elapsedTime={"millis": 1800000})],
        "ongoingCycle": cycle("10:00", breachTime={"jira": at("11:00")}, breached=True, remainingTime={"millis": -5}),
    }  # fmt: skip
    expected = [
        "08:00 system attribute native:Time to fix running", "08:30 system attribute native:Time to fix met",
        "10:00 system attribute native:Time to fix running", "11:00 system attribute native:Time to fix missed",
    ]  # fmt: skip
    assert story(payload(sla=[sla])) == expected
    assert story(known({"customfield_4": sla})) == expected
    assert story(payload({"customfield_99": sla})) == expected, "its shape tells, where no directory does"
    assert mapped(payload(sla=[sla])).timeline.events[1].original == "goal 3600000 ms"


def test_remaining_times_are_no_change() -> None:
    def of(millis: int, updated: str, *, breached: bool = False) -> bytes:
        ongoing = cycle("10:00", remainingTime={"millis": millis}, elapsedTime={"millis": -millis}, breached=breached)
        by = mapper()
        paper = payload({"updated": at(updated), "customfield_4": {"id": "12", "name": "x", "ongoingCycle": ongoing}})
        return digest(by.redact(by.record(paper)).payload, by.volatile)

    assert of(5, "18:00") == of(4, "18:05")
    assert of(5, "18:00") != of(5, "18:00", breached=True)


def test_satisfaction_is_rated() -> None:
    fields = {"customfield_5": {"rating": 4}, "customfield_6": at("12:00")}
    assert story(known(fields)) == ["12:00 customer rated 4.0"]
    assert story(payload(feedback={"type": "csat", "rating": 2, "comment": {"body": "bad"}})) == [
        "18:00 customer rated 2.0"
    ]
    assert story(payload(feedback={"rating": 9})) == []


def test_archived_and_missed_tickets_are_gone_never_resolved() -> None:
    assert story(payload({"archiveddate": at("17:00")})) == ["17:00 system gone archived"]
    census = {"gone": "unreachable", "noticed_at": at("17:30")}
    assert story(payload(census=census)) == ["17:30 system gone unreachable"]


def test_a_ticket_that_moved_out_of_scope_is_a_finding() -> None:
    assert codes(payload(), scope={"projects": ["vnd"]}) == []
    assert codes(payload(), scope={"projects": ["OTHER"]}) == ["moved_out_of_scope"]


@pytest.mark.parametrize(
    ("creator", "by"),
    [
        pytest.param(ANNA, Party.CUSTOMER, id="one of ours"),
        pytest.param(DAVE, Party.VENDOR, id="a vendor's person; not the reporter, who is edited"),
        pytest.param({"accountId": "x"}, Party.CUSTOMER, id="somebody unknown is one of ours"),
        pytest.param({"accountId": "x", "accountType": "app"}, Party.SYSTEM, id="a machine"),
        pytest.param(None, Party.CUSTOMER, id="nobody"),
    ],
)
def test_a_ticket_is_opened_by_its_creator(creator: object, by: Party) -> None:
    assert opening(payload({"creator": creator, "reporter": ANNA if creator else None})).by is by


def test_the_head_names_the_ticket_as_people_do() -> None:
    line = mapped(payload()).timeline
    assert (line.source, line.ticket, line.id, line.quality) == ("jira", "VND-7", TICKET, Quality.FULL)
    assert (line.url, line.title) == ("https://example.atlassian.net/browse/VND-7", "No connection")
    assert mapped(payload(), titles=False).timeline.title is None
    by = mapper(titles=False)
    assert "No connection" not in str(by.redact(by.record(payload())))


@pytest.mark.parametrize(
    ("paper", "lacking"),
    [
        ({}, "issue: "), ({"issue": []}, "issue: "), ({"issue": {"key": "A-1"}}, "issue.id"),
        ({"issue": {"id": "1"}}, "updated"), ({"issue": {"id": "1", "fields": {"updated": "2026-03-02"}}}, "updated"),
        ({"request": {}}, "request.issueId"), ({"request": {"issueId": "1"}}, "createdDate"),
    ],
)  # fmt: skip
def test_a_payload_that_is_no_record_says_what_it_lacks(paper: dict[str, Any], lacking: str) -> None:
    with pytest.raises(ValueError, match=lacking):
        mapper().record(paper)


def test_a_creation_that_is_not_told_is_a_finding() -> None:
    assert codes(payload({"created": None, "statuscategorychangedate": None})) == ["creation_missing"]


# The customer's view: /rest/servicedeskapi/request alone.


def dto(clock: str) -> dict[str, Any]:
    return {"iso8601": at(clock), "jira": at(clock), "friendly": "Today"}


def request(*statuses: tuple[str, str, str], comments: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    given = [{"status": name, "statusCategory": key, "statusDate": dto(clock)} for clock, name, key in statuses]
    return {
        "request": {
            "issueId": "501", "issueKey": "SUP-5", "serviceDeskId": "3", "createdDate": dto("08:00"), "reporter": ANNA,
            "currentStatus": given[-1], "requestType": {"id": "4", "name": "Incident"},
            "requestFieldValues": [{"fieldId": "summary", "label": "Summary", "value": "Broken"},
                                   {"fieldId": "priority", "label": "Priority", "value": {"id": "2", "name": "High"}},
                                   {"fieldId": "description", "label": "Description", "value": "secret words"}], **more,
        },
        "statuses": given[::-1], "comments": list(comments),
    }  # fmt: skip


VIEW: dict[str, Any] = {"view": "customer", "vendor_default": "acme", "unlisted_users": "vendor"}
OPEN, PROGRESS, SOLVED = (
    ("08:00", "Open", "NEW"),
    ("09:00", "In progress", "INDETERMINATE"),
    ("12:00", "Solved", "DONE"),
)


def test_a_customer_sees_statuses_and_public_comments_and_the_timeline_says_so() -> None:
    notes = ({"id": "5", "public": True, "created": dto("10:00"), "author": {"accountId": "agent"}, "body": "Hi"},)
    paper = request(OPEN, PROGRESS, SOLVED, comments=notes)
    line = mapped(paper, **VIEW).timeline
    assert (line.quality, line.id, line.ticket, line.title) == (Quality.CUSTOMER_VIEW, "501", "SUP-5", "Broken")
    assert line.url == "https://example.atlassian.net/servicedesk/customer/portal/3/SUP-5"
    assert story(paper, **VIEW) == [
        "09:00 vendor phase active vendor", "10:00 vendor message public", "12:00 vendor phase resolved nobody",
    ]  # fmt: skip
    first = opening(paper, **VIEW)
    assert (first.phase, first.vendor, first.priority, first.by) == (Phase.NEW, "acme", "P2", Party.CUSTOMER)
    assert first.attributes["request_type"] == "Incident"
    assert gaps(paper, **VIEW) == []
    assert "secret words" not in str(mapper(**VIEW).redact(mapper(**VIEW).record(paper)))
    assert f"{mapper(**VIEW).record(paper).updated_at:%H:%M}" == "12:00"


def test_a_customer_sees_no_resolution_so_the_category_decides() -> None:
    assert story(request(OPEN, SOLVED), **VIEW, resolved_when="resolution") == ["12:00 vendor phase resolved nobody"]


def test_names_shown_to_customers_can_be_given_a_meaning() -> None:
    paper = request(OPEN, ("09:00", "Waiting for you", "INDETERMINATE"))
    assert story(paper, **VIEW, waiting={"waiting for you": "customer"}) == ["09:00 vendor phase pending customer"]


def test_the_status_history_may_come_expanded_and_the_vendor_be_the_only_one() -> None:
    paper = request(OPEN, SOLVED)
    paper["request"]["status"] = {"values": paper.pop("statuses")}
    assert story(paper, **VIEW) == ["12:00 vendor phase resolved nobody"]
    one = type(PARTIES)(vendors=PARTIES.vendors[:1])
    assert opening(paper, view="customer", parties=one).vendor == "acme"


def test_a_request_beside_an_issue_tells_its_type() -> None:
    paper = payload(request={"issueId": TICKET, "requestType": {"id": "4", "name": "Incident"}})
    assert opening(paper).attributes["request_type"] == "Incident"


def test_data_center_users_and_items_are_read_without_ids_of_fields() -> None:
    rows = [
        history(
            1, "09:00", {"field": "assignee", "from": None, "to": "u-dave", "toString": "Dave"}, by={"name": "u-dave"}
        )
    ]
    paper = payload({"assignee": {"name": "u-dave", "key": "JIRAUSER7", "active": True}}, rows)
    assert story(paper) == ["09:00 vendor handed_over acme"]
    assert codes(paper) == []


def test_a_status_in_the_same_history_as_a_move_is_one_change() -> None:
    move = item("Key", None, None, fromString="OLD-1", toString="VND-7")
    rows = [history(1, "09:00", move, item("project", "9", "1"), item("status", TO_DO, WORKING))]
    assert [line.split()[2] for line in story(payload(changelog=rows, comments=[comment(1, "09:30")]))] == [
        "attribute", "attribute", "phase", "message"
    ]  # fmt: skip
