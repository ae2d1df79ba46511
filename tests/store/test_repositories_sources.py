"""Sources, cursors, quarantine and problems: the same on every engine."""

import pytest

from syncd.domain.problem import Problem
from syncd.errors import CursorMoved, StoreError
from syncd.ports.repositories import Quarantined, SourceRow
from syncd.ports.store import Fence, Store
from tests.store.samples import DAY, HOUR, NOON, opened, see, with_events, with_tickets, write


def source(store: Store, name: str = "snow") -> SourceRow:
    return next(row for row in see(store, lambda view: view.sources.all()) if row.name == name)


def test_a_source_is_registered_once_and_remembers_how_its_passes_went(store: Store, fence: Fence) -> None:
    first = write(store, fence, lambda work: work.sources.register("snow", "servicenow"))
    assert first == SourceRow(first.id, "snow", "servicenow", None, 0, None, None, None, 0, None, None)
    other = write(store, fence, lambda work: work.sources.register("jira", "jira"))
    assert write(store, fence, lambda work: work.sources.register("snow", "servicenow")) == first
    assert [row.id for row in see(store, lambda view: view.sources.all())] == [first.id, other.id]

    with store.begin(fence) as work:
        work.sources.attempted(first.id, NOON)
        work.sources.failed(first.id, NOON, "timeout: no answer")
        work.sources.failed(first.id, NOON, "timeout: again")
        work.sources.backfilled(first.id, NOON + 3 * HOUR)
        work.commit()
    row = source(store)
    assert (row.last_attempt_at, row.failures, row.last_error) == (NOON, 2, "timeout: again")
    assert (row.last_success_at, row.watermark, row.backfilled_at) == (None, None, NOON + 3 * HOUR)

    write(store, fence, lambda work: work.sources.succeeded(first.id, NOON + HOUR, NOON))
    row = source(store)
    assert (row.last_success_at, row.watermark, row.failures, row.last_error) == (NOON + HOUR, NOON, 0, None)

    for moved, expected in ((NOON - DAY, NOON), (None, NOON), (NOON + DAY, NOON + DAY)):
        write(store, fence, lambda work, at=moved: work.sources.succeeded(first.id, NOON, at))  # type: ignore[misc]  # mypy cannot type a lambda's default
        assert source(store).watermark == expected, "a watermark never moves back"
    assert source(store, "jira") == other


def test_a_generation_is_read_once_it_is_active_and_the_others_are_dropped(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a")
    elsewhere = with_tickets(store, fence, "b", source="jira")
    snow, a, b = source(store).id, numbers["a"], elsewhere["b"]
    with_events(store, fence, a, [opened("old")])
    with_events(store, fence, b, [opened("other")])

    def ids(number: int) -> list[str]:
        events = see(store, lambda view: view.tickets.timelines([number]))[number].timeline.events
        return [event.id for event in events]

    with store.begin(fence) as work:
        abandoned = work.sources.begin_generation(snow, 7)
        new = work.sources.begin_generation(snow, 8)
        assert len({0, abandoned, new}) == 3, "a number is never given twice"
        assert work.tickets.append({a: [opened("lost")]}, recorded_at=NOON, generation=abandoned) == 1
        assert work.tickets.append({a: [opened("old"), opened("new")]}, recorded_at=NOON, generation=new) == 2
        work.commit()
    assert ids(a) == ["old"], "an inactive generation is not read"
    assert source(store).mapper_version is None

    write(store, fence, lambda work: work.sources.activate_generation(snow, new, 8))
    assert ids(a) == ["old", "new"]
    assert (source(store).generation, source(store).mapper_version) == (new, 8)
    assert ids(b) == ["other"], "other sources keep theirs"

    write(store, fence, lambda work: work.sources.activate_generation(snow, abandoned, 7))
    assert ids(a) == [], "dropped is dropped"
    assert write(store, fence, lambda work: work.sources.begin_generation(snow, 9)) > abandoned


def test_an_unknown_source_has_no_generations(store: Store, fence: Fence) -> None:
    with store.begin(fence) as work, pytest.raises(StoreError, match="no source 99"):
        work.sources.begin_generation(99, 1)


def test_a_cursor_moves_only_from_where_it_was_read(store: Store, fence: Fence) -> None:
    with_tickets(store, fence, "a")
    snow = source(store).id
    write(store, fence, lambda work: work.checkpoints.set(snow, "live", "c1", expected=None))
    write(store, fence, lambda work: work.checkpoints.set(snow, "live", "c2", expected="c1"))
    write(store, fence, lambda work: work.checkpoints.set(snow, "backfill", "b1", expected=None))
    for wrong in ("c1", None, "b1"):
        with pytest.raises(CursorMoved), store.begin(fence) as work:
            work.checkpoints.set(snow, "live", "c3", expected=wrong)
    with pytest.raises(CursorMoved), store.begin(fence) as work:
        work.checkpoints.set(snow, "elsewhere", "c3", expected="c1")
    with store.view() as view:
        assert view.checkpoints.get(snow, "live") == "c2"
        assert view.checkpoints.get(snow, "backfill") == "b1"
        assert view.checkpoints.get(snow, "elsewhere") is None


def test_a_quarantined_ticket_keeps_its_first_instant_and_its_last_reason(store: Store, fence: Fence) -> None:
    with_tickets(store, fence, "a")
    snow = source(store).id
    with store.begin(fence) as work:
        work.quarantine.put(snow, "late", "KeyError: priority", NOON + HOUR)
        work.quarantine.put(snow, "bad", "KeyError: state", NOON)
        work.quarantine.put(snow, "bad", "ValueError: state", NOON + DAY)
        work.commit()
    bad = Quarantined("snow", "bad", "ValueError: state", NOON)
    late = Quarantined("snow", "late", "KeyError: priority", NOON + HOUR)
    assert list(see(store, lambda view: view.quarantine.all())) == [bad, late]
    assert write(store, fence, lambda work: work.quarantine.lift(snow, ["bad", "never"])) == 1
    assert list(see(store, lambda view: view.quarantine.all())) == [late]


def test_problems_of_a_ticket_are_replaced_whole(store: Store, fence: Fence) -> None:
    with_tickets(store, fence, "a")
    snow = source(store).id
    first = [Problem("unknown_status", "Wait", "x"), Problem("no_vendor", "group NOC"), Problem("no_vendor", "again")]
    with store.begin(fence) as work:
        work.problems.replace(snow, {"x": first, "": [Problem("no_history", "audit is off")]}, NOON)
        work.problems.replace(snow, {"y": [Problem("no_vendor", "group WAN", "y")]}, NOON)
        work.commit()
    with store.view() as view:
        found = list(view.problems.of(snow, "x"))
        assert found == [Problem(one.code, one.detail, "x") for one in first], "in order, under their ticket"
        assert list(view.problems.of(snow, "")) == [Problem("no_history", "audit is off")]
        assert list(view.problems.of(snow, "unheard")) == []
        assert view.problems.counts() == {
            ("snow", "unknown_status"): 1, ("snow", "no_vendor"): 3, ("snow", "no_history"): 1,
        }  # fmt: skip
    write(store, fence, lambda work: work.problems.replace(snow, {"x": [], "": first[:1]}, NOON))
    assert see(store, lambda view: view.problems.counts()) == {
        ("snow", "no_vendor"): 1, ("snow", "unknown_status"): 1,
    }  # fmt: skip
