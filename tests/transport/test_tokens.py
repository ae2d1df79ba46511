import json
import threading
from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pytest

from syncd.errors import (
    ConfigError,
    SourceError,
    SourceMisunderstood,
    SourceReason,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)
from syncd.ports.secret import SecretRef
from syncd.ports.toolkit import ClientCredentials
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from tests.transport.scripted import BASE, START, Desk, Vault, body, desk, said, status

AUTH = ClientCredentials("/oauth_token.do", SecretRef(env="ID"), SecretRef(env="SECRET"))


class Platform(httpx.BaseTransport):
    """A source that grants tokens, each good for so long, and answers to the one it granted last.

    `shared` grants the same token until it ends, with the time that remains, as ServiceNow does.
    """

    def __init__(self, now: VirtualNow, *, lifetime: float = 1800, shared: bool = False) -> None:
        self.now = now
        self.lifetime = lifetime
        self.shared = shared
        self.granted = 0
        self.asked: list[httpx.Request] = []
        self.calls: list[str] = []
        self.ends_at = 0.0
        self.answers: list[Callable[[], httpx.Response]] = []
        self.refusing = threading.Barrier(1)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if request.url.path == "/oauth_token.do":
            self.asked.append(request)
            if self.answers:
                return self.answers.pop(0)()
            return said(json.dumps(self._grant()))
        header = request.headers.get("authorization", "")
        self.calls.append(header)
        good = header == f"Bearer token-{self.granted}" and self.now.monotonic() < self.ends_at
        if not good:
            self.refusing.wait(10)
        return said("{}") if good else status(401)

    def revoke(self) -> None:
        self.ends_at = 0.0

    def _grant(self) -> dict[str, object]:
        if not self.shared or self.now.monotonic() >= self.ends_at:
            self.granted += 1
            self.ends_at = self.now.monotonic() + self.lifetime
        remaining = int(self.ends_at - self.now.monotonic())
        return {"access_token": f"token-{self.granted}", "token_type": "Bearer", "expires_in": remaining}


def opened(lifetime: float = 1800, *, shared: bool = False, limits: Limits | None = None) -> tuple[Platform, Desk]:
    now = VirtualNow(START)
    platform = Platform(now, lifetime=lifetime, shared=shared)
    return platform, desk(platform, now=now, vault=Vault(ID="me", SECRET="canary"), limits=limits)


def test_a_token_is_asked_for_once_in_the_body_and_used_for_every_call() -> None:
    platform, source = opened()
    api = source.toolkit.http(BASE, auth=AUTH)
    assert platform.asked == []
    for _ in range(3):
        assert api.get("/api", read=body) == b"{}"
    source.toolkit.close()
    (request,) = platform.asked
    assert request.method == "POST"
    assert str(request.url) == f"{BASE}/oauth_token.do"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"], "client_id": ["me"], "client_secret": ["canary"],
    }  # fmt: skip
    assert platform.calls == ["Bearer token-1"] * 3


def test_a_scope_is_asked_for_when_there_is_one() -> None:
    platform, source = opened()
    auth = ClientCredentials("/oauth_token.do", AUTH.client_id, AUTH.client_secret, "read:a read:b")
    source.toolkit.http(BASE, auth=auth).get("/api", read=body)
    source.toolkit.close()
    assert parse_qs(platform.asked[0].content.decode())["scope"] == ["read:a read:b"]


def test_it_is_replaced_a_minute_before_it_ends() -> None:
    platform, source = opened(lifetime=1800)
    api = source.toolkit.http(BASE, auth=AUTH)
    api.get("/api", read=body)
    source.now.advance(1739)
    api.get("/api", read=body)
    assert len(platform.asked) == 1
    source.now.advance(1)
    api.get("/api", read=body)
    source.toolkit.close()
    assert platform.calls == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_one_that_is_granted_for_its_last_minute_is_used_to_its_end() -> None:
    platform, source = opened(lifetime=1800, shared=True)
    api = source.toolkit.http(BASE, auth=AUTH)
    api.get("/api", read=body)
    for _ in range(80):
        source.now.advance(30)
        assert api.get("/api", read=body) == b"{}"
    source.toolkit.close()
    # Asked for at 0, once more in the first one's last minute (the same came back), and then when that had ended.
    assert len(platform.asked) == 3
    assert platform.granted == 2


def test_a_revoked_one_is_replaced_once_after_a_401() -> None:
    platform, source = opened()
    api = source.toolkit.http(BASE, auth=AUTH)
    api.get("/api", read=body)
    platform.revoke()
    assert api.get("/api", read=body) == b"{}"
    source.toolkit.close()
    assert platform.calls == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_401_that_persists_is_a_matter_for_a_person() -> None:
    platform, source = opened(lifetime=0)
    with pytest.raises(SourceRefused) as caught:
        source.toolkit.http(BASE, auth=AUTH).get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "auth"
    assert len(platform.calls) == 2


def test_when_the_same_one_comes_back_after_a_401_it_is_not_tried_again() -> None:
    platform, source = opened()
    platform.answers = [
        lambda: said('{"access_token":"stale","expires_in":1799}'),
        lambda: said('{"access_token":"stale","expires_in":1798}'),
    ]
    with pytest.raises(SourceRefused) as caught:
        source.toolkit.http(BASE, auth=AUTH).get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "auth"
    assert len(platform.asked) == 2
    assert platform.calls == ["Bearer stale"]


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        pytest.param(lambda: said('{"error":"invalid_client","error_uri":"canary"}', 401), SourceRefused, "auth",
                     id="unknown client"),
        pytest.param(lambda: said('{"error":"access_denied"}', 200), SourceRefused, "auth", id="an error with 200"),
        pytest.param(lambda: said('{"error":"canary CANARY"}', 400), SourceRefused, "auth", id="an error of its own"),
        pytest.param(lambda: said("<html>", 403), SourceRefused, "auth", id="forbidden without a word"),
        pytest.param(lambda: status(404), SourceRefused, "configuration", id="no token endpoint there"),
        pytest.param(lambda: status(302), SourceMisunderstood, "protocol", id="a redirect"),
        pytest.param(lambda: said('{"access_token":"a b"}'), SourceMisunderstood, "protocol",
                     id="a token that cannot be sent"),
        pytest.param(lambda: said("{}"), SourceMisunderstood, "protocol", id="no token in it"),
    ],
)  # fmt: skip
def test_a_token_endpoint_that_refuses(
    answer: Callable[[], httpx.Response], error: type[SourceError], reason: SourceReason
) -> None:
    platform, source = opened()
    platform.answers = [answer] * 9
    with pytest.raises(error) as caught:
        source.toolkit.http(BASE, auth=AUTH).get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == reason
    assert "canary" not in str(caught.value).lower()
    assert len(platform.asked) == 1
    assert platform.calls == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(lambda: status(503), "server", id="down"),
        pytest.param(lambda: said('{"error":"temporarily_unavailable"}', 503), "server", id="down, with a word"),
        pytest.param(
            lambda: said('{"error":"server_error"}', 401), "server", id="ServiceNow's server_error with a 401"
        ),
        pytest.param(lambda: said('{"error":"slow_down"}', 429), "rate_limited", id="too many"),
        pytest.param(lambda: said("<html>", headers={"content-type": "text/html"}), "sleeping", id="a page"),
        pytest.param(lambda: said('{"access_token":"to'), "protocol", id="half an answer"),
        pytest.param(lambda: said('{"access_token":7}'), "protocol", id="an answer of another kind"),
        pytest.param(
            lambda: httpx.Response(200, stream=httpx.ByteStream(b'{"access_token":"\xff"}')),
            "protocol",
            id="an answer that is no UTF-8",
        ),
        pytest.param(lambda: said('{"x":' + "[" * 50_000), "protocol", id="an answer nested without end"),
    ],
)
def test_a_token_endpoint_in_passing_trouble_is_asked_again(
    answer: Callable[[], httpx.Response], reason: SourceReason
) -> None:
    platform, source = opened()
    platform.answers = [answer]
    assert source.toolkit.http(BASE, auth=AUTH).get("/api", read=body) == b"{}"
    source.toolkit.close()
    assert [detail.reason for detail in source.hooks.retries] == [reason]
    assert len(platform.asked) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: status(500), SourceUnavailable),
        (lambda: status(429, retry_after="7200"), SourceThrottled),
    ],
)
def test_its_trouble_is_the_calls_trouble(answer: Callable[[], httpx.Response], error: type[SourceError]) -> None:
    platform, source = opened()
    platform.answers = [answer] * 9
    with pytest.raises(error) as caught:
        source.toolkit.http(BASE, auth=AUTH).get("/api", read=body)
    source.toolkit.close()
    if isinstance(caught.value, SourceThrottled):
        assert caught.value.retry_after == 7200


@pytest.mark.parametrize(
    ("extra", "seconds_good"),
    [
        pytest.param({}, 10_000_000, id="a token whose end is not told is used until it is refused"),
        pytest.param({"expires_in": "1799"}, 1738, id="an end told as text"),
        pytest.param({"expires_in": 1799.5}, 1738, id="an end told as a fraction"),
    ],
)
def test_how_long_a_token_is_used(extra: dict[str, object], seconds_good: float) -> None:
    platform, source = opened(lifetime=1e9)
    platform.granted, platform.ends_at = 7, 1e9
    platform.answers = [lambda: said(json.dumps({"access_token": "token-7", **extra}))]
    api = source.toolkit.http(BASE, auth=AUTH)
    api.get("/api", read=body)
    source.now.advance(seconds_good)
    api.get("/api", read=body)
    source.toolkit.close()
    assert len(platform.asked) == 1


def test_threads_that_need_a_token_at_once_ask_once() -> None:
    platform, source = opened(limits=Limits(concurrency=4))
    api = source.toolkit.http(BASE, auth=AUTH)
    second = threading.Event()

    def slowly() -> httpx.Response:
        second.wait(0.1)
        return said(json.dumps({"access_token": "token-1"}))

    def again() -> httpx.Response:
        second.set()
        return slowly()

    platform.answers = [slowly, again, again, again]
    platform.granted, platform.ends_at = 1, 1800
    source.toolkit.gather([lambda: api.get("/api", read=body)] * 12)
    source.toolkit.close()
    assert len(platform.asked) == 1
    assert platform.calls == ["Bearer token-1"] * 12


def test_threads_whose_token_was_revoked_replace_it_once() -> None:
    platform, source = opened(limits=Limits(concurrency=4))
    api = source.toolkit.http(BASE, auth=AUTH)
    api.get("/api", read=body)
    platform.revoke()
    platform.refusing = threading.Barrier(4)  # all are refused before any of them asks for another
    source.toolkit.gather([lambda: api.get("/api", read=body)] * 4)
    source.toolkit.close()
    assert len(platform.asked) == 2
    assert platform.granted == 2


def test_a_token_endpoint_on_another_host_is_asked_there() -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(str(request.url))
        return said('{"access_token":"a"}' if "token" in request.url.path else "{}")

    source = desk(httpx.MockTransport(answer), vault=Vault(ID="me", SECRET="s"))
    auth = ClientCredentials("https://auth.example/oauth/token", AUTH.client_id, AUTH.client_secret)
    source.toolkit.http(BASE, auth=auth).get("/api", read=body)
    source.toolkit.close()
    assert hosts == ["https://auth.example/oauth/token", f"{BASE}/api"]


def test_the_clock_of_another_host_is_not_the_sources() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        token = "token" in request.url.path
        date = {"date": "Mon, 02 Mar 2026 20:00:00 GMT" if token else "Mon, 02 Mar 2026 09:00:00 GMT"}
        return said('{"access_token":"a"}' if token else "{}", headers=date)

    source = desk(httpx.MockTransport(answer), vault=Vault(ID="me", SECRET="s"))
    auth = ClientCredentials("https://auth.example/oauth/token", AUTH.client_id, AUTH.client_secret)
    source.toolkit.http(BASE, auth=auth).get("/api", read=body)
    source.toolkit.close()
    assert [detail.seconds for detail in source.hooks.skews] == [0]


@pytest.mark.parametrize("path", ["oauth_token.do", "http://auth.example/token", "ftp://x"])
def test_a_token_path_that_would_send_the_secret_astray_is_refused(path: str) -> None:
    _, source = opened()
    with pytest.raises(ConfigError, match="token path"):
        source.toolkit.http(BASE, auth=ClientCredentials(path, AUTH.client_id, AUTH.client_secret))
    source.toolkit.close()


def test_a_secret_that_cannot_be_read_is_told_before_the_first_call() -> None:
    _, source = opened()
    source.vault.secrets = {"ID": "me"}
    with pytest.raises(ConfigError, match="SECRET"):
        source.toolkit.http(BASE, auth=AUTH)
    source.toolkit.close()


def test_a_secret_that_vanishes_later_is_a_matter_for_a_person() -> None:
    _, source = opened()
    api = source.toolkit.http(BASE, auth=AUTH)
    source.vault.secrets = {}
    with pytest.raises(SourceRefused) as caught:
        api.get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "auth"
