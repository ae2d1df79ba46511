"""The two halves of one incident arrive at the same time, and neither may miss the other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from syncd.ports.connector import RawRecord
from syncd.services.assess import assess
from syncd.services.settle import settle
from syncd.store.sql_store import SqlStore
from syncd.testing.fakes import FakeMapper
from tests.services.desk import HOUR, MINUTE, MORNING, desk_on, opened, record, resolved
from tests.services.pair import MET, MISSED, Pair, link, pair_on
from tests.store.test_concurrency import opened as opened_store

NEXT_DAY = MORNING + 24 * HOUR
ROUNDS = 60


def pair_in(store: SqlStore) -> Pair:
    return pair_on(desk_on(store), "snow")


def halves(n: int) -> tuple[RawRecord, RawRecord]:
    inc = record(f"inc{n}", opened(), resolved(MORNING + HOUR))
    mail = record(f"m{n}", opened(), link(f"INC{n}", MORNING + MINUTE), resolved(MORNING + 9 * HOUR))
    return inc, mail


def test_halves_that_arrive_at_once_find_each_other(url: str) -> None:
    with opened_store(url) as (store, fence):
        store.release(fence)
        pair = pair_in(store)
        begin = Barrier(2)

        def arrive(source: str, place: int) -> None:
            for n in range(ROUNDS):
                begin.wait()
                pair.take(source, halves(n)[place], now=NEXT_DAY)

        with ThreadPoolExecutor(2) as pool:
            snow, mail = pool.submit(arrive, "snow", 0), pool.submit(arrive, "mail", 1)
            snow.result()
            mail.result()
        said = pair.said()
        for n in range(ROUNDS):
            assert said[f"inc{n}"] == [MET]
            assert said[f"m{n}"] == [("excluded", (f"snow:INC{n}",))]
        assert pair.notes() == 0


@pytest.mark.parametrize("noted", [True, False])
def test_it_is_the_note_that_joins_what_could_not_be_seen(postgres_url: str, noted: bool) -> None:
    """The incident is made and measured, not yet committed, while the mail that names it arrives and is settled."""
    with opened_store(postgres_url) as (store, fence):
        store.release(fence)
        pair = pair_in(store)
        pair.take("snow", record("first"), now=NEXT_DAY)  # who names the clock first would make the other wait for it
        inc, mail = halves(0)
        intake = pair.snow.intake
        timeline = FakeMapper().map(inc).timeline
        with ThreadPoolExecutor(1) as pool, store.begin(intake.fence) as work:
            number = work.tickets.lock(intake.source, [timeline])[timeline.id]
            work.tickets.append({number: timeline.events}, recorded_at=NEXT_DAY)
            assess(work, [number], intake.rules, as_of=NEXT_DAY)
            pool.submit(pair.take, "mail", mail, now=NEXT_DAY).result()
            if noted:
                work.links.mark([number])
            work.commit()
        assert (pair.said()["inc0"], pair.said()["m0"]) == ([MET], [MISSED])
        settled = settle(store, intake.fence, intake.rules, now=NEXT_DAY)
        assert (settled is not None) is noted
        assert (pair.said()["m0"] == [("excluded", ("snow:INC0",))]) is noted


def test_settling_waits_for_a_half_that_is_being_written(postgres_url: str) -> None:
    with opened_store(postgres_url) as (store, fence):
        store.release(fence)
        pair = pair_in(store)
        inc, mail = halves(0)
        pair.take("snow", inc, now=NEXT_DAY)
        pair.take("mail", mail, now=NEXT_DAY)
        intake = pair.snow.intake
        number = pair.snow.stored("inc0").number
        pair.snow.write(lambda work: work.links.mark([number]))
        reopened = record("inc0", opened(), resolved(MORNING + HOUR), resolved(MORNING + 2 * HOUR, "again"))
        timeline = FakeMapper().map(reopened).timeline
        with ThreadPoolExecutor(1) as pool:
            with store.begin(intake.fence) as work:
                work.tickets.lock_numbers([number])
                settling = pool.submit(settle, store, intake.fence, intake.rules, now=NEXT_DAY)
                work.tickets.append({number: timeline.events}, recorded_at=NEXT_DAY)
                work.commit()
            assert settling.result() is not None
        assert pair.said() == {"inc0": [MET], "m0": [("excluded", ("snow:INC0",))]}
