from typing import Any

import pytest
from pydantic import ValidationError

from connectors.jira import plugin
from connectors.jira.settings import JiraOptions
from connectors.jira.states import Meaning
from syncd.domain.names import Awaiting, Phase

TOKEN = {"kind": "token", "email": "syncd@example.com", "token": {"env": "JIRA"}}


def options(**given: Any) -> JiraOptions:
    return JiraOptions.model_validate({"url": "https://example.atlassian.net", "auth": TOKEN, **given})


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        pytest.param({"url": "http://example.atlassian.net"}, "https", id="credentials would travel in the clear"),
        pytest.param({"url": "example.atlassian.net"}, "full address", id="no scheme"),
        pytest.param({"url": "https://user:secret@example.com"}, "without user name", id="credentials in the address"),
        pytest.param({"url": "https://example.com/?a=1"}, "without user name", id="a query in the address"),
        pytest.param({"auth": {"kind": "token", "token": {"env": "X"}}}, "email", id="a token without its account"),
        pytest.param({"auth": {**TOKEN, "token": "secret"}}, "token", id="a secret written down"),
        pytest.param({"auth": {"kind": "oauth"}}, "kind", id="an unknown way to log in"),
        pytest.param({"view": "vendor"}, "view", id="an unknown view"),
        pytest.param({"api_version": 4}, "api_version", id="an unknown version"),
        pytest.param({"vendor_from": ["reporter"]}, "field:NAME", id="a place nobody looks at"),
        pytest.param({"vendor_from": ["field: "]}, "a name or an id", id="a field without a name"),
        pytest.param({"vendor_from": ["field:Description"]}, "no text", id="a vendor in the text"),
        pytest.param({"fields": ["summary"]}, "no text", id="text as an attribute"),
        pytest.param({"fields": {"key": "issuetype"}}, "already", id="an attribute that every ticket has"),
        pytest.param({"fields": {"native:x": "issuetype"}}, "already", id="an attribute of the native clocks"),
        pytest.param({"statuses": {"5": {"phase": "pending"}}}, "awaiting", id="pending, for nobody knows whom"),
        pytest.param({"waiting": {"5": "nobody"}}, "waiting", id="waiting for nobody"),
        pytest.param(
            {"waiting": {"5": "customer"}, "statuses": {"5": {"phase": "new"}}}, "both say", id="two meanings"
        ),
        pytest.param({"resolved_when": "sometimes"}, "resolved_when", id="an unknown end"),
        pytest.param({"resolved_when": {"status_in": []}}, "status_in", id="an end that never comes"),
        pytest.param({"public_comments": "most"}, "public_comments", id="an unknown rule"),
        pytest.param({"links": {"blocks": "friend"}}, "links", id="an unknown role"),
        pytest.param({"overlap": 0}, "overlap", id="no overlap: the index lags"),
        pytest.param({"id_page_size": 5001}, "id_page_size", id="more ids than Jira gives"),
        pytest.param({"changelog_page_size": 10_001}, "changelog_page_size", id="more changes than Jira gives"),
        pytest.param({"colour": "red"}, "colour", id="an unknown key"),
        pytest.param({"scope": {"jql": "x"}}, "jql", id="a scope by what changes"),
        pytest.param({"unlisted_users": "system"}, "unlisted_users", id="a party that people are not"),
    ],
)  # fmt: skip
def test_options_that_cannot_work_are_refused_by_name(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        options(**given)


@pytest.mark.parametrize(
    "auth",
    [
        TOKEN,
        {"kind": "scoped_token", "token": {"file": "t"}},
        {"kind": "scoped_token", "email": "a@example.com", "token": {"env": "T"}, "cloud_id": "1"},
        {"kind": "client_credentials", "client_id": {"env": "I"}, "client_secret": {"env": "S"}},
        {"kind": "pat", "token": {"env": "T"}},
        {"kind": "basic", "username": "syncd", "password": {"env": "P"}},
    ],
)
def test_there_are_five_ways_to_log_in(auth: dict[str, Any]) -> None:
    assert options(auth=auth).auth.kind == auth["kind"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/jira", "http://localhost", "https://a.example/jira/"])
def test_a_context_path_is_kept_and_plain_http_is_for_this_machine_only(url: str) -> None:
    assert options(url=url).url == url.rstrip("/")


def test_the_gateway_is_no_site() -> None:
    with pytest.raises(ValidationError, match="the site's own address"):
        options(url="https://api.atlassian.com/ex/jira/1")


def test_waiting_is_short_for_pending() -> None:
    given = options(waiting={"With Customer": "customer"}, statuses={"9": {"phase": "closed"}})
    assert given.meanings == {
        "with customer": Meaning(Phase.PENDING, Awaiting.CUSTOMER), "9": Meaning(Phase.CLOSED, Awaiting.NOBODY)
    }  # fmt: skip


def test_every_field_that_decides_something_is_named_once() -> None:
    given = options(vendor_from=["field:Vendor", "organization", "component"], flags={"Flagged": "customer"},
                    fields={"site": "Site", "v": "Vendor"})  # fmt: skip
    assert given.configured == ("Vendor", "organisation", "component", "Flagged", "Site")


def test_the_plugin_maps_without_credentials() -> None:
    assert plugin.kind == "jira"
    assert plugin.options.model_validate(dict(plugin.offline)).view == "agent"
