"""The simulator searches as Jira does: by tokens on Cloud, by offsets on Data Center, and always a little behind."""

from datetime import timedelta

import pytest

from connectors.jira.simulator.changes import Change
from tests.connectors.jira.simulator_desk import ALL, MORNING, Desk, decoded, minutes, said

_BY_ID = "project = VND ORDER BY id ASC"


def _filled(count: int = 5, **script: object) -> Desk:
    desk = Desk(script)
    for place in range(count):
        desk.issue(101 + place, after=place)
    return desk


def test_a_walk_by_tokens_meets_every_issue_once_in_order() -> None:
    pages = list(_filled().walk(maxResults=2))
    assert pages == [[101, 102], [103, 104], [105]]


def test_the_token_is_absent_on_the_last_page_and_nothing_tells_a_total() -> None:
    page = _filled().search(maxResults=5)
    assert page == {"issues": [{"id": str(number)} for number in range(101, 106)], "isLast": True}


def test_fields_are_the_id_alone_unless_more_are_asked_for() -> None:
    desk = _filled(1)
    assert desk.search()["issues"] == [{"id": "101"}]
    issue = desk.search(fields=["status", "updated"])["issues"][0]
    assert (issue["key"], set(issue["fields"])) == ("VND-101", {"status", "updated"})


def test_pages_of_more_than_ids_are_capped_whatever_was_asked() -> None:
    desk = _filled(page_cap=3)
    assert [len(page) for page in desk.walk(fields=["updated"], maxResults=5000)] == [3, 2]
    assert [len(page) for page in desk.walk(fields=["key"], maxResults=5000)] == [5]


@pytest.mark.parametrize(
    ("kind", "times", "sizes"),
    [
        pytest.param("short_page", 9, [2, 2, 1], id="a page shorter than asked is not the last"),
        pytest.param("empty_page", 1, [0, 4, 1], id="an empty page has a token"),
    ],
)
def test_pages_may_be_short_or_empty(kind: str, times: int, sizes: list[int]) -> None:
    pages = list(_filled(faults=[{"kind": kind, "times": times}]).walk(maxResults=4))
    assert [len(page) for page in pages] == sizes
    assert [number for page in pages for number in page] == [101, 102, 103, 104, 105]


def test_a_spoilt_walk_may_repeat_its_token_or_its_rows() -> None:
    repeating = _filled(faults=[{"kind": "repeat_token"}])
    first = repeating.search(maxResults=2)["nextPageToken"]
    assert repeating.search(maxResults=2, nextPageToken=first)["nextPageToken"] == first
    doubled = _filled(faults=[{"kind": "duplicates"}])
    assert list(doubled.walk(maxResults=3)) == [[101, 102, 103], [103, 104, 105]]


def test_an_issue_that_changes_during_a_walk_comes_again() -> None:
    desk = _filled()
    walk = desk.walk(maxResults=2)
    seen = next(walk)
    desk.world.edit(101, {"priority": "1"}, at=desk.now, by="admin")
    seen += [number for page in walk for number in page]
    assert seen == [101, 102, 103, 104, 105, 101]


def test_hidden_issues_make_pages_shorter_than_their_rows() -> None:
    desk = _filled()
    desk.world.edit(101, {"security": "10500"}, at=MORNING + minutes(9), by="admin")
    assert [len(page) for page in desk.walk(_BY_ID, maxResults=2)] == [1, 2, 1]


def test_a_token_is_good_for_its_own_query_and_for_seven_days() -> None:
    desk = _filled()
    token = desk.search(maxResults=2)["nextPageToken"]
    for jql, later, status in ((_BY_ID, 0, 400), (ALL, 7, 200), (ALL, 7.1, 400)):
        desk.now = MORNING + timedelta(days=1 + later)
        assert desk.put("search/jql", {"jql": jql, "nextPageToken": token}).status == status
    assert desk.ask("search/jql", jql=ALL, nextPageToken="null").status == 400


def test_a_search_is_behind_what_reads_by_id_show() -> None:
    desk = _filled(1)
    later = desk.now + minutes(3)
    desk.world.edit(101, {"status": "3"}, at=desk.now, by="admin", indexed=later)
    query = "project = VND AND status = 3"
    assert (desk.get("issue/101")["fields"]["status"]["id"], desk.found(query)) == ("3", [])
    desk.now = later
    assert desk.found(query) == [101]


def test_rows_tell_the_present_even_where_the_index_found_them_by_the_past() -> None:
    desk = _filled(1)
    desk.world.edit(101, {"status": "3"}, at=desk.now, by="admin", indexed=desk.now + minutes(3))
    row = desk.search("project = VND AND status = 1", fields=["status"])["issues"][0]
    assert row["fields"]["status"]["id"] == "3"


def test_a_late_entry_of_the_index_does_not_replace_a_newer_one() -> None:
    desk = _filled(1)
    desk.world.edit(101, {"status": "3"}, at=MORNING + minutes(5), by="admin", indexed=MORNING + minutes(60))
    desk.world.edit(101, {"status": "5"}, at=MORNING + minutes(6), by="admin", indexed=MORNING + minutes(7))
    assert desk.found("project = VND AND status = 5") == [101]


def test_the_site_has_a_lag_of_its_own_that_follows_from_the_seed() -> None:
    def found(seed: int) -> list[int]:
        desk = Desk(seed=seed, index_lag=600)
        for place in range(20):
            desk.issue(101 + place, after=0)
        desk.now = MORNING + minutes(5)
        early = desk.found()
        desk.now = MORNING + minutes(10)
        assert len(desk.found()) == 20
        return early

    assert 2 < len(found(1)) < 18
    assert found(1) == found(1) != found(2)


def test_named_issues_can_be_searched_as_they_are_now() -> None:
    desk = _filled(1)
    desk.world.create(
        102, {"key": "VND-102", "project": "VND", "status": "1", "issuetype": "10001"}, at=desk.now, by="admin",
        indexed=desk.now + minutes(5),
    )  # fmt: skip
    assert [issue["id"] for issue in desk.search(reconcileIssues=[102])["issues"]] == ["101", "102"]
    assert desk.put("search/jql", {"jql": ALL, "reconcileIssues": list(range(51))}).status == 400


@pytest.mark.parametrize("path", ["search", "search/id"])
def test_the_old_search_is_gone_from_cloud(path: str) -> None:
    response = _filled(1).ask(path, jql=ALL)
    assert response.status == 410
    assert "migrate to the /rest/api/3/search/jql API" in said(response)


def test_both_methods_and_both_versions_answer_alike() -> None:
    desk = _filled(2)
    one = decoded(desk.send("GET", "/rest/api/2/search/jql", desk.login(), jql=ALL, maxResults=1, fields="id"))
    other = decoded(desk.send("POST", "/rest/api/3/search/jql", desk.login(), {"jql": ALL, "maxResults": 1}))
    assert one.pop("nextPageToken") != other.pop("nextPageToken")
    assert one == other


def test_counts_are_those_of_the_index() -> None:
    assert _filled(3).post("search/approximate-count", {"jql": "project = VND"}) == {"count": 3}


def test_data_center_pages_by_offset_and_caps_without_a_word() -> None:
    desk = _filled(product="dc", page_cap=2)
    page = desk.get("search", jql=_BY_ID, maxResults=1000, fields="key")
    assert (page["startAt"], page["maxResults"], page["total"], len(page["issues"])) == (0, 2, 5, 2)
    rest = desk.post("search", {"jql": _BY_ID, "startAt": 4, "fields": ["key"], "expand": ["names"]})
    assert [issue["id"] for issue in rest["issues"]] == ["105"]


def test_a_total_of_data_center_shrinks_while_paging() -> None:
    desk = _filled(product="dc", page_cap=2)
    first = desk.get("search", jql=_BY_ID)
    desk.world.delete(101, at=desk.now)
    second = desk.get("search", jql=_BY_ID, startAt=2)
    assert (first["total"], second["total"]) == (5, 4)
    assert [issue["id"] for issue in second["issues"]] == ["104", "105"]


@pytest.mark.parametrize(
    "path", ["/rest/api/3/serverInfo", "/rest/api/2/search/jql", "/rest/api/2/issue/101/changelog"]
)
def test_data_center_lacks_what_only_cloud_has(path: str) -> None:
    assert _filled(1, product="dc").ask(path).status == 404


def test_archived_issues_drop_out_of_searches_and_can_still_be_read() -> None:
    desk = _filled(2)
    desk.world.plan(Change("archive", 101, MORNING + minutes(9), "admin"))
    assert desk.found() == [102]
    assert desk.ask("issue/101").status == 200
