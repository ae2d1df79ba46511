"""The simulator's world keeps audit, journal and system columns as the platform does, on the clock it is given."""

from datetime import timedelta

import pytest

from tests.connectors.servicenow.simulator_desk import MORNING, Desk, minutes

_HISTORY = "documentkey={}^ORDERBYsys_created_on^ORDERBYrecord_checkpoint^ORDERBYfieldname"


def test_an_update_is_one_checkpoint_and_creation_is_not_audited() -> None:
    desk = Desk()
    sys_id = desk.incident("INC1")
    update = {"state": "2", "priority": "1", "category": "", "work_notes": "secret"}
    desk.world.update("incident", sys_id, update, at=MORNING + minutes(5), by="acme.x")
    rows = desk.rows("sys_audit", _HISTORY.format(sys_id))
    assert [(row["fieldname"], row["oldvalue"], row["newvalue"]) for row in rows] == [
        ("incident_state", "1", "2"),
        ("priority", "3", "1"),
        ("state", "1", "2"),
        ("work_notes", "", "secret"),
    ]
    common = {(row["record_checkpoint"], row["user"], row["tablename"], row["sys_created_on"]) for row in rows}
    assert common == {("1", "acme.x", "incident", "2026-03-02 09:05:00")}
    record = desk.rows("incident")[0]
    assert (record["sys_mod_count"], record["sys_updated_on"]) == ("1", "2026-03-02 09:05:00")
    assert (record["sys_updated_by"], record["sys_created_on"]) == ("acme.x", "2026-03-02 09:00:00")


def test_a_write_that_changes_nothing_leaves_no_trace() -> None:
    desk = Desk()
    sys_id = desk.incident("INC1")
    desk.world.update("incident", sys_id, {"state": "1"}, at=MORNING + minutes(5))
    assert desk.values("incident", "sys_mod_count") == ["0"]
    assert desk.rows("sys_audit") == []


def test_comments_are_journal_rows_with_their_author_and_touch_the_record() -> None:
    desk = Desk()
    sys_id = desk.incident("INC1", comments="broken")
    desk.world.comment("incident", sys_id, "fixed", at=MORNING + minutes(7), by="acme.x")
    columns = "name,element,value,sys_created_by,sys_created_on"
    assert desk.rows("sys_journal_field", f"element_idIN{sys_id}^ORDERBYsys_created_on", fields=columns) == [
        {
            "name": "incident", "element": "comments", "value": "broken", "sys_created_by": "anna.berg",
            "sys_created_on": "2026-03-02 09:00:00",
        },
        {
            "name": "incident", "element": "comments", "value": "fixed", "sys_created_by": "acme.x",
            "sys_created_on": "2026-03-02 09:07:00",
        },
    ]  # fmt: skip
    assert desk.values("incident", "sys_updated_on") == ["2026-03-02 09:07:00"]


def test_two_changes_within_one_second_are_told_apart_by_their_checkpoint_alone() -> None:
    desk = Desk()
    sys_id = desk.incident("INC1")
    for state in ("2", "6", "2"):
        desk.world.update("incident", sys_id, {"state": state}, at=MORNING + minutes(5))
    rows = desk.rows("sys_audit", f"fieldname=state^{_HISTORY.format(sys_id)}")
    assert [(row["record_checkpoint"], row["newvalue"]) for row in rows] == [("1", "2"), ("2", "6"), ("3", "2")]


def test_what_is_still_to_come_is_not_seen_and_going_back_hides_it_again() -> None:
    desk = Desk()
    sys_id = desk.incident("INC1")
    desk.world.update("incident", sys_id, {"state": "2"}, at=MORNING + minutes(60))
    for when, states, audits in ((90, ["2"], 2), (30, ["1"], 0), (-5, [], 0), (90, ["2"], 2)):
        desk.now = MORNING + minutes(when)
        assert desk.values("incident", "state") == states
        assert len(desk.rows("sys_audit")) == audits


def test_a_row_committed_late_appears_behind_newer_ones() -> None:
    desk = Desk()
    desk.incident("INC1", after=1)
    desk.world.insert("incident", {"number": "INC2"}, at=MORNING, commit=MORNING + minutes(2))
    desk.now = MORNING + minutes(1)
    order = "ORDERBYsys_updated_on^ORDERBYsys_id"
    assert desk.values("incident", "number", order) == ["INC1"]
    desk.now = MORNING + minutes(2)
    assert desk.values("incident", "number", order) == ["INC2", "INC1"]


def test_audit_rows_may_lag_behind_their_record() -> None:
    desk = Desk(audit_lag=20)
    sys_id = desk.incident("INC1")
    desk.world.update("incident", sys_id, {"state": "2"}, at=MORNING + minutes(5))
    for seconds, audited in ((0, 0), (19, 0), (20, 2)):
        desk.now = MORNING + minutes(5) + timedelta(seconds=seconds)
        assert desk.values("incident", "state") == ["2"]
        assert len(desk.rows("sys_audit")) == audited
    desk.now = MORNING
    assert desk.rows("sys_audit") == []
    desk.now = MORNING + minutes(9)
    assert len(desk.rows("sys_audit")) == 2


@pytest.mark.parametrize(
    ("audited", "stamped", "audits", "updated_on"),
    [
        pytest.param(False, True, 0, "2026-03-02 09:05:00", id="a write without workflow is not audited"),
        pytest.param(True, False, 2, "2026-03-02 09:00:00", id="a write without system fields keeps the old stamp"),
    ],
)
def test_scripts_write_past_the_rules(*, audited: bool, stamped: bool, audits: int, updated_on: str) -> None:
    desk = Desk()
    sys_id = desk.incident("INC1")
    values = {"state": "2"}
    desk.world.update("incident", sys_id, values, at=MORNING + minutes(5), audited=audited, stamped=stamped)
    assert desk.values("incident", "state") == ["2"]
    assert desk.values("incident", "sys_updated_on") == [updated_on]
    assert len(desk.rows("sys_audit")) == audits


def test_a_deleted_record_leaves_an_audit_row_and_its_journal() -> None:
    desk = Desk()
    sys_id = desk.incident("INC1", comments="hello")
    sla = desk.world.insert("task_sla", {"task": sys_id}, at=MORNING)
    desk.world.delete("incident", sys_id, at=MORNING + minutes(5), by="admin")
    assert desk.rows("incident") == []
    assert desk.rows("task") == []
    assert desk.rows("task_sla", f"sys_id={sla}") == []
    assert desk.values("sys_audit", "fieldname", f"documentkey={sys_id}") == ["DELETED"]
    assert desk.values("sys_audit_delete", "display_value") == ["INC1"]
    assert desk.values("sys_journal_field", "value") == ["hello"]


def test_a_reclassified_record_leaves_its_table_but_stays_a_task() -> None:
    desk = Desk()
    sys_id = desk.incident("INC1")
    desk.world.update("incident", sys_id, {"sys_class_name": "sc_req_item"}, at=MORNING + minutes(5))
    assert desk.rows("incident") == []
    assert desk.ask(f"/api/now/table/incident/{sys_id}").status == 404
    assert desk.values("task", "sys_class_name", f"sys_id={sys_id}") == ["sc_req_item"]
    assert desk.values("sc_req_item", "number") == ["INC1"]
    assert desk.rows("sys_audit") == []  # system columns are never audited


def test_a_script_may_write_out_rows_and_changes() -> None:
    sys_id = "a" * 32
    rows = {
        "incident": [{"sys_id": sys_id, "number": "INC9", "sys_updated_on": "2026-03-02 09:00:00", "u_x": "kept",
                      "sys_mod_count": "4", "state": "1"}],
    }  # fmt: skip
    changes = [
        {"op": "update", "sys_id": sys_id, "at": "2026-03-02T10:00:00Z", "by": "acme.x", "values": {"state": "2"}},
        {"op": "delete", "sys_id": sys_id, "at": "2026-03-02T11:00:00Z"},
    ]
    desk = Desk(rows=rows, changes=changes)
    for hour, seen in ((8, []), (9, [("1", "4", "kept")]), (10, [("2", "5", "kept")]), (11, [])):
        desk.now = MORNING.replace(hour=hour)
        shown = [(row["state"], row["sys_mod_count"], row["u_x"]) for row in desk.rows("incident")]
        assert shown == seen


def test_truth_tells_what_nobody_can_read() -> None:
    desk = Desk(rights={"hidden": {"incident": "number=INC1"}})
    sys_id = desk.incident("INC1")
    desk.world.update("incident", sys_id, {"state": "2"}, at=MORNING + minutes(1), audited=False)
    desk.world.comment("incident", sys_id, "hello", at=MORNING + minutes(2), by="anna.berg")
    desk.world.delete("incident", sys_id, at=MORNING + minutes(3))
    desk.world.update("incident", desk.incident("INC2"), {"state": "2"}, at=MORNING + timedelta(days=9))
    desk.simulator.advance(desk.now)
    ticket = desk.simulator.truth()[sys_id]
    assert ticket.initial["number"] == "INC1"
    assert ticket.deleted
    assert [(change.field, change.old, change.new) for change in ticket.changes] == [
        ("state", "1", "2"),
        ("comments", "", "hello"),
        ("DELETED", "", "DELETED"),
    ]
    assert [other.changes for other in desk.simulator.truth().values() if other.sys_id != sys_id] == [[]]
