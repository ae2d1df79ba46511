"""The HTTP surface, asked over a real socket."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from syncd.web.app import build_app
from syncd.web.server import WebServer
from tests.web.facts import A_CLOCK, A_STATUS, NOW, FixedFacts, FixedPage, an_app, ask

PATHS = [
    "/", "/scorecards", "/scorecards/2026-02", "/tickets/snow/INC0012345", "/api/docs", "/api/openapi.json",
    "/api/v1/status", "/api/v1/open-clocks", "/api/v1/scorecard", "/metrics", "/-/healthy", "/-/ready",
    "/static/style.css", "/static/icon.svg",
]  # fmt: skip
STRANGE = ["/nowhere", "/scorecards/2026-13", "/api/v1/open-clocks?limit=0", "/static/../app.py", "/tickets/snow/INC9"]


@contextmanager
def serving(facts: FixedFacts) -> Iterator[str]:
    server = WebServer(an_app(facts))
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.mark.parametrize("path", PATHS)
def test_every_path_answers(url: str, path: str) -> None:
    assert ask(url, path).status == 200


@pytest.mark.parametrize("path", PATHS)
def test_head_answers_as_get_without_a_body(url: str, path: str) -> None:
    got, head = ask(url, path), ask(url, path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}
    assert int(head.headers["content-length"]) == len(got.body)


@pytest.mark.parametrize("path", [*PATHS, *STRANGE])
def test_every_answer_forbids_scripts_frames_and_foreign_content(url: str, path: str) -> None:
    headers = ask(url, path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/", "/scorecards", "/api/docs", "/tickets/snow/INC0012345", "/nowhere"])
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing(url: str, path: str) -> None:
    page = ask(url, path).text
    loaded = re.findall(r'(?:src|<link[^>]* href)="([^"]*)"', page)
    assert loaded
    assert all(place.startswith("/static/") for place in loaded)
    assert "<script" not in page
    assert not re.search(r"\son\w+=|\sstyle=", page)


@pytest.mark.parametrize(
    ("path", "status", "media_type"),
    [
        pytest.param("/nowhere", 404, "text/html; charset=utf-8", id="a page nobody has"),
        pytest.param("/tickets/snow/INC9", 404, "text/html; charset=utf-8", id="a ticket nobody knows"),
        pytest.param("/static/app.py", 404, "text/html; charset=utf-8", id="a file that is not for show"),
        pytest.param("/scorecards/2026-13", 422, "text/html; charset=utf-8", id="a month that does not exist"),
        pytest.param("/api/v1/nothing", 404, "application/json", id="a call nobody has"),
        pytest.param("/api/v1/open-clocks?limit=501", 422, "application/json", id="too long a page"),
        pytest.param("/api/v1/open-clocks?offset=-1", 422, "application/json", id="before the first"),
        pytest.param("/api/v1/scorecard?period=2026", 422, "application/json", id="a year is no month"),
        pytest.param("/-/nothing", 404, "text/plain; charset=utf-8", id="a probe nobody has"),
    ],
)
def test_errors_come_in_the_form_of_what_was_asked(url: str, path: str, status: int, media_type: str) -> None:
    answer = ask(url, path)
    assert (answer.status, answer.headers["content-type"]) == (status, media_type)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(url: str, method: str) -> None:
    assert ask(url, "/api/v1/status", method=method).status == 405


def test_there_is_a_page_of_single_tickets_only_where_it_is_asked_for(url: str) -> None:
    assert ask(url, "/metrics/tickets").status == 404
    server = WebServer(build_app(FixedFacts(), FixedPage(), lambda: NOW, tickets=FixedPage()))
    server.start()
    try:
        assert ask(server.url, "/metrics/tickets").status == 200
    finally:
        server.stop()


def test_metrics_are_asked_for_in_the_client_s_words(url: str) -> None:
    answer = ask(url, "/metrics", headers={"Accept": "application/openmetrics-text", "Accept-Encoding": "gzip"})
    assert answer.text == f"application/openmetrics-text|gzip|{NOW.isoformat()}\n"
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_ready_says_what_is_missing_while_health_does_not_care() -> None:
    with serving(FixedFacts(missing=("the store's schema is older than this release",))) as url:
        answer = ask(url, "/-/ready")
        assert (answer.status, answer.text) == (503, "the store's schema is older than this release\n")
        assert ask(url, "/-/healthy").text == "healthy\n"


@pytest.mark.parametrize("path", ["/", "/scorecards", "/api/v1/status"])
def test_a_store_that_does_not_answer_is_no_bug(path: str) -> None:
    with serving(FixedFacts(broken=True)) as url:
        answer = ask(url, path)
        assert answer.status == 503
        assert "the store does not answer: busy" in answer.text


def test_the_status_page_escapes_what_sources_said(url: str) -> None:
    page = ask(url, "/").text
    assert "&lt;script&gt;alert(&#39;title&#39;)&lt;/script&gt;" in page
    assert "javascript:" not in page
    assert "Globex &amp; Sons" in page


def test_marks_that_turn_the_direction_of_writing_are_shown_and_turn_nothing() -> None:
    odd = replace(A_CLOCK, ticket="INC\u202e1", title="tide\u2067\x9b1m\x1b")
    with serving(FixedFacts(clocks=(odd,))) as url:
        page = ask(url, "/").text
        assert r"INC\u202e1" in page
        assert r"tide\u2067\x9b1m\x1b" in page
        assert all(character == "\n" or character.isprintable() for character in page)
        clocks = ask(url, "/api/v1/open-clocks").json()["clocks"]
        assert isinstance(clocks, list)
        assert clocks[0]["ticket"] == "INC\u202e1"


def test_the_status_page_asks_again_by_itself(url: str) -> None:
    assert '<meta http-equiv="refresh" content="15">' in ask(url, "/").text


def test_states_are_words_and_not_only_colours(url: str) -> None:
    page = ask(url, "/").text
    for word in ("Breached", "At risk", "On track", "Stale", "Refused", "Failing", "Waiting"):
        assert f"</span> {word}</span>" in page


def test_a_standby_and_a_foreign_schema_are_announced() -> None:
    store = replace(A_STATUS.store, ready=False)
    with serving(FixedFacts(state=replace(A_STATUS, leading=False, store=store))) as url:
        page = ask(url, "/").text
        assert "This replica is on standby" in page
        assert "syncd db upgrade" in page


def test_an_empty_installation_has_pages_too() -> None:
    empty = replace(A_STATUS, workers=(), vendors={}, queues=())
    with serving(FixedFacts(clocks=(), counts=(), rows=(), state=empty)) as url:
        page = ask(url, "/").text
        for sentence in (
            "No open clock is in breach.",
            "No clock is running.",
            "No contract",
            "No source is configured.",
        ):
            assert sentence in page
        assert "No contract promises anything for this month." in ask(url, "/scorecards").text


def test_the_api_s_status_names_workers_store_and_versions(url: str) -> None:
    status = ask(url, "/api/v1/status").json()
    assert status["store"] == {"engine": "SQLite", "ready": True, "schema": "0001", "expected_schema": "0001"}
    assert status["versions"] == {"syncd": "0.1.0", "tzdata": "2026.1"}
    workers = status["workers"]
    assert isinstance(workers, list)
    assert workers[1] == {
        "name": "mail-acme", "kind": "mail", "state": "failing", "stale": True,
        "last_success_at": "2026-03-20T07:30:12Z", "last_attempt_at": "2026-03-20T09:29:41Z", "failures": 7,
        "last_error": "timeout: no answer within 30 s", "watermark": "2026-03-20T09:27:12Z",
        "next_pass_at": "2026-03-20T09:30:48Z", "backfill": "none",
    }  # fmt: skip


def test_open_clocks_are_paged(url: str) -> None:
    page = ask(url, "/api/v1/open-clocks?limit=1&offset=2").json()
    assert (page["limit"], page["offset"], page["as_of"]) == (1, 2, "2026-03-20T09:30:12Z")
    assert page["clocks"] == [
        {
            "source": "snow", "ticket": "INC0012345", "url": "https://snow.example/INC0012345",
            "title": "Branch office without network", "vendor": "acme", "contract": "acme-msp", "target": "fix",
            "metric": "resolution", "priority": "P1", "stage": "running", "verdict": "pending", "state": "at_risk",
            "due_at": "2026-03-20T10:42:12Z", "at_risk_at": "2026-03-20T09:25:12Z", "breached_at": None,
            "goal_seconds": 14400.0, "elapsed_seconds": 10800.0, "explain": "/tickets/snow/INC0012345",
        }
    ]  # fmt: skip


def test_the_api_gives_no_address_that_a_browser_would_run(url: str) -> None:
    clocks = ask(url, "/api/v1/open-clocks").json()["clocks"]
    assert isinstance(clocks, list)
    assert clocks[1]["url"] is None


def test_the_api_s_scorecard_is_that_of_the_month_asked_for_or_the_current_one(url: str) -> None:
    current = ask(url, "/api/v1/scorecard").json()
    assert current == ask(url, "/api/v1/scorecard?period=2026-03").json()
    assert ask(url, "/api/v1/scorecard?period=2026-02").json()["rows"] == []
    rows = current["rows"]
    assert isinstance(rows, list)
    assert rows[0] == {
        "vendor": "acme", "contract": "acme-msp", "target": "response", "metric": "first_response", "priority": None,
        "period": "2026-03", "n": 2500, "met": 2374, "missed": 126, "pending": 12, "unverifiable": 3, "excluded": 9,
        "attainment": 0.9496, "attainment_text": "94.96 %", "objective": 0.95, "attained": False,
    }  # fmt: skip
    assert (rows[2]["n"], rows[2]["attainment"], rows[2]["attainment_text"]) == (0, None, None)


def test_credits_and_scores_are_on_the_page_and_in_the_api(url: str) -> None:
    assert "Credits at stake: 600.00 EUR." in ask(url, "/scorecards/2026-03").text
    (account,) = json.loads(ask(url, "/api/v1/scorecard?period=2026-03").body)["accounts"]
    assert (account["contract"], account["credits"]["total"], account["score"]["value"]) == ("acme-msp", 600.0, 0.97)
    assert ask(url, "/api/v1/scorecard?period=2026-02").json()["accounts"] == []


def test_the_scorecard_page_shows_attainment_with_its_n(url: str) -> None:
    page = ask(url, "/scorecards/2026-03").text
    row = re.search(r'<th scope="row">response</th>.*?</tr>', page, re.DOTALL)
    assert row is not None
    cells = re.findall(r"<td[^>]*>(?:<[^>]*>)*([^<]*)", row.group())
    assert cells[:7] == ["first response", "all", "2026-03", "2374", "126", "2500", "94.96 %"]
    assert "Below</span>" in row.group()


def test_months_lead_to_the_one_before_and_after_but_not_into_the_future(url: str) -> None:
    current, before = ask(url, "/scorecards").text, ask(url, "/scorecards/2026-01").text
    assert 'href="/scorecards/2026-02"' in current
    assert 'rel="next"' not in current
    assert "The month is not over" in current
    assert 'href="/scorecards/2025-12"' in before
    assert 'href="/scorecards/2026-02"' in before
    assert "The month is not over" not in before


def test_an_explanation_keeps_its_lines_and_is_escaped(url: str) -> None:
    page = ask(url, "/tickets/snow/INC0012345").text
    assert "INC0012345: fix 4h on &lt;always&gt;\n  08:00 opened    P1\n" in page


def test_a_ticket_named_like_a_mail_can_be_explained() -> None:
    facts = FixedFacts()
    with serving(facts) as url:
        (path,) = re.findall(r'href="(/tickets/mail-acme/[^"]*)"', ask(url, "/").text)
        assert ask(url, path).status == 200
    assert facts.asked == [("explain", "mail-acme", "<c0ffee/7@mail.example>")]


def test_the_description_of_the_api_names_every_call_and_parameter(url: str) -> None:
    page = ask(url, "/api/docs").text
    paths = ask(url, "/api/openapi.json").json()["paths"]
    assert isinstance(paths, dict)
    assert set(paths) == {"/api/v1/status", "/api/v1/open-clocks", "/api/v1/scorecard"}
    for path in paths:
        assert f"GET {path}</code>" in page
    for parameter in ("limit", "offset", "period"):
        assert f"<code>{parameter}</code>" in page


def test_files_may_be_kept_because_their_address_changes_with_them(url: str) -> None:
    page = ask(url, "/").text
    (path,) = re.findall(r'rel="stylesheet" href="([^"]*)"', page)
    assert re.fullmatch(r"/static/style\.css\?v=[0-9a-f]{12}", path)
    assert "max-age" in ask(url, path).headers["cache-control"]
    assert ask(url, "/").headers["cache-control"] == "no-store"
