"""The simulator lets in who has good credentials at the right door, and is as misleading to others as Jira is."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from syncd.ports.toolkit import HttpRequest, HttpResponse
from tests.connectors.jira.simulator_desk import ALL, Desk, basic, decoded

_FORM = {"content-type": "application/x-www-form-urlencoded"}
_MYSELF = "/rest/api/3/myself"


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _token(desk: Desk, **changed: str) -> HttpResponse:
    gate = desk.simulator.gate
    form = {"client_id": gate.client_id, "client_secret": gate.client_secret, "grant_type": "client_credentials"}
    body = urlencode({**form, **changed}).encode()
    return desk.simulator.respond(HttpRequest("POST", "/oauth/token", "", _FORM, body), desk.now)


def _gateway(desk: Desk, path: str, headers: Mapping[str, str], cloud_id: str | None = None) -> int:
    return desk.send("GET", f"/ex/jira/{cloud_id or desk.simulator.gate.cloud_id}{path}", headers).status


_BAD = [
    pytest.param({}, False, id="none"),
    pytest.param(basic("syncd@example.com", "expired"), True, id="an expired token"),
    pytest.param(_bearer("x"), True, id="a bearer's token at the site"),
    pytest.param({"authorization": "Basic ???"}, True, id="no base64"),
]


@pytest.mark.parametrize(("headers", "failed"), _BAD)
def test_with_bad_credentials_cloud_finds_nothing_and_says_200(headers: dict[str, str], *, failed: bool) -> None:
    desk = Desk()
    desk.issue(101)
    searched = desk.send("POST", "/rest/api/3/search/jql", headers, {"jql": ALL})
    assert (searched.status, decoded(searched)) == (200, {"issues": [], "isLast": True})
    assert (searched.headers.get("x-seraph-loginreason") == "AUTHENTICATED_FAILED") == failed
    logs = desk.send("POST", "/rest/api/3/changelog/bulkfetch", headers, {"issueIdsOrKeys": ["101"]})
    assert (logs.status, decoded(logs)) == (200, {"issueChangeLogs": []})
    assert decoded(desk.send("GET", "/rest/api/3/project/search", headers))["values"] == []
    assert desk.send("GET", "/rest/api/3/issue/101", headers).status == 404


@pytest.mark.parametrize(("headers", "failed"), _BAD)
def test_only_the_question_who_one_is_gets_an_honest_answer(headers: dict[str, str], *, failed: bool) -> None:
    desk = Desk()
    response = desk.send("GET", _MYSELF, headers)
    assert response.status == 401
    assert ("x-seraph-loginreason" in response.headers) == failed
    assert desk.send("GET", "/rest/api/3/serverInfo", headers).status == 200
    assert desk.send("GET", "/rest/servicedeskapi/request", headers).status == 401


def test_credentials_may_expire_in_the_middle() -> None:
    desk = Desk(faults=[{"kind": "anonymous", "from": 60}])
    desk.issue(101)
    assert desk.found() == [101]
    desk.now += timedelta(seconds=60)
    assert desk.found() == []
    assert desk.ask("myself").status == 401


def test_every_token_has_its_own_door() -> None:
    desk = Desk()
    gate = desk.simulator.gate
    unscoped, scoped = basic(gate.email, gate.token), basic(gate.email, gate.scoped_token)
    assert [desk.send("GET", _MYSELF, each).status for each in (unscoped, scoped)] == [200, 401]
    doors = [_gateway(desk, _MYSELF, each) for each in (unscoped, scoped, _bearer(gate.scoped_token))]
    assert doors == [401, 200, 200]


def test_the_gateway_knows_its_site_by_an_id_that_anybody_may_ask_for() -> None:
    desk = Desk()
    scoped = basic(desk.simulator.gate.email, desk.simulator.gate.scoped_token)
    told = decoded(desk.send("GET", "/_edge/tenant_info", {}))["cloudId"]
    assert (_gateway(desk, _MYSELF, scoped, told), _gateway(desk, _MYSELF, scoped, "other")) == (200, 404)
    listed = decoded(desk.send("GET", "/oauth/token/accessible-resources", _bearer(desk.simulator.gate.scoped_token)))
    assert listed[0]["id"] == told
    assert desk.send("GET", "/oauth/token/accessible-resources", {}).status == 401


def test_an_oauth_token_lives_its_hour_at_the_gateway_alone() -> None:
    desk = Desk(token_seconds=3600)
    answer = decoded(_token(desk))
    token = _bearer(answer["access_token"])
    assert (answer["token_type"], answer["expires_in"], "refresh_token" in answer) == ("Bearer", 3600, False)
    assert (_gateway(desk, _MYSELF, token), desk.send("GET", _MYSELF, token).status) == (200, 401)
    desk.now += timedelta(hours=1)
    assert _gateway(desk, _MYSELF, token) == 401
    assert _gateway(desk, _MYSELF, _bearer(decoded(_token(desk))["access_token"])) == 200
    assert desk.simulator.violations == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"client_secret": "wrong"}, 401), ({"grant_type": "refresh_token"}, 403)],
    ids=["a wrong secret", "another grant"],
)
def test_a_token_is_refused_for(changed: dict[str, str], status: int) -> None:
    assert _token(Desk(), **changed).status == status


def test_a_revoked_token_is_worthless_at_once() -> None:
    desk = Desk(faults=[{"kind": "revoke", "from": 60, "times": 1}])
    token = _bearer(decoded(_token(desk))["access_token"])
    assert _gateway(desk, _MYSELF, token) == 200
    desk.now += timedelta(seconds=60)
    assert _gateway(desk, _MYSELF, token) == 401


def test_data_center_takes_personal_tokens_and_passwords_and_refuses_others_everywhere() -> None:
    desk = Desk(product="dc")
    gate = desk.simulator.gate
    for headers in (_bearer(gate.pat), basic(gate.username, gate.password)):
        answer = desk.send("GET", "/rest/api/2/myself", headers)
        assert (answer.status, answer.headers["x-seraph-loginreason"]) == (200, "OK")
    refused = desk.send("GET", "/rest/api/2/search", basic(gate.email, gate.token), jql=ALL)
    assert (refused.status, refused.headers["x-seraph-loginreason"]) == (401, "AUTHENTICATED_FAILED")
    assert desk.send("GET", "/rest/api/2/serverInfo", {}).status == 200


def test_too_many_failed_logins_ask_for_a_captcha() -> None:
    desk = Desk(product="dc")
    wrong = basic("syncd.reader", "wrong")
    answers = [desk.send("GET", "/rest/api/2/myself", wrong) for _ in range(4)]
    assert [answer.status for answer in answers] == [401, 401, 401, 403]
    assert answers[-1].headers["x-authentication-denied-reason"].startswith("CAPTCHA_CHALLENGE")


def test_a_context_path_belongs_to_every_address() -> None:
    desk = Desk(product="dc", context_path="/jira")
    assert desk.simulator.options("http://127.0.0.1:8080/")["url"] == "http://127.0.0.1:8080/jira"
    assert desk.send("GET", "/jira/rest/api/2/myself", desk.login()).status == 200
    assert desk.send("GET", "/rest/api/2/myself", desk.login()).status == 404


@pytest.mark.parametrize(
    ("product", "kind"),
    [
        ("cloud", "token"), ("cloud", "scoped_token"), ("cloud", "client_credentials"), ("dc", "pat"), ("dc", "basic"),
    ],
)  # fmt: skip
def test_options_refer_to_credentials_that_exist(product: str, kind: str) -> None:
    simulator = Desk(product=product, auth=kind).simulator
    options = simulator.options("http://127.0.0.1:8080")
    auth = options["auth"]
    assert isinstance(auth, dict)
    assert (options["url"], auth["kind"]) == ("http://127.0.0.1:8080", kind)
    named = {value["env"] for value in auth.values() if isinstance(value, dict)}
    assert named
    assert named <= simulator.credentials().keys()
