"""The simulator's made-up days: the same from one seed however one looks, and full of what a meter must cope with."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from connectors.servicenow.simulator.stamps import instant_of
from connectors.servicenow.simulator.truth import TrueTicket
from tests.connectors.servicenow.simulator_desk import MORNING, Desk

_START = "2026-02-16T00:00:00Z"


def _living(*, seed: int = 1, **script: object) -> Desk:
    return Desk({"tickets_per_day": 60, "start": _START, **script}, seed=seed)


@pytest.fixture(scope="module")
def desk() -> Desk:
    desk = _living(late_share=0.1)
    desk.simulator.advance(desk.now)
    return desk


@pytest.fixture(scope="module")
def tickets(desk: Desk) -> list[TrueTicket]:
    return list(desk.simulator.truth().values())


def test_history_is_the_same_however_often_one_looks() -> None:
    patient, busy = _living(tickets_per_day=20), _living(tickets_per_day=20)
    patient.simulator.advance(MORNING)
    moment = instant_of("2026-02-16T05:00:00")
    while moment < MORNING:
        busy.simulator.advance(moment)
        moment += timedelta(hours=7, minutes=13)
    busy.simulator.advance(MORNING)
    assert patient.simulator.truth() == busy.simulator.truth()
    for name, table in patient.world.tables.items():
        assert table.rows == busy.world.tables[name].rows


def test_another_seed_is_another_history() -> None:
    one, other = _living(seed=1, tickets_per_day=20), _living(seed=2, tickets_per_day=20)
    for desk in (one, other):
        desk.simulator.advance(MORNING)
    assert one.simulator.truth().keys().isdisjoint(other.simulator.truth())


def test_the_past_reaches_back_as_many_days_as_the_script_says() -> None:
    desk = Desk(tickets_per_day=60, days=3)
    opened = sorted(desk.values("task", "sys_created_on"))
    assert opened[0][:10] == "2026-02-28"
    assert opened[-1][:10] == "2026-03-03"


def test_tickets_keep_coming_while_the_clock_runs() -> None:
    desk = _living()
    desk.simulator.advance(MORNING)
    before = len(desk.simulator.truth())
    desk.simulator.advance(MORNING + timedelta(days=7))
    assert 250 < len(desk.simulator.truth()) - before < 600


def test_everything_that_a_meter_must_cope_with_happens(tickets: list[TrueTicket]) -> None:
    seen: Counter[str] = Counter()
    for ticket in tickets:
        fields = Counter(change.field for change in ticket.changes)
        holds = {change.new for change in ticket.changes if change.field == "hold_reason"}
        seen["deleted"] += ticket.deleted
        seen["reclassified"] += fields["sys_class_name"] > 0
        seen["reopened"] += fields["reopen_count"] > 0
        seen["priority changed"] += fields["priority"] > 0
        seen["waited for the caller"] += "1" in holds
        seen["waited for a third party"] += "4" in holds
        seen["moved twice"] += fields["assignment_group"] > 2
        seen["cancelled"] += ticket.value("state") == "8"
        seen["closed"] += ticket.value("state") == "7"
        seen["child"] += bool(ticket.initial["parent_incident"])
        seen["opened before it was written down"] += instant_of(ticket.initial["opened_at"]) < ticket.created_at
        seen["auto-reply"] += any(change.by.startswith("autoreply.") for change in ticket.changes)
    assert set(seen) == {key for key, count in seen.items() if count}


def test_the_audit_adds_up_to_the_truth(desk: Desk, tickets: list[TrueTicket]) -> None:
    audit = desk.world.tables["sys_audit"]
    for ticket in tickets:
        rows = [audit.rows[key] for key in audit.hashes["documentkey"].get(ticket.sys_id, ())]
        for column in ("state", "priority", "assignment_group", "comments"):
            changes = sorted((r for r in rows if r["fieldname"] == column), key=lambda r: int(r["record_checkpoint"]))
            truth = [change for change in ticket.changes if change.field == column]
            if column == "comments" and truth and truth[0].at == ticket.created_at:
                truth = truth[1:]
            assert [(row["newvalue"], row["sys_created_on"]) for row in changes] == [
                (change.new, f"{change.at:%Y-%m-%d %H:%M:%S}") for change in truth
            ]
            assert all(a["newvalue"] == b["oldvalue"] for a, b in pairwise(changes)) or column == "comments"


def test_records_agree_with_the_truth(desk: Desk, tickets: list[TrueTicket]) -> None:
    for ticket in tickets:
        row = desk.world.row("task", ticket.sys_id)
        assert (row is None) == ticket.deleted
        for column in ("state", "priority", "assignment_group", "hold_reason", "active"):
            assert row is None or row[column] == ticket.value(column)


def test_some_writes_are_committed_after_their_stamp(desk: Desk) -> None:
    late = [change for change in desk.world.agenda.done if change.commit > change.at]
    assert len(late) > 100
    assert max(change.commit - change.at for change in late) <= timedelta(seconds=25)


def test_a_share_of_the_updates_can_be_missing_from_the_audit() -> None:
    desk = _living(unaudited_share=0.3, tickets_per_day=20)
    desk.simulator.advance(MORNING)
    ticketed = [change for change in desk.world.agenda.done if change.kind == "update" and change.table == "incident"]
    assert 0.2 < sum(not change.audited for change in ticketed) / len(ticketed) < 0.4


def test_a_storm_brings_more_tickets_in_one_second_than_a_page_holds() -> None:
    desk = _living(tickets_per_day=5, storms=[{"at": 60, "tickets": 700}], late_share=0)
    desk.simulator.advance(desk.now)
    desk.now += timedelta(seconds=60)
    stamp = f"{desk.now:%Y-%m-%d %H:%M:%S}"
    assert len(desk.rows("incident", f"sys_created_on={stamp}", limit="10000")) == 700


def test_at_any_hour_something_is_open_at_risk_and_breached() -> None:
    desk = Desk(tickets_per_day=150, start="2026-02-22T00:00:00Z")
    for day, hour in ((0, 3), (0, 14), (1, 9), (3, 22), (5, 3), (6, 14)):
        desk.now = MORNING.replace(hour=hour) + timedelta(days=day)
        rows = desk.rows("task_sla", "active=true^stage=in_progress", limit="10000")
        breached = [row for row in rows if row["has_breached"] == "true"]
        running = [row for row in rows if row["has_breached"] == "false"]
        assert len(breached) >= 3
        assert len([row for row in running if _used(row, desk.now) > 0.75]) >= 2
        assert len(running) >= 20


def _used(row: dict[str, str], now: datetime) -> float:
    start = instant_of(row["start_time"])
    return (now - start) / (instant_of(row["planned_end_time"]) - start)


def test_both_vendors_and_we_hold_tickets(desk: Desk) -> None:
    for group in ("ACME NOC", "Globex Service Desk", "Workplace Team"):
        assert len(desk.rows("incident", f"assignment_group.name={group}", limit="10000")) > 50
