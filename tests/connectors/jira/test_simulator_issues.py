"""The simulator's issues: reads by id, moves, deletions and lost rights, histories in all their forms."""

from typing import Any

import pytest

from connectors.jira.simulator.changes import Change
from connectors.jira.simulator.stamps import millis
from tests.connectors.jira.simulator_desk import MORNING, Desk, minutes, said


def _worked(histories: int, **script: object) -> Desk:
    """One issue whose status goes back and forth, a minute at a time."""
    desk = Desk(script)
    desk.issue(101)
    for turn in range(histories):
        desk.world.edit(101, {"status": "3" if turn % 2 == 0 else "1"}, at=MORNING + minutes(turn + 1), by="mara.adler")
    return desk


def _bulk(desk: Desk, **body: object) -> Any:
    return desk.post("changelog/bulkfetch", {"issueIdsOrKeys": ["101", "102"], **body})


def test_missing_hidden_and_deleted_issues_look_alike() -> None:
    desk = Desk()
    for number in (101, 102):
        desk.issue(number)
    desk.world.delete(101, at=MORNING + minutes(1))
    desk.world.edit(102, {"security": "10500"}, at=MORNING + minutes(1), by="admin")
    answers = [desk.ask(f"issue/{each}") for each in ("101", "102", "999", "VND-999")]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert said(answers[0]) == "Issue does not exist or you do not have permission to see it."


def test_an_issue_whose_level_is_lifted_is_there_again() -> None:
    desk = Desk()
    desk.issue(101, security="10500")
    assert desk.ask("issue/101").status == 404
    desk.world.edit(101, {"security": ""}, at=desk.now, by="admin")
    assert desk.ask("issue/101").status == 200
    assert Desk(rights={"levels": ["10500"]}).ask("issue/101").status == 404


def test_a_lost_project_takes_its_issues_with_it_while_it_is_lost() -> None:
    desk = Desk(rights={"lost": [{"project": "VND", "from": 60, "until": 120}]})
    desk.issue(101)
    for elapsed, status in ((0, 200), (1, 404), (2, 200)):
        desk.now = MORNING + minutes(elapsed + 60)
        assert desk.ask("issue/101").status == status
        keys = [each["key"] for each in desk.get("project/search")["values"]]
        assert ("VND" in keys) == (status == 200)


def test_a_moved_issue_answers_to_its_old_key_under_its_new_one() -> None:
    desk = Desk()
    desk.issue(101)
    desk.world.edit(101, {"key": "OPS-101", "project": "OPS", "status": "10200"}, at=MORNING + minutes(1), by="admin")
    for name in ("101", "VND-101", "OPS-101", "ops-101"):
        issue = desk.get(f"issue/{name}", fields="project,status")
        assert (issue["id"], issue["key"], issue["fields"]["project"]["key"]) == ("101", "OPS-101", "OPS")
    items = desk.get("issue/101/changelog")["values"][0]["items"]
    assert [item["field"] for item in items] == ["Key", "Workflow", "project", "status"]
    assert [item.get("fieldId") for item in items] == [None, None, "project", "status"]
    assert (items[0]["fromString"], items[0]["toString"], items[2]["from"]) == ("VND-101", "OPS-101", "10000")


def test_a_bulk_fetch_leaves_missing_issues_out_of_both_lists() -> None:
    desk = Desk(bulk_cap=4)
    for number in (103, 101):
        desk.issue(number)
    answer = desk.post("issue/bulkfetch", {"issueIdsOrKeys": ["VND-103", "101", "999"], "fields": ["status"]})
    assert ([each["id"] for each in answer["issues"]], answer["issueErrors"]) == (["101", "103"], [])
    assert desk.put("issue/bulkfetch", {"issueIdsOrKeys": ["1", "2", "3", "4", "5"]}).status == 400


def test_fields_can_be_named_left_out_and_asked_for_all() -> None:
    desk = Desk()
    desk.issue(101, description="Long", customfield_10021="10301", priority="2")
    fields = desk.get("issue/101")["fields"]
    assert (fields["priority"]["name"], fields["customfield_10021"]["value"]) == ("High", "ACME Managed Services")
    assert "comment" not in desk.get("issue/101", fields="*navigable")["fields"]
    assert "status" not in desk.get("issue/101", fields="-status")["fields"]
    assert set(desk.get("issue/101", fields="status,nonsense")["fields"]) == {"status"}


def test_rich_text_is_a_string_in_version_2_and_a_document_in_version_3() -> None:
    desk = Desk()
    desk.issue(101, description="One\nTwo")
    assert desk.get("/rest/api/2/issue/101")["fields"]["description"] == "One\nTwo"
    document = desk.get("/rest/api/3/issue/101")["fields"]["description"]
    assert (document["type"], len(document["content"])) == ("doc", 2)


def test_a_changelog_is_paged_oldest_first() -> None:
    desk = _worked(5, history_cap=2)
    first = desk.get("issue/101/changelog", maxResults=100)
    assert (first["total"], first["isLast"], len(first["values"])) == (5, False, 2)
    last = desk.get("issue/101/changelog", startAt=4)
    assert last["isLast"]
    assert last["values"][0]["created"] == "2026-03-02T10:05:00.000+0100"
    wanted = {"changelogIds": [int(last["values"][0]["id"])]}
    assert desk.post("issue/101/changelog/list", wanted)["histories"] == last["values"]


def test_an_expanded_changelog_is_the_newest_few_newest_first() -> None:
    log = _worked(45).get("issue/101", expand="changelog")["changelog"]
    assert (log["total"], log["maxResults"], len(log["histories"])) == (45, 45, 40)
    assert log["histories"][0]["created"] == "2026-03-02T10:45:00.000+0100"


def test_data_center_expands_everything_oldest_first_without_field_ids() -> None:
    log = _worked(45, product="dc").get("issue/101", expand="changelog")["changelog"]
    assert len(log["histories"]) == 45
    assert log["histories"][0]["created"] == "2026-03-02T10:01:00.000+0100"
    assert "fieldId" not in log["histories"][0]["items"][0]


def test_a_bulk_changelog_splits_one_issue_over_pages() -> None:
    desk = _worked(3)
    desk.issue(102)
    desk.world.edit(102, {"status": "3"}, at=MORNING + minutes(2), by="admin")
    first = _bulk(desk, maxResults=3)
    second = _bulk(desk, maxResults=3, nextPageToken=first["nextPageToken"])
    told = [
        {each["issueId"]: len(each["changeHistories"]) for each in page["issueChangeLogs"]} for page in (first, second)
    ]
    assert told == [{"101": 2, "102": 1}, {"101": 1}]
    assert "nextPageToken" not in second


@pytest.mark.parametrize(
    ("form", "created"),
    [
        pytest.param("iso", "2026-03-02T10:01:00.000+0100", id="a text"),
        pytest.param("seconds", millis(MORNING + minutes(1)) // 1000, id="seconds"),
        pytest.param("millis", millis(MORNING + minutes(1)), id="milliseconds"),
    ],
)
def test_the_bulk_changelog_writes_instants_as(form: str, created: object) -> None:
    desk = _worked(1, bulk_created=form)
    assert _bulk(desk)["issueChangeLogs"][0]["changeHistories"][0]["created"] == created


def test_the_forms_of_instants_can_be_mixed() -> None:
    rows = _bulk(_worked(30, bulk_created="mixed"))["issueChangeLogs"][0]["changeHistories"]
    assert {type(row["created"]) for row in rows} == {int, str}
    assert len({len(str(row["created"])) for row in rows}) == 3


def test_a_filter_by_field_ids_hides_items_without_one() -> None:
    desk = _worked(1)
    desk.world.plan(Change("edit", 101, MORNING + minutes(9), "admin", {"status": "5"}, labelled=False))
    assert len(_bulk(desk)["issueChangeLogs"][0]["changeHistories"]) == 2
    assert len(_bulk(desk, fieldIds=["status"])["issueChangeLogs"][0]["changeHistories"]) == 1


def test_items_of_the_bulk_changelog_may_lack_from_and_to() -> None:
    item = _bulk(_worked(1, bare_items=True))["issueChangeLogs"][0]["changeHistories"][0]["items"][0]
    assert (item.keys() & {"from", "to"}, item["toString"]) == (set(), "In Progress")


def test_the_changelog_may_be_empty_where_the_expansion_tells() -> None:
    desk = _worked(2, faults=[{"kind": "no_changelog"}])
    assert desk.get("issue/101/changelog")["total"] == 0
    assert _bulk(desk)["issueChangeLogs"] == []
    assert desk.get("issue/101", expand="changelog")["changelog"]["total"] == 2


def test_one_write_is_one_history_and_histories_may_share_an_instant() -> None:
    desk = Desk()
    desk.issue(101)
    for value in ("10301", "10302"):
        desk.world.edit(
            101,
            {"status": "3" if value == "10301" else "5", "customfield_10021": value},
            at=MORNING + minutes(1),
            by="",
        )
    rows = desk.get("issue/101/changelog")["values"]
    assert [len(row["items"]) for row in rows] == [2, 2]
    assert rows[0]["created"] == rows[1]["created"]
    assert int(rows[0]["id"]) < int(rows[1]["id"])
    assert all("author" not in row for row in rows)


def test_users_and_components_change_in_their_own_ways() -> None:
    desk = Desk()
    desk.issue(101, components="10400")
    desk.world.edit(101, {"components": "10401", "assignee": "mara.adler"}, at=MORNING + minutes(1), by="admin")
    gone, came, assigned = desk.get("issue/101/changelog")["values"][0]["items"]
    assert (gone["from"], gone["to"], came["from"], came["to"]) == ("10400", None, None, "10401")
    assert assigned["to"] == assigned["tmpToAccountId"] == desk.get("issue/101")["fields"]["assignee"]["accountId"]


def test_a_write_that_changes_nothing_leaves_no_history() -> None:
    desk = Desk()
    desk.issue(101)
    desk.world.edit(101, {"status": "1"}, at=MORNING + minutes(1), by="admin")
    assert desk.get("issue/101/changelog")["total"] == 0


def test_a_touch_moves_updated_and_leaves_nothing_else() -> None:
    desk = Desk()
    desk.issue(101)
    desk.world.plan(Change("touch", 101, MORNING + minutes(7), "automation"))
    assert desk.get("issue/101", fields="updated")["fields"]["updated"] == "2026-03-02T10:07:00.000+0100"
    assert desk.get("issue/101/changelog")["total"] == 0


def test_resolution_and_category_dates_follow_their_fields() -> None:
    desk = Desk()
    desk.issue(101)
    for after, values in (
        (1, {"status": "3"}),
        (2, {"status": "5", "resolution": "10000"}),
        (3, {"resolution": ""}),
        (4, {"status": "6"}),
    ):
        desk.world.edit(101, values, at=MORNING + minutes(after), by="admin")
    fields = desk.get("issue/101")["fields"]
    assert (fields["resolutiondate"], fields["statuscategorychangedate"]) == (None, "2026-03-02T10:02:00.000+0100")


def test_fields_of_a_team_managed_project_are_not_on_other_issues() -> None:
    desk = Desk()
    desk.issue(101)
    desk.issue(102, key="OPS-102", status="10200")
    asked = {"customfield_10030", "customfield_10041"}
    shown = [asked & set(desk.get(f"issue/{number}")["fields"]) for number in (101, 102)]
    assert shown == [{"customfield_10030"}, {"customfield_10041"}]
