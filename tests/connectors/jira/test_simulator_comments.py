"""The simulator's comments: pages, the truncated field, the two gates, edits that flip them, deletions."""

from typing import Any

from connectors.jira.simulator.changes import Change
from tests.connectors.jira.simulator_desk import MORNING, Desk, minutes


def _talk(count: int, **script: object) -> Desk:
    desk = Desk(script)
    desk.issue(101)
    for place in range(count):
        internal = place != 2
        desk.world.comment(
            101, f"no {place}", at=MORNING + minutes(place), by="mara.adler", name=str(place), internal=internal
        )
    return desk


def _read(desk: Desk, **params: object) -> list[dict[str, Any]]:
    return list(desk.get("issue/101/comment", **params)["comments"])


def test_comments_come_in_pages_oldest_first() -> None:
    desk = _talk(132)
    sizes = [len(_read(desk, startAt=start, maxResults=1000)) for start in (0, 100, 132)]
    assert sizes == [100, 32, 0]
    assert desk.get("issue/101/comment")["total"] == 132
    assert [each["jsdPublic"] for each in _read(desk)[:4]] == [False, False, True, False]
    assert _read(desk, orderBy="-created", maxResults=1)[0]["body"]["content"][0]["content"][0]["text"] == "no 131"
    assert desk.ask("issue/101/comment", orderBy="updated").status == 400


def test_the_field_of_an_issue_lacks_the_oldest_comments() -> None:
    field = _talk(30).get("/rest/api/2/issue/101")["fields"]["comment"]
    assert (field["total"], len(field["comments"]), field["comments"][0]["body"]) == (30, 20, "no 10")


def test_data_center_gives_everything_and_tells_visibility_by_properties_alone() -> None:
    desk = _talk(60, product="dc")
    assert len(_read(desk)) == 60
    assert "jsdPublic" not in _read(desk)[0]
    shown = _read(desk, expand="properties", maxResults=3)
    assert [each["properties"][0]["value"]["internal"] for each in shown] == [True, True, False]


def test_restriction_and_flag_are_two_gates() -> None:
    desk = Desk()
    desk.issue(101)
    desk.world.comment(101, "x", at=MORNING, by="mara.adler", role="Administrators")
    comment = _read(desk)[0]
    assert (comment["jsdPublic"], comment["visibility"]["value"]) == (True, "Administrators")
    stranger = Desk(rights={"roles": []})
    stranger.issue(101)
    stranger.world.comment(101, "x", at=MORNING, by="mara.adler", role="Administrators")
    assert _read(stranger) == []


def test_without_an_agents_licence_internal_comments_are_not_there() -> None:
    assert len(_read(_talk(4, rights={"agent": False}))) == 1


def test_outside_service_desks_the_flag_says_public_and_everybody_reads() -> None:
    desk = Desk(rights={"agent": False})
    desk.issue(101, key="OPS-101", status="10200")
    desk.world.comment(101, "x", at=MORNING, by="mara.adler", internal=True)
    assert _read(desk)[0]["jsdPublic"] is True


def test_an_edit_may_flip_the_flag_and_keeps_the_creation() -> None:
    desk = _talk(1)
    flip = {"id": "0", "internal": ""}
    desk.world.plan(Change("edit_comment", 101, MORNING + minutes(5), "admin", flip))
    comment = _read(desk)[0]
    assert (comment["jsdPublic"], comment["created"][:16], comment["updated"][:16]) == (
        True, "2026-03-02T10:00", "2026-03-02T10:05",
    )  # fmt: skip
    assert comment["author"] != comment["updateAuthor"]


def test_a_deleted_comment_leaves_an_item_in_the_changelog() -> None:
    desk = _talk(2)
    number = _read(desk)[0]["id"]
    desk.world.plan(Change("delete_comment", 101, MORNING + minutes(5), "admin", {"id": "0"}))
    assert len(_read(desk)) == 1
    item = desk.get("issue/101/changelog")["values"][0]["items"][0]
    assert (item["field"], item["from"], "fieldId" in item) == ("Comment", number, False)
    assert desk.get("issue/101", fields="updated")["fields"]["updated"][:16] == "2026-03-02T10:05"


def test_comments_can_be_read_by_id() -> None:
    desk = _talk(3)
    numbers = [int(each["id"]) for each in _read(desk)]
    found = desk.post("comment/list", {"ids": [*numbers[:2], 999]})
    assert [int(each["id"]) for each in found["values"]] == numbers[:2]


def test_who_wrote_may_be_unknown_by_now() -> None:
    desk = Desk()
    desk.issue(101)
    desk.world.comment(101, "x", at=MORNING, by="somebody.who.left")
    desk.world.comment(101, "y", at=MORNING + minutes(1), by="")
    left, anonymous = _read(desk)
    assert left["author"]["accountType"] == "unknown"
    assert "author" not in anonymous
