"""The simulator serves the UCI incident event log: its changes in order, and nothing that leaks from the future."""

import csv
import lzma
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.servicenow.simulator.eventlog import incident_id
from syncd.errors import ConfigError
from tests.connectors.servicenow.simulator_desk import Desk

_COLUMNS = (
    "number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "made_sla",
    "caller_id", "opened_by", "opened_at", "sys_created_by", "sys_created_at", "sys_updated_by", "sys_updated_at",
    "contact_type", "location", "category", "subcategory", "u_symptom", "cmdb_ci", "impact", "urgency", "priority",
    "assignment_group", "assigned_to", "knowledge", "u_priority_confirmation", "notify", "problem_id", "rfc",
    "vendor", "caused_by", "closed_code", "resolved_by", "resolved_at", "closed_at",
)  # fmt: skip


def _event(number: str, state: str, at: str, count: int, **more: str) -> Mapping[str, str]:
    usual = {
        "number": number, "incident_state": state, "sys_updated_at": at, "sys_mod_count": str(count), "active": "true",
        "opened_at": "29/2/2016 01:16", "priority": "3 - Moderate", "impact": "2 - Medium", "urgency": "2 - Medium",
        "assignment_group": "Group 56", "category": "Category 55", "caller_id": "Caller 2403", "reopen_count": "0",
        "sys_updated_by": f"Updated by {count}", "resolved_at": "29/2/2016 11:29", "closed_at": "5/3/2016 12:00",
    }  # fmt: skip
    return {**dict.fromkeys(_COLUMNS, "?"), **usual, **more}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    log = tmp_path / "log.csv.xz"
    with lzma.open(log, "wt", newline="") as stream:
        writer = csv.DictWriter(stream, _COLUMNS)
        writer.writeheader()
        writer.writerows(
            [
                _event("INC1", "New", "29/2/2016 01:23", 0),
                _event("INC1", "Active", "29/2/2016 08:53", 4, priority="1 - Critical", assignment_group="Group 9"),
                _event("INC1", "Resolved", "29/2/2016 08:53", 5, priority="1 - Critical"),
                _event("INC1", "Resolved", "29/2/2016 09:00", 6, priority="1 - Critical"),
                _event("INC1", "-100", "29/2/2016 09:30", 7),
                _event("INC1", "Closed", "5/3/2016 12:00", 8, priority="1 - Critical", active="false"),
                _event("INC2", "Awaiting Vendor", "29/2/2016 01:16", 0, vendor="code 8s"),
                _event("INC3", "New", "29/2/2016 01:10", 0, assignment_group="?", category="?"),
                _event("INC4", "Active", "1/3/2016 10:00", 2),
                _event("INC4", "New", "1/3/2016 10:00", 1),
                _event("INC4", "Active", "1/3/2016 10:00", 2),
                _event("INC4", "Resolved", "1/3/2016 10:00", 2),
            ]
        )
    desk = Desk(incident_event_log=str(log))
    desk.now = datetime(2016, 6, 1, tzinfo=UTC)
    return desk


def _history(desk: Desk, number: str, column: str) -> list[tuple[str, str, str]]:
    query = f"documentkey={incident_id(number)}^fieldname={column}^ORDERBYsys_created_on^ORDERBYrecord_checkpoint"
    return [(row["sys_created_on"], row["oldvalue"], row["newvalue"]) for row in desk.rows("sys_audit", query)]


def test_each_change_of_state_and_priority_is_an_audit_row_in_order(desk: Desk) -> None:
    assert _history(desk, "INC1", "state") == [
        ("2016-02-29 08:53:00", "New", "Active"),
        ("2016-02-29 08:53:00", "Active", "Resolved"),
        ("2016-03-05 12:00:00", "Resolved", "Closed"),
    ]
    assert _history(desk, "INC1", "priority") == [("2016-02-29 08:53:00", "3", "1")]


def test_rows_of_one_minute_go_by_their_modification_count_and_then_by_their_place(desk: Desk) -> None:
    states = [(old, new) for _, old, new in _history(desk, "INC4", "state")]
    assert states == [("New", "Active"), ("Active", "Resolved")]
    query = f"documentkey={incident_id('INC4')}^fieldname=state"
    assert len(set(desk.values("sys_audit", "record_checkpoint", query))) == 2


def test_creation_is_the_earlier_of_opening_and_first_update(desk: Desk) -> None:
    rows = desk.rows("incident", "ORDERBYnumber", fields="number,sys_created_on,opened_at")
    assert [(row["number"], row["sys_created_on"][11:], row["opened_at"][11:]) for row in rows] == [
        ("INC1", "01:16:00", "01:16:00"),
        ("INC2", "01:16:00", "01:16:00"),
        ("INC3", "01:10:00", "01:16:00"),
        ("INC4", "01:16:00", "01:16:00"),
    ]


def test_the_last_row_stamps_the_record_also_when_it_changes_nothing(desk: Desk) -> None:
    desk.now = datetime(2016, 3, 1, tzinfo=UTC)
    row = desk.rows("incident", "number=INC1")[0]
    assert (row["sys_updated_on"], row["sys_mod_count"]) == ("2016-02-29 09:00:00", "6")


def test_final_values_do_not_leak_into_the_past(desk: Desk) -> None:
    for when, resolved, closed in (
        (datetime(2016, 2, 29, 8, tzinfo=UTC), "", ""),
        (datetime(2016, 2, 29, 9, tzinfo=UTC), "2016-02-29 08:53:00", ""),
        (datetime(2016, 3, 6, tzinfo=UTC), "2016-02-29 08:53:00", "2016-03-05 12:00:00"),
    ):
        desk.now = when
        row = desk.rows("incident", "number=INC1")[0]
        assert (row["resolved_at"], row["closed_at"]) == (resolved, closed)


def test_attributes_are_those_of_the_first_row_and_references_lead_to_names(desk: Desk) -> None:
    fields = "assignment_group.name,category,vendor,caller_id.name,state,priority"
    assert desk.rows("incident", "number=INC1", fields=fields) == [
        {
            "assignment_group.name": "Group 56", "category": "Category 55", "vendor": "", "state": "Closed",
            "caller_id.name": "Caller 2403", "priority": "1",
        }
    ]  # fmt: skip
    assert desk.values("incident", "vendor", "number=INC2") == ["code 8s"]
    assert desk.values("incident", "assignment_group.name", "number=INC3") == [""]


def test_options_read_the_log_with_one_vendor_and_its_own_words(desk: Desk) -> None:
    options = desk.simulator.options("http://127.0.0.1:1")
    phases = options["phases"]
    assert isinstance(phases, dict)
    assert phases["Awaiting User Info"] == {"phase": "pending", "awaiting": "customer"}
    assert options["vendor_default"] == "desk"


def test_only_as_many_incidents_as_the_limit_says_are_served(desk: Desk, tmp_path: Path) -> None:
    limited = Desk(incident_event_log=str(tmp_path / "log.csv.xz"), limit=2)
    limited.now = desk.now
    assert sorted(limited.values("incident", "number")) == ["INC1", "INC2"]


def test_a_log_that_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="names no file"):
        Desk(incident_event_log=str(tmp_path / "absent.csv.xz"))
