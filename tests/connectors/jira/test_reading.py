"""Passes over a simulated site with its traps: what is read, in which pages, and what is refused."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from syncd.errors import SourceRefused
from syncd.ports.connector import Page
from tests.connectors.jira.site import (
    CLOUD,
    DC,
    NOON,
    JiraSite,
    ago,
    codes,
    create,
    edit,
    live,
    past,
    storm,
    tickets,
)

BOTH = pytest.mark.parametrize("product", [CLOUD, DC], ids=["cloud", "data center"])


@BOTH
@pytest.mark.parametrize("page_size", [10, 25, 200])
def test_many_tickets_of_one_millisecond_are_each_read_once(product: Mapping[str, object], page_size: int) -> None:
    site = JiraSite({**product, "changes": storm(60), "page_cap": 15}, {"page_size": page_size})
    for pages in (past(site.reader()), live(site.reader(), None)[0]):
        assert sorted(tickets(pages), key=int) == [str(number) for number in range(1, 61)]


@BOTH
def test_the_past_is_read_month_by_month_newest_first(product: Mapping[str, object]) -> None:
    changes = [create(number, ago(86_400 * 12 * (10 - number))) for number in range(1, 10)]
    site = JiraSite({**product, "changes": changes}, {"page_size": 10})
    assert tickets(past(site.reader())) == [str(number) for number in range(9, 0, -1)]


def test_a_ticket_created_before_the_bound_and_changed_since_is_read_as_well() -> None:
    changes = [
        create(1, ago(86_400 * 50)),
        create(2, ago(86_400 * 50)),
        edit(2, ago(86_400), status="3"),
        create(3, ago(3600)),
    ]
    site = JiraSite({"changes": changes}, backfill_from=NOON - timedelta(days=10))
    assert tickets(past(site.reader())) == ["3", "2"]


@BOTH
def test_the_past_goes_on_behind_any_page(product: Mapping[str, object]) -> None:
    changes = [create(number, ago(86_400 * (41 - number))) for number in range(1, 41)]
    site = JiraSite({**product, "changes": changes}, {"page_size": 10})
    pages = past(site.reader())
    for place, page in enumerate(pages):
        reader: Any = site.reader()
        rest = list(reader.backfill(page.cursor))
        assert {*tickets(pages[: place + 1]), *tickets(rest)} == {str(number) for number in range(1, 41)}


def test_the_past_is_not_read_again_once_it_is_read() -> None:
    site = JiraSite({"changes": storm(3)})
    pages = past(site.reader())
    reader: Any = site.reader()
    before = site.asked("/search/jql")
    assert list(reader.backfill(pages[-1].cursor)) == []
    assert site.asked("/search/jql") == before


@BOTH
def test_a_first_live_pass_begins_now_and_leaves_a_cursor(product: Mapping[str, object]) -> None:
    site = JiraSite({**product, "changes": [create(1, ago(7200)), create(2, ago(-600))]}, {"slow_back": 3600})
    reader = site.reader()
    pages, cursor = live(reader, None)
    assert tickets(pages) == []
    site.now.advance(700)
    assert tickets(live(reader, cursor)[0]) == ["2"]


@BOTH
def test_an_unchanged_ticket_is_not_read_again_while_the_reader_lives(product: Mapping[str, object]) -> None:
    site = JiraSite({**product, "changes": [create(1, ago(60))]})
    reader = site.reader()
    _, cursor = live(reader, None)
    site.now.advance(60)
    assert tickets(live(reader, cursor)[0]) == []
    assert tickets(live(site.reader(), cursor)[0]) == ["1"], "who starts anew remembers nothing, and reads the overlap"


@pytest.mark.parametrize(("lag", "found"), [(600, "fast"), (1500, "slow")])
def test_a_late_indexed_issue_older_than_the_cursor_is_found(lag: int, found: str) -> None:
    changes = [create(1, ago(-30)), create(2, ago(-120)), create(3, ago(-1400))]
    changes[0] = {**create(1, ago(-30)), "indexed": ago(-lag)}
    site = JiraSite({"changes": changes}, {"overlap": 900, "slow_every": 86_400 if found == "fast" else 600})
    reader = site.reader()
    cursor, seen, told = None, set[str](), set[str]()
    for _ in range(40):
        pages, cursor = live(reader, cursor)
        seen |= set(tickets(pages))
        told |= codes(pages)
        assert "late_seen" not in codes(pages) or "1" in tickets(pages), "what is found late is read at once"
        site.now.advance(60)
    assert seen == {"1", "2", "3"}
    assert ("late_seen" in told) is (found == "slow")


def test_a_bad_login_freezes_the_cursor_instead_of_giving_an_empty_page() -> None:
    changes = [create(1, ago(-60))]
    site = JiraSite({"changes": changes})
    reader = site.reader()
    _, cursor = live(reader, None)
    site.now.advance(120)
    site.secrets = {"JIRA_TOKEN": "expired"}
    pages: list[Page] = []
    with pytest.raises(SourceRefused, match=r"login was refused|401") as refusal:
        pages.extend(site.reader().pages(cursor))
    assert refusal.value.reason == "auth"
    assert pages == []


def test_a_search_that_was_anonymous_without_saying_so_is_not_believed() -> None:
    faults = [{"kind": "401", "route": "myself", "from": 50}]
    site = JiraSite({"changes": [create(1, ago(10)), create(2, ago(-60))], "faults": faults})
    reader = site.reader()
    _, cursor = live(reader, None)
    site.now.advance(120)
    pages: list[Page] = []
    with pytest.raises(SourceRefused) as refusal:
        pages.extend(reader.pages(cursor))
    assert refusal.value.reason == "auth"
    assert pages == []


def test_a_quiet_pass_costs_a_search_and_the_question_who_we_are() -> None:
    site = JiraSite({"changes": [create(1, ago(7200))]})
    reader = site.reader()
    _, cursor = live(reader, None)
    site.now.advance(60)
    before = len(site.simulator.asked)
    live(reader, cursor)
    assert [request.path.rpartition("/")[2] for request in site.simulator.asked[before:]] == ["jql", "myself"]


def test_whoever_goes_back_to_an_older_place_is_told_everything_again() -> None:
    site = JiraSite({"changes": [create(1, ago(60)), create(2, ago(-30))]}, {"slow_every": 86_400})
    reader = site.reader()
    _, older = live(reader, None)
    site.now.advance(60)
    assert tickets(live(reader, older)[0]) == ["2"]
    site.now.advance(60)
    assert tickets(live(reader, older)[0]) == ["1", "2"]


def test_a_ticket_written_twice_in_one_millisecond_is_read_twice() -> None:
    site = JiraSite({"changes": [create(1, ago(60)), edit(1, ago(0), status="3")]}, {"slow_every": 86_400})
    reader = site.reader()
    _, cursor = live(reader, None)
    site.world.edit(1, {"status": "5"}, at=NOON, by="mara.adler")
    site.now.advance(10)
    assert tickets(live(reader, cursor)[0]) == ["1"]


@BOTH
def test_a_pass_stopped_behind_any_page_goes_on_there(product: Mapping[str, object]) -> None:
    changes = [create(number, ago(-600 * number)) for number in range(1, 41)]
    options = {"page_size": 10, "overlap": 60, "slow_every": 86_400, "census_every": 604_800}
    site = JiraSite({**product, "changes": changes}, options)
    _, cursor = live(site.reader(), None)
    site.now.advance(600 * 41)
    pages = list(site.reader().pages(cursor))
    assert len(pages) == 5
    for place in range(4):
        rest = list(site.reader().pages(pages[place].cursor))
        known = set(tickets(pages[: place + 1]))
        assert known | set(tickets(rest)) == {str(number) for number in range(1, 41)}
        assert len(tickets(rest)) <= 41 - len(known), "and no more than the overlap is read again"


@BOTH
def test_a_renamed_scope_project_is_loud(product: Mapping[str, object]) -> None:
    site = JiraSite({**product, "changes": storm(3)}, {"scope": {"projects": ["VND", "GONE"]}})
    with pytest.raises(SourceRefused, match="The value 'GONE' does not exist") as refusal:
        live(site.reader(), None)
    assert refusal.value.reason == "configuration"


@BOTH
def test_a_project_whose_key_is_a_reserved_word_is_read(product: Mapping[str, object]) -> None:
    changes = [create(1, ago(60), key="TO-1", project="TO")]
    site = JiraSite({**product, "changes": changes}, {"scope": {"projects": ["TO"]}})
    assert tickets(past(site.reader())) == ["1"]


@BOTH
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize("epoch", [True, False], ids=["milliseconds", "periods"])
def test_the_accounts_time_zone_changes_nothing(product: Mapping[str, object], zone: str, *, epoch: bool) -> None:
    changes = [create(number, ago(300 * number)) for number in range(1, 5)]
    site = JiraSite({**product, "changes": changes, "time_zone": zone, "epoch_jql": epoch}, {"overlap": 1000})
    reader = site.reader()
    pages, cursor = live(reader, None)
    assert {"1", "2", "3"} <= set(tickets(pages))
    site.world.edit(1, {"status": "3"}, at=NOON + timedelta(seconds=30), by="acme.david.evers")
    site.now.advance(60)
    assert "1" in tickets(live(reader, cursor)[0])
    assert set(tickets(past(site.reader()))) == {"1", "2", "3", "4"}


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        pytest.param("Europe/Paris", "2026-10-25T00:30:00+00:00", id="an hour comes twice in Paris"),
        pytest.param("America/New_York", "2026-11-01T05:30:00+00:00", id="an hour comes twice in New York"),
        pytest.param("Europe/Paris", "2027-03-28T00:30:00+00:00", id="an hour is missing in Paris"),
        pytest.param("America/New_York", "2027-03-14T06:30:00+00:00", id="an hour is missing in New York"),
    ],
)
@pytest.mark.parametrize("epoch", [True, False], ids=["milliseconds", "periods"])
def test_a_night_in_which_clocks_change_loses_nothing(zone: str, night: str, *, epoch: bool) -> None:
    site = JiraSite({"time_zone": zone, "epoch_jql": epoch}, {"overlap": 60, "slow_every": 86_400})
    site.now.advance((datetime.fromisoformat(night) - NOON).total_seconds())
    reader = site.reader()
    _, cursor = live(reader, None)
    seen: list[str] = []
    for number in range(1, 13):
        at = site.now.utc()
        values = {"key": f"VND-{number}", "project": "VND", "issuetype": "10001", "status": "1", "reporter": "x"}
        site.world.create(number, values, at=at, by="mara.adler")
        site.now.advance(600)
        pages, cursor = live(reader, cursor)
        seen += tickets(pages)
    assert list(dict.fromkeys(seen)) == [str(number) for number in range(1, 13)]


@pytest.mark.parametrize("skew", [600, -600])
def test_a_site_whose_clock_is_wrong_is_read_by_its_own_clock(skew: float) -> None:
    site = JiraSite({"clock_skew": skew, "changes": []}, {"overlap": 60})
    reader = site.reader()
    _, cursor = live(reader, None)
    seen: list[str] = []
    for number in range(1, 6):
        at = site.now.utc() + timedelta(seconds=skew)
        values = {"key": f"VND-{number}", "project": "VND", "issuetype": "10001", "status": "1", "reporter": "x"}
        site.world.create(number, values, at=at, by="mara.adler")
        site.now.advance(120)
        pages, cursor = live(reader, cursor)
        seen += tickets(pages)
    assert seen == ["1", "2", "3", "4", "5"]


def test_a_data_center_search_that_shrinks_while_it_is_paged_skips_nobody() -> None:
    site = JiraSite({**DC, "changes": storm(40), "page_cap": 10}, {"page_size": 10})
    inner = site.simulator.inner
    pages = 0

    class Shrinking:
        def respond(self, request: Any, now: datetime) -> Any:
            nonlocal pages
            answer = inner.respond(request, now)
            if request.path.endswith("/search"):
                pages += 1
                if pages in (2, 3):
                    for number in (pages * 2, pages * 2 + 1):
                        site.world.delete(number, at=now)
            return answer

        options, credentials = inner.options, inner.credentials

    site.simulator.inner = Shrinking()
    assert set(tickets(past(site.reader()))) >= {str(number) for number in range(8, 41)}
