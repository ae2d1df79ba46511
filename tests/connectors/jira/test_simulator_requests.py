"""The simulated service desk: requests as customers see them, SLAs as agents see them, and no more than that."""

from datetime import timedelta
from typing import Any

from tests.connectors.jira.simulator_desk import ALL, MORNING, Desk, decoded, minutes, said

_DESK = "/rest/servicedeskapi"


def _served(**script: object) -> Desk:
    """One request of priority 2: answered after 10 minutes, waiting from 20 to 80, resolved after 100."""
    desk = Desk(script)
    desk.issue(101, by="rosa.iversen", priority="2", summary="It is broken")
    desk.world.comment(101, "Mine", at=MORNING + minutes(5), by="rosa.iversen")
    desk.world.comment(101, "Inside", at=MORNING + minutes(6), by="mara.adler", internal=True)
    desk.world.comment(101, "We look", at=MORNING + minutes(10), by="mara.adler")
    for after, status in ((20, "10100"), (80, "3"), (100, "5")):
        desk.world.edit(101, {"status": status}, at=MORNING + minutes(after), by="mara.adler")
    return desk


def _sla(desk: Desk, metric: str) -> Any:
    return desk.get(f"{_DESK}/request/101/sla/{metric}")


def test_a_customer_sees_requests_in_the_portal_and_nothing_else() -> None:
    desk = _served(view="customer")
    assert [each["issueKey"] for each in desk.get(f"{_DESK}/request")["values"]] == ["VND-101"]
    assert desk.get("myself")["accountType"] == "customer"
    assert desk.ask("issue/101").status == 404
    assert "does not exist for the field 'project'" in said(desk.put("search/jql", {"jql": ALL}))
    assert desk.get("project/search")["values"] == []


def test_requests_come_in_pages_until_the_last_says_so() -> None:
    desk = Desk(view="customer")
    for number in (101, 102, 103):
        desk.issue(number, status="5" if number == 102 else "1")
    page = desk.get(f"{_DESK}/request", limit=2)
    assert ([each["issueId"] for each in page["values"]], page["isLastPage"]) == (["103", "102"], False)
    assert page["_links"]["next"].endswith("start=2&limit=2")
    rest = desk.get(f"{_DESK}/request", start=2, limit=2)
    assert (rest["size"], rest["isLastPage"], "next" in rest["_links"]) == (1, True, False)
    opened = desk.get(f"{_DESK}/request", requestStatus="OPEN_REQUESTS")["values"]
    assert [each["issueId"] for each in opened] == ["103", "101"]
    assert desk.ask(f"{_DESK}/request", requestStatus="NEW").status == 400


def test_only_service_desks_have_requests() -> None:
    desk = Desk()
    desk.issue(101, key="OPS-101", status="10200")
    assert desk.get(f"{_DESK}/request")["values"] == []
    assert desk.ask(f"{_DESK}/request/101").status == 404


def test_the_status_history_takes_the_place_of_a_changelog() -> None:
    desk = _served(view="customer")
    rows = desk.get(f"{_DESK}/request/VND-101/status")["values"]
    assert [row["status"] for row in rows] == [
        "Resolved",
        "Work in progress",
        "Waiting for customer",
        "Waiting for support",
    ]
    assert rows[-1]["statusDate"]["epochMillis"] == 1_772_442_000_000
    assert rows[-1]["statusDate"]["iso8601"] == "2026-03-02T10:00:00+0100"
    request = desk.get(f"{_DESK}/request/101", expand="status,comment")
    assert request["currentStatus"] == rows[0]
    assert (request["status"]["size"], request["comments"]["size"]) == (4, 2)


def test_what_one_may_not_see_is_left_out_without_a_word() -> None:
    path = f"{_DESK}/request/101/comment"
    assert [each["body"] for each in _served(view="customer").get(path)["values"]] == ["Mine", "We look"]
    agent = _served()
    assert [each["public"] for each in agent.get(path)["values"]] == [True, False, True]
    assert [each["body"] for each in agent.get(path, public="false")["values"]] == ["Inside"]


def test_only_agents_see_slas() -> None:
    response = _served(view="customer").ask(f"{_DESK}/request/101/sla")
    assert (response.status, "permission" in decoded(response)["errorMessage"]) == (403, True)
    assert [each["name"] for each in _served().get(f"{_DESK}/request/101/sla")["values"]] == [
        "Time to first response", "Time to resolution",
    ]  # fmt: skip


def test_an_answered_request_has_completed_its_cycle() -> None:
    sla = _sla(_served(), "12")
    cycle = sla["completedCycles"][0]
    assert ("ongoingCycle" in sla, cycle["breached"], cycle["elapsedTime"]["millis"]) == (False, False, 600_000)
    assert cycle["goalDuration"]["millis"] == 30 * 60_000
    assert "breachTime" not in cycle


def test_waiting_for_the_customer_pauses_and_going_on_moves_the_breach() -> None:
    desk = _served()
    desk.now = MORNING + minutes(15)
    assert _sla(desk, "13")["ongoingCycle"]["breachTime"]["epochMillis"] == 1_772_442_000_000 + 480 * 60_000
    desk = _served()
    desk.now = MORNING + minutes(50)
    paused = _sla(desk, "13")["ongoingCycle"]
    assert (paused["paused"], "breachTime" in paused, paused["elapsedTime"]["millis"]) == (True, False, 20 * 60_000)
    desk = _served()
    desk.now = MORNING + minutes(90)
    running = _sla(desk, "13")["ongoingCycle"]
    assert (running["paused"], running["elapsedTime"]["millis"]) == (False, 30 * 60_000)
    assert running["breachTime"]["epochMillis"] == 1_772_442_000_000 + (480 + 60) * 60_000


def test_a_reopened_request_has_another_cycle_and_what_is_late_goes_negative() -> None:
    desk = _served()
    desk.world.edit(101, {"status": "3"}, at=MORNING + minutes(200), by="admin")
    desk.now = MORNING + timedelta(days=1)
    sla = _sla(desk, "13")
    assert [each["elapsedTime"]["millis"] for each in sla["completedCycles"]] == [40 * 60_000]
    ongoing = sla["ongoingCycle"]
    assert (ongoing["breached"], ongoing["remainingTime"]["millis"]) == (True, (480 - (1440 - 200)) * 60_000)
    assert ongoing["breachTime"]["epochMillis"] == 1_772_442_000_000 + (200 + 480) * 60_000


def test_the_sla_field_of_an_issue_is_the_same_object() -> None:
    desk = _served()
    fields = desk.get("issue/101", fields="customfield_10030,customfield_10031")["fields"]
    assert [fields["customfield_10030"], fields["customfield_10031"]] == desk.get(f"{_DESK}/request/101/sla")["values"]


def test_no_sla_applies_without_a_priority() -> None:
    desk = Desk()
    desk.issue(101, priority="")
    assert desk.get("issue/101", fields="customfield_10030")["fields"] == {"customfield_10030": None}
    assert desk.ask(f"{_DESK}/request/101/sla/13").status == 404


def test_the_service_desk_says_that_it_is_there() -> None:
    assert Desk().get(f"{_DESK}/info")["isLicensedForUse"] is True
