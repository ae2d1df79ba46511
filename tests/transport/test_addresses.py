import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import ConfigError
from syncd.transport.addresses import joined, service, without_query


@pytest.mark.parametrize(
    ("base", "path", "address"),
    [
        ("https://host", "/api", "https://host/api"),
        ("https://host/", "/api", "https://host/api"),
        ("https://host/jira", "/rest/api", "https://host/jira/rest/api"),
        ("https://host/jira/", "/rest/api", "https://host/jira/rest/api"),
        ("http://127.0.0.1:8080", "/", "http://127.0.0.1:8080/"),
        ("https://host/jira", "//evil.example/x", "https://host/jira//evil.example/x"),
        ("https://host", "/a%2Fb", "https://host/a%2Fb"),
    ],
)
def test_a_path_is_put_behind_the_base(base: str, path: str, address: str) -> None:
    assert joined(service(base), path) == address


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=4))
def test_parameters_arrive_as_they_were_meant_whatever_they_hold(params: dict[str, str]) -> None:
    arrived = httpx.URL(joined("https://host", "/api", params))
    assert dict(arrived.params) == params
    assert arrived.path == "/api"
    assert arrived.host == "host"


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("a b", "a%20b"),
        ("active=true^ORDERBYname", "active%3Dtrue%5EORDERBYname"),
        ("100%", "100%25"),
        ("%41", "%2541"),
        ("a+b&c=d", "a%2Bb%26c%3Dd"),
        ("ü", "%C3%BC"),
    ],
)
def test_a_parameter_is_encoded_once(value: str, sent: str) -> None:
    assert httpx.URL(joined("https://host", "/api", {"q": value})).raw_path == f"/api?q={sent}".encode()


@pytest.mark.parametrize("path", ["api", "", "/api?x=1", "/api#top", "/a/../b", "/a/..", "/./a", "/a/%2e%2E/b"])
def test_a_path_that_would_lead_elsewhere_is_a_bug(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        joined("https://host/jira", path)


@pytest.mark.parametrize(
    "base",
    [
        "ftp://host",
        "host.example/api",
        "https://",
        "https://user@host",
        "https://user:canary@host",
        "https://host?x=canary",
        "https://host#canary",
        "https://[::1",
        "",
    ],
)
def test_a_base_that_cannot_be_used_is_refused_without_telling_what_was_in_it(base: str) -> None:
    with pytest.raises(ConfigError) as caught:
        service(base)
    assert "canary" not in str(caught.value)


def test_a_redirect_is_told_without_its_tokens() -> None:
    assert without_query("https://sso.example/login?SAMLRequest=canary#x") == "https://sso.example/login"
