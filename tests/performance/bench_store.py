"""How fast events are kept and read back, beside a bare ordered SELECT of the same rows in the same run.

    python tests/performance/bench_store.py

SYNCD_BENCH_EVENTS says how many events (a million unless given), SYNCD_BENCH_URL where: a database with nothing in it,
else a throw-away SQLite file. Promises are ratios: single figures depend on the machine and on what else it does.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[2]))

from syncd.domain.events import Message, Opened, PhaseChanged, PriorityChanged, TicketEvent
from syncd.domain.names import Awaiting, Party, Phase, Visibility
from syncd.domain.timeline import Timeline
from syncd.ports.repositories import EVENTS_A_TRANSACTION
from syncd.ports.store import Fence
from syncd.store import open_store
from syncd.store.sql_store import SqlStore
from syncd.store.tables import ticket_event

EVENTS = int(os.environ.get("SYNCD_BENCH_EVENTS", "1000000"))
A_TICKET = 10
BULK = 10_000
"""Events a transaction of a bulk import; the daemon's own hold 200."""

START = datetime(2025, 1, 1, tzinfo=UTC)


def history(number: int) -> list[TicketEvent]:
    """Return ten events of an ordinary ticket."""
    at = START + timedelta(minutes=7 * number)
    step = timedelta(minutes=13, microseconds=number)
    turns = [(Phase.ACTIVE, Awaiting.VENDOR), (Phase.PENDING, Awaiting.CUSTOMER), (Phase.ACTIVE, Awaiting.VENDOR)]
    opened = Opened(
        id=f"{number}-0", at=at, by=Party.CUSTOMER, priority=f"P{number % 4 + 1}", vendor="acme",
        attributes={"service": f"service-{number % 50}", "request_type": "incident"},
    )  # fmt: skip
    talk = [
        Message(
            id=f"{number}-{nth}", at=at + nth * step, by=Party.VENDOR if nth % 2 else Party.CUSTOMER,
            visibility=Visibility.INTERNAL if nth == 3 else Visibility.PUBLIC, automated=nth == 1,
        )
        for nth in range(1, 5)
    ]  # fmt: skip
    phases = [
        PhaseChanged(
            id=f"{number}-{nth}", at=at + nth * step, by=Party.VENDOR, to=to, awaiting=awaiting, original=f"State {nth}"
        )
        for nth, (to, awaiting) in enumerate(turns, start=5)
    ]
    raised = PriorityChanged(id=f"{number}-8", at=at + 8 * step, by=Party.CUSTOMER, to="P1")
    done = PhaseChanged(
        id=f"{number}-9", at=at + 9 * step, by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY
    )
    return [opened, *talk, *phases, raised, done]


def chunks(first: int, tickets: int, a_transaction: int) -> Iterator[range]:
    for start in range(first, first + tickets, a_transaction):
        yield range(start, min(start + a_transaction, first + tickets))


def keep(store: SqlStore, fence: Fence, first: int, tickets: int, a_transaction: int) -> float:
    """Append the histories of tickets; return the seconds that the store took, without making the events."""
    spent = 0.0
    for numbers in chunks(first, tickets, a_transaction // A_TICKET):
        heads = [Timeline(source="bench", ticket=f"INC{n}", id=f"id-{n}", events=()) for n in numbers]
        histories = {f"id-{n}": history(n) for n in numbers}
        began = time.perf_counter()
        with store.begin(fence) as work:
            source = work.sources.register("bench", "timeline").id
            locked = work.tickets.lock(source, heads)
            work.tickets.append({locked[key]: events for key, events in histories.items()}, recorded_at=START)
            work.commit()
        spent += time.perf_counter() - began
    return spent


def timed(name: str, count: int, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    spent = time.perf_counter() - began
    print(f"{name:<58}{spent:9.2f} s {count / spent:12,.0f} events/s", flush=True)
    return spent


def bare(engine: sa.Engine) -> int:
    """Read every event ordered, ten thousand at a time, and make nothing of it."""
    ordered = sa.select(ticket_event).order_by(ticket_event.c.ticket, ticket_event.c.generation, ticket_event.c.at)
    with engine.connect().execution_options(yield_per=10_000) as connection:
        return sum(len(some) for some in connection.execute(ordered).partitions())


def streamed(store: SqlStore) -> int:
    with store.view() as view:
        return sum(len(stored.timeline.events) for stored in view.tickets.stream())


def report(store: SqlStore, engine: sa.Engine) -> None:
    fence = store.acquire("bench")
    assert fence is not None
    tickets = EVENTS // A_TICKET
    small = min(tickets // 10, 2_000)
    spent = keep(store, fence, 0, small, EVENTS_A_TRANSACTION)
    print(f"{'append, 200 events a transaction':<58}{spent:9.2f} s {small * A_TICKET / spent:12,.0f} events/s")
    rest = tickets - small
    spent = keep(store, fence, small, rest, BULK)
    print(f"{'append, 10,000 events a transaction':<58}{spent:9.2f} s {rest * A_TICKET / spent:12,.0f} events/s")
    spent = keep(store, fence, 0, small, EVENTS_A_TRANSACTION)
    print(f"{'append again, nothing new':<58}{spent:9.2f} s {small * A_TICKET / spent:12,.0f} events/s")

    reads = [timed("bare ordered SELECT, SQLAlchemy Core", EVENTS, lambda: bare(engine)) for _ in range(2)]
    streams = [timed("tickets.stream(), timelines built", EVENTS, lambda: streamed(store)) for _ in range(2)]
    print(f"stream / bare SELECT: {min(streams) / min(reads):.2f} (full re-measuring may take 3 in all)")
    some = list(islice((n for n in range(1, tickets + 1, 7)), 5_000))
    with store.view() as view:
        timed("timelines of 5,000 tickets by number", len(some) * A_TICKET, lambda: view.tickets.timelines(some))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("SYNCD_BENCH_URL", f"sqlite:///{folder}/bench.db")
        print(f"{EVENTS:,} events, {A_TICKET} a ticket, {sa.make_url(url).drivername}")
        store = open_store(url)
        engine = sa.create_engine(url)
        try:
            store.upgrade(lambda _line: None)
            report(store, engine)
        finally:
            engine.dispose()
            store.close()


if __name__ == "__main__":
    main()
