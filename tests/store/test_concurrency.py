"""Writers side by side: what the locks are for, and what happens without them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event

import pytest

from syncd.domain.events import PhaseChanged
from syncd.domain.names import Awaiting, Phase, Verdict
from syncd.errors import StoreBusy
from syncd.ports.readings import Measured
from syncd.ports.repositories import TicketNo
from syncd.ports.store import Fence
from syncd.store import open_store
from syncd.store.sql_store import SqlStore
from tests.store.samples import DAY, HOUR, NOON, cycle, decided, head, notice, reading, see, with_tickets, write
from tests.store.test_gate import until
from tests.store.test_lease import HERE, value

MIDNIGHT = NOON.replace(hour=0)
RESOLVED = PhaseChanged(id="done", at=NOON, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)


@contextmanager
def opened(url: str) -> Iterator[tuple[SqlStore, Fence]]:
    store = open_store(url)
    try:
        fence = store.acquire("test")
        assert fence is not None
        yield store, fence
    finally:
        store.close()


def race(store: SqlStore, fence: Fence, number: TicketNo, *, lock: bool, patience: float) -> bool:
    """Let a page that resolves a ticket and the deadline timer meet; tell whether a breach was written too late.

    The timer gives the page `patience` seconds between looking and writing: time in which, without a lock, the page
    commits, and the timer's breach comes to stand beside a resolve that was there first.
    """
    begin, resolved = Barrier(2), Event()

    def page() -> None:
        begin.wait()
        with store.begin(fence) as work:
            if lock:
                work.tickets.lock_numbers([number])
            work.tickets.append({number: [RESOLVED]}, recorded_at=NOON)
            work.readings.put([Measured(number, [reading(decided(Verdict.MET, NOON))])])
            work.commit()
        resolved.set()

    def deadline() -> bool:
        begin.wait()
        with store.begin(fence, urgent=True) as work:
            if lock:
                work.tickets.lock_numbers([number])
            if work.tickets.timelines([number])[number].timeline.events:
                return False
            too_late = resolved.wait(patience)
            work.outbox.add(notice(f"{number}"), ["oncall"], at=NOON)
            work.commit()
        return too_late

    with ThreadPoolExecutor(2) as pool:
        paging, timing = pool.submit(page), pool.submit(deadline)
        paging.result()
        return timing.result()


def test_a_breach_is_never_written_beside_an_earlier_resolve(url: str) -> None:
    with opened(url) as (store, fence):
        numbers = with_tickets(store, fence, *(f"t{n}" for n in range(300)))
        late = [race(store, fence, number, lock=True, patience=0.002) for number in numbers.values()]
        assert not any(late)
        ended = see(store, lambda view: view.readings.of(list(numbers.values())))
        assert {said.cycles[0].verdict for (said,) in ended.values()} == {Verdict.MET}


def test_without_the_row_lock_the_same_race_is_lost(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        numbers = with_tickets(store, fence, *(f"t{n}" for n in range(30)))
        assert any(race(store, fence, number, lock=False, patience=5.0) for number in numbers.values())


def test_on_sqlite_the_transaction_itself_is_the_lock(sqlite_url: str) -> None:
    with opened(sqlite_url) as (store, fence):
        numbers = with_tickets(store, fence, *(f"t{n}" for n in range(30)))
        assert not any(race(store, fence, number, lock=False, patience=0.002) for number in numbers.values())


def test_rows_locked_in_any_order_by_several_never_deadlock(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        ids = [f"t{n}" for n in range(40)]
        with_tickets(store, fence, *ids)

        def touch(turn: int) -> int:
            order = ids[turn % 7 :] + ids[: turn % 7] if turn % 2 else ids[::-1]
            new = [f"new-{turn // 4}-{n}" for n in range(3)]
            heads = [head(one, ticket=f"{turn}") for one in order + (new if turn % 3 else new[::-1])]
            with store.begin(fence) as work:
                numbers = work.tickets.lock(1, heads)
                work.commit()
            return len(numbers)

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(touch, range(60))) == {43}
        assert see(store, lambda view: view.tickets.count()) == 40 + 15 * 3


def test_numbers_given_in_any_order_are_locked_in_their_own(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        ids = [f"t{n}" for n in range(1100)]  # more than one statement names
        numbers = list(with_tickets(store, fence, *ids).values())

        def touch(turn: int) -> None:
            with store.begin(fence) as work:
                if turn % 3:
                    work.tickets.lock_numbers(numbers[::-1] if turn % 2 else numbers)
                else:
                    work.tickets.lock(1, [head(one, ticket=f"{turn}") for one in ids])
                work.commit()

        with ThreadPoolExecutor(4) as pool:
            assert len(list(pool.map(touch, range(24)))) == 24


def test_a_ticket_that_two_make_at_once_is_one_ticket(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        with_tickets(store, fence, "a")
        with ThreadPoolExecutor(1) as pool:
            with store.begin(fence) as first:
                number = first.tickets.lock(1, [head("b")])["b"]
                second = pool.submit(with_tickets, store, fence, "c", "b", "a")
                first.commit()
            assert second.result()["b"] == number
        assert see(store, lambda view: view.tickets.count()) == 3


def test_a_real_deadlock_is_a_busy_store(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        numbers = list(with_tickets(store, fence, "a", "b").values())
        meet = Barrier(2)

        def cross(order: list[TicketNo]) -> bool:
            try:
                with store.begin(fence) as work:
                    work.tickets.lock_numbers(order[:1])
                    meet.wait()
                    work.tickets.lock_numbers(order[1:])
                    work.commit()
            except StoreBusy:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(cross, [numbers, numbers[::-1]])) == [False, True]


def test_a_day_stays_dirty_while_somebody_has_not_yet_committed_to_it(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        a, b = with_tickets(store, fence, "a", "b").values()
        met = [reading(decided(Verdict.MET, NOON))]
        write(store, fence, lambda work: work.readings.put([Measured(a, met)]))
        with store.begin(fence) as slow:
            slow.readings.put([Measured(b, met)])
            assert write(store, fence, lambda work: work.readings.refresh_rollups(9)) == 0
            slow.commit()
        for still in (1, 0):
            assert write(store, fence, lambda work: work.readings.refresh_rollups(still ^ 1)) == still  # noqa: B023  # called at once
            (tally,) = see(store, lambda view: view.readings.tallies(MIDNIGHT, MIDNIGHT + DAY))
            assert tally.met == 2


def test_refreshing_the_same_days_at_once_counts_them_once(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        numbers = list(with_tickets(store, fence, *(f"t{n}" for n in range(20))).values())
        with ThreadPoolExecutor(4) as pool:

            def decide(turn: int) -> None:
                number = numbers[turn % 20]
                met = reading(decided(Verdict.MET, MIDNIGHT + HOUR * (turn % 24)))
                with store.begin(fence) as work:
                    work.tickets.lock_numbers([number])
                    work.readings.put([Measured(number, [met])])
                    work.commit()
                write(store, fence, lambda work: work.readings.refresh_rollups(5))

            list(pool.map(decide, range(80)))
        write(store, fence, lambda work: work.readings.refresh_rollups(5))
        (tally,) = see(store, lambda view: view.readings.tallies(MIDNIGHT, MIDNIGHT + DAY))
        assert tally.met == 20


def test_a_refresh_waits_for_another_one(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence), ThreadPoolExecutor(1) as pool:
        with store.begin(fence) as first:
            first.readings.refresh_rollups(9)
            second = pool.submit(write, store, fence, lambda work: work.readings.refresh_rollups(9))
            until(lambda: value(postgres_url, f"{HERE} AND wait_event_type = 'Lock'") == 1)
            first.commit()
        assert second.result() == 0


def test_a_delivery_that_one_claims_the_other_skips(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        for n in range(4):
            write(store, fence, lambda work, n=n: work.outbox.add(notice(f"{n}"), ["oncall"], at=NOON))  # type: ignore[misc]  # mypy cannot type a lambda's default
        with store.begin(fence) as first, store.begin(fence) as second:
            mine = {one.id for one in first.outbox.claim("oncall", NOON, 2, 30.0)}
            yours = {one.id for one in second.outbox.claim("oncall", NOON, 9, 30.0)}
            first.commit()
            second.commit()
        assert (len(mine), len(yours), mine & yours) == (2, 2, set())


def test_readings_put_by_two_without_a_lock_are_an_error_and_not_a_silent_loss(postgres_url: str) -> None:
    with opened(postgres_url) as (store, fence):
        number = with_tickets(store, fence, "a")["a"]
        same = reading(cycle())
        with store.begin(fence) as work, pytest.raises(Exception, match="duplicate key"):
            work.readings.put([Measured(number, [same, same])])
