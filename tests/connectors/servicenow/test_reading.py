"""Passes over a simulated instance with its traps: what is read, in which pages, and what is refused."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from connectors.servicenow.client import ServiceNowReader
from connectors.servicenow.simulator.stamps import stamp
from syncd.errors import SourceError, SourceMisunderstood, SourceRefused, SourceUnavailable
from syncd.ports.connector import Page
from tests.connectors.servicenow.instance import NOON, Instance, ago, ident, insert, live, newest, tickets, update


def everything(instance: Instance) -> list[Page]:
    return list(instance.reader().backfill(None))


def codes(pages: list[Page]) -> set[str]:
    return {problem.code for page in pages for problem in page.problems}


def rows(numbers: Iterator[int] | range, at: str, **values: str) -> list[dict[str, str]]:
    """Incidents as they stand, all written in one second."""
    common = {"sys_class_name": "incident", "state": "1", "priority": "3", "sys_mod_count": "0", **values}
    return [
        {"sys_id": ident(n), "number": f"INC{n}", "sys_created_on": at, "sys_updated_on": at, **common} for n in numbers
    ]


@pytest.mark.parametrize("page_size", [10, 25, 1000])
def test_many_tickets_of_one_second_are_each_read_once(page_size: int) -> None:
    at = "2026-03-02 11:00:00"
    instance = Instance({"rows": {"incident": rows(range(1, 61), at)}}, {"page_size": page_size, "overlap": 7200})
    for pages in (everything(instance), live(instance.reader(), None)[0]):
        assert sorted(tickets(pages)) == [ident(n) for n in range(1, 61)]


def test_the_past_is_read_newest_first_down_to_where_it_is_wanted() -> None:
    changes = [insert(n, ago(3600 * n)) for n in range(1, 30)]
    wanted = NOON.replace(hour=0)
    instance = Instance({"changes": changes}, {"page_size": 10}, backfill_from=wanted)
    assert tickets(everything(instance)) == [ident(n) for n in range(1, 13)], "the bound itself is wanted, too"


def test_the_past_is_not_read_again_once_it_is_read() -> None:
    instance = Instance({"changes": [insert(1, ago(3600))]})
    pages = everything(instance)
    before = len(instance.simulator.asked)
    assert list(instance.reader().backfill(pages[-1].cursor)) == []
    assert len(instance.simulator.asked) == before


def test_a_first_live_pass_begins_now_and_leaves_a_cursor() -> None:
    instance = Instance({"changes": [insert(1, ago(3600)), insert(2, ago(-600))]}, {"overlap": 60})
    reader = instance.reader()
    pages, cursor = live(reader, None)
    assert tickets(pages) == []
    instance.now.advance(3600)
    assert tickets(live(reader, cursor)[0]) == [ident(2)]


def test_what_is_newer_than_the_lag_waits_for_the_next_pass() -> None:
    instance = Instance({"changes": [insert(1, ago(10)), insert(2, ago(40))]}, {"lag": 30})
    reader = instance.reader()
    pages, cursor = live(reader, None)
    assert tickets(pages) == [ident(2)]
    assert pages[0].watermark == NOON.replace(hour=11, minute=59, second=20)
    instance.now.advance(60)
    assert ident(1) in tickets(live(reader, cursor)[0])


def test_the_lag_counts_on_the_instances_own_clock() -> None:
    instance = Instance({"changes": [insert(1, ago(-3500))], "clock_skew": 3600}, {"lag": 30})
    assert tickets(live(instance.reader(), None)[0]) == [ident(1)]


@pytest.mark.parametrize(("late", "seen"), [(250, True), (400, False)])
def test_a_change_committed_late_is_seen_within_the_overlap_only(late: int, *, seen: bool) -> None:
    change = {**insert(1, ago(0)), "commit": ago(-late)}
    instance = Instance({"changes": [insert(2, ago(60)), change]}, {"overlap": 300, "lag": 0})
    reader = instance.reader()
    cursor, found = None, False
    for _ in range(10):
        pages, cursor = live(reader, cursor)
        found = found or ident(1) in tickets(pages)
        instance.now.advance(60)
    assert found is seen


def test_a_pass_costs_one_request_when_nothing_happened() -> None:
    instance = Instance({"changes": [insert(1, ago(7200))]})
    reader = instance.reader()
    _, cursor = live(reader, None)
    instance.now.advance(60)
    before = len(instance.simulator.asked)
    live(reader, cursor)
    assert len(instance.simulator.asked) - before == 1


def test_a_name_is_looked_up_once_an_hour() -> None:
    changes = [insert(n, ago(60 * n), assignment_group=ident(50)) for n in range(1, 4)]
    group = {"sys_id": ident(50), "name": "ACME NOC", "sys_updated_on": "2020-01-01 00:00:00"}
    instance = Instance({"changes": changes, "rows": {"sys_user_group": [group]}}, {"overlap": 86400})
    reader = instance.reader()
    asked = []
    for _ in range(4):
        pages, _ = live(reader, None)
        assert instance.mapper.map(pages[0].records[0]).timeline.events[0].vendor == "acme"
        asked.append(sum("sys_user_group" in request.path for request in instance.simulator.asked))
        instance.now.advance(1500)
    assert asked == [1, 1, 1, 2]


def test_each_alternative_of_the_filter_is_a_stream_of_its_own() -> None:
    changes = [insert(n, ago(60 * n), category="abc"[n % 3]) for n in range(1, 31)]
    instance = Instance(
        {"changes": changes}, {"filter": ["category=a", "category=b"], "page_size": 10, "overlap": 7200}
    )
    wanted = {ident(n) for n in range(1, 31) if n % 3 != 2}
    assert set(tickets(everything(instance))) == wanted
    pages, cursor = live(instance.reader(), None)
    assert set(tickets(pages)) == wanted
    assert cursor.count("incident#") == 2


@pytest.mark.parametrize("page_size", [10, 40, 1000])
def test_hidden_tickets_end_no_paging_and_are_counted(page_size: int) -> None:
    changes = [insert(n, ago(60 * n), category="secret" if 5 < n < 45 else "open") for n in range(1, 51)]
    script = {"changes": changes, "rights": {"hidden": {"incident": "category=secret"}}}
    instance = Instance(script, {"page_size": page_size, "overlap": 7200})
    wanted = {ident(n) for n in range(1, 51) if not 5 < n < 45}
    for pages in (everything(instance), live(instance.reader(), None)[0]):
        assert set(tickets(pages)) == wanted
    in_one_page = Instance(script, {"page_size": 1000, "overlap": 7200})
    problems = [problem.detail for page in live(in_one_page.reader(), None)[0] for problem in page.problems]
    assert problems == ["incident: 39 tickets cannot be read"]


def test_a_second_full_of_hidden_tickets_ends_no_paging() -> None:
    at = "2026-03-02 11:00:00"
    crowd = (
        rows(range(100), at, category="secret")
        + rows(range(100, 130), at)
        + rows(range(200, 205), "2026-03-02 11:30:00")
    )
    script = {"rows": {"incident": crowd}, "rights": {"hidden": {"incident": "category=secret"}}}
    instance = Instance(script, {"page_size": 10, "overlap": 7200})
    wanted = {ident(n) for n in (*range(100, 130), *range(200, 205))}
    for pages in (everything(instance), live(instance.reader(), None)[0]):
        assert set(tickets(pages)) == wanted


def test_more_hidden_tickets_than_can_be_asked_for_at_once_are_stepped_over() -> None:
    crowd = [
        {**row, "sys_updated_on": stamp(NOON.replace(hour=1 + n % 8, minute=n % 60))}
        for n, row in enumerate(rows(range(10_400), "2026-03-02 01:00:00", category="secret"))
    ]
    seen = rows(range(20_000, 20_003), "2026-03-01 00:00:00") + rows(range(30_000, 30_003), "2026-03-02 11:00:00")
    script = {"rows": {"incident": crowd + seen}, "rights": {"hidden": {"incident": "category=secret"}}}
    instance = Instance(script, {"page_size": 1000})
    assert sorted(tickets(everything(instance))) == [ident(n) for n in (*range(20_000, 20_003), *range(30_000, 30_003))]


def test_rows_that_arrive_empty_are_hidden_tickets() -> None:
    changes = [insert(n, ago(60 * n), category="secret" if n % 2 else "open") for n in range(1, 31)]
    script = {"changes": changes, "rights": {"blank": {"incident": "category=secret"}}}
    instance = Instance(script, {"page_size": 10, "overlap": 7200})
    pages, _ = live(instance.reader(), None)
    assert set(tickets(pages)) == {ident(n) for n in range(2, 31, 2)}
    assert "hidden_rows" in codes(pages)


def test_a_history_longer_than_a_page_is_read_whole() -> None:
    changes = [insert(n, ago(9000), state="2") for n in (1, 2)]
    changes += [update(n, ago(8000 - 10 * k), state="23"[k % 2 == 0]) for k in range(60) for n in (1, 2)]
    instance = Instance({"changes": changes}, {"page_size": 10})
    for record in newest(everything(instance)).values():
        assert len(instance.mapper.map(record).timeline.events) == 61


def test_a_hidden_part_of_a_history_is_counted() -> None:
    changes = [insert(1, ago(9000)), update(1, ago(8000), state="2"), update(1, ago(7000), state="6")]
    script = {"changes": changes, "rights": {"hidden": {"sys_audit": "newvalue=2"}}}
    assert "hidden_rows" in codes(everything(Instance(script)))


def test_tickets_that_change_while_they_are_paged_are_all_read() -> None:
    instance = Instance({"tickets_per_day": 40, "days": 3, "churn": 2}, {"page_size": 10})
    reader = instance.reader()
    pages, cursor = live(reader, None)
    pages += list(reader.backfill(None))
    for _ in range(5):
        instance.now.advance(120)
        more, cursor = live(reader, cursor)
        pages += more
    upper = stamp(instance.now.utc() - timedelta(seconds=30))
    there = instance.simulator.inner.world.tables["incident"].rows.values()
    assert {row["sys_id"] for row in there if row["sys_updated_on"] <= upper} <= set(tickets(pages))
    assert len(there) > 100


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        pytest.param({"kind": "query_ignored"}, SourceMisunderstood, "query_not_honoured", id="conditions are ignored"),
        pytest.param(
            {"kind": "sort_refused", "effect": "unsorted"}, SourceMisunderstood, "query_not_honoured", id="no ordering"
        ),
        pytest.param(
            {"kind": "sort_refused", "effect": "unfiltered"}, SourceMisunderstood, "query_not_honoured", id="no ranges"
        ),
        pytest.param({"kind": "hibernate"}, SourceUnavailable, "sleeping", id="the instance hibernates"),
        pytest.param({"kind": "202"}, SourceUnavailable, "server", id="nothing was executed"),
        pytest.param({"kind": "truncate"}, SourceUnavailable, "truncated", id="every answer breaks off"),
        pytest.param({"kind": "error_body"}, SourceUnavailable, "truncated", id="every transaction is cancelled"),
        pytest.param({"kind": "unauthorised"}, SourceRefused, "auth", id="the login is refused"),
        pytest.param({"kind": "forbidden", "table": "incident"}, SourceRefused, "forbidden", id="the table is closed"),
    ],
)
@pytest.mark.parametrize("after", [0.0, 1000.0, 4000.0])
def test_an_instance_that_cannot_be_believed_yields_an_error_and_no_wrong_page(
    fault: Mapping[str, Any], error: type[SourceError], reason: str, *, after: float
) -> None:
    """From the beginning; after the start-up's own questions; when those are asked again."""
    changes = [insert(n, ago(60 * n)) for n in range(1, 41)]
    instance = Instance({"changes": changes, "faults": [{**fault, "from": after}]}, {"page_size": 10, "overlap": 7200})
    reader = instance.reader()
    cursor = None
    if after:
        _, cursor = live(reader, None)
        instance.now.advance(after + 10)
    pages: list[Page] = []
    with pytest.raises(error) as caught:
        pages.extend(reader.pages(cursor))
    assert caught.value.reason == reason
    in_truth = [ident(n) for n in range(40, 0, -1)]
    assert tickets(pages) == in_truth[: len(tickets(pages))]
    assert after or not pages


@pytest.mark.parametrize("after", [0.0, 3700.0])
def test_ranges_answered_with_nothing_are_found_out_at_the_start_and_every_hour(after: float) -> None:
    faults = [{"kind": "sort_refused", "effect": "empty", "from": after}]
    instance = Instance({"changes": [insert(1, ago(60))], "faults": faults})
    reader = instance.reader()
    if after:
        live(reader, None)
        instance.now.advance(after)
    with pytest.raises(SourceMisunderstood, match="answered with nothing"):
        list(reader.pages(None))


@pytest.mark.parametrize("kind", ["truncate", "error_body", "cut", "500", "202", "hibernate"])
def test_a_passing_trouble_loses_nothing(kind: str) -> None:
    changes = [insert(n, ago(60 * n)) for n in range(1, 41)]
    faults = [{"kind": kind, "from": 10.0, "times": 2}]
    instance = Instance({"changes": changes, "faults": faults}, {"page_size": 40, "overlap": 7200})
    reader = instance.reader()
    _, cursor = live(reader, None)
    instance.now.advance(60)
    assert set(tickets(live(reader, cursor)[0])) == {ident(n) for n in range(1, 41)}


def test_an_answer_that_breaks_is_asked_for_again_in_halves_and_then_grows_back() -> None:
    changes = [insert(n, ago(10 * n)) for n in range(1, 301)]
    faults = [{"kind": "error_body", "from": 10.0, "times": 2, "table": "incident"}]
    instance = Instance({"changes": changes, "faults": faults}, {"page_size": 100, "overlap": 7200})
    reader = instance.reader()
    _, cursor = live(reader, None)
    instance.now.advance(60)
    before = len(instance.simulator.asked)
    live(reader, cursor)
    limits = [limit_of(request.query) for request in instance.simulator.asked[before:] if "/incident" in request.path]
    assert limits[:3] == [100, 50, 25]
    assert sorted(limits[3:]) == limits[3:]
    assert limits[-1] > 25


def limit_of(query: str) -> int:
    return int(query.partition("sysparm_limit=")[2].partition("&")[0])


def test_a_filter_with_an_unknown_field_is_refused_before_anything_is_read() -> None:
    instance = Instance({"changes": [insert(1, ago(60))]}, {"filter": ["u_vendro=acme"]})
    with pytest.raises(SourceMisunderstood, match="u_vendro"):
        list(instance.reader().backfill(None))


def test_a_filter_that_is_dropped_later_is_seen_on_the_rows() -> None:
    changes = [insert(n, ago(60 * n), category="ab"[n % 2]) for n in range(1, 9)]
    faults = [{"kind": "query_ignored", "from": 10.0, "table": "incident"}]
    instance = Instance({"changes": changes, "faults": faults}, {"filter": ["category=a"], "overlap": 7200})
    reader = instance.reader()
    _, cursor = live(reader, None)
    instance.now.advance(60)
    with pytest.raises(SourceMisunderstood):
        list(reader.pages(cursor))


@pytest.mark.parametrize("table", ["sys_user_group", "sys_user", "sys_audit", "sys_journal_field"])
def test_a_condition_that_is_dropped_on_any_table_behind_a_ticket_is_seen_on_its_rows(table: str) -> None:
    groups = [
        {"sys_id": ident(n), "name": f"Group {n}", "sys_updated_on": "2020-01-01 00:00:00"} for n in range(50, 59)
    ]
    tickets = [insert(n, ago(60 * n), assignment_group=ident(58)) for n in range(1, 5)]
    noted = [
        {"op": "update", "table": "incident", "sys_id": ident(n), "at": ago(30), "by": f"user{n}", "values": {
            "state": "2", "comments": "Hello"}}
        for n in range(1, 5)
    ]  # fmt: skip
    world = {"changes": [*tickets, *noted], "rows": {"sys_user_group": groups}}
    assert live(Instance(world, {"overlap": 7200}).reader(), None)[0]
    instance = Instance({**world, "faults": [{"kind": "query_ignored", "table": table}]}, {"overlap": 7200, "batch": 1})
    with pytest.raises(SourceMisunderstood) as refused:
        live(instance.reader(), None)
    assert refused.value.reason == "query_not_honoured"


@pytest.mark.parametrize("cursor", ["", "{}", '{"v":9,"at":{}}', '{"v":1,"at":{"incident":["yesterday",""]}}', "[1]"])
def test_a_cursor_of_nobody_is_refused(cursor: str) -> None:
    reader: ServiceNowReader = Instance({"rows": {}}).reader()
    with pytest.raises(SourceMisunderstood, match="cursor"):
        list(reader.pages(cursor))
    with pytest.raises(SourceMisunderstood, match="cursor"):
        list(reader.backfill(cursor))


def test_nothing_but_questions_reaches_the_instance() -> None:
    instance = Instance({"tickets_per_day": 20, "days": 2, "auth": "client_credentials"})
    reader = instance.reader()
    reader.check()
    list(reader.backfill(None))
    assert instance.simulator.inner.violations == []
    assert all("cookie" not in request.headers for request in instance.simulator.asked)
    assert max(len(request.path) + len(request.query) for request in instance.simulator.asked) < 6000
