"""The simulator lets in who has good credentials, and treats tokens, cookies and quotas as the platform does."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from syncd.ports.toolkit import HttpRequest, HttpResponse
from tests.connectors.servicenow.simulator_desk import Desk, decoded

_FORM = {"content-type": "application/x-www-form-urlencoded"}
_PATH = "/api/now/table/incident"


def _token(desk: Desk, headers: Mapping[str, str] = _FORM, query: str = "", **changed: str) -> HttpResponse:
    gate = desk.simulator.gate
    form = {"client_id": gate.client_id, "client_secret": gate.client_secret, "grant_type": "client_credentials"}
    body = urlencode({**form, **changed}).encode()
    return desk.simulator.respond(HttpRequest("POST", "/oauth_token.do", query, headers, body), desk.now)


def _bearer(desk: Desk, token: str) -> int:
    return desk.send(_PATH, {"authorization": f"Bearer {token}", "accept": "application/json"}).status


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("", id="none"),
        pytest.param("Basic " + b64encode(b"syncd.reader:wrong").decode(), id="a wrong password"),
        pytest.param("Basic ???", id="no base64"),
        pytest.param("Bearer ", id="an empty token while none is out"),
        pytest.param("Digest x", id="another scheme"),
    ],
)
def test_bad_credentials_are_refused(authorization: str) -> None:
    response = Desk().send(_PATH, {"authorization": authorization, "accept": "application/json"})
    assert response.status == 401
    assert decoded(response) == {
        "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
        "status": "failure",
    }
    assert "www-authenticate" in response.headers


def test_a_password_and_a_key_let_in() -> None:
    desk = Desk()
    assert desk.ask(_PATH).status == 200
    key = {"x-sn-apikey": desk.simulator.credentials()["SNOW_API_KEY"], "accept": "application/json"}
    assert desk.send(_PATH, key).status == 200
    assert desk.send(_PATH, {**key, "x-sn-apikey": "wrong"}).status == 401


def test_a_token_is_shared_while_it_lives_and_then_replaced() -> None:
    desk = Desk(token_seconds=1800)
    first = decoded(_token(desk))
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 1800)
    desk.now += timedelta(seconds=600)
    second = decoded(_token(desk))
    assert (second["access_token"], second["expires_in"]) == (first["access_token"], 1200)
    assert _bearer(desk, first["access_token"]) == 200
    desk.now += timedelta(seconds=1200)
    assert _bearer(desk, first["access_token"]) == 401
    third = decoded(_token(desk))
    assert third["access_token"] != first["access_token"]
    assert _bearer(desk, third["access_token"]) == 200
    assert desk.simulator.violations == []


@pytest.mark.parametrize(
    ("headers", "query", "changed", "error"),
    [
        pytest.param({"content-type": "application/json"}, "", {}, "server_error", id="not a form"),
        pytest.param(_FORM, "grant_type=client_credentials", {}, "server_error", id="parameters in the address"),
        pytest.param(_FORM, "", {"client_secret": "wrong"}, "access_denied", id="a wrong secret"),
        pytest.param(_FORM, "", {"grant_type": "password"}, "unsupported_grant_type", id="a grant that is off"),
    ],
)
def test_a_token_is_refused_for(headers: dict[str, str], query: str, changed: dict[str, str], error: str) -> None:
    response = _token(Desk(), headers, query, **changed)
    assert (response.status, decoded(response)["error"]) == (401, error)


def test_a_revoked_token_is_worthless_at_once() -> None:
    desk = Desk(faults=[{"kind": "revoke", "from": 60, "times": 1}])
    token = decoded(_token(desk))["access_token"]
    assert _bearer(desk, token) == 200
    desk.now += timedelta(seconds=60)
    assert _bearer(desk, token) == 401
    assert _bearer(desk, decoded(_token(desk))["access_token"]) == 200


def test_a_cookie_sent_back_gets_the_session_queue_and_no_data() -> None:
    desk = Desk()
    cookie = desk.ask(_PATH).headers["set-cookie"].partition(";")[0]
    response = desk.send(_PATH, {**desk.basic(), "cookie": cookie})
    assert (response.status, response.content) == (202, b"")


def test_the_hourly_quota_is_told_and_enforced_until_the_hour_is_over() -> None:
    desk = Desk(requests_per_hour=2)
    desk.now += timedelta(minutes=50)
    told = [desk.ask(_PATH).headers["x-ratelimit-limit"] for _ in range(2)]
    assert told == ["2", "2"]
    refused = desk.ask(_PATH)
    assert (refused.status, refused.headers["retry-after"]) == (429, "600")
    desk.now += timedelta(seconds=600)
    assert desk.ask(_PATH).status == 200


@pytest.mark.parametrize("kind", ["basic", "client_credentials"])
def test_options_refer_to_credentials_that_exist(kind: str) -> None:
    simulator = Desk(auth=kind).simulator
    options = simulator.options("http://127.0.0.1:8080/")
    auth = options["auth"]
    assert isinstance(auth, dict)
    assert (options["url"], auth["kind"]) == ("http://127.0.0.1:8080", kind)
    named = {value["env"] for value in auth.values() if isinstance(value, dict)}
    assert named
    assert named <= simulator.credentials().keys()
