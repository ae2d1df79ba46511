"""The simulator understands the JQL of a careful reader, and refuses in Jira's own words what Jira refuses."""

import pytest

from connectors.jira.simulator.stamps import instant_of, millis
from tests.connectors.jira.simulator_desk import MORNING, Desk, minutes, said


@pytest.fixture(scope="module")
def desk() -> Desk:
    desk = Desk(rights={"lost": [{"project": "OPS"}]})
    desk.issue(101, priority="1", issuetype="10002")
    desk.issue(102, after=1, status="5", resolution="10000")
    desk.issue(103, after=2, key="TO-103")
    desk.issue(104, after=3, key="OPS-104", status="10200", issuetype="10003")
    desk.now = MORNING + minutes(90)
    return desk


_NINE_ONE = millis(MORNING + minutes(1))


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        pytest.param("project = VND ORDER BY id ASC", [101, 102], id="one project"),
        pytest.param('project in (VND, "TO") ORDER BY id', [101, 102, 103], id="several, a reserved word quoted"),
        pytest.param("project in ('to', 10000) order by id", [101, 102, 103], id="by key in any case and by id"),
        pytest.param('issuetype in ("[System] Incident") AND project = VND', [102], id="an issue type by name"),
        pytest.param("issuetype in (10002)", [101], id="an issue type by id"),
        pytest.param(f"updated >= {_NINE_ONE} ORDER BY updated ASC, id ASC", [102, 103], id="milliseconds"),
        pytest.param(f"updated > {_NINE_ONE} ORDER BY updated", [103], id="later than an instant"),
        pytest.param("updated >= -89m ORDER BY id", [102, 103], id="a period back"),
        pytest.param('updated >= "-1h 29m" ORDER BY id', [102, 103], id="a period of two units, quoted"),
        pytest.param('updated >= "2026-03-02 10:01" ORDER BY id', [102, 103], id="a wall clock, in the asker's zone"),
        pytest.param(f"created >= 0 AND created < {_NINE_ONE}", [101], id="bounds on the creation"),
        pytest.param("id in (101, 103) ORDER BY id DESC", [103, 101], id="ids, descending"),
        pytest.param("key in (VND-101, TO-103) ORDER BY key", [103, 101], id="keys, in the order of keys"),
        pytest.param("project = VND AND NOT id = 101", [102], id="negation"),
        pytest.param("(id = 101 OR id = 103) AND project = VND", [101], id="alternatives in brackets"),
        pytest.param("resolution is EMPTY ORDER BY id", [101, 103], id="emptiness"),
        pytest.param("resolution is not EMPTY", [102], id="no emptiness"),
        pytest.param("project = VND ORDER BY priority", [101, 102], id="priorities descend by themselves"),
        pytest.param("project = VND", [102, 101], id="the newest first without an order"),
        pytest.param("project not in (VND)", [103], id="all but one"),
        pytest.param("assignee is EMPTY and reporter = mara.adler order by id", [101, 102, 103], id="people"),
    ],
)
def test_it_finds(desk: Desk, jql: str, found: list[int]) -> None:
    assert [each for each in desk.found(jql) if each != 104] == found


@pytest.mark.parametrize(
    ("jql", "message"),
    [
        pytest.param("", "Unbounded JQL queries are not allowed here", id="nothing"),
        pytest.param("ORDER BY id", "Unbounded JQL queries are not allowed here", id="an order alone"),
        pytest.param(
            "project = GONE", "The value 'GONE' does not exist for the field 'project'.", id="an unknown project"
        ),
        pytest.param("project = OPS", "The value 'OPS' does not exist for the field 'project'.", id="a hidden project"),
        pytest.param(
            "colour = 1", "Field 'colour' does not exist or you do not have permission", id="an unknown field"
        ),
        pytest.param("project = TO", "'TO' is a reserved JQL word.", id="a reserved word"),
        pytest.param("project in (VND", "Expecting ')' before the end", id="an open bracket"),
        pytest.param("project = 'VND", "has not been completed", id="an open quotation"),
        pytest.param("project VND", "Expecting operator but got 'VND'", id="no operator"),
        pytest.param("project = VND id = 1", "Expecting either 'OR' or 'AND' but got 'id'", id="no junction"),
        pytest.param("project = V;D", "is a reserved JQL character", id="a reserved character"),
        pytest.param(
            "id in (101, 999)", "A value with ID '999' does not exist for the field 'id'.", id="an unknown id"
        ),
        pytest.param("key = VND-9", "An issue with key 'VND-9' does not exist for field 'key'.", id="an unknown key"),
        pytest.param("updated >= '2026-03-02T09:00Z'", "Date value '2026-03-02T09:00Z'", id="an ISO instant"),
        pytest.param("updated >= '1772439300000'", "Date value '1772439300000'", id="milliseconds in quotes"),
        pytest.param(
            "updated in (1)", "The operator 'in' is not supported by the 'updated' field.", id="dates in a list"
        ),
        pytest.param(
            "project > VND", "The operator '>' is not supported by the 'project' field.", id="an order of names"
        ),
        pytest.param(
            "project = VND ORDER BY id, key, created, updated, priority, status, project, resolution",
            "ORDER BY is 7",
            id="eight fields to sort by",
        ),
        pytest.param(
            "project = VND ORDER BY colour", "Field 'colour' does not exist", id="an unknown field to sort by"
        ),
    ],
)
def test_it_refuses(desk: Desk, jql: str, message: str) -> None:
    response = desk.put("search/jql", {"jql": jql})
    assert response.status == 400
    assert message in said(response)


def test_seven_fields_may_be_sorted_by(desk: Desk) -> None:
    assert desk.found("project = VND ORDER BY status, key, created, updated, priority, project, resolution") == [
        101,
        102,
    ]


def test_a_site_may_refuse_milliseconds_and_still_take_periods() -> None:
    desk = Desk(epoch_jql=False)
    assert desk.put("search/jql", {"jql": "updated >= 1772439300000"}).status == 400
    assert desk.found("updated >= -90m") == []


@pytest.mark.parametrize(
    ("zone", "missed"),
    [
        pytest.param("America/Los_Angeles", True, id="behind UTC, a wall clock in UTC lies in the future"),
        pytest.param("Asia/Tokyo", False, id="ahead of UTC, it lies in the past"),
    ],
)
def test_a_wall_clock_is_the_askers(zone: str, *, missed: bool) -> None:
    desk = Desk(time_zone=zone)
    desk.issue(101)
    assert (desk.found('updated >= "2026-03-02 08:00"') == []) == missed
    assert desk.found(f"updated >= {millis(MORNING)}") == [101]


def test_an_hour_that_comes_twice_is_told_apart_by_milliseconds_alone() -> None:
    desk = Desk(time_zone="Europe/Paris")
    second = instant_of("2025-10-26T01:30:00Z")
    desk.world.create(101, {"key": "VND-101", "project": "VND", "status": "1"}, at=second, by="admin")
    assert desk.found(f"updated > {millis(second) - 60_000} AND updated < {millis(second) + 60_000}") == [101]
    assert desk.found('updated >= "2025-10-26 02:31"') == [101]


def test_parsing_tells_of_each_query_what_is_wrong(desk: Desk) -> None:
    answer = desk.post("jql/parse", {"queries": ["project = VND", "project = GONE"]}, validation="strict")
    assert ["errors" in each for each in answer["queries"]] == [False, True]
    lenient = desk.post("jql/parse", {"queries": ["project = GONE"]}, validation="none")
    assert "errors" not in lenient["queries"][0]


def test_a_deleted_issue_can_no_longer_be_named() -> None:
    desk = Desk()
    desk.issue(101)
    assert desk.found("id in (101)") == [101]
    desk.world.delete(101, at=desk.now)
    assert desk.put("search/jql", {"jql": "id in (101)"}).status == 400
