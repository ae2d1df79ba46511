"""The simulator takes request bodies as the published OpenAPI document has them, and is only ever read."""

import pytest

from syncd.ports.toolkit import HttpRequest
from tests.connectors.jira.simulator_desk import ALL, Desk, said

_SEARCH, _BULK, _LOGS = "search/jql", "issue/bulkfetch", "changelog/bulkfetch"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(_SEARCH, {"jql": ALL, "startAt": 0}, id="an offset in the enhanced search"),
        pytest.param(_SEARCH, {"jql": ALL, "validateQuery": "strict"}, id="a key of the old search"),
        pytest.param(_SEARCH, {"jql": ALL, "expand": ["names"]}, id="a list where the search wants a text"),
        pytest.param(_SEARCH, {"jql": ALL, "expand": None}, id="a null"),
        pytest.param(_SEARCH, {"jql": ALL, "maxResults": "50"}, id="a number as text"),
        pytest.param(_SEARCH, {"jql": ALL, "maxResults": True}, id="a flag for a number"),
        pytest.param(_SEARCH, {"jql": ALL, "reconcileIssues": ["101"]}, id="ids as text where numbers belong"),
        pytest.param(_SEARCH, [ALL], id="a list for a body"),
        pytest.param(_BULK, {"issueIdsOrKeys": ["101"], "expand": "changelog"}, id="a text where a list belongs"),
        pytest.param(_BULK, {"issueIdsOrKeys": [101]}, id="ids as numbers where texts belong"),
        pytest.param(_LOGS, {"issueIdsOrKeys": ["101"], "startAt": 0}, id="an offset in the bulk changelog"),
        pytest.param("comment/list", {"ids": ["7"]}, id="comment ids as text"),
        pytest.param("jql/parse", {"queries": ALL}, id="one query for a list"),
        pytest.param("search/approximate-count", {"jql": ALL, "maxResults": 1}, id="a page size for a count"),
    ],
)
def test_it_refuses(path: str, body: object) -> None:
    response = Desk().put(path, body)
    assert response.status == 400
    assert said(response).startswith("Invalid request payload.")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(_BULK, {}, id="no ids"),
        pytest.param(_LOGS, {"issueIdsOrKeys": []}, id="an empty list of ids"),
        pytest.param(_LOGS, {"issueIdsOrKeys": ["1"], "maxResults": 10_001}, id="too large a page"),
        pytest.param(_LOGS, {"issueIdsOrKeys": ["1"] * 1001}, id="too many issues"),
        pytest.param(_LOGS, {"issueIdsOrKeys": ["1"], "fieldIds": ["status", "status"]}, id="a field twice"),
        pytest.param(_SEARCH, {"jql": ALL, "maxResults": 0}, id="a page of nothing"),
    ],
)
def test_it_refuses_what_the_document_forbids(path: str, body: object) -> None:
    assert Desk().put(path, body).status == 400


def test_everything_the_document_allows_is_taken() -> None:
    whole = {
        "jql": ALL, "maxResults": 50, "fields": ["*all"], "expand": "names,schema", "fieldsByKeys": False,
        "properties": [], "reconcileIssues": [],
    }  # fmt: skip
    assert Desk().search(ALL, **whole | {"jql": ALL})["isLast"] is True


def test_a_body_is_json_and_says_so() -> None:
    desk = Desk()
    request = HttpRequest("POST", "/rest/api/3/search/jql", "", desk.login(), b"{}")
    assert desk.simulator.respond(request, desk.now).status == 415
    typed = {**desk.login(), "content-type": "application/json"}
    broken = HttpRequest("POST", "/rest/api/3/search/jql", "", typed, b"{")
    assert desk.simulator.respond(broken, desk.now).status == 400


def test_data_centers_search_has_a_body_of_its_own() -> None:
    desk = Desk(product="dc")
    assert desk.put("search", {"jql": ALL, "validateQuery": True, "expand": ["changelog"]}).status == 200
    assert desk.put("search", {"jql": ALL, "nextPageToken": "x"}).status == 400


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        pytest.param("PUT", "/rest/api/3/issue/101", {}, id="an edit"),
        pytest.param("DELETE", "/rest/api/3/issue/101", {}, id="a deletion"),
        pytest.param("POST", "/rest/api/3/issue/101/comment", {}, id="a new comment"),
        pytest.param("GET", "/rest/api/3/issue/101", {"x-http-method-override": "DELETE"}, id="a hidden method"),
        pytest.param("POST", "/rest/servicedeskapi/request", {}, id="a new request"),
    ],
)
def test_what_is_not_a_question_is_refused_and_remembered(method: str, path: str, headers: dict[str, str]) -> None:
    desk = Desk()
    desk.issue(101)
    assert desk.send(method, path, {**desk.login(), **headers}, {}).status == 405
    assert len(desk.simulator.violations) == 1
    assert desk.ask("issue/101").status == 200
