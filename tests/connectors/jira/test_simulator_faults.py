"""The simulator fails in the ways Jira fails, when the script says so and as often as the seed says so."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import msgspec
import pytest

from syncd.errors import ConfigError
from tests.connectors.jira.simulator_desk import ALL, MORNING, Desk


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        pytest.param("html_login", 200, b"<title>Log in</title>", id="a login page, status 200"),
        pytest.param("401", 401, b"must be authenticated", id="refused credentials"),
        pytest.param("403", 403, b"Forbidden", id="a refused call"),
        pytest.param("captcha", 403, b"CAPTCHA", id="a captcha"),
        pytest.param("404", 404, b"does not exist", id="a site that lost everything"),
        pytest.param("410", 410, b"has been removed", id="a removed resource"),
        pytest.param("429", 429, b"Rate limit", id="a rate limit"),
        pytest.param("500", 500, b"Internal", id="a broken node"),
        pytest.param("502", 502, b"<html>", id="a broken gateway"),
        pytest.param("503", 503, b"unavailable", id="a closed site"),
        pytest.param("504", 504, b"<html>", id="a slow gateway"),
    ],
)
def test_within_its_window_a_fault_answers_instead(kind: str, status: int, says: bytes) -> None:
    desk = Desk(faults=[{"kind": kind, "from": 60, "until": 120}])
    for seconds, struck in ((0, False), (60, True), (119, True), (120, False)):
        desk.now = MORNING + timedelta(seconds=seconds)
        response = desk.ask("myself")
        assert (response.status == status and says in response.content) == struck


@pytest.mark.parametrize(
    ("told", "header"),
    [
        pytest.param({"seconds": 17}, "17", id="whole seconds"),
        pytest.param({"seconds": 1847}, "1847", id="half an hour"),
        pytest.param({"seconds": 0}, "0", id="no time at all"),
        pytest.param({"seconds": 1.5, "form": "float"}, "1.5", id="a fraction"),
        pytest.param({"seconds": 60, "form": "date"}, "Tue, 03 Mar 2026 09:01:00 GMT", id="a date"),
        pytest.param({"form": "none"}, None, id="nothing"),
    ],
)
@pytest.mark.parametrize("kind", ["429", "503"])
def test_retry_after_is_written_as(kind: str, told: dict[str, object], header: str | None) -> None:
    response = Desk(faults=[{"kind": kind, **told}]).ask("myself")
    assert response.headers.get("retry-after") == header


def test_a_rate_limit_tells_its_reason_and_an_outage_nothing() -> None:
    quota = Desk(faults=[{"kind": "429", "reason": "jira-quota-tenant-based"}]).ask("myself")
    assert quota.headers["ratelimit-reason"] == "jira-quota-tenant-based"
    assert "retry-after" not in Desk(faults=[{"kind": "503"}]).ask("myself").headers


def test_truncated_json_cannot_be_read() -> None:
    response = Desk(faults=[{"kind": "truncate"}]).ask("myself")
    assert response.status == 200
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(response.content)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("drop", "drop"), ("cut", "truncate"), ("slow", "delay:9"), ("drip", "drip:9")],
)
def test_faults_of_the_connection_are_left_to_the_host(kind: str, expected: str) -> None:
    assert Desk(faults=[{"kind": kind, "seconds": 9}]).ask("myself").headers["x-simulate"] == expected


@pytest.mark.parametrize(
    ("skew", "script"),
    [
        pytest.param(-600, {"faults": [{"kind": "skew", "seconds": -600}]}, id="only the header is wrong"),
        pytest.param(600, {"clock_skew": 600}, id="the whole site lives in another time"),
    ],
)
def test_the_date_header_tells_the_servers_time(skew: int, script: dict[str, object]) -> None:
    desk = Desk(script)
    assert parsedate_to_datetime(desk.ask("myself").headers["date"]) - desk.now == timedelta(seconds=skew)


def test_a_fault_can_be_for_one_route_and_a_number_of_times() -> None:
    desk = Desk(faults=[{"kind": "500", "route": "search", "times": 2}])
    asked = [desk.ask("myself"), *(desk.put("search/jql", {"jql": ALL}) for _ in range(3))]
    assert [answer.status for answer in asked] == [200, 500, 500, 200]


def test_chances_follow_from_the_seed() -> None:
    def struck(seed: int) -> list[bool]:
        desk = Desk(seed=seed, faults={"500": 0.3, "truncate": 0.1})
        return [desk.ask("myself").status == 500 for _ in range(200)]

    assert struck(1) == struck(1) != struck(2)
    assert 30 < sum(struck(1)) < 90


def test_issues_can_change_while_somebody_pages() -> None:
    desk = Desk(churn=2)
    for place in range(5):
        desk.issue(101 + place, after=place)
    before = desk.found()
    for _ in range(4):
        desk.ask("myself")
    assert sorted(before) == sorted(desk.found())
    assert before != desk.found()


def test_a_burst_slows_one_route_until_the_next_second() -> None:
    desk = Desk(limits={"burst_per_second": 2})
    answers = [desk.ask("myself") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["ratelimit-reason"] == "jira-burst-based"
    assert desk.ask("field").status == 200
    desk.now += timedelta(seconds=1)
    assert desk.ask("myself").status == 200


def test_points_are_a_wall_until_the_hour_is_over() -> None:
    desk = Desk(limits={"points_per_hour": 10})
    desk.now += timedelta(minutes=50)
    answers = [desk.ask("myself") for _ in range(11)]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers[:2]] == ["9", "8"]
    assert [answer.headers.get("x-ratelimit-nearlimit") for answer in answers[7:10]] == [None, "true", "true"]
    refused = answers[-1]
    assert (refused.status, refused.headers["retry-after"]) == (429, "600")
    assert refused.headers["ratelimit-reason"] == "jira-quota-global-based"
    desk.now += timedelta(minutes=10)
    assert desk.ask("myself").status == 200


def test_data_centers_bucket_fills_again_and_says_retry_after_0_while_it_holds() -> None:
    desk = Desk(product="dc", limits={"bucket": 2, "fill": 1, "interval": 10})
    answers = [desk.ask("myself") for _ in range(3)]
    assert [(answer.status, answer.headers["retry-after"]) for answer in answers] == [
        (200, "0"),
        (200, "0"),
        (429, "10"),
    ]
    desk.now += timedelta(seconds=10)
    assert [desk.ask("myself").status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({"no_such_key": 1}, id="an unknown key"),
        pytest.param({"faults": [{"kind": "earthquake"}]}, id="an unknown fault"),
        pytest.param({"faults": "many"}, id="faults that are neither list nor mapping"),
        pytest.param({"faults": [{"kind": "500", "from": "noon"}]}, id="a time that is no number"),
        pytest.param({"faults": [{"kind": "429", "form": "roman"}]}, id="an unknown way to write a time"),
        pytest.param({"product": "server"}, id="an unknown product"),
        pytest.param({"product": "dc", "auth": "token"}, id="a login of the other product"),
        pytest.param({"view": "vendor"}, id="an unknown view"),
        pytest.param({"vendor_by": ["magic"]}, id="an unknown way to name vendors"),
        pytest.param({"projects": ["XYZ"]}, id="an unknown project"),
        pytest.param({"rights": {"lost": [{"project": "XYZ"}]}}, id="a loss of an unknown project"),
        pytest.param({"rights": {"levels": ["1"]}}, id="an unknown security level"),
        pytest.param({"bulk_created": "roman"}, id="an unknown form of instants"),
        pytest.param({"time_zone": "Mars/Olympus"}, id="an unknown zone"),
        pytest.param({"context_path": "jira/"}, id="a path that is none"),
        pytest.param({"changes": [{"op": "explode", "issue": 1, "at": "2026-03-02"}]}, id="an unknown change"),
        pytest.param({"changes": [{"op": "edit", "issue": 1, "at": "2026-03-02", "values": {"status": "77"}}]},
                     id="an unknown status"),
        pytest.param({"changes": [{"op": "comment", "issue": 1, "at": "2026-03-02", "values": {"body": "x"}}]},
                     id="a comment without a name"),
    ],
)  # fmt: skip
def test_a_script_that_cannot_be_used_is_refused(script: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="jira simulator"):
        Desk(script)
