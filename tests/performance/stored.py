"""A store filled with many tickets of the source `bulk`: a pattern of them, multiplied in SQL."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from syncd.bootstrap.configuration import rules_of
from syncd.bootstrap.rounds import rebuilding_of
from syncd.daemon.system_now import SystemNow
from syncd.domain.events import Opened, PhaseChanged, TicketEvent
from syncd.domain.names import Awaiting, Party, Phase
from syncd.domain.timeline import Timeline
from syncd.services.assess import assess
from syncd.settings import Settings
from syncd.store import tables

PATTERN = 1_000
"""Tickets written through the repositories, which are then multiplied."""

A_TRANSACTION = 100


def fill(settings: Settings, path: Path, tickets: int, *, open_every: int, now: datetime) -> None:
    """Fill a store with thousands of tickets, each told to the vendor `acme`, one in `open_every` still open."""
    _write_pattern(settings, now, open_every)
    if tickets > PATTERN:
        _multiply(path, tickets // PATTERN - 1)


def _history(number: int, now: datetime, open_every: int) -> list[TicketEvent]:
    """Return the events of one ticket of the pattern."""
    at = now - timedelta(days=number + 1)
    opened = Opened(id=f"{number}-0", at=at, by=Party.CUSTOMER, priority=f"P{number % 2 + 1}", vendor="acme")
    taken = PhaseChanged(
        id=f"{number}-1", at=at + timedelta(minutes=50), by=Party.VENDOR, to=Phase.ACTIVE, awaiting=Awaiting.VENDOR
    )
    if number % open_every == 0:
        return [opened, taken]
    done = PhaseChanged(
        id=f"{number}-2", at=at + timedelta(hours=9), by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY
    )
    return [opened, taken, done]


def _write_pattern(settings: Settings, now: datetime, open_every: int) -> None:
    """Write and measure the pattern's tickets."""
    rules = rules_of(settings)
    with rebuilding_of(settings, now=SystemNow(), say=lambda _line: None) as (intakes, store, fence, _rules):
        for start in range(0, PATTERN, A_TRANSACTION):
            numbers = range(start, start + A_TRANSACTION)
            heads = [Timeline(source="bulk", ticket=f"B{n}", id=f"id-{n}", events=()) for n in numbers]
            with store.begin(fence) as work:
                locked = work.tickets.lock(intakes[0].source, heads)
                work.tickets.append({locked[f"id-{n}"]: _history(n, now, open_every) for n in numbers}, recorded_at=now)
                assess(work, sorted(locked.values()), rules, as_of=now, from_history=True)
                work.commit()


def _multiply(path: Path, copies: int) -> None:
    """Copy the pattern so many times under new numbers."""
    with closing(sqlite3.connect(path)) as connection:
        numbers = "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < ?)"
        for table, changed in {
            tables.ticket: {
                "number": f"number + {PATTERN} * n", "ticket_id": "ticket_id || '-' || n", "shown": "shown || '-' || n"
            },
            tables.ticket_event: {"ticket": f"ticket + {PATTERN} * n"},
            tables.reading: {"ticket": f"ticket + {PATTERN} * n"},
        }.items():  # fmt: skip
            names = [column.name for column in table.columns]
            values = ", ".join(changed.get(name, name) for name in names)
            pattern = f"SELECT {', '.join(names)} FROM {table.name}"  # noqa: S608  # our own names
            connection.execute(
                f"INSERT INTO {table.name} ({', '.join(names)}) {numbers} SELECT {values} FROM copy, ({pattern})",  # noqa: S608  # as above
                (copies,),
            )
        connection.commit()


def count_days(settings: Settings) -> None:
    """Bring the rollups up to date, as a daemon does while it runs."""
    with rebuilding_of(settings, now=SystemNow(), say=lambda _line: None) as (_intakes, store, fence, _rules):
        dirty = True
        while dirty:
            with store.begin(fence) as work:
                dirty = bool(work.readings.refresh_rollups(100))
                work.commit()
