"""The simulator's task_sla rows: cancelled and attached again, started in the past, paused, breached, completed."""

from datetime import datetime, timedelta

import pytest

from connectors.servicenow.simulator.cast import ACME, GLOBEX, group_id
from connectors.servicenow.simulator.changes import Change
from connectors.servicenow.simulator.native_sla import native_slas
from tests.connectors.servicenow.simulator_desk import MORNING, Desk, minutes

_ID = "b" * 32
_CREATED = {
    "number": "INC1", "state": "1", "priority": "2", "hold_reason": "", "opened_at": "2026-03-02 08:50:00",
    "assignment_group": group_id("ACME NOC"),
}  # fmt: skip


def _step(after: float, by: str = "system", **values: str) -> Change:
    at = MORNING + minutes(after)
    return Change("update", "incident", _ID, at, at, by, values)


def _slas(*steps: Change, target: str, now: datetime = MORNING + timedelta(days=3)) -> list[dict[str, str]]:
    desk = Desk()
    desk.now = now
    life = [Change("insert", "incident", _ID, MORNING, MORNING, "anna.berg", _CREATED), *steps]
    desk.world.plan(*life, *native_slas(life))
    query = f"task={_ID}^sla.target={target}^ORDERBYsys_created_on"
    return desk.rows("task_sla", query, exclude_reference_link="true")


def test_an_sla_starts_when_the_ticket_was_opened_not_when_it_was_written_down() -> None:
    (row,) = _slas(target="response", now=MORNING)
    assert (row["stage"], row["active"], row["has_breached"]) == ("in_progress", "true", "false")
    assert (row["start_time"], row["sys_created_on"]) == ("2026-03-02 08:50:00", "2026-03-02 09:00:00")
    assert row["planned_end_time"] == "2026-03-02 09:20:00"


def test_a_vendors_comment_completes_the_response_and_a_customers_does_not() -> None:
    ours = _step(5, "anna.berg", comments="hello?")
    theirs = _step(10, ACME.people[0][0], comments="hello")
    assert [row["stage"] for row in _slas(ours, target="response")] == ["in_progress"]
    (row,) = _slas(ours, theirs, target="response")
    assert (row["stage"], row["active"], row["end_time"]) == ("completed", "false", "2026-03-02 09:10:00")


def test_a_breach_is_marked_when_it_happens() -> None:
    (row,) = _slas(_step(60, work_notes="x"), target="response")
    assert (row["has_breached"], row["sys_updated_on"]) == ("true", "2026-03-02 09:20:00")


def test_a_priority_change_cancels_the_row_and_attaches_one_that_began_in_the_past() -> None:
    old, new = _slas(_step(20, priority="1"), target="resolution")
    assert (old["stage"], old["end_time"]) == ("cancelled", "2026-03-02 09:20:00")
    assert (new["stage"], new["start_time"]) == ("in_progress", "2026-03-02 08:50:00")
    assert (new["sys_created_on"], new["planned_end_time"]) == ("2026-03-02 09:20:00", "2026-03-02 12:50:00")


def test_a_hold_pauses_the_resolution_and_moves_its_end() -> None:
    hold, resume = _step(10, state="3", hold_reason="1"), _step(70, state="2", hold_reason="")
    (paused,) = _slas(hold, resume, target="resolution", now=MORNING + minutes(30))
    assert (paused["stage"], paused["pause_time"]) == ("paused", "2026-03-02 09:10:00")
    (resumed,) = _slas(hold, resume, target="resolution")
    assert (resumed["stage"], resumed["pause_time"]) == ("in_progress", "")
    assert (resumed["pause_duration"], resumed["planned_end_time"]) == ("1970-01-01 01:00:00", "2026-03-02 17:50:00")


def test_a_hold_for_a_problem_does_not_pause() -> None:
    (row,) = _slas(_step(10, state="3", hold_reason="3"), target="resolution")
    assert row["stage"] == "in_progress"


def test_a_reopened_ticket_keeps_its_completed_row_and_gets_another() -> None:
    resolve, reopen = _step(60, state="6"), _step(120, state="2")
    old, new = _slas(resolve, reopen, target="resolution")
    assert (old["stage"], old["end_time"]) == ("completed", "2026-03-02 10:00:00")
    assert (new["stage"], new["active"]) == ("in_progress", "true")


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"state": "8"}, id="the ticket is cancelled"),
        pytest.param({"assignment_group": group_id("Service Desk")}, id="the ticket goes back to us"),
        pytest.param({"sys_class_name": "sc_req_item"}, id="the ticket becomes something else"),
    ],
)
def test_rows_are_cancelled_when(values: dict[str, str]) -> None:
    (row,) = _slas(_step(60, **values), target="resolution")
    assert row["stage"] == "cancelled"


def test_another_vendor_gets_rows_of_its_own_contract() -> None:
    old, new = _slas(_step(60, assignment_group=group_id(GLOBEX.groups[0])), target="resolution")
    assert (old["stage"], new["stage"]) == ("cancelled", "in_progress")
    assert old["sla"] != new["sla"]
