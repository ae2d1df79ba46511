"""The simulator by script: lives written out, options that the connector takes, and the same site over real HTTP."""

import random

import pytest

from connectors.jira.settings import JiraOptions
from connectors.jira.simulator import build_simulator
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.toolkit import BasicAuth, HttpResponse
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from syncd.transport.simulated import SimulatorTransport, serve
from syncd.transport.toolkit import SourceToolkit
from tests.connectors.jira.simulator_desk import MORNING, Desk, decoded

_LIFE = [
    {"op": "create", "issue": 101, "at": "2026-03-02T09:00:00Z", "by": "rosa.iversen", "values": {"priority": "2"}},
    {"op": "comment", "issue": 101, "at": "2026-03-02T09:05:00Z", "by": "mara.adler",
     "values": {"id": "a", "body": "x"}},
    {"op": "edit_comment", "issue": 101, "at": "2026-03-02T09:06:00Z", "values": {"id": "a", "internal": "yes"}},
    {"op": "edit", "issue": 101, "at": "2026-03-02T09:07:00+00:00", "by": "", "labelled": False,
     "values": {"status": "3", "customfield_10021": "10301"}, "indexed": "2026-03-04T00:00:00Z"},
    {"op": "create", "issue": 102, "at": "2026-03-02T10:00:00Z", "values": {"key": "TO-102"}},
    {"op": "archive", "issue": 102, "at": "2026-03-02T10:30:00Z"},
    {"op": "create", "issue": 103, "at": "2026-03-02T10:00:00Z"},
    {"op": "delete", "issue": 103, "at": "2026-03-02T11:00:00Z"},
    {"op": "touch", "issue": 101, "at": "2026-03-02T12:00:00Z", "indexed": "2026-03-04T00:00:00Z"},
]  # fmt: skip


def test_lives_can_be_written_out() -> None:
    desk = Desk(changes=_LIFE)
    assert [int(each["id"]) for each in desk.search("project in (VND, 'TO') AND status = 1")["issues"]] == [101]
    issue = desk.get("issue/101")
    assert (issue["fields"]["status"]["id"], issue["fields"]["priority"]["id"]) == ("3", "2")
    assert issue["fields"]["updated"] == "2026-03-02T13:00:00.000+0100"
    assert issue["fields"]["comment"]["comments"][0]["jsdPublic"] is False
    history = desk.get("issue/101/changelog")["values"][0]
    assert "author" not in history
    assert all("fieldId" not in item for item in history["items"])
    assert (desk.ask("issue/102").status, desk.ask("issue/103").status) == (200, 404)


def test_the_truth_tells_what_was_written_out() -> None:
    desk = Desk(changes=_LIFE)
    desk.simulator.advance(desk.now)
    truth = desk.simulator.truth()
    told = [(change.field, change.old, change.new) for change in truth[101].changes]
    assert told == [
        ("comment", "", "x"), ("comment_edited", "", ""), ("status", "1", "3"), ("customfield_10021", "", "10301"),
    ]  # fmt: skip
    assert [change.regated for change in truth[101].changes] == [False, True, False, False]
    assert (truth[102].changes[0].field, truth[103].deleted) == ("archived", True)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({}, id="a token"),
        pytest.param({"auth": "scoped_token"}, id="a token with scopes"),
        pytest.param({"auth": "client_credentials"}, id="an OAuth client"),
        pytest.param({"product": "dc"}, id="a personal access token"),
        pytest.param({"product": "dc", "auth": "basic", "context_path": "/jira"}, id="a password"),
        pytest.param({"view": "customer"}, id="a customer of the portal"),
        pytest.param({"vendor_by": ["organisation", "component", "assignee", "group", "field"]}, id="every way"),
        pytest.param({"options": {"page_size": 10}}, id="options of the script's own"),
    ],
)
def test_the_connector_takes_the_options(script: dict[str, object]) -> None:
    options = build_simulator(1, script).options("http://127.0.0.1:8080")
    assert JiraOptions.model_validate(options).url.startswith("http://127.0.0.1:8080")


@pytest.mark.parametrize("mounted", [True, False], ids=["mounted in the same process", "served on loopback"])
def test_the_site_is_reached_by_the_cores_own_client(*, mounted: bool) -> None:
    simulator = Desk(changes=_LIFE).simulator
    now = VirtualNow(MORNING)
    with serve(simulator, now=now) as server:
        toolkit = SourceToolkit(
            "jira", now=now, limits=Limits(), secrets=lambda ref: _secret(simulator.credentials(), ref), inline=True,
            jitter=random.Random(1),  # noqa: S311  back-off, nothing secret
            mount=SimulatorTransport(simulator, now) if mounted else None,
        )  # fmt: skip
        login = BasicAuth(simulator.gate.email, SecretRef(env="JIRA_TOKEN"))
        api = toolkit.http("https://example.atlassian.net" if mounted else server.url, auth=login)
        found = api.post("/rest/api/3/search/jql", json={"jql": "project = VND"}, read=_decoded)
        assert found == {"issues": [{"id": "101"}], "isLast": True}
        assert api.get("/rest/api/3/issue/VND-101", params={"fields": "status"}, read=_decoded)["key"] == "VND-101"
        toolkit.close()


def _decoded(response: HttpResponse) -> dict[str, object]:
    body: dict[str, object] = decoded(response)
    return body


def _secret(known: object, ref: SecretRef) -> Secret:
    assert isinstance(known, dict)
    return Secret(known[ref.env])
