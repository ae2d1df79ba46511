"""Measuring: tickets of the real log a second, and time an event as tickets grow longer.

The log (24,918 incidents, two calendars, four priorities, two clocks a ticket) is measured in memory, aim 20,000
tickets a second and core, and by `syncd measure` from a file to a file. Long tickets are made up: time an event must
not grow with their number. Run as a script; asserts nothing.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from syncd.domain import events as e
from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule, Window
from syncd.domain.contract import Agreements, Contract, Cover, Revision, Target, Vendor
from syncd.domain.duration import Counted
from syncd.domain.measure import measure
from syncd.domain.names import Awaiting, Metric, Party, Phase
from syncd.domain.timeline import Timeline, in_order
from syncd.domain.timeline_format import parse_timeline
from syncd.settings import load_agreements
from tests.uci.instance import LOG, write_agreements

AS_OF = datetime(2017, 6, 1, tzinfo=UTC)
AIM = 20_000
ROUNDS = 3
PATIENCE_S = 0.5

OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
LENGTHS = (100, 1_000, 10_000)
MINUTE = timedelta(minutes=1)


def main() -> None:
    """Measure and print."""
    if LOG.exists():
        _log()
    else:
        print("measure, real log: shared data absent")
    _long_tickets()


def _log() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = folder / "timelines.jsonl"
        with lines.open("w") as target:
            subprocess.run([sys.executable, str(LOG.with_name("make_timelines.py"))], stdout=target, check=True)
        payloads = [json.loads(line) for line in lines.read_text().splitlines()]
        agreements = write_agreements(folder, ["uci"])
        rules = load_agreements([agreements]).agreements

        began = time.process_time()
        timelines = [parse_timeline(payload) for payload in payloads]
        parsing = time.process_time() - began
        measuring = min(_measured(timelines, rules) for _ in range(ROUNDS))

        command = [sys.executable, "-m", "syncd", "measure", "--contracts", str(agreements), "--timelines", str(lines)]
        started = time.perf_counter()
        subprocess.run([*command, "--as-of", "2017-06-01T00:00:00Z"], stdout=subprocess.DEVNULL, check=True)
        whole = time.perf_counter() - started

        count = len(timelines)
        events = sum(len(timeline.events) for timeline in timelines)
        print(f"{count:,} tickets, {events:,} events, two clocks a ticket, two calendars, four priorities")
        print(f"  parse           {count / parsing:9,.0f} tickets/s")
        each = measuring / count
        print(f"  measure         {1 / each:9,.0f} tickets/s and core, {each * 1e6:.0f} us each, aim {AIM:,}")
        print(f"  syncd measure   {count / whole:9,.0f} tickets/s, start, parsing and printing included")
        print(f"  ratio           {measuring / parsing:9.2f} measure against parse")


def _measured(timelines: list[Timeline], rules: Agreements) -> float:
    began = time.process_time()
    for timeline in timelines:
        measure(timeline, rules, as_of=AS_OF)
    return time.process_time() - began


@dataclass(frozen=True)
class Habit:
    """What goes on happening to a ticket, event after event, and what is measured on it."""

    name: str
    metric: Metric
    event: Callable[[int, datetime], e.TicketEvent]


def _turn(place: int, at: datetime) -> e.TicketEvent:
    waits = place % 2
    phase, awaiting = (Phase.PENDING, Awaiting.CUSTOMER) if waits else (Phase.ACTIVE, Awaiting.VENDOR)
    return e.PhaseChanged(id=f"e{place}", at=at, seq=place, by=Party.VENDOR, to=phase, awaiting=awaiting)


def _reopening(place: int, at: datetime) -> e.TicketEvent:
    phase, awaiting = (Phase.RESOLVED, Awaiting.NOBODY) if place % 2 else (Phase.ACTIVE, Awaiting.VENDOR)
    by = Party.VENDOR if place % 2 else Party.CUSTOMER
    return e.PhaseChanged(id=f"e{place}", at=at, seq=place, by=by, to=phase, awaiting=awaiting)


def _toggle(place: int, at: datetime) -> e.TicketEvent:
    return e.PriorityChanged(id=f"e{place}", at=at, seq=place, by=Party.VENDOR, to=f"P{place % 4 + 1}")


def _talk(place: int, at: datetime) -> e.TicketEvent:
    by = Party.CUSTOMER if place % 2 else Party.VENDOR
    return e.Message(id=f"e{place}", at=at, seq=place, by=by)


HABITS = (
    Habit("turns", Metric.RESOLUTION, _turn),
    Habit("priorities", Metric.RESOLUTION, _toggle),
    Habit("reopenings", Metric.RESOLUTION, _reopening),
    Habit("messages, next response", Metric.NEXT_RESPONSE, _talk),
    Habit("messages, update", Metric.UPDATE, _talk),
)


def _long_tickets() -> None:
    print(f"time an event in tickets of {', '.join(f'{length:,}' for length in LENGTHS)} events: level is linear")
    for habit in HABITS:
        rules = _rules(habit.metric)
        figures = []
        for length in LENGTHS:
            opened = e.Opened(id="e0", at=OPENED, seq=0, by=Party.CUSTOMER, vendor="acme", priority="P2")
            happened = [opened, *(habit.event(place, OPENED + place * MINUTE) for place in range(1, length))]
            timeline = Timeline(source="desk", ticket="T-1", id="1", events=in_order(happened))
            seconds = _measured_once(timeline, rules)
            if seconds < PATIENCE_S:
                seconds = min(seconds, *(_measured_once(timeline, rules) for _ in range(ROUNDS)))
            figures.append(f"{seconds / length * 1e6:8.2f} us")
        print(f"  {habit.name:24} {'  '.join(figures)}")


def _measured_once(timeline: Timeline, rules: Agreements) -> float:
    began = time.process_time()
    measure(timeline, rules, as_of=timeline.events[-1].at + MINUTE)
    return time.process_time() - began


def _rules(metric: Metric) -> Agreements:
    hours = dict.fromkeys(range(5), (Window(9 * 3600, 17 * 3600),))
    office = ServiceCalendar("office", "Europe/Berlin", ((None, CalendarRule(weekly=hours)),))
    target = Target(
        name="promise",
        metric=metric,
        goals={"default": Counted(4 * 3_600_000_000)},
        calendars={"P1": always(), "default": office},
        objective={"default": Fraction(9, 10)},
        pause_while=frozenset({Awaiting.CUSTOMER}),
    )
    since = datetime(2020, 1, 1, tzinfo=UTC)
    revision = Revision(
        name="2020", effective_from=since, observe_from=since, notify_from=since, covers=(Cover("desk"),),
        targets=(target,),
    )  # fmt: skip
    contract = Contract(id="acme", vendor=Vendor("acme", "ACME"), time_zone="Europe/Berlin", revisions=(revision,))
    return Agreements((contract,), {})


if __name__ == "__main__":
    main()
