"""What a site refuses is named by what happens next; what passes loses nothing."""

from collections.abc import Mapping

import pytest

from syncd.errors import SourceError, SourceMisunderstood, SourceRefused, SourceThrottled, SourceUnavailable
from tests.connectors.jira.site import JiraSite, ago, edit, live, storm, tickets

REFUSALS: Mapping[str, tuple[Mapping[str, object], type[SourceError], str]] = {
    "410 of the removed search is an error of ours": ({"kind": "410", "route": "search"}, SourceRefused, "gone"),
    "403 is a matter of rights": ({"kind": "403", "route": "search"}, SourceRefused, "forbidden"),
    "200 with a login page is a matter of the login": ({"kind": "html_login"}, SourceRefused, "auth"),
    "200 with a refused login in its header, too": ({"kind": "anonymous", "route": "search"}, SourceRefused, "auth"),
    "a captcha, too": ({"kind": "captcha"}, SourceRefused, "auth"),
    "503 for good is an outage": ({"kind": "503"}, SourceUnavailable, "server"),
    "half an answer, for good": ({"kind": "truncate", "route": "search"}, SourceUnavailable, "truncated"),
    "a page token that comes again": ({"kind": "repeat_token"}, SourceMisunderstood, "protocol"),
    "empty pages without end": ({"kind": "empty_page"}, SourceMisunderstood, "protocol"),
    "a wait of half an hour is the worker's": ({"kind": "429", "seconds": 1847}, SourceThrottled, "rate_limited"),
}


@pytest.mark.parametrize("row", REFUSALS)
def test_a_refusal_is_named_by_what_happens_next(row: str) -> None:
    fault, kind, reason = REFUSALS[row]
    site = JiraSite({"changes": storm(30), "faults": [fault], "page_cap": 10}, {"page_size": 10})
    with pytest.raises(kind) as refusal:
        live(site.reader(), None)
    assert refusal.value.reason == reason


PASSING: Mapping[str, Mapping[str, object]] = {
    "an empty page with a token": {"kind": "empty_page", "times": 1},
    "pages shorter than asked for": {"kind": "short_page"},
    "rows that come twice": {"kind": "duplicates"},
    "429 with whole seconds": {"kind": "429", "times": 1, "seconds": 7},
    "429 with a fraction": {"kind": "429", "times": 1, "seconds": 1.5, "form": "float"},
    "429 with a date": {"kind": "429", "times": 1, "seconds": 9, "form": "date"},
    "429 with zero": {"kind": "429", "times": 1, "seconds": 0},
    "429 without a word": {"kind": "429", "times": 1, "form": "none", "reason": ""},
    "429 for a quota": {"kind": "429", "times": 1, "seconds": 20, "reason": "jira-quota-tenant-based"},
    "503": {"kind": "503", "times": 2},
    "502": {"kind": "502", "times": 1},
    "504": {"kind": "504", "times": 1},
    "a connection that drops": {"kind": "drop", "times": 1},
    "a connection that breaks within the body": {"kind": "cut", "times": 1},
    "silence in the middle of a walk": {"kind": "slow", "times": 1, "seconds": 600, "route": "search"},
}


@pytest.mark.parametrize("row", PASSING)
def test_what_passes_loses_nothing(row: str) -> None:
    site = JiraSite({"changes": storm(35), "faults": [PASSING[row]], "page_cap": 10}, {"page_size": 10})
    assert sorted(set(tickets(live(site.reader(), None)[0])), key=int) == [str(number) for number in range(1, 36)]


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        pytest.param({"seconds": 7}, 7, id="whole seconds"),
        pytest.param({"seconds": 1.5, "form": "float"}, 1.5, id="a fraction"),
        pytest.param({"seconds": 90, "form": "date"}, 89, id="a date, which has whole seconds"),
        pytest.param({"seconds": 100, "reason": "jira-quota-tenant-based"}, 100, id="of a quota"),
    ],
)
def test_a_wait_that_the_site_names_is_a_minimum(fault: Mapping[str, object], seconds: float) -> None:
    site = JiraSite({"changes": storm(1), "faults": [{"kind": "429", "times": 1, "route": "search", **fault}]})
    began = site.now.utc()
    live(site.reader(), None)
    assert (site.now.utc() - began).total_seconds() >= seconds


def test_a_bulk_changelog_that_goes_round_in_circles_is_not_read_for_ever() -> None:
    changes = [*storm(2), *(edit(1, ago(50), status="31"[place % 2]) for place in range(120))]
    fault = {"kind": "repeat_token", "route": "changelogs"}
    site = JiraSite({"changes": changes, "faults": [fault]}, {"changelog_page_size": 50})
    with pytest.raises(SourceMisunderstood, match="in circles"):
        live(site.reader(), None)


def test_an_absurd_wait_is_a_day_at_most() -> None:
    site = JiraSite({"changes": storm(1), "faults": [{"kind": "429", "seconds": 9_999_999, "form": "date"}]})
    with pytest.raises(SourceThrottled) as refusal:
        live(site.reader(), None)
    assert refusal.value.retry_after == 86_400
