"""Tickets and their events, on every engine."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.domain.events import Message, TicketEvent
from syncd.domain.names import Quality, Stage
from syncd.domain.timeline import Gap, Timeline, in_order
from syncd.errors import StoreError
from syncd.ports.readings import Measured
from syncd.ports.repositories import StoredTimeline, TicketNo
from syncd.ports.store import Fence, Store, Work
from tests.store.samples import DAY, HOUR, NOON, cycle, head, opened, reading, see, with_events, with_tickets, write
from tests.store.strategies import events, gaps, texts, words


def stored(store: Store, number: TicketNo) -> StoredTimeline:
    return see(store, lambda view: view.tickets.timelines([number]))[number]


def test_a_ticket_keeps_its_number_while_what_is_said_of_it_changes(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "b", "a")
    assert sorted(numbers) == ["a", "b"]
    gap = Gap(NOON, NOON + DAY, frozenset({"message", "phase"}))
    changed = replace(
        head("a", ticket="INC7"), url="https://example.com", title="No WAN", quality=Quality.PARTIAL, gaps=(gap,)
    )

    def lock(work: Work) -> dict[str, TicketNo]:
        source = work.sources.register("snow", "servicenow").id
        return dict(work.tickets.lock(source, [head("c"), replace(changed, title="first"), changed]))

    again = write(store, fence, lock)
    assert again["a"] == numbers["a"]
    assert again["c"] not in numbers.values()
    assert stored(store, numbers["a"]).timeline == changed
    assert stored(store, numbers["b"]).timeline == head("b", ticket="B")
    assert see(store, lambda view: view.tickets.count()) == 3
    elsewhere = with_tickets(store, fence, "a", source="jira")
    assert elsewhere["a"] not in {*numbers.values(), *again.values()}, "ids are unique only within their source"
    with store.begin(fence) as work:
        work.tickets.lock_numbers([*numbers.values(), numbers["a"]])


def test_appending_again_adds_nothing_and_changes_nothing(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    start = opened("open", NOON, seq=5)
    first: list[TicketEvent] = [start, Message(id="m1", at=NOON + HOUR, seq=1)]
    assert with_events(store, fence, number, first) == 2
    assert with_events(store, fence, number, first) == 0
    twice: list[TicketEvent] = [Message(id="m0", at=NOON, seq=4), Message(id="m0", at=NOON + DAY, seq=9)]
    assert with_events(store, fence, number, [replace(start, priority="P1"), *twice]) == 1
    assert stored(store, number).timeline.events == (twice[0], *first)


def test_events_without_seq_keep_the_order_they_were_given_in(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    given_: list[TicketEvent] = [Message(id=key, at=NOON) for key in "cab"]
    with_events(store, fence, number, given_)
    back = stored(store, number).timeline.events
    assert [event.id for event in back] == ["c", "a", "b"]
    assert back == tuple(replace(event, seq=place) for place, event in enumerate(given_))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(parts=st.lists(st.lists(events, max_size=4), max_size=3), withdrawn=st.booleans())
def test_a_ticket_reads_in_the_transaction_that_makes_it_as_it_does_ever_after(
    store: Store, fence: Fence, parts: list[list[TicketEvent]], withdrawn: bool
) -> None:
    name = f"new-{see(store, lambda view: view.tickets.count())}"
    with store.begin(fence) as work:
        source = work.sources.register("snow", "servicenow").id
        number = work.tickets.lock(source, [head(name)])[name]
        for part in parts:
            work.tickets.append({number: part}, recorded_at=NOON)
        work.tickets.append({number: [Message(id="elsewhere", at=NOON)]}, recorded_at=NOON, generation=7)
        if withdrawn:
            work.tickets.withdraw({number: [event.id for part in parts for event in part[:1]]}, NOON)
        at_once = work.tickets.timelines([number])
        assert work.readings.of([number]) == {}
        work.readings.put([Measured(number, [reading(cycle())], wake_at=NOON)])
        work.readings.put([Measured(number, [reading(cycle(Stage.PAUSED))])])
        said = work.readings.of([number])
        work.commit()
    assert at_once == {number: stored(store, number)}
    with store.view() as view:
        assert said == view.readings.of([number])
        assert [one.cycles[0].stage for one in said[number]] == [Stage.PAUSED]
        assert view.readings.next_wake() is None


def test_a_withdrawn_event_is_marked_once_and_still_there(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    with_events(store, fence, number, [opened("a", seq=0), Message(id="m", at=NOON, seq=1)])
    assert write(store, fence, lambda work: work.tickets.withdraw({number: ["m", "never", "m"]}, NOON)) == 1
    assert write(store, fence, lambda work: work.tickets.withdraw({number: ["m"]}, NOON + DAY)) == 0
    assert write(store, fence, lambda work: work.tickets.withdraw({number: []}, NOON + DAY)) == 0
    back = stored(store, number)
    assert back.withdrawn == {"m"}
    assert len(back.timeline.events) == 2


def test_events_of_a_ticket_that_is_not_there_are_refused(store: Store, fence: Fence) -> None:
    with store.begin(fence) as work, pytest.raises(StoreError, match="no ticket 99"):
        work.tickets.append({99: [opened()]}, recorded_at=NOON)
    assert see(store, lambda view: view.tickets.timelines([99])) == {}


def test_a_stream_longer_than_a_page_yields_every_ticket_in_order_of_number(store: Store, fence: Fence) -> None:
    ids = [f"t{number}" for number in range(1203)]
    numbers = with_tickets(store, fence, *ids)
    between = with_tickets(store, fence, "x", "y", source="jira")
    later = with_tickets(store, fence, "last")
    told = {numbers[key]: [opened(f"{key}-{n}", seq=n) for n in range(3)] for key in ids[::2]}
    told[between["x"]] = [opened("x", seq=0)]
    write(store, fence, lambda work: work.tickets.append(told, recorded_at=NOON))
    with store.view() as view:
        every = list(view.tickets.stream())
        of_snow = list(view.tickets.stream(every[0].source))
    assert [one.number for one in every] == sorted([*numbers.values(), *between.values(), *later.values()])
    assert {one.number: list(one.timeline.events) for one in every if one.timeline.events} == told
    assert [one for one in every if one.timeline.source == "snow"] == of_snow
    wanted = [numbers["t0"], later["last"], numbers["t1202"]]
    found = see(store, lambda view: view.tickets.timelines([*numbers.values(), later["last"]]))
    assert len(found) == 1204
    assert [found[number].timeline.id for number in wanted] == ["t0", "last", "t1202"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    said=st.builds(
        Timeline, source=st.just("snow"), ticket=texts, id=words, events=st.lists(events, max_size=5),
        url=st.none() | texts, title=st.none() | texts, quality=st.sampled_from(Quality),
        gaps=st.lists(gaps, max_size=2).map(tuple),
    )
)  # fmt: skip
def test_a_timeline_comes_back_as_it_was(store: Store, fence: Fence, said: Timeline) -> None:
    kept: list[TicketEvent] = list({event.id: event for event in said.events}.values())
    with store.begin(fence) as work:
        source = work.sources.register("snow", "servicenow").id
        number = work.tickets.lock(source, [said])[said.id]
        work.tickets.append({number: kept}, recorded_at=NOON)
        back = work.tickets.timelines([number])[number].timeline
    assert back == replace(said, events=in_order(kept))


def test_a_ticket_is_found_by_what_people_call_it_or_by_its_id(store: Store, fence: Fence) -> None:
    def make(work: Work) -> tuple[dict[str, TicketNo], dict[str, TicketNo]]:
        snow = work.sources.register("snow", "servicenow").id
        jira = work.sources.register("jira", "jira").id
        ours = work.tickets.lock(snow, [head("id-1", ticket="INC1"), head("id-2", ticket="INC2")])
        theirs = work.tickets.lock(jira, [head("id-1", ticket="INC1"), head("x", ticket="snow:INC1")])
        return dict(ours), dict(theirs)

    ours, theirs = write(store, fence, make)
    wanted = {
        "INC1": [ours["id-1"], theirs["id-1"]],
        "id-1": [ours["id-1"], theirs["id-1"]],
        "jira:INC1": [theirs["id-1"]],
        "snow:INC1": [ours["id-1"], theirs["x"]],
        "snow:id-2": [ours["id-2"]],
        "inc1": [],
        "INC": [],
        "mail:INC1": [],
        "": [],
    }
    with store.view() as view:
        assert {text: list(view.tickets.find(text)) for text in wanted} == {
            text: sorted(numbers) for text, numbers in wanted.items()
        }


def test_tickets_with_an_open_clock_are_listed_least_recently_changed_first(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "new", "old", "done", "silent")
    elsewhere = with_tickets(store, fence, "other", source="jira")
    running, done = reading(cycle()), reading(cycle(Stage.COMPLETED))
    paused = reading(cycle(Stage.COMPLETED), cycle(Stage.PAUSED, number=2))
    with store.begin(fence) as work:
        work.tickets.append(
            {
                numbers["new"]: [opened("a", NOON), opened("b", NOON + 2 * HOUR)],
                numbers["old"]: [opened("a", NOON + HOUR)],
                numbers["done"]: [opened("a", NOON)],
            },
            recorded_at=NOON,
        )
        said = {
            "new": [running, paused._replace(target="response")],
            "old": [paused],
            "done": [done],
            "silent": [running],
        }
        work.readings.put([Measured(numbers[key], readings) for key, readings in said.items()])
        work.readings.put([Measured(elsewhere["other"], [running])])
        work.commit()
    with store.view() as view:
        (snow, jira) = (row.id for row in view.sources.all())
        assert list(view.tickets.open_ids(snow)) == ["silent", "old", "new"]
        assert list(view.tickets.open_ids(jira)) == ["other"]
