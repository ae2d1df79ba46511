"""What metrics ask of readings: counts that never fall, shares used, what alarms, and who contradicts us."""

from datetime import datetime, timedelta

import pytest

from syncd.domain.names import Stage, Verdict
from syncd.domain.reading import Cycle, Reading
from syncd.ports.readings import CONSUMED_STEPS, Consumed, Contradiction, Lifetime, Measured
from syncd.ports.repositories import TicketNo
from syncd.ports.store import Fence, Store
from tests.store.samples import DAY, HOUR, NOON, cycle, decided, reading, see, with_tickets, write

OF = ("acme", "acme-msp", "fix")
GOAL_US = 4_000_000


def put(store: Store, fence: Fence, number: TicketNo, *said: Reading) -> None:
    write(store, fence, lambda work: work.readings.put([Measured(number, said)]))


def refresh(store: Store, fence: Fence, limit: int = 1000) -> int:
    return write(store, fence, lambda work: work.readings.refresh_rollups(limit))


def used(share: int, at: datetime = NOON, *, number: int = 1, verdict: Verdict = Verdict.MET) -> Cycle:
    """A cycle that stopped after so many percent of its goal."""
    return decided(verdict, at, number=number)._replace(elapsed_us=GOAL_US * share // 100)


def lifetimes(store: Store) -> list[Lifetime]:
    return list(see(store, lambda view: view.readings.lifetimes()))


def consumed(store: Store) -> list[Consumed]:
    return list(see(store, lambda view: view.readings.consumed()))


def test_counts_of_all_time_hold_every_decided_cycle_of_every_revision(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b")
    several = [decided(Verdict.MET, NOON), decided(Verdict.MISSED, NOON - 400 * DAY, number=2), cycle(number=3)]
    put(store, fence, numbers["a"], reading(*several))
    put(store, fence, numbers["b"], reading(decided(Verdict.MISSED, NOON), revision="2025-01-01"))
    assert lifetimes(store) == [], "nothing is counted yet"
    refresh(store, fence)
    assert lifetimes(store) == [Lifetime(*OF, "P1", 3, 2)]


def test_a_cycle_without_priority_is_counted_apart(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    put(store, fence, number, reading(decided(Verdict.MET, NOON, priority=None), decided(Verdict.MET, NOON, number=2)))
    refresh(store, fence)
    assert lifetimes(store) == [Lifetime(*OF, None, 1, 0), Lifetime(*OF, "P1", 1, 0)]


def test_a_count_never_falls_and_counts_nothing_twice(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b", "c")
    for key in "ab":
        put(store, fence, numbers[key], reading(decided(Verdict.MISSED, NOON)))
    refresh(store, fence)
    put(store, fence, numbers["a"], reading(decided(Verdict.EXCLUDED, NOON)))
    refresh(store, fence)
    assert lifetimes(store) == [Lifetime(*OF, "P1", 2, 2)], "one was excluded later"
    put(store, fence, numbers["b"], reading(decided(Verdict.MISSED, NOON + 3 * DAY)))
    refresh(store, fence, 1)
    refresh(store, fence)
    assert lifetimes(store) == [Lifetime(*OF, "P1", 2, 2)], "the other moved to another day"
    for key in "ac":
        put(store, fence, numbers[key], reading(decided(Verdict.MISSED, NOON)))
    refresh(store, fence)
    assert lifetimes(store) == [Lifetime(*OF, "P1", 3, 3)]


def test_measuring_everything_again_moves_no_count(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    said = reading(used(60), used(60, NOON + DAY, number=2))
    put(store, fence, number, said)
    refresh(store, fence)
    before = lifetimes(store), consumed(store)
    write(store, fence, lambda work: work.readings.drop())
    refresh(store, fence)
    assert (lifetimes(store), consumed(store)) == before
    put(store, fence, number, said)
    refresh(store, fence, 1)
    assert (lifetimes(store), consumed(store)) == before
    refresh(store, fence)
    assert (lifetimes(store), consumed(store)) == before


def test_shares_used_are_counted_up_to_each_step_inclusively(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    shares = [0, 25, 26, 90, 100, 101, 400, 401]
    put(store, fence, number, reading(*(used(share, number=n) for n, share in enumerate(shares, 1))))
    refresh(store, fence)
    expected = tuple(sum(share <= step for share in shares) for step in CONSUMED_STEPS)
    assert consumed(store) == [Consumed(*OF, (*expected, len(shares)), sum(shares) / 100)]


def test_an_instant_beyond_the_goal_is_beyond_it(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    over = decided(Verdict.MISSED, NOON)._replace(elapsed_us=GOAL_US + 1)
    put(store, fence, number, reading(over))
    refresh(store, fence)
    (found,) = consumed(store)
    assert found.up_to[CONSUMED_STEPS.index(100)] == 0
    assert found.up_to[CONSUMED_STEPS.index(125)] == 1


@pytest.mark.parametrize(
    "uncounted",
    [
        pytest.param(cycle(Stage.RUNNING, Verdict.MISSED, decided_at=NOON), id="a breached clock that still runs"),
        pytest.param(decided(Verdict.MET, NOON)._replace(goal_us=0), id="a goal of no time"),
        pytest.param(decided(Verdict.MET, NOON)._replace(goal_us=None), id="no goal"),
        pytest.param(decided(Verdict.UNVERIFIABLE, NOON), id="no verdict"),
        pytest.param(cycle(Stage.CANCELLED, Verdict.MISSED, decided_at=NOON), id="a cycle that was cancelled"),
    ],
)
def test_only_a_stopped_cycle_with_a_goal_has_used_a_share(store: Store, fence: Fence, uncounted: Cycle) -> None:
    number = with_tickets(store, fence, "a")["a"]
    put(store, fence, number, reading(uncounted))
    refresh(store, fence)
    assert consumed(store) == []


def test_a_breached_clock_is_counted_by_its_share_when_it_stops(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    put(store, fence, number, reading(cycle(Stage.RUNNING, Verdict.MISSED, decided_at=NOON)))
    refresh(store, fence)
    put(store, fence, number, reading(used(180, verdict=Verdict.MISSED)))
    refresh(store, fence)
    (found,) = consumed(store)
    assert (found.up_to[-1], found.total) == (1, 1.8)
    assert lifetimes(store) == [Lifetime(*OF, "P1", 1, 1)]


def test_tallies_of_several_spans_are_those_of_each(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    instants = [NOON + n * timedelta(hours=5) for n in range(40)]
    cycles = [decided(Verdict.MISSED if n % 3 else Verdict.MET, at, number=n + 1) for n, at in enumerate(instants)]
    put(store, fence, number, reading(*cycles))
    end = instants[-1]
    spans = [(end - HOUR * 6, end), (end - DAY, end), (end - 7 * DAY, end), (NOON, NOON), (NOON, NOON + 2 * DAY)]
    for limit in (0, 3, 1000):
        refresh(store, fence, limit)
        with store.view() as view:
            assert [list(found) for found in view.readings.tallies_of(spans)] == [
                list(view.readings.tallies(*span)) for span in spans
            ]
            counted = [sum(tally.met + tally.missed for tally in found) for found in view.readings.tallies_of(spans)]
        assert counted == [sum(start <= at < until for at in instants) for start, until in spans]


def test_what_alarms_is_at_risk_by_deadline_then_breached_from_the_newest(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "soon", "later", "old", "new", "calm", "paused")
    for key, one in {
        "soon": cycle(due_at=NOON + HOUR, at_risk_at=NOON),
        "later": cycle(due_at=NOON + 2 * HOUR, at_risk_at=NOON - HOUR),
        "old": cycle(verdict=Verdict.MISSED, due_at=NOON - 9 * DAY),
        "new": cycle(verdict=Verdict.MISSED, due_at=NOON - HOUR),
        "calm": cycle(due_at=NOON + HOUR, at_risk_at=NOON + timedelta(microseconds=1)),
        "paused": cycle(Stage.PAUSED, Verdict.MISSED, due_at=NOON),
    }.items():
        put(store, fence, numbers[key], reading(one))
    with store.view() as view:
        assert [clock.ticket for clock in view.readings.alarming(NOON, 9)] == ["SOON", "LATER", "NEW", "OLD"]
        assert [clock.ticket for clock in view.readings.alarming(NOON, 3)] == ["SOON", "LATER", "NEW"]


def test_contradictions_are_counted_by_source_and_promise_until_they_are_gone(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b")
    fix, answer = Contradiction("acme-msp", "fix", "met"), Contradiction("acme-msp", "response", "missed")

    def says(key: str, *found: Contradiction) -> None:
        measured = Measured(numbers[key], [reading(cycle())], contradictions=found)
        write(store, fence, lambda work: work.readings.put([measured]))

    says("a", fix, answer)
    says("b", fix)
    assert see(store, lambda view: view.readings.contradictions()) == {("snow", fix): 2, ("snow", answer): 1}
    says("a")
    assert see(store, lambda view: view.readings.contradictions()) == {("snow", fix): 1}
    write(store, fence, lambda work: work.readings.drop())
    assert see(store, lambda view: view.readings.contradictions()) == {}
