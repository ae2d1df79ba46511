"""Every request is held against the published documents: paths, methods, query parameters, keys of bodies."""

from collections.abc import Mapping

import pytest

from connectors.jira.simulator.bodies import SCHEMAS
from connectors.jira.simulator.operations import EXPANSIONS, OF_DATA_CENTER, OPERATIONS
from connectors.jira.simulator.routes import Routes
from syncd.ports.connector import Backfills
from tests.connectors.jira.simulator_desk import Desk, said
from tests.connectors.jira.site import CLOUD, CUSTOMER, DC, JiraSite, ago, comment, create, edit, live, past, refer

PRODUCTS = pytest.mark.parametrize("cloud", [True, False], ids=["cloud", "data center"])


@PRODUCTS
def test_every_route_by_every_method_is_an_operation_of_a_document_and_the_reverse(*, cloud: bool) -> None:
    routes = {(name, method) for name, methods in Routes(cloud=cloud).names() for method in methods}
    table = {**OPERATIONS, **({} if cloud else OF_DATA_CENTER)}
    assert routes <= table.keys()
    if cloud:
        assert routes == OPERATIONS.keys()


def test_every_question_with_a_body_has_a_schema_of_its_keys() -> None:
    asked = {route for route, method in (*OPERATIONS, *OF_DATA_CENTER) if method == "POST"}
    assert asked - {"removed"} == SCHEMAS.keys()


def test_no_operation_stands_for_two_routes() -> None:
    ids = [each.id for each in OPERATIONS.values()]
    assert len(ids) == len(set(ids))


def test_expansions_are_listed_of_operations_that_expand() -> None:
    expanding = {each.id for each in OPERATIONS.values() if "expand" in each.query}
    assert {ident for ident, _ in EXPANSIONS} <= expanding


@pytest.mark.parametrize(
    ("path", "params", "complaint"),
    [
        pytest.param("issue/101", {"field": "status"}, "getIssue has no query parameter field.", id="a typing error"),
        pytest.param("issue/101/changelog", {"limit": "1"}, "getChangeLogs has no query", id="of another API"),
        pytest.param("issue/101/comment", {"expand": "properties"}, "getComments expands", id="not to be expanded"),
        pytest.param("issue/101/remotelink", {"startAt": "0"}, "getRemoteIssueLinks has no", id="not in pages"),
        pytest.param("search/jql", {"jql": "project = VND", "startAt": "0"}, "searchAndRec", id="of the old search"),
    ],
)
def test_what_a_document_does_not_know_is_a_400(path: str, params: Mapping[str, str], complaint: str) -> None:
    desk = Desk()
    desk.issue(101)
    refusal = desk.ask(path, **params)
    assert (refusal.status, said(refusal)[: len(complaint)]) == (400, complaint)


def test_data_center_knows_other_parameters_than_cloud() -> None:
    assert Desk(product="dc").ask("mypermissions", permissions="BROWSE_PROJECTS").status == 400
    assert Desk(product="dc").ask("mypermissions", projectKey="VND").status == 200
    desk = Desk(product="dc")
    desk.issue(101)
    assert desk.ask("issue/101/comment", expand="properties").status == 200


WIDE = [
    create(1, ago(9000)), create(2, ago(9000)), refer(1, ago(7000), "a", "https://other.example/1"),
    *(edit(1, ago(8000 - place), status="31"[place % 2]) for place in range(8)),
    *(comment(1, ago(6000 - place), f"c{place}") for place in range(30)),
]  # fmt: skip
AS_AGENT = {
    "getServerInfo", "getCurrentUser", "getFields", "getStatuses", "getUsersFromGroup", "getIssue", "getComments",
    "getRemoteIssueLinks",
}  # fmt: skip
ASKED: Mapping[str, tuple[Mapping[str, object], set[str]]] = {
    "cloud": (
        CLOUD,
        {
            *(AS_AGENT - {"getIssue"}), "getFieldsPaginated", "searchProjects", "searchAndReconsileIssuesUsingJqlPost",
            "bulkFetchIssues", "getBulkChangelogs",
        },
    ),
    "data center": (DC, {*AS_AGENT, "getAllProjects", "searchUsingSearchRequest"}),
    "a customer's portal": (
        CUSTOMER,
        {
            "getServerInfo", "getCurrentUser", "getCustomerRequests", "getCustomerRequestByIdOrKey",
            "getCustomerRequestStatus", "getRequestComments",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ASKED)
def test_reading_asks_these_operations_and_each_as_its_document_has_it(row: str) -> None:
    script, operations = ASKED[row]
    options = {} if script is CUSTOMER else {"same_incident": ["https://other.example/"], "census_every": 3600}
    site = JiraSite({**script, "changes": WIDE}, options)
    reader = site.reader()
    if isinstance(reader, Backfills):
        past(reader)
    _, cursor = live(reader, None)
    site.now.advance(3700)
    live(reader, cursor)
    reader.recheck(["1", "77"])
    assert site.simulator.inner.operations == operations
