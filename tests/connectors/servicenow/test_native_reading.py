"""Reading `task_sla`: with the tickets of a page, by its own changes, and not at all where it shows nothing."""

from collections import Counter
from typing import Any

import pytest

from connectors.servicenow.simulator.stamps import stamp
from syncd.domain.events import AttributeChanged
from syncd.ports.connector import Page
from tests.connectors.servicenow.instance import NOON, Instance, ago, ident, insert, live, newest, tickets, update

SLA = ident(900)
DEFINITION = {
    "sys_id": SLA, "name": "Fix P3", "target": "resolution", "duration": "1970-01-01 04:00:00",
    "sys_updated_on": "2020-01-01 00:00:00",
}  # fmt: skip


def attached(number: int, at: str, ticket: int = 1, **values: str) -> dict[str, object]:
    """A clock attached to a ticket, as scripts write it."""
    start = stamp(NOON)
    cells = {"task": ident(ticket), "sla": SLA, "stage": "in_progress", "active": "true", "has_breached": "false"}
    given = {**cells, "start_time": start, "planned_end_time": start, **values}
    return {"op": "insert", "table": "task_sla", "sys_id": ident(700 + number), "at": at, "by": "system",
            "values": given}  # fmt: skip


def told(number: int, at: str, **values: str) -> dict[str, object]:
    """What the engine writes to a clock later on."""
    return {"op": "update", "table": "task_sla", "sys_id": ident(700 + number), "at": at, "by": "system",
            "values": values, "audited": False}  # fmt: skip


def instance(*changes: dict[str, object], options: dict[str, Any] | None = None, **script: Any) -> Instance:
    rows = {"contract_sla": [DEFINITION]}
    return Instance({"changes": list(changes), "rows": rows, **script}, options or {})


def words(source: Instance, pages: list[Page]) -> dict[str, list[str]]:
    """What the source's clocks say of each ticket, in order."""
    return {
        ticket: [
            f"{event.name} {event.to}"
            for event in source.mapper.map(source.mapper.redact(record)).timeline.events
            if isinstance(event, AttributeChanged) and event.name.startswith("native:")
        ]
        for ticket, record in newest(pages).items()
    }


def asked(source: Instance, since: int = 0) -> Counter[str]:
    return Counter(request.path.rpartition("/")[2] for request in source.simulator.asked[since:])


def test_a_page_brings_the_clocks_of_its_tickets() -> None:
    source = instance(insert(1, ago(60)), insert(2, ago(50)), attached(1, ago(60)), attached(2, ago(40), 2))
    for pages in (live(source.reader(), None)[0], list(source.reader().backfill(None))):
        assert words(source, pages) == {ident(1): ["native:Fix P3 running"], ident(2): ["native:Fix P3 running"]}
    record = source.reader().recheck([ident(1)]).records[0]
    assert record.payload == newest(pages)[ident(1)].payload


def test_what_never_stands_still_is_not_asked_for() -> None:
    source = instance(insert(1, ago(60)), attached(1, ago(60), percentage="12.5", duration="1970-01-01 00:01:00"))
    live(source.reader(), None)
    queries = [request.query for request in source.simulator.asked if request.path.endswith("/task_sla")]
    assert queries
    assert not any(word in query for query in queries for word in ("percentage", "time_left", "sla.schedule"))


@pytest.mark.parametrize("count", [1, 60, 150])
def test_an_instance_without_rows_is_asked_once_an_hour_and_never_for_a_page(count: int) -> None:
    changes = [insert(n, ago(60 + n)) for n in range(1, count + 1)]
    sources = [
        Instance({"changes": changes}, {"overlap": 7200, "page_size": 50, "native_sla": wanted})
        for wanted in (True, False)
    ]
    for source in sources:
        reader = source.reader()
        cursor = None
        for _ in range(30):
            _, cursor = live(reader, cursor)
            source.now.advance(60)
        list(reader.backfill(None))
    wanting, not_wanting = (asked(source) for source in sources)
    assert wanting - not_wanting == Counter({"task_sla": 1})
    assert not_wanting["task_sla"] == 0


def test_a_page_with_clocks_costs_one_request_more_for_each_batch() -> None:
    changes = [insert(n, ago(60 + n)) for n in range(1, 151)]
    source = instance(*changes, attached(1, ago(60)), options={"page_size": 200, "batch": 100})
    list(source.reader().backfill(None))
    assert asked(source)["task_sla"] == 1 + 2, "the look at rights, and two batches"


def news(source: Instance, *, after: int = 0) -> tuple[list[Page], int]:
    """What the second pass reads, and how many requests it makes."""
    reader = source.reader()
    _, cursor = live(reader, None)
    source.now.advance(after or 600)
    before = len(source.simulator.asked)
    return live(reader, cursor)[0], len(source.simulator.asked) - before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(told(1, ago(-60), has_breached="true"), ["running", "missed"], id="it breaches"),
        pytest.param(
            told(1, ago(-60), stage="completed", active="false", end_time=stamp(NOON)), ["running", "met"],
            id="it is completed"
        ),
        pytest.param(
            told(1, ago(-60), stage="cancelled", active="false", end_time=stamp(NOON)), ["running", "cancelled"],
            id="it is called off"
        ),
        pytest.param(
            {**attached(2, ago(-60)), "values": {"task": ident(1), "sla": SLA, "stage": "in_progress", "active": "true",
             "start_time": stamp(NOON.replace(hour=13))}},
            ["running", "running"], id="another is attached",
        ),
    ],
)  # fmt: skip
def test_a_clock_that_says_something_new_brings_its_ticket_though_that_did_not_change(
    change: dict[str, object], expected: list[str]
) -> None:
    source = instance(insert(1, ago(9000)), insert(2, ago(9000)), attached(1, ago(9000)), change)
    pages, _ = news(source)
    assert words(source, pages) == {ident(1): [f"native:Fix P3 {word}" for word in expected]}


def test_a_clock_that_is_only_refreshed_brings_nothing_and_costs_one_request() -> None:
    refreshed = told(1, ago(-60), percentage="99", business_percentage="99")
    source = instance(insert(1, ago(9000)), attached(1, ago(9000)), refreshed)
    pages, cost = news(source)
    assert (tickets(pages), cost) == ([], 2), "one look at the tickets, one at the clocks"


def test_a_ticket_that_the_pass_has_just_read_is_not_read_again() -> None:
    changed = [update(1, ago(-60), state="2"), told(1, ago(-60), has_breached="true")]
    source = instance(insert(1, ago(9000)), attached(1, ago(9000)), *changed)
    assert tickets(news(source)[0]) == [ident(1)]


def test_a_ticket_outside_the_filter_or_older_than_wanted_is_left_alone() -> None:
    changes = [
        insert(1, ago(9000), category="a"),
        insert(2, ago(9000), category="b"),
        insert(3, ago(90_000), category="a"),
    ]
    clocks = [attached(n, ago(9000), n) for n in (1, 2, 3)] + [
        told(n, ago(-60), has_breached="true") for n in (1, 2, 3)
    ]
    source = instance(*changes, *clocks, options={"filter": ["category=a", "category=c"]})
    source.site = type(source.site)("snow", source.site.parties, backfill_from=NOON.replace(hour=0))
    assert tickets(news(source)[0]) == [ident(1)]


def test_a_clock_of_another_kind_of_task_asks_for_no_ticket() -> None:
    problem: dict[str, object]
    problem = {"op": "insert", "table": "problem", "sys_id": ident(5), "at": ago(9000), "values": {"number": "PRB5"}}
    source = instance(insert(1, ago(9000)), problem, attached(1, ago(9000), 5), told(1, ago(-60), has_breached="true"))
    pages, cost = news(source)
    assert (tickets(pages), cost) == ([], 2)


def test_clocks_that_begin_to_be_shown_are_read_from_where_they_were_not() -> None:
    changes = [insert(1, ago(9000)), attached(1, ago(-600)), told(1, ago(-700), has_breached="true")]
    source = instance(*changes)
    reader = source.reader()
    cursor = None
    pages: list[Page] = []
    for _ in range(14):
        more, cursor = live(reader, cursor)
        pages += more
        source.now.advance(300)
    assert words(source, pages) == {ident(1): ["native:Fix P3 running", "native:Fix P3 missed"]}


def test_a_backlog_is_taken_up_in_slices_and_none_of_it_is_lost() -> None:
    crowd = [insert(n, ago(9000)) for n in range(1, 91)] + [attached(n, ago(9000), n) for n in range(1, 91)]
    breaches = [told(n, ago(-60 * n), has_breached="true") for n in range(1, 91)]
    source = instance(*crowd, *breaches, options={"page_size": 10, "overlap": 60})
    reader = source.reader()
    _, cursor = live(reader, None)
    source.now.advance(7200)
    seen = []
    for _ in range(3):
        pages, cursor = live(reader, cursor)
        seen.append(set(tickets(pages)))
    assert 40 <= len(seen[0]) <= 60, "tickets must not wait for it"
    assert set.union(*seen) == {ident(n) for n in range(1, 91)}


@pytest.mark.parametrize("refusal", ["empty", "forbidden"])
def test_clocks_that_may_not_be_seen_stop_nothing(refusal: str) -> None:
    source = instance(insert(1, ago(60)), attached(1, ago(60)), rights={"tables": {"task_sla": refusal}})
    pages, _ = live(source.reader(), None)
    assert words(source, pages) == {ident(1): []}
    assert [problem for page in pages for problem in page.problems] == []


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        pytest.param({"kind": "forbidden"}, False, id="a right that is withdrawn"),
        pytest.param({"kind": "query_ignored"}, False, id="conditions that are dropped"),
        pytest.param({"kind": "sort_refused", "effect": "unfiltered"}, True, id="ranges that are dropped"),
    ],
)
def test_clocks_that_cannot_be_asked_rightly_are_a_finding_and_stop_nothing(
    fault: dict[str, Any], *, heard: bool
) -> None:
    clocks = [attached(n, ago(9000 - n), 2 if n == 6 else 1) for n in range(1, 9)]
    clocks += [told(2, ago(5000), has_breached="true"), told(1, ago(-60), has_breached="true")]
    changes = [insert(1, ago(9000)), insert(2, ago(9000)), *clocks, update(1, ago(-60), state="2")]
    faults = [{**fault, "table": "task_sla", "from": 100.0}]
    source = instance(*changes, faults=faults)
    reader = source.reader()
    _, cursor = live(reader, None)
    source.now.advance(600)
    pages, cursor = live(reader, cursor)
    assert tickets(pages) == [ident(1)]
    assert [problem.code for page in pages for problem in page.problems] == ["native_unreadable"]
    assert bool(words(source, pages)[ident(1)]) is heard
    before = len(source.simulator.asked)
    source.now.advance(60)
    live(reader, cursor)
    assert asked(source, before)["task_sla"] == 0, "left alone for an hour"


@pytest.mark.parametrize(
    ("script", "options", "expected"),
    [
        pytest.param({}, {}, (True, "readable"), id="shown"),
        pytest.param({"rights": {"tables": {"task_sla": "empty"}}}, {}, (True, "shows nothing"), id="nothing to see"),
        pytest.param({"rights": {"tables": {"task_sla": "forbidden"}}}, {}, (False, "native_sla: false"), id="refused"),
        pytest.param({"rights": {"tables": {"task_sla": "forbidden"}}}, {"native_sla": False}, None, id="not wanted"),
    ],
)
def test_the_check_says_whether_the_sources_own_clocks_can_be_read(
    script: dict[str, Any], options: dict[str, Any], expected: tuple[bool, str] | None
) -> None:
    source = instance(insert(1, ago(60)), attached(1, ago(60)), options=options, **script)
    lines = {line.subject: line for line in source.reader().check()}
    if expected is None:
        assert "task_sla" not in lines
    else:
        assert lines["task_sla"].ok is expected[0]
        assert expected[1] in lines["task_sla"].detail


def test_a_simulated_vendors_clocks_say_in_the_end_what_they_said_all_along() -> None:
    """Passes every five minutes come to the same words as one reading of everything afterwards."""
    source = Instance({"tickets_per_day": 12, "days": 3}, {"lag": 10, "overlap": 300})
    reader = source.reader()
    held = newest(list(reader.backfill(None)))
    cursor = None
    for _ in range(288):
        pages, cursor = live(reader, cursor)
        held |= newest(pages)
        source.now.advance(300)
    held |= newest(live(reader, cursor)[0])
    full = newest(list(source.reader().backfill(None)))
    payloads = [
        {key: source.mapper.redact(record).payload.get("task_sla") for key, record in records.items()}
        for records in (held, full)
    ]
    assert payloads[0] == payloads[1]
    assert sum(bool(rows) for rows in payloads[1].values()) > 20
