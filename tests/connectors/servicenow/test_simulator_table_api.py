"""The simulator's Table API: text only, references in four dresses, paging headers, rights after the limit."""

import pytest

from connectors.servicenow.simulator.cast import group_id, user_id
from syncd.ports.toolkit import HttpRequest
from tests.connectors.servicenow.simulator_desk import MORNING, Desk, decoded, minutes


def test_every_value_of_a_row_is_text() -> None:
    desk = Desk()
    desk.incident("INC1", made_sla="true", reopen_count="0")
    row = desk.rows("incident", exclude_reference_link="true")[0]
    assert {type(value) for value in row.values()} == {str}
    assert (row["made_sla"], row["reopen_count"], row["resolved_at"]) == ("true", "0", "")


def test_unknown_columns_are_left_out_without_a_word() -> None:
    desk = Desk()
    desk.incident("INC1")
    assert desk.rows("incident", fields="number,no_such_field,company.no_such") == [{"number": "INC1"}]


_GROUP = group_id("ACME NOC")
_LINK = f"https://snow.example/api/now/table/sys_user_group/{_GROUP}"


@pytest.mark.parametrize(
    ("shown", "without_link", "full", "empty"),
    [
        pytest.param("false", "true", _GROUP, "", id="raw without link: the sys_id alone"),
        pytest.param("false", "false", {"link": _LINK, "value": _GROUP}, "", id="raw with link: an object"),
        pytest.param("true", "true", "ACME NOC", "", id="shown without link: the name"),
        pytest.param("true", "false", {"display_value": "ACME NOC", "link": _LINK}, "", id="shown with link"),
        pytest.param(
            "all", "true", {"display_value": "ACME NOC", "value": _GROUP}, {"display_value": None, "value": ""},
            id="both without link, and null for what is shown of nothing",
        ),
        pytest.param(
            "all", "false", {"display_value": "ACME NOC", "value": _GROUP, "link": _LINK},
            {"display_value": None, "value": ""}, id="both with link",
        ),
    ],
)  # fmt: skip
def test_a_reference_is_written_as_the_parameters_say(
    shown: str, without_link: str, full: object, empty: object
) -> None:
    desk = Desk()
    desk.simulator.options("https://snow.example/")
    desk.incident("INC1", assignment_group=_GROUP)
    fields = "assignment_group,assigned_to"
    row = desk.rows("incident", fields=fields, display_value=shown, exclude_reference_link=without_link)[0]
    assert row == {"assignment_group": full, "assigned_to": empty}


def test_an_empty_reference_can_be_null() -> None:
    desk = Desk(null_references=True)
    desk.incident("INC1")
    assert desk.values("incident", "assigned_to") == [None]


def test_references_are_walked_and_lead_to_nothing_where_the_target_is_gone() -> None:
    desk = Desk()
    desk.incident("INC1", assignment_group=_GROUP, assigned_to="f" * 32)
    row = desk.rows("incident", fields="assignment_group.name,assignment_group.company.name,assigned_to.name")[0]
    assert row == {
        "assignment_group.name": "ACME NOC",
        "assignment_group.company.name": "ACME Managed Services",
        "assigned_to.name": "",
    }


@pytest.mark.parametrize(
    ("zone", "pattern", "expected"),
    [
        pytest.param("GMT", "yyyy-MM-dd HH:mm:ss", "2026-03-02 14:30:00", id="UTC in the system's format"),
        pytest.param("America/New_York", "MM-dd-yyyy hh:mm:ss a", "03-02-2026 09:30:00 AM", id="New York, am and pm"),
        pytest.param("Europe/Berlin", "dd.MM.yyyy HH:mm:ss", "02.03.2026 15:30:00", id="Berlin, day first"),
    ],
)
def test_shown_dates_and_comments_follow_the_users_zone_and_format(zone: str, pattern: str, expected: str) -> None:
    desk = Desk(user={"time_zone": zone, "date_format": pattern})
    sys_id = desk.incident("INC1", after=330)
    desk.world.comment("incident", sys_id, "First line\n\nafter a blank one", at=MORNING + minutes(330), by="anna.berg")
    row = decoded(desk.ask(f"/api/now/table/incident/{sys_id}", display_value="true", fields="opened_at,comments"))
    assert row["result"]["opened_at"] == expected
    head = f"{expected} - Anna Berg (Additional comments)\n"
    assert row["result"]["comments"] == f"{head}First line\n\nafter a blank one\n\n"


def test_raw_journal_columns_are_empty() -> None:
    desk = Desk()
    desk.incident("INC1", comments="hello")
    assert desk.values("incident", "comments") == [""]


def test_shown_choices_durations_and_due_dates_are_words() -> None:
    desk = Desk()
    desk.incident("INC1", business_duration="1970-01-02 00:02:00")
    row = desk.rows("incident", fields="state,business_duration,sla_due", display_value="true")[0]
    assert row == {"state": "New", "business_duration": "1 Day 2 Minutes", "sla_due": "UNKNOWN"}


def test_hidden_rows_shorten_pages_after_the_limit_and_are_counted() -> None:
    desk = Desk(rights={"hidden": {"incident": "priority=1"}})
    for n in range(6):
        desk.incident(f"INC{n}", after=n, priority="1" if n < 3 else "2")
    order = "ORDERBYsys_updated_on^ORDERBYsys_id"
    empty = desk.table("incident", order, limit="3")
    assert (decoded(empty)["result"], empty.headers["x-total-count"]) == ([], "6")
    assert desk.values("incident", "number", order, limit="3", offset="3") == ["INC3", "INC4", "INC5"]
    hidden = desk.simulator.world.tables["incident"].hashes["number"]["INC0"]
    assert desk.ask(f"/api/now/table/incident/{next(iter(hidden))}").status == 404
    counted = decoded(desk.ask("/api/now/stats/incident", count="true"))
    assert counted["result"]["stats"]["count"] == "6"


def test_unreadable_rows_columns_and_tables_show_as_emptiness() -> None:
    rights = {
        "blank": {"incident": "number=INC1"}, "columns": {"incident": "category,priority"},
        "tables": {"sys_user": "empty", "contract_sla": "forbidden"},
    }  # fmt: skip
    desk = Desk(rights=rights)
    desk.incident("INC1")
    desk.incident("INC2", after=1, category="x", caller_id=user_id("anna.berg"))
    rows = desk.rows("incident", "ORDERBYnumber", fields="number,category,caller_id.name")
    assert rows == [{}, {"number": "INC2", "caller_id.name": ""}]
    assert desk.rows("sys_user") == []
    assert desk.table("contract_sla").status == 403


def test_paging_headers_tell_the_total_and_the_neighbours() -> None:
    desk = Desk()
    desk.simulator.options("https://snow.example")
    for n in range(5):
        desk.incident(f"INC{n}", after=n)
    response = desk.table("incident", "state=1^ORDERBYnumber", limit="2", offset="2")
    assert response.headers["x-total-count"] == "5"
    base = "https://snow.example/api/now/table/incident?sysparm_query=state%3D1%5EORDERBYnumber&sysparm_limit=2"
    places = {"first": 0, "prev": 0, "next": 4, "last": 4}
    expected = ",".join(f'<{base}&sysparm_offset={place}>;rel="{name}"' for name, place in places.items())
    assert response.headers["link"] == expected


@pytest.mark.parametrize(
    ("params", "absent", "present"),
    [
        pytest.param({"no_count": "true"}, "x-total-count", "link", id="no count, no total"),
        pytest.param({"suppress_pagination_header": "true"}, "link", "x-total-count", id="suppressed links"),
        pytest.param({"limit": "100"}, "link", "x-total-count", id="no links for a single page"),
    ],
)
def test_headers_are_absent_when(params: dict[str, str], absent: str, present: str) -> None:
    desk = Desk()
    for n in range(5):
        desk.incident(f"INC{n}")
    headers = desk.table("incident", **{"limit": "2", **params}).headers
    assert absent not in headers
    assert present in headers


def test_nothing_found_is_404_in_version_1_and_an_empty_list_otherwise() -> None:
    desk = Desk()
    assert desk.ask("/api/now/v1/table/incident").status == 404
    for path in ("/api/now/v2/table/incident", "/api/now/table/incident"):
        assert decoded(desk.ask(path)) == {"result": []}


@pytest.mark.parametrize(
    ("path", "params", "status", "message"),
    [
        pytest.param("/api/now/table/no_such", {}, 400, "Invalid table no_such", id="an unknown table"),
        pytest.param("/api/now/table/incident/" + "0" * 32, {}, 404, "No Record found", id="a missing record"),
        pytest.param("/api/now/elsewhere", {}, 400, "Requested URI does not represent any resource", id="a wrong path"),
        pytest.param(
            "/api/now/table/incident", {"offset": "-1"}, 400, "Invalid sysparm_offset or sysparm_limit",
            id="a negative offset",
        ),
    ],
)  # fmt: skip
def test_a_wrong_request_gets_the_platforms_error(path: str, params: dict[str, str], status: int, message: str) -> None:
    response = Desk().ask(path, **params)
    assert (response.status, decoded(response)["error"]["message"]) == (status, message)
    assert decoded(response)["status"] == "failure"


def test_json_must_be_asked_for() -> None:
    desk = Desk()
    assert desk.send("/api/now/table/incident", {**desk.basic(), "accept": ""}).status == 400
    assert desk.send("/api/now/table/incident", {**desk.basic(), "accept": "text/html"}).status == 406


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_whatever_is_no_read_is_refused_and_recorded(method: str) -> None:
    desk = Desk()
    request = HttpRequest(method, "/api/now/table/incident", "", desk.basic(), b"{}")
    assert desk.simulator.respond(request, desk.now).status == 405
    assert desk.simulator.violations == [f"{method} /api/now/table/incident"]


def test_a_read_that_is_overridden_into_a_write_is_a_write() -> None:
    desk = Desk()
    assert desk.send("/api/now/table/incident", {**desk.basic(), "x-http-method-override": "DELETE"}).status == 405
    assert desk.simulator.violations == ["DELETE /api/now/table/incident"]


def test_figures_are_text_and_can_be_grouped() -> None:
    desk = Desk()
    for n, state in enumerate("1122"):
        desk.incident(f"INC{n}", after=n, state=state, priority=str(n + 8))
    whole = decoded(desk.ask("/api/now/stats/incident", count="true", max_fields="sys_updated_on,priority"))
    assert whole["result"]["stats"] == {
        "count": "4",
        "max": {"sys_updated_on": "2026-03-02 09:03:00", "priority": "11"},
    }
    grouped = decoded(desk.ask("/api/now/stats/incident", count="true", group_by="state", query="priority>8"))
    assert grouped["result"] == [
        {"stats": {"count": "1"}, "groupby_fields": [{"field": "state", "value": "1"}]},
        {"stats": {"count": "2"}, "groupby_fields": [{"field": "state", "value": "2"}]},
    ]
