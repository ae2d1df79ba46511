"""The simulator's made-up days: the same from one seed however one looks, and full of what a meter must cope with."""

from collections import Counter
from datetime import timedelta

import pytest

from connectors.jira.simulator import TrueTicket, facts
from connectors.jira.simulator.changes import Change
from connectors.jira.simulator.stamps import instant_of, millis
from tests.connectors.jira.simulator_desk import MORNING, Desk

_START = "2026-02-16T00:00:00Z"


def _living(*, seed: int = 1, **script: object) -> Desk:
    return Desk({"tickets_per_day": 15, "start": _START, **script}, seed=seed)


@pytest.fixture(scope="module")
def desk() -> Desk:
    desk = _living(tickets_per_day=60)
    desk.simulator.advance(desk.now)
    return desk


@pytest.fixture(scope="module")
def tickets(desk: Desk) -> list[TrueTicket]:
    return list(desk.simulator.truth().values())


def test_history_is_the_same_however_often_one_looks() -> None:
    patient, busy = _living(), _living()
    patient.simulator.advance(MORNING)
    moment = instant_of("2026-02-16T05:00:00")
    while moment < MORNING:
        busy.simulator.advance(moment)
        moment += timedelta(hours=7, minutes=13)
    busy.simulator.advance(MORNING)
    assert patient.simulator.truth() == busy.simulator.truth()
    assert patient.world.issues == busy.world.issues
    assert patient.world.index.documents == busy.world.index.documents


def test_the_clock_may_be_turned_back_and_the_same_happens_again() -> None:
    desk = _living(index_lag=600)
    desk.simulator.advance(MORNING)
    issues, documents = dict(desk.world.issues), dict(desk.world.index.documents)
    desk.simulator.advance(MORNING - timedelta(days=3))
    assert len(desk.world.issues) < len(issues)
    desk.simulator.advance(MORNING)
    assert (desk.world.issues, desk.world.index.documents) == (issues, documents)
    straight = _living(index_lag=600)
    for each in (desk, straight):
        each.simulator.advance(MORNING + timedelta(days=1))
    assert desk.world.issues == straight.world.issues


def test_another_seed_is_another_history() -> None:
    one, other = _living(seed=1), _living(seed=2)
    for each in (one, other):
        each.simulator.advance(MORNING)
    assert one.simulator.truth() != other.simulator.truth()


def test_the_past_reaches_back_as_many_days_as_the_script_says() -> None:
    desk = Desk(tickets_per_day=60, days=3)
    desk.simulator.advance(desk.now)
    opened = sorted(issue.created for issue in desk.world.issues.values())
    assert (f"{opened[0]:%F}", f"{opened[-1]:%F}") == ("2026-02-28", "2026-03-03")


def test_issues_keep_coming_while_the_clock_runs() -> None:
    desk = _living()
    desk.simulator.advance(MORNING)
    before = len(desk.simulator.truth())
    desk.simulator.advance(MORNING + timedelta(days=7))
    assert 60 < len(desk.simulator.truth()) - before < 160


def test_everything_that_a_meter_must_cope_with_happens(desk: Desk, tickets: list[TrueTicket]) -> None:
    seen: Counter[str] = Counter()
    for ticket in tickets:
        fields = Counter(change.field for change in ticket.changes)
        statuses = [change.new for change in ticket.changes if change.field == "status"]
        seen["deleted"] += ticket.deleted
        seen["moved"] += fields["key"] > 0
        seen["hidden"] += ticket.value("security") != ""
        seen["hidden and shown again"] += fields["security"] > 1
        seen["priority changed"] += fields["priority"] > 0
        seen["handed over more than twice"] += fields["customfield_10021"] > 2
        seen["waited for the customer"] += "10100" in statuses
        seen["waited for a third party"] += "10101" in statuses
        seen["reopened"] += statuses.count("5") > 1
        seen["resolved without a resolution"] += "5" in statuses and "resolution" not in fields
        seen["resolution kept on reopening"] += statuses.count("5") > 1 and fields["resolution"] == 1
        seen["cancelled"] += ticket.value("status") == "10102"
        seen["closed"] += ticket.value("status") == "6"
        seen["internal comment"] += any(change.internal for change in ticket.changes)
        seen["restricted comment"] += any(change.role for change in ticket.changes)
        seen["edited comment"] += fields["comment_edited"] > 0
        seen["deleted comment"] += fields["comment_deleted"] > 0
        seen["written by a robot"] += any(change.by.endswith(".robot") for change in ticket.changes)
        seen["resumed by an automation"] += any(change.by == "automation" for change in ticket.changes)
        seen["opened by an agent"] += ticket.created_by != ticket.initial["reporter"]
    assert set(seen) == {key for key, count in seen.items() if count}
    histories = [history for issue in desk.world.issues.values() for history in issue.histories]
    assert 0.02 < sum(not each.labelled for each in histories) / len(histories) < 0.1


def test_histories_add_up_to_the_truth(desk: Desk, tickets: list[TrueTicket]) -> None:
    for ticket in tickets:
        issue = desk.world.issues.get(ticket.id)
        assert (issue is None) == ticket.deleted
        if issue is None:
            continue
        told = [(each.at, item.new) for each in issue.histories for item in each.items if item.field == "status"]
        assert told == [(change.at, change.new) for change in ticket.changes if change.field == "status"]
        assert issue.key == (ticket.value("key") or ticket.key)
        for name in ("status", "priority", "resolution", "assignee", "customfield_10021", "project"):
            assert issue.values.get(name, "") == ticket.value(name)
        written = sum(change.field == "comment" for change in ticket.changes)
        assert len(issue.comments) == written - sum(change.field == "comment_deleted" for change in ticket.changes)


def test_searches_are_behind_for_some_of_the_changes_and_never_for_long() -> None:
    desk = _living()
    since: dict[int, int] = {}
    lagged, longest = False, 0
    for second in range(0, 6 * 3600, 20):
        desk.simulator.advance(MORNING + timedelta(seconds=second))
        known = desk.world.index.documents
        behind = {
            number for number, issue in desk.world.issues.items()
            if number not in known or known[number].updated != millis(issue.updated)
        }  # fmt: skip
        since = {number: since.get(number, second) for number in behind}
        longest = max([longest, *(second - begun for begun in since.values())])
        lagged = lagged or bool(behind)
    assert lagged
    assert longest <= 40


@pytest.mark.parametrize("way", ["field", "group", "organisation", "component", "assignee"])
def test_vendors_can_be_named_in_every_way(way: str) -> None:
    desk = _living(vendor_by=[way])
    desk.simulator.advance(MORNING)
    told = [fact for ticket in desk.simulator.truth().values() for fact in facts(ticket, way)]
    holders = Counter(fact["to"] for fact in told if fact["kind"] == "handed_over")
    assert {"acme", "globex", "us"} <= set(holders)
    rule = desk.simulator.options("http://127.0.0.1:1")["vendor_from"]
    assert isinstance(rule, list)
    assert {"acme", "globex"} <= set(rule[0]["values"].values())


def test_facts_are_those_of_the_timeline_format(tickets: list[TrueTicket]) -> None:
    for ticket in tickets:
        told = facts(ticket)
        assert (told[0]["kind"], told[0]["phase"]) == ("opened", "new")
        assert [fact["at"] for fact in told] == sorted(str(fact["at"]) for fact in told)
        assert (told[-1]["kind"] == "gone") == ticket.deleted
        assert all(fact["by"] in ("customer", "vendor", "system", "unknown") for fact in told)


def test_facts_tell_a_life_as_people_would() -> None:
    desk = Desk()
    desk.issue(101, by="rosa.iversen", customfield_10021="10301")
    desk.world.comment(101, "Automatic", at=MORNING + timedelta(minutes=1), by="acme.robot")
    desk.world.comment(101, "Inside", at=MORNING + timedelta(minutes=2), by="acme.piet.gruber", internal=True)
    desk.world.edit(101, {"priority": "1", "customfield_10021": ""}, at=MORNING + timedelta(minutes=3), by="mara.adler")
    desk.world.edit(101, {"status": "5", "resolution": "10000"}, at=MORNING + timedelta(minutes=4), by="mara.adler")
    desk.world.comment(101, "Oops", at=MORNING + timedelta(minutes=5), by="mara.adler", name="oops")
    gone = Change("delete_comment", 101, MORNING + timedelta(minutes=6), "mara.adler", {"id": "oops"})
    desk.world.plan(gone)
    desk.simulator.advance(desk.now)
    told = facts(desk.simulator.truth()[101])
    opened, robot, note, urgent, handed, resolved = told
    assert (opened["priority"], opened["vendor"], opened["by"]) == ("P3", "acme", "customer")
    assert (robot["automated"], robot["visibility"], robot["by"], robot["by_vendor"]) == (
        True,
        "public",
        "vendor",
        "acme",
    )
    assert (note["visibility"], urgent["to"], handed["to"]) == ("internal", "P1", "us")
    assert (resolved["kind"], resolved["to"], resolved["awaiting"]) == ("phase", "resolved", "nobody")


def test_a_storm_brings_more_issues_in_one_millisecond_than_a_page_holds() -> None:
    desk = _living(tickets_per_day=1, storms=[{"at": 60, "tickets": 300}], index_lag=0)
    desk.simulator.advance(desk.now)
    desk.now += timedelta(seconds=60)
    assert len([number for number in desk.found("created >= -1m") if number >= 900_000_000]) == 300


def test_plenty_makes_issues_of_equal_length() -> None:
    desk = Desk(plenty={"issues": 50, "histories": 30, "comments": 2})
    assert len(desk.found()) == 50
    logs = desk.post("changelog/bulkfetch", {"issueIdsOrKeys": ["10000", "10049"]})["issueChangeLogs"]
    assert [len(each["changeHistories"]) for each in logs] == [30, 30]
    assert desk.get("issue/10007/comment")["total"] == 2
