"""What statuses, resolutions and priorities mean, and what happens where Jira disagrees with itself."""

from typing import Any

import pytest

from syncd.domain.events import PhaseChanged
from syncd.domain.names import Awaiting, Phase
from tests.connectors.jira.issues import (
    DONE,
    SHUT,
    STATUSES,
    TO_DO,
    WAITING,
    WORKING,
    at,
    codes,
    gaps,
    history,
    item,
    mapped,
    opening,
    payload,
    story,
)

FIXED = {"fromString": None, "toString": "Fixed"}


def done(*, resolution: bool = True, clock: str = "10:00", ident: int = 2) -> dict[str, Any]:
    more = [item("resolution", None, "1", **FIXED)] if resolution else []
    return history(ident, clock, item("status", WORKING, DONE), *more)


def phases(paper: dict[str, Any], **options: Any) -> list[str]:
    events = [event for event in mapped(paper, **options).timeline.events if isinstance(event, PhaseChanged)]
    return [f"{event.at:%H:%M} {event.to.value}" for event in events]


START = history(1, "09:00", item("status", TO_DO, WORKING))


@pytest.mark.parametrize(
    ("rule", "rows", "expected"),
    [
        pytest.param("first", [START, done()], ["09:00 active", "10:00 resolved"], id="both at once"),
        pytest.param("first", [START, done(resolution=False)], ["09:00 active", "10:00 resolved"],
            id="only the category"),
        pytest.param(
            "first", [START, history(2, "10:00", item("resolution", None, "1", **FIXED)), done(clock="11:00", ident=3)],
            ["09:00 active", "10:00 resolved", "11:00 resolved"], id="the resolution first: it resolves",
        ),
        pytest.param(
            "first", [START, done(), history(3, "11:00", item("status", DONE, WORKING))],
            ["09:00 active", "10:00 resolved", "11:00 active"],
                id="leaving done reopens, though the resolution is kept",
        ),
        pytest.param(
            "first",
            [START, done(), history(3, "11:00", item("status", DONE, WORKING)),
             history(4, "12:00", item("status", WORKING, DONE))],
            ["09:00 active", "10:00 resolved", "11:00 active", "12:00 resolved"],
            id="done again resolves again, under the resolution that was kept",
        ),
        pytest.param(
            "first", [START, done(), history(3, "11:00", item("resolution", "1", None))],
            ["09:00 active", "10:00 resolved", "11:00 active"], id="clearing the resolution reopens",
        ),
        pytest.param(
            "first", [START, done(), history(3, "11:00", item("status", DONE, SHUT))],
            ["09:00 active", "10:00 resolved", "11:00 resolved"], id="from done to done nothing is reopened",
        ),
        pytest.param(
            "resolution", [START, done(resolution=False)], ["09:00 active", "10:00 active"],
            id="by resolution: done alone is not resolved",
        ),
        pytest.param(
            "resolution", [START, done(), history(3, "11:00", item("status", DONE, WORKING))],
            ["09:00 active", "10:00 resolved", "11:00 resolved"], id="by resolution: a resolution kept stays resolved",
        ),
        pytest.param(
            "status_category", [START, history(2, "10:00", item("resolution", None, "1", **FIXED))],
            ["09:00 active", "10:00 active"], id="by category: a resolution alone is not resolved",
        ),
        pytest.param(
            {"status_in": ["Closed"]}, [START, done(), history(3, "11:00", item("status", DONE, SHUT))],
            ["09:00 active", "10:00 active", "11:00 resolved"], id="by statuses, by name",
        ),
        pytest.param({"status_in": [DONE]}, [START, done()], ["09:00 active", "10:00 resolved"],
            id="by statuses, by id"),
    ],
)  # fmt: skip
def test_a_ticket_is_resolved_and_reopened_when_the_options_say(
    rule: object, rows: list[dict[str, Any]], expected: list[str]
) -> None:
    assert phases(payload(changelog=rows), resolved_when=rule) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, "resolved", id="by category"),
        pytest.param({"closed_statuses": ["done"]}, "closed", id="a closed status by its name, in any case"),
        pytest.param({"closed_statuses": [DONE]}, "closed", id="by its id"),
        pytest.param(
            {"cancelled_resolutions": ["fixed"]}, "cancelled", id="a resolution that means cancelled, by name"
        ),
        pytest.param({"cancelled_resolutions": ["1"]}, "cancelled", id="by id"),
        pytest.param({"statuses": {"Done": {"phase": "closed"}}}, "closed", id="a status said to be closed"),
        pytest.param({"statuses": {DONE: {"phase": "cancelled"}}}, "cancelled", id="a status said to be cancelled"),
    ],
)
def test_an_end_has_the_phase_that_the_options_say(options: dict[str, Any], expected: str) -> None:
    assert phases(payload(changelog=[START, done()]), **options)[-1] == f"10:00 {expected}"


def test_a_duplicate_is_cancelled_unless_the_options_say_otherwise() -> None:
    rows = [
        START,
        history(2, "10:00", item("status", WORKING, DONE), item("resolution", None, "9", toString="Duplicate")),
    ]
    assert phases(payload(changelog=rows))[-1] == "10:00 cancelled"
    assert phases(payload(changelog=rows), cancelled_resolutions=[])[-1] == "10:00 resolved"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, "active vendor", id="by category the vendor works"),
        pytest.param({"waiting": {"Waiting": "customer"}}, "pending customer", id="a waiting status by name"),
        pytest.param({"waiting": {WAITING: "third_party"}}, "pending third_party", id="by id"),
        pytest.param({"waiting": {WAITING: "vendor"}}, "pending vendor", id="for the vendor itself"),
        pytest.param(
            {"statuses": {WAITING: {"phase": "pending", "awaiting": "nobody"}}}, "pending nobody", id="in full"
        ),
        pytest.param({"statuses": {WAITING: {"phase": "new"}}}, "new vendor", id="another open phase"),
    ],
)
def test_a_status_says_whose_turn_it_is(options: dict[str, Any], expected: str) -> None:
    rows = [history(1, "09:00", item("status", TO_DO, WAITING))]
    assert story(payload(changelog=rows), **options) == [f"09:00 vendor phase {expected}"]


def test_a_flag_makes_an_open_ticket_pending_while_it_is_set() -> None:
    def flag(ident: int, clock: str, old: str, new: str) -> dict[str, Any]:
        return history(
            ident,
            clock,
            {"field": "Flagged", "fieldtype": "custom", "from": "", "fromString": old, "to": "", "toString": new},
        )

    rows = [flag(1, "09:00", "", "Impediment"), flag(2, "10:00", "Impediment", ""), done(clock="11:00", ident=3)]
    paper = payload({"status": DONE}, rows)
    paper["changelog"][2]["items"][0].update({"from": TO_DO})
    assert story(paper, flags={"Flagged": "customer"}) == [
        "09:00 vendor phase pending customer",
        "10:00 vendor phase new vendor",
        "11:00 vendor phase resolved nobody",
    ]


def test_an_unknown_status_is_never_guessed_but_a_finding_and_a_gap() -> None:
    rows = [
        history(1, "09:00", item("status", TO_DO, "777", toString="Gone since")),
        history(2, "11:00", item("status", "777", DONE)),
    ]
    paper = payload(changelog=rows)
    assert codes(paper) == ["signals_disagree", "unknown_state"]
    assert gaps(paper) == ["09:00-11:00 phase"]
    assert story(paper) == ["09:00 vendor phase new vendor", "11:00 vendor phase resolved nobody"]
    for key in ("777", "gone since"):
        known = {"statuses": {key: {"phase": "active"}}}
        assert (codes(paper, **known), gaps(paper, **known)) == (["signals_disagree"], [])


def test_a_category_undefined_is_unknown() -> None:
    paper = payload({"status": {"id": "5", "name": "Odd", "statusCategory": {"id": 1, "key": "undefined"}}})
    assert (codes(paper), gaps(paper)) == (["unknown_state"], ["08:00-18:00 phase"])


def test_where_the_status_does_not_decide_an_unknown_one_makes_no_gap() -> None:
    rows = [history(1, "09:00", item("status", TO_DO, "777")), history(2, "10:00", item("status", "777", WORKING))]
    assert gaps(payload(changelog=rows), resolved_when="resolution") == []
    assert codes(payload(changelog=rows), resolved_when="resolution") == ["unknown_state"]


@pytest.mark.parametrize(
    "told",
    [
        {"statusCategory": {"key": "done"}}, {"statusCategory": {"id": 3}}, {"statusCategory": "DONE"},
        {"category": "done"},
    ],
)  # fmt: skip
def test_a_category_is_known_by_key_and_id_never_by_its_name(told: dict[str, Any]) -> None:
    paper = payload({"status": {"id": "5", "name": "\u5b8c\u6210", **told}, "statuscategorychangedate": at("08:00")})
    assert opening(paper).phase is Phase.RESOLVED


def test_a_status_known_by_name_only_needs_all_of_that_name_to_be_of_one_category() -> None:
    paper = payload(
        changelog=[history(1, "09:00", {"field": "status", "fromString": "To Do", "toString": "In Progress"})]
    )
    paper["issue"]["fields"]["status"] = {"id": WORKING, "name": "In Progress"}
    assert codes(paper) == []
    paper["directory"] = {"statuses": [*STATUSES, {"id": "8", "name": "To Do", "statusCategory": {"key": "done"}}]}
    assert codes(paper) == ["unknown_state"]


@pytest.mark.parametrize(
    ("fields", "rows", "code"),
    [
        pytest.param({"resolutiondate": at("10:00")}, [START, done()], [], id="they agree"),
        pytest.param({"resolutiondate": at("10:00:04.000")}, [START, done()], [], id="within seconds"),
        pytest.param({"resolutiondate": at("11:00")}, [START, done()], ["resolution_disagrees"], id="another date"),
        pytest.param({"resolutiondate": None}, [START, done()], ["resolution_disagrees"], id="no date"),
        pytest.param({"resolutiondate": at("10:00")}, [START], ["resolution_disagrees"], id="a date and no resolution"),
        pytest.param({"statuscategorychangedate": at("10:00")}, [START, done()], [], id="the category's date agrees"),
        pytest.param({"statuscategorychangedate": at("09:00")}, [START, done()], ["category_disagrees"],
            id="it does not"),
        pytest.param({"statuscategorychangedate": at("08:00")}, [], [], id="never changed: since the creation"),
        pytest.param({}, [START, done(resolution=False)], ["signals_disagree"],
            id="done with the resolution forgotten"),
        pytest.param(
            {}, [START, done(), history(3, "11:00", item("status", DONE, WORKING))], ["signals_disagree"],
            id="reopened with the resolution kept",
        ),
    ],
)  # fmt: skip
def test_what_jira_says_twice_is_compared_and_counted(
    fields: dict[str, Any], rows: list[dict[str, Any]], code: list[str]
) -> None:
    assert codes(payload(fields, rows)) == code


@pytest.mark.parametrize(
    ("priority", "options", "expected"),
    [
        ({"id": "1", "name": "Whatever"}, {}, "P1"),
        ({"id": "10100", "name": "Critical"}, {"priorities": {"10100": "P1"}}, "P1"),
        ({"id": "10100", "name": "Critical"}, {"priorities": {"critical": "P2"}}, "P2"),
        ({"id": "1", "name": "Highest"}, {"priorities": {"1": "P4", "Highest": "P2"}}, "P4"),
        (None, {}, None),
    ],
    ids=["the id, whatever it is called", "a configured id", "a configured name", "the id goes first", "none"],
)
def test_a_priority_is_known_by_id_else_by_name(
    priority: object, options: dict[str, Any], expected: str | None
) -> None:
    paper = payload({"priority": priority})
    assert opening(paper, **options).priority == expected
    assert codes(paper, **options) == []


def test_an_unknown_priority_is_a_finding() -> None:
    paper = payload({"priority": {"id": "10100", "name": "Critical"}})
    assert (opening(paper).priority, codes(paper)) == (None, ["unknown_priority"])


def test_a_reopening_after_an_unknown_status_goes_by_what_was_known_last() -> None:
    rows = [
        START,
        done(),
        history(3, "11:00", item("status", DONE, "777")),
        history(4, "12:00", item("status", "777", WORKING)),
    ]
    assert phases(payload(changelog=rows)) == ["09:00 active", "10:00 resolved", "11:00 resolved", "12:00 active"]


def test_pending_is_not_doubled_by_a_flag() -> None:
    paper = payload({"status": WAITING, "customfield_9": [{"id": "1", "value": "Impediment"}]})
    options = {"waiting": {WAITING: "customer"}, "flags": {"customfield_9": "third_party"}}
    assert opening(paper, **options).awaiting is Awaiting.CUSTOMER
    assert opening(paper, flags=options["flags"]).awaiting is Awaiting.THIRD_PARTY


@pytest.mark.parametrize(
    "beside",
    [
        {"parent": {"id": "3", "key": "VND-3", "fields": {"status": {"id": WAITING, "statusCategory": {"id": 4}}}}},
        {"subtasks": [{"id": "3", "fields": {"status": {"id": WAITING, "statusCategory": {"key": "indeterminate"}}}}]},
        {"issuelinks": [{"type": {"inward": "is blocked by"}, "inwardIssue": {
            "id": "3", "fields": {"status": {"id": WAITING, "statusCategory": {"key": "indeterminate"}}}}}]},
    ],
    ids=["the parent", "a child", "a linked issue"],
)  # fmt: skip
def test_a_past_status_is_known_where_another_issue_of_the_site_shows_it(beside: dict[str, Any]) -> None:
    rows = [history(1, "09:00", item("status", WAITING, TO_DO))]
    now = {"status": {"id": TO_DO, "name": "To Do", "statusCategory": {"key": "new"}}}
    paper = payload({**now, **beside}, changelog=rows, directory={})
    assert opening(paper).phase is Phase.ACTIVE
    assert codes(paper) == []
    assert codes(payload(now, changelog=rows, directory={})) == ["unknown_state"]


def test_the_directory_is_believed_before_another_issue() -> None:
    rows = [history(1, "09:00", item("status", WAITING, TO_DO))]
    other = {"id": "3", "fields": {"status": {"id": WAITING, "statusCategory": {"key": "done"}}}}
    assert opening(payload({"subtasks": [other]}, changelog=rows)).phase is Phase.ACTIVE


@pytest.mark.parametrize(
    ("ident", "name", "phase", "found"),
    [
        ("1", "Open", Phase.NEW, []),
        ("3", "In Progress", Phase.ACTIVE, []),
        ("4", "Reopened", Phase.NEW, []),
        ("5", "Resolved", Phase.RESOLVED, []),
        ("6", "Closed", Phase.RESOLVED, []),
        ("3", "With the vendor", Phase.NEW, ["unknown_state"]),
        ("10003", "Closed", Phase.NEW, ["unknown_state"]),
    ],
)
def test_what_every_jira_has_needs_no_directory_unless_renamed(
    ident: str, name: str, phase: Phase, found: list[str]
) -> None:
    rows = [history(1, "09:00", item("status", ident, TO_DO, fromString=name))]
    now = {"status": {"id": TO_DO, "name": "To Do", "statusCategory": {"key": "new"}},
           "statuscategorychangedate": at("08:00")}  # fmt: skip
    paper = payload(now, changelog=rows, directory={})
    assert opening(paper).phase is phase
    assert [code for code in codes(paper) if code == "unknown_state"] == found


def test_a_directory_overrules_what_every_jira_has() -> None:
    rows = [history(1, "09:00", item("status", "5", TO_DO, fromString="Resolved"))]
    known = {"statuses": [*STATUSES, {"id": "5", "name": "Resolved", "statusCategory": {"key": "indeterminate"}}]}
    assert opening(payload(changelog=rows, directory=known)).phase is Phase.ACTIVE


def test_the_two_signals_are_compared_where_no_history_was_read() -> None:
    paper = payload({"resolution": {"id": "1", "name": "Fixed"}})
    del paper["changelog"]
    assert codes(paper) == ["history_incomplete", "signals_disagree"]
