"""`check --connect` by two clients over real sockets, and the `jira` package as a second, independent reader."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from jira import JIRA, JIRAError

from connectors.jira.api import JiraApi
from connectors.jira.cells import text
from connectors.jira.control import Control, translated
from connectors.jira.jql import Question, scope_of
from connectors.jira.walks import Walks
from syncd.errors import SourceError, SourceRefused, SourceThrottled, SourceUnavailable
from syncd.ports.connector import CheckLine
from syncd.transport.served import serve
from tests.connectors.jira.site import CLOUD, DC, JiraSite, ago, create, edit

BOTH = pytest.mark.parametrize("product", [CLOUD, DC], ids=["cloud", "data center"])


@contextmanager
def served(
    script: Mapping[str, object],
    options: Mapping[str, object] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Iterator[JiraSite]:
    """A site on loopback, where libraries with sockets of their own find it."""
    changes = [create(number, ago(60 * number)) for number in range(1, 40)]
    site = JiraSite({"changes": changes, **script}, options or {}, secrets=secrets or {})
    with serve(site.simulator, now=site.now) as server:
        site.url = server.url
        yield site
    site.close()


def lines(site: JiraSite) -> dict[str, CheckLine]:
    return {line.subject: line for line in site.reader().check()}


LOGINS = [{"auth": "token"}, {"auth": "scoped_token"}, {"auth": "client_credentials"}, {**DC, "auth": "pat"},
          {**DC, "auth": "basic"}]  # fmt: skip


@pytest.mark.parametrize("script", LOGINS, ids=lambda script: script["auth"])
def test_a_good_source_passes_with_every_login(script: Mapping[str, object]) -> None:
    with served(script) as site:
        told = lines(site)
    assert all(line.ok for line in told.values()), told
    assert {"server", "login", "project VND", "search", "fields", "statuses", "priorities"} <= set(told)


@BOTH
def test_an_ambiguous_name_is_listed_with_its_ids(product: Mapping[str, object]) -> None:
    with served(product, {"scope": {"projects": []}, "fields": {"severity": "Severity", "colour": "Colour"}}) as site:
        told = lines(site)
    assert (told["field severity"].ok, told["field Colour"].ok) == (False, False)
    assert "customfield_10040, customfield_10041" in told["field severity"].detail


@BOTH
def test_what_is_wrong_is_told_line_by_line(product: Mapping[str, object]) -> None:
    rights = {"rights": {"lost": [{"project": "OPS", "from": 0}]}}
    options = {"scope": {"projects": ["VND", "OPS"]}, "waiting": {"Waiting for Godot": "customer"}}
    with served({**product, **rights}, options) as site:
        told = lines(site)
    bad = {subject for subject, line in told.items() if not line.ok}
    assert bad == {"project OPS", "search", "statuses"}
    assert "Waiting for Godot" in told["statuses"].detail
    assert "OPS" in told["search"].detail


@pytest.mark.parametrize(
    ("options", "subject", "word"),
    [
        pytest.param({"resolved_when": {"status_in": ["Godot"]}}, "statuses", "Godot", id="a status that resolves"),
        pytest.param({"closed_statuses": ["Godot"]}, "statuses", "Godot", id="a status that closes"),
        pytest.param({"priorities": {"Godot": "P1"}}, "priorities", "Godot", id="a priority"),
        pytest.param({"cancelled_resolutions": ["Done", "Godot"]}, "resolutions", "Godot", id="a resolution"),
    ],
)
def test_a_configured_word_that_nothing_is_called_by_is_told(
    options: Mapping[str, object], subject: str, word: str
) -> None:
    with served(CLOUD, options) as site:
        told = lines(site)
    assert {each for each, line in told.items() if not line.ok} == {subject}
    assert word in told[subject].detail
    assert "Done" not in told[subject].detail


@pytest.mark.parametrize("script", LOGINS, ids=lambda script: script["auth"])
def test_a_wrong_secret_is_refused_by_the_check_and_never_shown(
    script: Mapping[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    canary = dict.fromkeys(
        ("JIRA_TOKEN", "JIRA_SCOPED_TOKEN", "JIRA_CLIENT_SECRET", "JIRA_PAT", "JIRA_PASSWORD"), "canary"
    )
    with served(script, None, canary) as site, caplog.at_level(logging.DEBUG), pytest.raises(SourceRefused) as refusal:
        lines(site)
    assert refusal.value.reason == "auth"
    assert "canary" not in str(refusal.value) + caplog.text


@BOTH
def test_both_clients_read_the_same(product: Mapping[str, object]) -> None:
    with served(product) as site:
        toolkit = site.toolkit()
        api = JiraApi(site.settings, toolkit)
        control = Control(api, site.settings)
        try:
            assert control.ask(lambda client: client.fields()) == api.listed("field")
            assert [each.raw for each in control.ask(lambda client: client.statuses())] == _addressed(api, "status")
            assert [each.raw for each in control.ask(lambda client: client.priorities())] == _addressed(api, "priority")
            assert control.ask(lambda client: client.myself())["timeZone"] == text(api.identity(), "timeZone")
        finally:
            control.close()


def _addressed(api: JiraApi, path: str) -> list[Any]:
    """Rows as version 2 of the API tells them, which is the one that the package asks."""
    return [{**row, "self": str(row["self"]).replace("/rest/api/3/", "/rest/api/2/")} for row in api.listed(path)]


def test_both_searches_find_the_same_tickets_in_the_same_order() -> None:
    with served({**CLOUD, "page_cap": 10}, {"page_size": 10, "api_version": 2}) as site:
        api = JiraApi(site.settings, site.toolkit())
        question = Question(scope_of(site.settings.scope), ())
        ours = list(Walks(api, site.settings).found(question, ("id", "updated", "status")))
        gate = site.simulator.inner.gate
        client = JIRA(server=site.url, basic_auth=(gate.email, gate.token), max_retries=0, timeout=(5, 30))
        theirs: list[Any] = []
        token: str | None = None
        while True:
            found: Any = client.enhanced_search_issues(
                question.jql(relative=False, now=site.now.utc()), nextPageToken=token, maxResults=10,
                fields="id,updated,status", json_result=True,
            )  # fmt: skip
            theirs += found["issues"]
            token = found.get("nextPageToken")
            if token is None:
                break
        client.close()  # type: ignore[no-untyped-call]  # the package's own
    assert theirs == ours
    assert len(ours) == 39


FAILURES: Mapping[str, tuple[Mapping[str, object], type[SourceError], str]] = {
    "401 is the login": ({"kind": "401"}, SourceRefused, "auth"),
    "403 is a right": ({"kind": "403"}, SourceRefused, "forbidden"),
    "404 is gone": ({"kind": "404"}, SourceRefused, "gone"),
    "410 is gone": ({"kind": "410"}, SourceRefused, "gone"),
    "a captcha is the login": ({"kind": "captcha"}, SourceRefused, "auth"),
    "500 is an outage": ({"kind": "500"}, SourceUnavailable, "server"),
    "503 is an outage": ({"kind": "503"}, SourceUnavailable, "server"),
    "429 is a wait": ({"kind": "429", "seconds": 1847}, SourceThrottled, "rate_limited"),
    "429 with a date is a wait": ({"kind": "429", "seconds": 1847, "form": "date"}, SourceThrottled, "rate_limited"),
    "a login page is the login": ({"kind": "html_login"}, SourceRefused, "auth"),
    "a dropped connection is the network": ({"kind": "drop"}, SourceUnavailable, "network"),
}


@pytest.mark.parametrize("row", FAILURES)
def test_the_packages_errors_become_ours_without_its_words(row: str) -> None:
    fault, kind, reason = FAILURES[row]
    with served({"faults": [{**fault, "route": "priorities"}]}) as site:
        control = Control(JiraApi(site.settings, site.toolkit()), site.settings)
        try:
            with pytest.raises(kind) as refusal:
                control.ask(lambda client: client.priorities())
        finally:
            control.close()
    assert refusal.value.reason == reason
    if isinstance(refusal.value, SourceThrottled):
        assert refusal.value.retry_after == pytest.approx(1847, abs=1)
    cause = refusal.value.__cause__
    assert "authorization" not in str(cause).lower()
    if isinstance(cause, JIRAError):
        assert str(cause).split() == ["JiraError", "HTTP", str(cause.status_code)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (requests.ConnectTimeout(), "network"),
        (requests.ReadTimeout(), "timeout"),
        (requests.TooManyRedirects(), "network"),
    ],
)
def test_what_requests_raises_is_translated(error: Exception, reason: str) -> None:
    ours = translated("jira", error)
    assert ours is not None
    assert ours.reason == reason


def test_a_bug_stays_a_bug() -> None:
    assert translated("jira", KeyError("x")) is None


def test_the_package_asks_once_however_often_it_is_refused() -> None:
    with served({"faults": [{"kind": "429", "seconds": 900, "route": "priorities"}]}) as site:
        control = Control(JiraApi(site.settings, site.toolkit()), site.settings)
        with pytest.raises(SourceThrottled):
            control.ask(lambda client: client.priorities())
        control.close()
        assert site.asked("/priority") == 1


def test_changes_of_a_ticket_do_not_disturb_the_check() -> None:
    with served({"changes": [create(1, ago(60)), edit(1, ago(30), status="3")]}) as site:
        assert lines(site)["search"].ok
