"""The simulator understands encoded queries as the platform does, and drops what it does not understand."""

import pytest

from connectors.servicenow.simulator.cast import group_id
from tests.connectors.servicenow.simulator_desk import MORNING, Desk, minutes


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.incident("INC1", state="1", priority="1", assignment_group=group_id("ACME NOC"), category="network")
    desk.incident("INC2", after=1, state="2", priority="2", assignment_group=group_id("Globex Service Desk"))
    desk.incident("INC3", after=2, state="3", priority="10", category="software", hold_reason="1")
    return desk


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", "INC1 INC2 INC3", id="an empty query matches everything"),
        pytest.param("state=2", "INC2", id="equality"),
        pytest.param("state!=2", "INC1 INC3", id="inequality"),
        pytest.param("category!=network", "INC2 INC3", id="an empty field is unequal to any value"),
        pytest.param("stateIN1,3", "INC1 INC3", id="one of a list"),
        pytest.param("stateNOT IN1,3", "INC2", id="none of a list"),
        pytest.param("priority>2", "INC3", id="numbers compare as numbers, so ten is more than two"),
        pytest.param("priorityBETWEEN2@10", "INC2 INC3", id="between holds both ends"),
        pytest.param("categoryISEMPTY", "INC2", id="empty"),
        pytest.param("categoryISNOTEMPTY", "INC1 INC3", id="not empty"),
        pytest.param("categorySTARTSWITHnet", "INC1", id="prefix"),
        pytest.param("categoryENDSWITHware", "INC3", id="suffix"),
        pytest.param("categoryLIKEtwo", "INC1", id="substring"),
        pytest.param("categoryNOT LIKEtwo", "INC2 INC3", id="no such substring, empty fields included"),
        pytest.param("state=1^priority=2", "", id="conditions joined by a caret must all hold"),
        pytest.param("state=1^ORstate=2^priority=2", "INC2", id="or binds to the condition just before it"),
        pytest.param("priority=2^state=1^ORstate=2", "INC2", id="or does not reach past that condition"),
        pytest.param("state=1^NQstate=3^hold_reason=1", "INC1 INC3", id="NQ starts another whole query"),
        pytest.param("assignment_group.name=ACME NOC", "INC1", id="conditions walk references"),
        pytest.param("assignment_group.nameIN", "INC3", id="a reference that is empty has an empty name"),
        pytest.param("sys_updated_on>=2026-03-02 09:01:00", "INC2 INC3", id="dates from an instant on"),
        pytest.param("sys_updated_on>2026-03-02 09:01:00", "INC3", id="dates after an instant"),
        pytest.param("sys_updated_on<2026-03-02 09:01:00", "INC1", id="dates before an instant"),
        pytest.param("sys_updated_on<=2026-03-02 09:01:00^state=2", "INC2", id="dates up to an instant"),
        pytest.param("resolved_at<2027-01-01 00:00:00", "", id="an empty date lies in no range"),
        pytest.param("hold_reason<9", "INC3", id="nor does an empty number"),
        pytest.param("state=1^EQ", "INC1", id="the optional end mark changes nothing"),
        pytest.param("no_such_field=1^state=1", "INC1", id="a condition on an unknown field is dropped in silence"),
        pytest.param("no_such_field=1", "INC1 INC2 INC3", id="so a query of a typo alone returns everything"),
        pytest.param("category.name=x", "INC1 INC2 INC3", id="walking through what is no reference is a typo too"),
        pytest.param("stateLOOKSLIKE1", "INC1 INC2 INC3", id="an unknown operator is dropped as well"),
    ],
)
def test_a_query_returns(desk: Desk, query: str, expected: str) -> None:
    assert desk.values("incident", "number", f"{query}^ORDERBYnumber") == expected.split()


def test_unknown_fields_match_nothing_where_the_property_says_so() -> None:
    desk = Desk(invalid_query_returns_no_rows=True)
    desk.incident("INC1")
    assert desk.values("incident", "number", "no_such_field=1^state=1") == []
    assert desk.values("incident", "number", "state=1") == ["INC1"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param("ORDERBYpriority", "INC1 INC2 INC3", id="numbers are sorted as numbers"),
        pytest.param("ORDERBYDESCpriority", "INC3 INC2 INC1", id="descending"),
        pytest.param("ORDERBYDESCsys_updated_on^ORDERBYDESCsys_id", "INC3 INC2 INC1", id="newest first by the index"),
        pytest.param("ORDERBYcategory^ORDERBYnumber", "INC2 INC1 INC3", id="several columns"),
        pytest.param("ORDERBYassignment_group.name", "INC3 INC1 INC2", id="by a walked column"),
    ],
)
def test_rows_come_in_the_order_asked_for(desk: Desk, order: str, expected: str) -> None:
    assert desk.values("incident", "number", order) == expected.split()


def test_ties_have_no_order_that_a_reader_could_rely_on() -> None:
    desk = Desk()
    for n in range(40):
        desk.incident(f"INC{n}")
    orders = {tuple(desk.values("incident", "number", "ORDERBYsys_updated_on")) for _ in range(6)}
    assert len(orders) > 1


def test_a_keyset_reader_gets_every_row_once_even_when_a_second_holds_more_than_a_page() -> None:
    desk = Desk()
    for n in range(70):
        desk.incident(f"INC{n}", after=5 if n < 50 else n)
    last_seen, last_id, seen = "2026-01-01 00:00:00", "0", []
    while True:
        tied = f"sys_updated_on={last_seen}^sys_id>{last_id}^ORDERBYsys_id"
        onwards = f"sys_updated_on>{last_seen}^ORDERBYsys_updated_on^ORDERBYsys_id"
        page = desk.rows("incident", tied, limit="10") or desk.rows("incident", onwards, limit="10")
        if not page:
            break
        seen += [row["number"] for row in page]
        last_seen, last_id = page[-1]["sys_updated_on"], page[-1]["sys_id"]
    assert sorted(seen) == sorted({f"INC{n}" for n in range(70)})


def test_a_keyset_reader_may_also_go_backwards() -> None:
    desk = Desk()
    for n in range(30):
        desk.incident(f"INC{n}", after=5 if n < 20 else n)
    last_seen, last_id, seen = "2027-01-01 00:00:00", "g", []
    while True:
        tied = f"sys_updated_on={last_seen}^sys_id<{last_id}^ORDERBYDESCsys_id"
        back = f"sys_updated_on<{last_seen}^ORDERBYDESCsys_updated_on^ORDERBYDESCsys_id"
        page = desk.rows("incident", tied, limit="7") or desk.rows("incident", back, limit="7")
        if not page:
            break
        seen += [row["number"] for row in page]
        last_seen, last_id = page[-1]["sys_updated_on"], page[-1]["sys_id"]
    assert sorted(seen) == sorted({f"INC{n}" for n in range(30)})


def test_an_offset_reader_skips_a_row_that_moves_while_it_pages() -> None:
    desk = Desk()
    ids = [desk.incident(f"INC{n}", after=n) for n in range(6)]
    order = "ORDERBYsys_updated_on^ORDERBYsys_id"
    first = desk.values("incident", "number", order, limit="3", offset="0")
    desk.world.update("incident", ids[0], {"state": "2"}, at=MORNING + minutes(90))
    second = desk.values("incident", "number", order, limit="3", offset="3")
    assert first == ["INC0", "INC1", "INC2"]
    assert second == ["INC4", "INC5", "INC0"]


def test_a_row_leaves_the_filter_when_its_group_changes(desk: Desk) -> None:
    query = "assignment_group.name=ACME NOC"
    sys_id = desk.values("incident", "sys_id", query)[0]
    desk.world.update("incident", sys_id, {"assignment_group": group_id("Service Desk")}, at=MORNING + minutes(9))
    assert desk.values("incident", "sys_id", query) == []
