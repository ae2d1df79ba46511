"""The simulator fails in the ways the platform fails, when the script says so and as often as the seed says so."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import msgspec
import pytest

from syncd.errors import ConfigError
from tests.connectors.servicenow.simulator_desk import MORNING, Desk, decoded, minutes


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        pytest.param("hibernate", 200, b"Your instance is hibernating", id="a page of a sleeping instance, status 200"),
        pytest.param("error_body", 200, b"Transaction cancelled", id="a cancelled transaction, status 200"),
        pytest.param("202", 202, b"", id="a full session queue"),
        pytest.param("429", 429, b"Rate limit", id="a rate rule"),
        pytest.param("429_no_header", 429, b"semaphore", id="a full semaphore"),
        pytest.param("500", 500, b"restarted", id="a broken node"),
        pytest.param("503", 503, b"restarted", id="a closed instance"),
        pytest.param("unauthorised", 401, b"User Not Authenticated", id="refused credentials"),
        pytest.param("forbidden", 403, b"User Not Authorized", id="refused table"),
    ],
)
def test_within_its_window_a_fault_answers_instead(kind: str, status: int, says: bytes) -> None:
    desk = Desk(faults=[{"kind": kind, "from": 60, "until": 120}])
    for seconds, struck in ((0, False), (60, True), (119, True), (120, False)):
        desk.now = MORNING + timedelta(seconds=seconds)
        response = desk.table("incident")
        assert (
            response.status == status and says in response.content and response.content != b'"result":[]}'
        ) == struck


def test_a_rate_rule_says_how_long_to_wait_and_a_semaphore_does_not() -> None:
    limited = Desk(faults=[{"kind": "429", "seconds": 17}]).table("incident")
    assert limited.headers["retry-after"] == "17"
    assert "retry-after" not in Desk(faults=[{"kind": "429_no_header"}]).table("incident").headers


def test_a_hibernation_page_is_html() -> None:
    assert Desk(faults=[{"kind": "hibernate"}]).table("incident").headers["content-type"].startswith("text/html")


def test_truncated_json_cannot_be_read() -> None:
    desk = Desk(faults=[{"kind": "truncate"}])
    desk.incident("INC1")
    response = desk.table("incident")
    assert response.status == 200
    assert response.content.startswith(b'{"result":[')
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(response.content)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("drop", "drop"), ("cut", "truncate"), ("slow", "delay:9"), ("drip", "drip:9")],
)
def test_faults_of_the_connection_are_left_to_the_host(kind: str, expected: str) -> None:
    response = Desk(faults=[{"kind": kind, "seconds": 9}]).table("incident")
    assert response.headers["x-simulate"] == expected


@pytest.mark.parametrize(
    ("skew", "script"),
    [
        pytest.param(-90, {"faults": [{"kind": "skew", "seconds": -90}]}, id="only the header is wrong"),
        pytest.param(300, {"clock_skew": 300}, id="the whole instance lives in another time"),
    ],
)
def test_the_date_header_tells_the_servers_time(skew: int, script: dict[str, object]) -> None:
    desk = Desk(script)
    told = parsedate_to_datetime(desk.table("incident").headers["date"])
    assert told - desk.now == timedelta(seconds=skew)


@pytest.mark.parametrize(("kind", "table"), [("no_journal", "sys_journal_field"), ("no_audit", "sys_audit")])
def test_missing_rights_on_history_look_like_no_history(kind: str, table: str) -> None:
    desk = Desk(faults=[{"kind": kind, "until": 60}])
    sys_id = desk.incident("INC1")
    desk.world.update("incident", sys_id, {"state": "2", "comments": "x"}, at=MORNING + minutes(1))
    assert desk.rows(table) == []
    assert desk.rows("incident") != []
    desk.now += timedelta(seconds=60)
    assert desk.rows(table) != []


def test_a_query_that_is_ignored_returns_everything() -> None:
    desk = Desk(faults=[{"kind": "query_ignored"}])
    desk.incident("INC1")
    assert desk.values("incident", "number", "state=6") == ["INC1"]


@pytest.mark.parametrize(
    ("effect", "numbers"),
    [
        pytest.param("unsorted", {"INC5", "INC6", "INC7", "INC8", "INC9"}, id="rows come unsorted"),
        pytest.param("unfiltered", {f"INC{n}" for n in range(10)}, id="the range condition is dropped too"),
        pytest.param("empty", set(), id="nothing comes"),
    ],
)
def test_a_refused_sort_is_not_an_error(effect: str, numbers: set[str]) -> None:
    desk = Desk(faults=[{"kind": "sort_refused", "effect": effect}])
    for n in range(10):
        desk.incident(f"INC{n}", after=n)
    query = "sys_updated_on>=2026-03-02 09:05:00^ORDERBYsys_updated_on^ORDERBYsys_id"
    answers = [desk.values("incident", "number", query) for _ in range(5)]
    assert {frozenset(answer) for answer in answers} == {frozenset(numbers)}
    assert not numbers or any(answer != sorted(answer) for answer in answers)
    assert len(desk.rows("incident", "state=1")) == 10


def test_a_fault_can_be_for_one_table_and_a_number_of_times() -> None:
    desk = Desk(faults=[{"kind": "500", "table": "sys_audit", "times": 2}])
    asked = ["incident", "sys_audit", "sys_audit", "sys_audit"]
    assert [desk.table(name).status for name in asked] == [200, 500, 500, 200]


def test_chances_follow_from_the_seed() -> None:
    def struck(seed: int) -> list[bool]:
        desk = Desk(seed=seed, faults={"500": 0.3, "truncate": 0.1})
        return [desk.table("incident").status == 500 for _ in range(200)]

    assert struck(1) == struck(1)
    assert struck(1) != struck(2)
    assert 30 < sum(struck(1)) < 90


def test_rows_can_change_while_somebody_pages() -> None:
    desk = Desk(churn=2)
    for n in range(5):
        desk.incident(f"INC{n}", after=n)
    before = desk.values("incident", "sys_updated_on")
    for _ in range(4):
        desk.table("incident")
    after = desk.values("incident", "sys_updated_on")
    assert set(before) != set(after)
    assert "Seen." in desk.values("sys_journal_field", "value")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({"no_such_key": 1}, id="an unknown key"),
        pytest.param({"faults": [{"kind": "earthquake"}]}, id="an unknown fault"),
        pytest.param({"faults": "many"}, id="faults that are neither list nor mapping"),
        pytest.param({"faults": [{"kind": "500", "from": "noon"}]}, id="a time that is no number"),
        pytest.param({"faults": [{"kind": "sort_refused", "effect": "odd"}]}, id="an unknown effect"),
        pytest.param({"rights": {"tables": {"sys_audit": "locked"}}}, id="an unknown refusal"),
        pytest.param({"rows": {"no_such": []}}, id="rows of an unknown table"),
        pytest.param({"changes": [{"op": "explode", "at": "2026-03-02"}]}, id="an unknown change"),
        pytest.param({"auth": "magic"}, id="an unknown login"),
        pytest.param({"audit_lag": True}, id="a flag for a number"),
    ],
)
def test_a_script_that_cannot_be_used_is_refused(script: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="servicenow simulator"):
        Desk(script)


def test_an_error_body_has_no_usable_result() -> None:
    body = decoded(Desk(faults=[{"kind": "error_body"}]).table("incident"))
    assert "error" in body
    assert body["result"] == []
