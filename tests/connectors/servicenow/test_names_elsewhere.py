"""What an incident is called elsewhere, by the fields that hold it, and since when it no longer is."""

from collections.abc import Sequence
from typing import Any

import pytest

from syncd.domain.instant_text import parse_instant
from syncd.domain.linking import said
from tests.connectors.servicenow.papers import TICKET, audit, mapped, mapper, payload, story

FIELDS = ["correlation_id", "u_vendor_ticket"]
LATE = parse_instant("2026-03-03T00:00:00Z", "")


def told(rows: list[dict[str, str]], record: dict[str, str], fields: Sequence[str] = FIELDS) -> list[str]:
    return [line for line in story(payload(record, rows), same_incident_from=fields) if "linked" in line]


def names(rows: list[dict[str, str]], **record: str) -> set[str]:
    return set(said(mapped(payload(record, rows), same_incident_from=FIELDS).timeline, as_of=LATE))


def test_a_ticket_is_born_with_the_names_that_it_has() -> None:
    lines = told([], {"correlation_id": " CS5 ", "u_vendor_ticket": "jira:NET-1"})
    assert lines == ["08:00 customer linked CS5 same_incident", "08:00 customer linked jira:NET-1 same_incident"]


@pytest.mark.parametrize(
    ("rows", "record", "expected"),
    [
        pytest.param(
            [audit(1, "09:00", "correlation_id", "", "CS5")], {"correlation_id": "CS5"},
            ["09:00 vendor linked CS5 same_incident"], id="given",
        ),
        pytest.param(
            [audit(1, "09:00", "correlation_id", "CS5", "")], {"correlation_id": ""},
            ["08:00 customer linked CS5 same_incident", "09:00 vendor unlinked CS5 same_incident"], id="taken away",
        ),
        pytest.param(
            [audit(1, "09:00", "correlation_id", "CS5", "CS6")], {"correlation_id": "CS6"},
            [
                "08:00 customer linked CS5 same_incident", "09:00 vendor linked CS6 same_incident",
                "09:00 vendor unlinked CS5 same_incident",
            ], id="replaced",
        ),
        pytest.param(
            [audit(1, "09:00", "correlation_id", "CS5", " CS5")], {"correlation_id": " CS5"},
            ["08:00 customer linked CS5 same_incident"], id="written otherwise",
        ),
        pytest.param(
            [audit(1, "09:00", "correlation_id", "CS5", "")], {"correlation_id": "", "u_vendor_ticket": "CS5"},
            ["08:00 customer linked CS5 same_incident"], id="another field still holds it",
        ),
        pytest.param(
            [audit(1, "09:00", "correlation_id", "CS5", ""), audit(2, "10:00", "u_vendor_ticket", "CS5", "")],
            {"correlation_id": "", "u_vendor_ticket": ""},
            ["08:00 customer linked CS5 same_incident", "10:00 vendor unlinked CS5 same_incident"],
            id="taken from one field after the other",
        ),
    ],
)  # fmt: skip
def test_a_name_holds_as_long_as_a_field_does(
    rows: list[dict[str, str]], record: dict[str, str], expected: list[str]
) -> None:
    assert told(rows, record) == expected
    assert names(rows, **record) == {name.strip() for name in record.values() if name.strip()}


def test_a_change_without_an_audit_row_is_an_upper_bound_and_no_hole() -> None:
    paper = payload({"correlation_id": "CS6"}, [audit(1, "09:00", "correlation_id", "CS4", "CS5")])
    result = mapped(paper, same_incident_from=FIELDS)
    assert set(said(result.timeline, as_of=LATE)) == {"CS6"}
    assert result.timeline.gaps == ()
    assert [problem.code for problem in result.problems] == ["unaudited_change"]


def test_fields_that_nobody_asked_for_are_neither_read_nor_kept() -> None:
    paper = payload({"correlation_id": "CS5"}, [audit(1, "09:00", "correlation_id", "", "CS5")])
    assert told(paper["audit"], {"correlation_id": "CS5"}, fields=[]) == []
    kept: dict[str, Any] = dict(mapper().redact(mapper().record(paper)).payload)
    assert "CS5" not in str(kept)


def test_without_the_audit_no_name_is_believed() -> None:
    paper = payload({"correlation_id": "CS5"}, readable={"audit": False, "journal": True})
    assert said(mapped(paper, same_incident_from=FIELDS).timeline, as_of=LATE) == {}


def test_ids_of_events_are_unique() -> None:
    rows = [audit(1, "09:00", "correlation_id", "CS5", "CS6"), audit(1, "09:00", "u_vendor_ticket", "CS7", "CS8")]
    result = mapped(payload({"correlation_id": "CS6", "u_vendor_ticket": "CS8"}, rows), same_incident_from=FIELDS)
    ids = [event.id for event in result.timeline.events]
    assert len(ids) == len(set(ids))
    assert f"{TICKET}:correlation_id" in ids
