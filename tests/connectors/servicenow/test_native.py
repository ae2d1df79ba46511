"""What a ticket's own `task_sla` rows come to: evidence beside our clocks, at the instants that the rows give."""

from typing import Any

import pytest

from syncd.domain.digest import digest
from syncd.domain.events import AttributeChanged
from syncd.domain.names import Party
from tests.connectors.servicenow.instance import ident
from tests.connectors.servicenow.papers import at, audit, mapped, mapper, payload, told

HOUR = "1970-01-01 01:00:00"


def sla(number: int = 1, name: str = "Fix P3", /, **values: str) -> dict[str, str]:
    """A row attached and started at eight, which runs with four hours to go."""
    cells = {
        "sys_id": ident(700 + number), "sla": ident(800), "sla.name": name, "sla.target": "resolution",
        "sla.duration": "1970-01-01 04:00:00", "sla.duration_type": "", "stage": "in_progress",
        "start_time": at("08:00"), "end_time": "", "planned_end_time": at("12:00"), "pause_time": "",
        "has_breached": "false", "sys_created_on": at("08:00"),
    }  # fmt: skip
    return {**cells, **values}


def ended(end: str, stage: str = "completed", /, **values: str) -> dict[str, str]:
    return {"stage": stage, "end_time": at(end), **values}


BREACHED = {"has_breached": "true"}


def native(*rows: dict[str, Any], **options: Any) -> list[str]:
    """What the rows tell, without the words that are always the same."""
    events = mapped(payload(task_sla=list(rows)), **options).timeline.events
    return [
        told(event).replace(" system attribute native:", " ") for event in events if isinstance(event, AttributeChanged)
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([sla()], ["08:00 Fix P3 running"], id="running"),
        pytest.param(
            [sla(**ended("11:00"))], ["08:00 Fix P3 running", "11:00 Fix P3 met"], id="completed in time"
        ),
        pytest.param([sla(**BREACHED)], ["08:00 Fix P3 running", "12:00 Fix P3 missed"], id="breached and open"),
        pytest.param(
            [sla(**BREACHED, **ended("13:00"))],
            ["08:00 Fix P3 running", "12:00 Fix P3 missed", "13:00 Fix P3 missed"],
            id="breached and completed",
        ),
        pytest.param(
            [sla(**ended("13:00", "breached"))],
            ["08:00 Fix P3 running", "12:00 Fix P3 missed", "13:00 Fix P3 missed"],
            id="the breached stage of the 2010 engine",
        ),
        pytest.param(
            [sla(**ended("09:00", "cancelled"))],
            ["08:00 Fix P3 running", "09:00 Fix P3 cancelled"],
            id="cancelled",
        ),
        pytest.param(
            [sla(**BREACHED, **ended("13:00", "cancelled"))],
            ["08:00 Fix P3 running", "12:00 Fix P3 missed", "13:00 Fix P3 cancelled"],
            id="breached, then cancelled",
        ),
        pytest.param(
            [sla(stage="paused", pause_time=at("09:00"), planned_end_time=at("23:00"))],
            ["08:00 Fix P3 running"],
            id="paused: today's state is no dated fact, and the planned end means nothing",
        ),
        pytest.param(
            [sla(**BREACHED, stage="paused", pause_time=at("13:00"))],
            ["08:00 Fix P3 running", "12:00 Fix P3 missed"],
            id="breached, then paused",
        ),
        pytest.param(
            [sla(**BREACHED, stage="paused", pause_time=at("13:00"), planned_end_time=at("17:00"))],
            ["08:00 Fix P3 running", "13:00 Fix P3 missed"],
            id="breached, then paused, with a planned end that moved on: before the pause, at the latest",
        ),
        pytest.param(
            [sla(**BREACHED, **ended("11:00"))],
            ["08:00 Fix P3 running", "11:00 Fix P3 missed"],
            id="breached by rounding: planned for later than it ended",
        ),
        pytest.param(
            [sla(start_time=at("06:30"))], ["08:00 Fix P3 running"], id="a retroactive start before the ticket"
        ),
        pytest.param(
            [sla(**ended("09:00", "cancelled")), sla(2, "Fix P1", sys_created_on=at("09:00"))],
            ["08:00 Fix P3 running", "08:00 Fix P1 running", "09:00 Fix P3 cancelled"],
            id="a priority change: one cancelled, another attached that began in the past",
        ),
        pytest.param(
            [sla(2, sys_created_on=at("14:00")), sla(**ended("11:00"))],
            ["08:00 Fix P3 running", "11:00 Fix P3 met", "14:00 Fix P3 running"],
            id="attached again after reopening: not through what the first one said",
        ),
        pytest.param(
            [sla(2, sys_created_on=at("14:00"), **BREACHED), sla(**ended("11:00"))],
            ["08:00 Fix P3 running", "11:00 Fix P3 met", "14:00 Fix P3 running", "14:00 Fix P3 missed"],
            id="attached again, and breached from its attachment on",
        ),
        pytest.param(
            [sla(**ended("09:00", "cancelled")), sla(2, sys_created_on=at("09:00"))],
            ["08:00 Fix P3 running", "09:00 Fix P3 cancelled", "09:00 Fix P3 running"],
            id="reset within one second: the new row speaks last",
        ),
        pytest.param([sla(start_time="")], [], id="without a start"),
        pytest.param([sla(sys_id="")], [], id="without an id"),
        pytest.param([sla(stage="completed")], [], id="over, and nothing says when"),
        pytest.param([sla(stage="cancelled")], [], id="called off, and nothing says when"),
        pytest.param([sla(stage="u_parked")], [], id="in a stage of the instance's own"),
        pytest.param([sla(start_time="01.03.2026 08:00")], [], id="with a display value for a date"),
    ],
)  # fmt: skip
def test_rows_tell(rows: list[dict[str, str]], expected: list[str]) -> None:
    assert native(*rows) == expected


def test_a_breach_known_only_to_lie_before_a_pause_is_an_upper_bound() -> None:
    row = sla(**BREACHED, stage="paused", pause_time=at("13:00"), planned_end_time="")
    last = mapped(payload(task_sla=[row])).timeline.events[-1]
    assert (f"{last.at_earliest:%H:%M}", f"{last.at:%H:%M}") == ("08:00", "13:00")


@pytest.mark.parametrize(
    ("values", "original"),
    [
        pytest.param({}, "goal 14400000 ms; target resolution", id="goal and target"),
        pytest.param({"sla.duration": "1970-01-03 00:00:01"}, "goal 172801000 ms; target resolution", id="days"),
        pytest.param({"sla.duration_type": "2" * 32}, "target resolution", id="a relative duration is a script"),
        pytest.param({"sla.target": "none", "sla.duration": ""}, None, id="a definition that says neither"),
        pytest.param(
            {"start_time": at("06:30")},
            "goal 14400000 ms; target resolution; counted from 2026-03-02T06:30:00Z",
            id="a start of its own",
        ),
    ],
)
def test_the_sources_own_goal_is_kept(values: dict[str, str], original: str | None) -> None:
    assert mapped(payload(task_sla=[sla(**values)])).timeline.events[1].original == original


@pytest.mark.parametrize(
    ("values", "name"),
    [
        pytest.param({}, "Fix P3", id="the definition's name"),
        pytest.param({"sla.name": ""}, ident(800), id="a definition that may not be read"),
        pytest.param({"sla.name": "", "sla": ""}, ident(701), id="no definition at all"),
    ],
)
def test_a_clock_is_called(values: dict[str, str], name: str) -> None:
    assert native(sla(**values)) == [f"08:00 {name} running"]


def test_the_source_itself_speaks_behind_everything_else_of_the_instant() -> None:
    paper = payload({"state": "6"}, [audit(60, "08:00", "state", "1", "6")], task_sla=[sla(**ended("08:00"))])
    assert [event.by for event in mapped(paper).timeline.events[-2:]] == [Party.SYSTEM, Party.SYSTEM]
    looked_at = payload({"sys_mod_count": "9000"}, task_sla=[sla()], readable={"audit": False, "journal": True})
    events = mapped(looked_at).timeline.events
    assert [type(event).__name__ for event in events[:2]] == ["Opened", "AttributeChanged"], "a look opens first"


def of(updated: str, **values: str) -> bytes:
    by = mapper()
    row = {**sla(**values), "percentage": updated, "business_time_left": updated, "sys_updated_on": updated}
    record = by.redact(by.record(payload(task_sla=[row])))
    assert by.redact(record) == record
    return digest(record.payload, by.volatile)


def test_what_never_stands_still_is_no_change() -> None:
    assert of("1") == of("2")
    assert of("1") == of("2", planned_end_time=at("16:00")), "a planned end moves with every pause"
    assert of("1") != of("1", **BREACHED)
    assert of("1", **BREACHED) != of("2", **BREACHED, planned_end_time=at("16:00")), "there it dates the breach"


def test_a_breach_that_is_recalculated_is_another_event() -> None:
    first, then = (
        mapped(payload(task_sla=[sla(**BREACHED, planned_end_time=at(when))])) for when in ("12:00", "12:30")
    )
    ids = [{event.id for event in each.timeline.events} for each in (first, then)]
    assert len(ids[0] - ids[1]) == len(ids[1] - ids[0]) == 1


def test_a_ticket_without_rows_is_stored_as_before() -> None:
    by = mapper()
    without, with_none = (by.redact(by.record(paper)) for paper in (payload(), payload(task_sla=[])))
    assert without == with_none
    assert "task_sla" not in without.payload


def test_who_wants_no_evidence_keeps_none() -> None:
    by = mapper(native_sla=False)
    assert "task_sla" not in by.redact(by.record(payload(task_sla=[sla()]))).payload
    assert native(sla(), native_sla=False) == []


def test_no_attribute_of_ours_can_be_taken_for_the_sources_own_word() -> None:
    with pytest.raises(ValueError, match="native:x"):
        mapper(attributes={"native:x": "category"})
