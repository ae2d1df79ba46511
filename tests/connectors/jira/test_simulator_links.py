"""The simulator's links: remote ones in a list of their own, those between issues in a field, both in the history."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.jira.simulator import build_simulator
from connectors.jira.simulator.changes import Change
from syncd.errors import ConfigError
from tests.connectors.jira.simulator_desk import MORNING, Desk, minutes


def _linked(**script: object) -> Desk:
    desk = Desk(script)
    desk.issue(101)
    desk.issue(102)
    for place, name in enumerate(("a", "b")):
        told = {"id": name, "url": f"https://other.example/{name}", "title": f"Page {name}"}
        desk.world.plan(Change("refer", 101, MORNING + minutes(place), "mara.adler", told))
    desk.world.plan(Change("tie", 101, MORNING + minutes(5), "mara.adler", {"to": "102", "type": "10000"}))
    return desk


def _remote(desk: Desk, **params: object) -> list[dict[str, Any]]:
    return list(desk.get("issue/101/remotelink", **params))


def _items(desk: Desk, number: int) -> list[tuple[str, str | None, str | None]]:
    values = desk.get(f"issue/{number}/changelog")["values"]
    return [(each["field"], each["to"], each["toString"]) for row in values for each in row["items"]]


def test_remote_links_come_in_one_list_and_can_be_asked_for_by_global_id() -> None:
    desk = _linked()
    assert [each["object"]["url"] for each in _remote(desk)] == ["https://other.example/a", "https://other.example/b"]
    (chosen,) = _remote(desk, globalId="url=https://other.example/b")
    assert chosen["object"]["title"] == "Page b"
    assert desk.get("issue/102/remotelink") == []
    assert desk.ask("issue/999/remotelink").status == 404


def test_a_history_tells_a_remote_links_number_and_title_and_no_address() -> None:
    desk = _linked()
    first, second, _ = _items(desk, 101)
    assert first == ("RemoteIssueLink", str(_remote(desk)[0]["id"]), 'This issue links to "Page a"')
    assert second[0] == "RemoteIssueLink"
    desk.world.plan(Change("unrefer", 101, MORNING + minutes(9), "mara.adler", {"id": "a"}))
    assert [each["object"]["title"] for each in _remote(desk)] == ["Page b"]
    assert _items(desk, 101)[-1] == ("RemoteIssueLink", None, None)


def test_a_link_between_issues_shows_at_both_ends_by_the_phrase_of_each() -> None:
    desk = _linked()
    (here,) = desk.get("issue/101")["fields"]["issuelinks"]
    (there,) = desk.get("issue/102")["fields"]["issuelinks"]
    assert (here["id"], here["outwardIssue"]["id"], "inwardIssue" in here) == (there["id"], "102", False)
    assert (there["inwardIssue"]["id"], there["type"]["inward"]) == ("101", "is caused by")
    key = desk.get("issue/101")["key"]
    assert _items(desk, 102) == [("Link", key, f"This issue is caused by {key}")]
    assert desk.get("issue/102")["fields"]["updated"] == desk.get("issue/101")["fields"]["updated"]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"op": "refer", "values": {"url": "https://other.example"}}, id="a remote link without a name"),
        pytest.param({"op": "tie", "values": {"to": "2"}}, id="a link of no type"),
        pytest.param({"op": "tie", "values": {"to": "2", "type": "99"}}, id="a link of a type that is not there"),
        pytest.param({"op": "tie", "values": {"to": "VND-2", "type": "10000"}}, id="a link to no number"),
    ],
)
def test_links_that_cannot_be_are_refused(values: dict[str, object]) -> None:
    at = (MORNING - timedelta(days=1)).isoformat()
    with pytest.raises(ConfigError):
        build_simulator(1, {"changes": [{"issue": 1, "at": at, **values}]})
