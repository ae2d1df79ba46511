"""Readings: what clocks say, counted and listed, on every engine."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.domain.names import Metric, Stage, Verdict
from syncd.domain.reading import Cycle, Pause, Reading, Uncovered
from syncd.ports.readings import Measured, OpenClock, OpenCount, Renewal, Tally
from syncd.ports.repositories import TicketNo
from syncd.ports.store import Fence, Store
from syncd.store.sql_store import SqlStore
from tests.store.samples import DAY, HOUR, NOON, cycle, decided, reading, see, with_tickets, write
from tests.store.strategies import readings

MIDNIGHT = NOON.replace(hour=0)
DECIDED = (Verdict.MET, Verdict.MISSED, Verdict.UNVERIFIABLE, Verdict.EXCLUDED)


def put(store: Store, fence: Fence, number: TicketNo, *said: Reading, wake_at: datetime | None = None) -> None:
    write(store, fence, lambda work: work.readings.put([Measured(number, said, wake_at=wake_at)]))


def refresh(store: Store, fence: Fence, limit: int = 1000) -> int:
    return write(store, fence, lambda work: work.readings.refresh_rollups(limit))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(data=st.data())
def test_readings_come_back_as_they_were_put(store: Store, fence: Fence, data: st.DataObject) -> None:
    numbers = with_tickets(store, fence, "a", "b")
    first, then, other = (data.draw(readings("snow", key.upper(), key)) for key in "aab")
    with store.begin(fence) as work:
        work.readings.put([Measured(numbers["a"], first)])
        work.readings.put([Measured(numbers["b"], other), Measured(numbers["a"], then)])
        back = {number: list(said) for number, said in work.readings.of([*numbers.values(), 99]).items()}
    put_last = {number: said for key, said in (("a", then), ("b", other)) if said for number in [numbers[key]]}
    assert {number: [_timeless(each) for each in said] for number, said in back.items()} == {
        number: [_timeless(each) for each in said] for number, said in put_last.items()
    }


def _timeless(said: Reading) -> Reading:
    """A reading of cycles that are all over keeps the instant it was first read as of."""
    over = all(one.stage in (Stage.COMPLETED, Stage.CANCELLED) for one in said.cycles)
    return said._replace(as_of=NOON) if over else said


@pytest.mark.parametrize(
    ("cycles", "rewritten"),
    [
        pytest.param([decided(Verdict.MET, NOON)], False, id="a cycle that is over stays as it was read"),
        pytest.param([], False, id="a clock that never ran too"),
        pytest.param([cycle()], True, id="an open cycle is read as of now"),
        pytest.param([decided(Verdict.MET, NOON), cycle(number=2)], True, id="also behind one that is over"),
    ],
)
def test_what_says_the_same_is_not_written_again(
    store: Store, fence: Fence, cycles: list[Cycle], rewritten: bool
) -> None:
    number = with_tickets(store, fence, "a")["a"]
    first = reading(*cycles)._replace(ticket="A", ticket_id="a")
    later = first._replace(as_of=NOON + DAY)
    put(store, fence, number, first, wake_at=NOON)
    refresh(store, fence)
    put(store, fence, number, later, wake_at=NOON + HOUR)
    assert see(store, lambda view: view.readings.of([number])) == {
        number: [first if isinstance(store, SqlStore) and not rewritten else later]
    }
    assert see(store, lambda view: view.readings.next_wake()) == NOON + HOUR
    assert refresh(store, fence, 0) == 0, "no day counts otherwise"
    other = later._replace(flags=("changed",), changes_at=NOON + DAY)
    put(store, fence, number, other)
    assert see(store, lambda view: view.readings.of([number])) == {number: [other]}


def test_a_ticket_is_due_when_its_instant_has_come(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b", "c", "never")
    assert see(store, lambda view: view.readings.next_wake()) is None
    wakes = {"a": NOON + HOUR, "b": NOON, "c": NOON + 2 * HOUR, "never": None}
    with store.begin(fence) as work:
        work.readings.put([Measured(numbers[key], [reading(cycle())], wake_at=at) for key, at in wakes.items()])
        work.commit()
    with store.view() as view:
        assert view.readings.next_wake() == NOON
        assert list(view.readings.due(NOON - timedelta(microseconds=1), 9)) == []
        assert list(view.readings.due(NOON + HOUR, 9)) == [numbers["b"], numbers["a"]]
        assert list(view.readings.due(NOON + DAY, 2)) == [numbers["b"], numbers["a"]]
    put(store, fence, numbers["b"])
    assert see(store, lambda view: view.readings.next_wake()) == NOON + HOUR, "put anew, it sleeps"


def test_uncovered_tickets_are_counted_by_source_and_reason(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b", "c") | with_tickets(store, fence, "d", source="jira")

    def uncovered(key: str, reason: str) -> Measured:
        said = Uncovered(source="any", ticket="A", ticket_id=key, vendor=None, as_of=NOON, reason=reason)
        return Measured(numbers[key], [], said)

    with store.begin(fence) as work:
        why = {"a": "no_vendor", "b": "no_vendor", "c": "no_contract", "d": "no_vendor"}
        work.readings.put([uncovered(*one) for one in why.items()])
        work.commit()
    assert see(store, lambda view: view.readings.uncovered()) == {
        ("snow", "no_vendor"): 2, ("snow", "no_contract"): 1, ("jira", "no_vendor"): 1,
    }  # fmt: skip
    put(store, fence, numbers["a"], reading(cycle()))
    assert see(store, lambda view: view.readings.uncovered())["snow", "no_vendor"] == 1


def test_open_clocks_are_listed_by_deadline_and_paused_ones_last(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "soon", "late", "paused", "done")
    soon = cycle(due_at=NOON + HOUR, at_risk_at=NOON, priority=None)
    late = cycle(verdict=Verdict.MISSED, due_at=NOON + 2 * HOUR, breached_at=NOON + 2 * HOUR)
    nowhere = cycle(due_at=None)
    put(store, fence, numbers["late"], reading(decided(Verdict.MET, NOON), late._replace(number=2)))
    put(store, fence, numbers["paused"], reading(cycle(Stage.PAUSED)))
    put(store, fence, numbers["done"], reading(decided(Verdict.MISSED, NOON)), reading(target="empty"))
    put(store, fence, numbers["soon"], reading(nowhere, target="other"), reading(soon))
    with store.view() as view:
        clocks = list(view.readings.open_clocks(10))
        assert [(one.ticket_no, one.due_at, one.stage) for one in clocks] == [
            (numbers["soon"], NOON + HOUR, Stage.RUNNING),
            (numbers["late"], NOON + 2 * HOUR, Stage.RUNNING),
            (numbers["soon"], None, Stage.RUNNING),
            (numbers["paused"], None, Stage.PAUSED),
        ]
        assert list(view.readings.open_clocks(2, 1)) == clocks[1:3]
        assert list(view.readings.open_clocks(2, 4)) == []
    assert clocks[0] == OpenClock(
        ticket_no=numbers["soon"], source="snow", ticket="SOON", url=None, title=None, vendor="acme",
        contract="acme-msp", target="fix", metric=Metric.RESOLUTION, priority=None, stage=Stage.RUNNING,
        verdict=Verdict.PENDING, due_at=NOON + HOUR, at_risk_at=NOON, breached_at=None, goal_us=4_000_000,
        elapsed_us=1_000_000,
    )  # fmt: skip
    assert clocks[1].breached_at == NOON + 2 * HOUR


def test_open_clocks_are_counted_by_state_with_the_nearest_deadline(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b")
    soon, late = NOON + HOUR, NOON + 2 * HOUR
    fix = [
        cycle(due_at=late, at_risk_at=NOON), cycle(due_at=soon, at_risk_at=NOON - HOUR),
        cycle(due_at=soon, at_risk_at=NOON + timedelta(microseconds=1)), cycle(priority=None),
        cycle(verdict=Verdict.MISSED, due_at=NOON - HOUR, at_risk_at=NOON - 2 * HOUR),
        cycle(Stage.PAUSED, Verdict.MISSED), cycle(Stage.PAUSED), decided(Verdict.MISSED, NOON),
        cycle(Stage.CANCELLED, Verdict.EXCLUDED),
    ]  # fmt: skip
    put(store, fence, numbers["a"], reading(*(one._replace(number=n) for n, one in enumerate(fix, 1))))
    put(store, fence, numbers["b"], reading(cycle(due_at=late), target="answer"))
    of = ("acme", "acme-msp", "fix")
    assert list(see(store, lambda view: view.readings.open_counts(NOON))) == [
        OpenCount("acme", "acme-msp", "answer", "P1", "ok", 1, late, 1),
        OpenCount(*of, None, "ok", 1, None, 1),
        OpenCount(*of, "P1", "at_risk", 2, soon, 2),
        OpenCount(*of, "P1", "breached", 1, NOON - HOUR, 0),
        OpenCount(*of, "P1", "ok", 1, soon, 1),
        OpenCount(*of, "P1", "paused", 2, None, 1),
    ]


def test_paused_clocks_are_counted_by_whom_they_wait_for(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    held = [
        Pause(NOON, None, "customer", None),
        Pause(NOON, None, "third_party", None),
        Pause(NOON, NOON, "customer", None),
    ]
    cycles = [cycle(Stage.PAUSED, number=n)._replace(pauses=(each,)) for n, each in enumerate(held, 1)]
    running = cycle(number=9)._replace(pauses=(held[0],))
    put(store, fence, number, reading(*cycles, running))
    of = ("acme", "acme-msp", "fix", "P1")
    assert list(see(store, lambda view: view.readings.open_counts(NOON))) == [
        OpenCount(*of, "ok", 1, None, 1),
        OpenCount(*of, "paused", 1, None, 1),
        OpenCount(*of, "paused", 1, None, 1, "customer"),
        OpenCount(*of, "paused", 1, None, 1, "third_party"),
    ]


def test_pending_counts_what_is_open_and_undecided(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    mine = [
        cycle(), cycle(Stage.PAUSED), cycle(priority=None), cycle(verdict=Verdict.MISSED), decided(Verdict.MET, NOON),
        cycle(started_at=NOON + HOUR), cycle(started_at=NOON - 90 * DAY),
    ]  # fmt: skip
    put(
        store, fence, number, reading(*(one._replace(number=n) for n, one in enumerate(mine, 1))),
        reading(cycle(), contract="other"),
    )  # fmt: skip
    pending = see(store, lambda view: view.readings.pending("acme-msp", NOON - DAY, NOON + HOUR))
    assert pending == {("fix", "P1"): 3, ("fix", None): 1}


def test_a_tally_counts_what_was_decided_between_two_instants_whatever_is_rolled_up(store: Store, fence: Fence) -> None:
    """Every hour of three days has cycles; every stretch is compared with plain counting, before and after rollups."""
    hours = [MIDNIGHT + n * HOUR for n in range(73)]
    numbers = with_tickets(store, fence, *(f"t{n}" for n in range(len(hours))))
    plan = {
        number: reading(
            *(
                decided(DECIDED[(hour + n) % 4], at, priority=["P1", None, "P2"][hour % 3], number=n + 1)
                for n in range(hour % 3 + 1)
            ),
            revision=f"r{hour % 2}", target="fix" if hour % 5 else "answer",
        )
        for hour, (at, number) in enumerate(zip(hours, numbers.values(), strict=True))
    }  # fmt: skip
    write(store, fence, lambda work: work.readings.put([Measured(number, [said]) for number, said in plan.items()]))

    def expected(start: datetime, end: datetime) -> list[Tally]:
        groups: dict[tuple[str, str | None], Counter[Verdict]] = {}
        for said in plan.values():
            for one in said.cycles:
                assert one.decided_at is not None
                if start <= one.decided_at < end:
                    groups.setdefault((said.target, one.priority), Counter())[one.verdict] += 1
        return [
            Tally(
                "acme",
                "acme-msp",
                target,
                Metric.RESOLUTION,
                priority,
                groups[target, priority][Verdict.MET],
                groups[target, priority][Verdict.MISSED],
                groups[target, priority][Verdict.UNVERIFIABLE],
                groups[target, priority][Verdict.EXCLUDED],
            )
            for target, priority in sorted(groups, key=lambda key: (key[0], key[1] or ""))
        ]

    stretches = [
        (hours[first], hours[last] + timedelta(microseconds=shift))
        for first in (0, 1, 23, 24, 25, 47, 50) for last in (0, 24, 25, 48, 70, 72) for shift in (0, 1)
    ]  # fmt: skip

    def agree() -> None:
        with store.view() as view:
            for stretch in stretches:
                assert list(view.readings.tallies(*stretch)) == expected(*stretch), stretch

    agree()
    assert refresh(store, fence, 2) == 2, "two of four days are counted"
    agree()
    assert refresh(store, fence) == 0
    agree()
    moved = numbers["t30"]
    plan[moved] = plan[moved]._replace(cycles=(decided(Verdict.MISSED, hours[60]),))
    put(store, fence, moved, plan[moved])
    agree()
    assert refresh(store, fence, 0) == 2, "the day it left and the day it came to"
    assert refresh(store, fence) == 0
    agree()
    put(store, fence, moved, plan[moved])
    assert refresh(store, fence, 0) == 0, "nothing changed, nothing to count again"
    assert see(store, lambda view: view.readings.tallies(hours[5], hours[5])) == []


def test_whose_time_it_was_is_summed_up_of_decided_cycles_that_have_ended(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b")
    spent = (0, 0, 7, 0, 30, 0, 500)

    def put(*cycles: Cycle, of: str = "a") -> None:
        write(store, fence, lambda work: work.readings.put([Measured(numbers[of], [reading(*cycles)])]))

    def told(start: datetime = NOON - DAY, end: datetime = NOON + DAY) -> list[tuple[str | None, tuple[int, ...]]]:
        tallies = see(store, lambda view: view.readings.tallies(start, end))
        return [(tally.priority, tally.spent) for tally in tallies]

    put(
        decided(Verdict.MET, NOON)._replace(spent=spent),
        decided(Verdict.MISSED, NOON, number=2)._replace(spent=spent),
        decided(Verdict.EXCLUDED, NOON, number=3)._replace(spent=spent),
        decided(Verdict.UNVERIFIABLE, NOON, number=4)._replace(spent=spent),
        cycle(Stage.RUNNING, Verdict.MISSED, number=5, decided_at=NOON),
        decided(Verdict.MET, NOON, number=6, priority="P2")._replace(spent=(0,) * 7),
        decided(Verdict.MET, NOON - 3 * DAY, number=7)._replace(spent=spent),
    )
    put(decided(Verdict.MET, NOON)._replace(spent=(1, 2, 3, 4, 5, 6, 7)), of="b")
    expected = [("P1", (1, 2, 17, 4, 65, 6, 1007)), ("P2", (0,) * 7)]
    assert told() == expected
    assert write(store, fence, lambda work: work.readings.refresh_rollups(100)) == 0
    assert told() == expected
    # A day is counted again when nothing but whose time it was has changed.
    put(decided(Verdict.MET, NOON)._replace(spent=(0, 0, 0, 0, 0, 0, 28)), of="b")
    assert told()[0] == ("P1", (0, 0, 14, 0, 60, 0, 1028))
    assert write(store, fence, lambda work: work.readings.refresh_rollups(0)) == 1
    assert write(store, fence, lambda work: work.readings.refresh_rollups(100)) == 0
    assert told()[0] == ("P1", (0, 0, 14, 0, 60, 0, 1028))


def test_a_verdict_that_decides_nothing_counts_at_its_stop_or_start(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    gone = cycle(Stage.RUNNING, Verdict.UNVERIFIABLE, started_at=NOON)
    dropped = cycle(Stage.CANCELLED, Verdict.EXCLUDED, number=2, started_at=NOON, stopped_at=NOON + DAY)
    put(store, fence, number, reading(gone, dropped, cycle(number=3)))
    with store.view() as view:
        of = ("acme", "acme-msp", "fix", Metric.RESOLUTION, "P1")
        assert list(view.readings.tallies(NOON, NOON + DAY)) == [Tally(*of, 0, 0, 1, 0)]
        assert list(view.readings.tallies(NOON + DAY, NOON + 2 * DAY)) == [Tally(*of, 0, 0, 0, 1)]


def test_what_is_dropped_can_be_put_again(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b")
    why = Uncovered(source="snow", ticket="B", ticket_id="b", vendor=None, as_of=NOON, reason="no_vendor")

    def measured() -> None:
        put(store, fence, numbers["a"], reading(decided(Verdict.MET, NOON), cycle(number=2)), wake_at=NOON)
        write(store, fence, lambda work: work.readings.put([Measured(numbers["b"], [], why)]))
        refresh(store, fence)

    measured()
    before = see(store, lambda view: view.readings.tallies(MIDNIGHT, MIDNIGHT + DAY))
    write(store, fence, lambda work: work.readings.drop())
    with store.view() as view:
        assert view.readings.of(list(numbers.values())) == {}
        assert list(view.readings.tallies(MIDNIGHT, MIDNIGHT + DAY)) == []
        assert view.readings.next_wake() is None
        assert view.readings.uncovered() == {}
        assert list(view.readings.open_clocks(9)) == []
    measured()
    assert before
    assert see(store, lambda view: view.readings.tallies(MIDNIGHT, MIDNIGHT + DAY)) == before


def test_what_readings_were_measured_by_is_noted_once_and_replaced_whole(store: Store, fence: Fence) -> None:
    assert see(store, lambda view: view.readings.basis()) is None
    for basis in ("agreements 1", "agreements 2"):
        with store.begin(fence) as work:
            work.readings.set_basis(basis)
            work.commit()
        assert see(store, lambda view: view.readings.basis()) == basis


def test_how_far_a_renewal_has_come_is_kept_until_the_basis_is_set(store: Store, fence: Fence) -> None:
    assert see(store, lambda view: view.readings.renewal()) is None
    for renewal in (Renewal("agreements 2", NOON), Renewal("agreements 2", NOON, 7)):
        with store.begin(fence) as work:
            work.readings.renew(renewal)
            work.commit()
        assert see(store, lambda view: view.readings.renewal()) == renewal
    assert see(store, lambda view: view.readings.basis()) is None
    with store.begin(fence) as work:
        work.readings.set_basis("agreements 2")
        work.commit()
    assert see(store, lambda view: view.readings.renewal()) is None


def test_an_update_clock_is_tallied_by_goals_each_at_its_own_instant(store: Store, fence: Fence) -> None:
    silences = [
        decided(Verdict.MISSED, NOON)._replace(
            begun=3, begun_at=(NOON, NOON + HOUR, NOON + DAY), misses=1, miss_at=(NOON + HOUR,)
        ),
        decided(Verdict.MET, NOON + DAY, number=2),
        cycle(number=3)._replace(begun=1, begun_at=(NOON,)),
    ]
    said = reading(*silences)._replace(metric=Metric.UPDATE)
    (number,) = with_tickets(store, fence, "id-1").values()
    write(store, fence, lambda work: work.readings.put([Measured(number, [said])]))

    def counted(start: datetime, end: datetime) -> list[tuple[int, int]]:
        return [(each.met, each.missed) for each in see(store, lambda view: view.readings.tallies(start, end))]

    assert counted(NOON, NOON + HOUR) == [(1, 0)]
    assert counted(NOON, NOON + 2 * HOUR) == [(1, 1)]
    assert counted(NOON, NOON + 2 * DAY) == [(2, 1)]
    write(store, fence, lambda work: work.readings.refresh_rollups(100))
    assert counted(NOON - DAY, NOON + 3 * DAY) == [(2, 1)]
    (back,) = see(store, lambda view: view.readings.of([number]))[number]
    assert back.cycles == said.cycles
