"""Over real sockets, against a server that misbehaves byte by byte."""

import socket

import pytest

from syncd.errors import SourceError, SourceMisunderstood, SourceReason, SourceRefused, SourceUnavailable
from syncd.ports.secret import SecretRef
from syncd.ports.toolkit import BearerAuth
from syncd.transport.limits import Limits
from tests.transport.raw_server import RawServer, Turn, says, stays_silent_after
from tests.transport.scripted import Scripted, Vault, body, desk, said

OK = b"HTTP/1.1 200 OK\r\n"
QUICK = Limits(tries=1, read_timeout=0.2, answer_timeout=0.5)


@pytest.mark.parametrize(
    ("turn", "error", "reason"),
    [
        pytest.param(says(b""), SourceUnavailable, "network", id="hangs up without an answer"),
        pytest.param(says(OK + b"Content-Le"), SourceUnavailable, "network", id="hangs up amid the headers"),
        pytest.param(says(OK + b"Content-Length: 9\r\n\r\nhalf"), SourceUnavailable, "truncated", id="half a body"),
        pytest.param(says(OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"), SourceUnavailable, "truncated",
                     id="half a chunk"),
        pytest.param(says(OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"), SourceUnavailable, "truncated",
                     id="chunks without an end"),
        pytest.param(says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), SourceUnavailable, "network", id="speaks another protocol"),
        pytest.param(stays_silent_after(b""), SourceUnavailable, "timeout", id="says nothing"),
        pytest.param(stays_silent_after(OK + b"Content-Length: 9\r\n\r\nhalf"), SourceUnavailable, "timeout",
                     id="falls silent amid the body"),
        pytest.param(says(b"HTTP/1.1 302 Found\r\nLocation: https://sso.example/\r\nContent-Length: 0\r\n\r\n"),
                     SourceMisunderstood, "protocol", id="sends us to a login page"),
    ],
)  # fmt: skip
def test_a_server_that(turn: Turn, error: type[SourceError], reason: SourceReason) -> None:
    with RawServer([turn]) as server:
        source = desk(None, limits=QUICK)
        with pytest.raises(error) as caught:
            source.toolkit.http(server.url).get("/api", read=body)
        source.toolkit.close()
    assert caught.value.reason == reason
    assert [detail.outcome for detail in source.hooks.finished] == ["3xx" if reason == "protocol" else "error"]


def test_a_broken_answer_is_asked_for_again_on_a_new_connection() -> None:
    whole = OK + b"Content-Length: 5\r\n\r\nwhole"
    with RawServer([says(b""), says(OK + b"Content-Length: 9\r\n\r\nhalf"), says(whole)]) as server:
        source = desk(None)
        assert source.toolkit.http(server.url).get("/api", read=body) == b"whole"
        source.toolkit.close()
    assert [detail.reason for detail in source.hooks.retries] == ["network", "truncated"]


def test_the_request_is_http_1_1_with_its_head_as_meant() -> None:
    with RawServer([says(OK + b"Content-Length: 2\r\n\r\n{}")]) as server:
        source = desk(None)
        source.toolkit.http(f"{server.url}/jira").get("/api", params={"q": "a b^c%"}, read=body)
        source.toolkit.close()
    head = server.heard[0].split(b"\r\n")
    assert head[0] == b"GET /jira/api?q=a%20b%5Ec%25 HTTP/1.1"
    assert b"Accept-Encoding: gzip" in head or b"accept-encoding: gzip" in head


def test_nobody_listening_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    source = desk(None)
    with pytest.raises(SourceUnavailable) as caught:
        source.toolkit.http(f"http://127.0.0.1:{port}").get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "network"
    assert len(source.hooks.finished) == 5


def test_loopback_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with RawServer([says(OK + b"Content-Length: 2\r\n\r\n{}")]) as server:
        source = desk(None)
        assert source.toolkit.http(server.url).get("/api", read=body) == b"{}"
        source.toolkit.close()
    assert server.heard[0].startswith(b"GET /api ")


def test_a_header_that_cannot_be_sent_is_refused_without_quoting_it() -> None:
    with RawServer([says(b"")]) as server:
        source = desk(None)
        with pytest.raises(SourceRefused) as caught:
            source.toolkit.http(server.url, headers={"x-key": "canary\n"}).get("/api", read=body)
        source.toolkit.close()
    assert caught.value.reason == "configuration"
    seen: BaseException | None = caught.value
    while seen is not None:
        assert "canary" not in str(seen)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def test_credentials_do_not_follow_a_redirect_to_another_port() -> None:
    with RawServer([says(OK + b"Content-Length: 2\r\n\r\n{}")]) as other:
        there = f"HTTP/1.1 307 T\r\nLocation: {other.url}/api\r\nContent-Length: 0\r\n\r\n".encode()
        with RawServer([says(there)]) as server:
            source = desk(None, vault=Vault(TOKEN="canary"))
            api = source.toolkit.http(server.url, auth=BearerAuth(SecretRef(env="TOKEN")))
            with pytest.raises(SourceMisunderstood):
                api.get("/api", read=body)
            assert other.heard == []
            source.toolkit.http(other.url).get("/end", read=body)
            source.toolkit.close()
    assert b"canary" not in other.heard[0]


def test_the_certificate_of_a_source_is_verified() -> None:
    source = desk(None, limits=QUICK)
    with RawServer([says(b"")]) as server, pytest.raises(SourceUnavailable) as caught:
        source.toolkit.http(server.url.replace("http:", "https:")).get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "network"


def test_a_mounted_transport_answers_in_place_of_the_network() -> None:
    script = Scripted(said("{}"))
    source = desk(script)
    assert source.toolkit.http("http://127.0.0.1:1").get("/api", read=body) == b"{}"
    source.toolkit.close()
    assert len(script.requests) == 1
