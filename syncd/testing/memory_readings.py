"""Readings in memory: every figure is counted from the readings when it is asked for."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import add

from syncd.domain.goals import counts_goals, goals_of
from syncd.domain.instant import DAY_US, from_us, to_us
from syncd.domain.ledger import NOBODY_S
from syncd.domain.names import Metric, Stage, Verdict
from syncd.domain.reading import Cycle, Reading, waits_for
from syncd.ports.readings import (
    Consumed,
    Contradiction,
    Lifetime,
    Measured,
    OpenClock,
    OpenCount,
    Renewal,
    Tally,
)
from syncd.ports.repositories import SourceId, TicketNo
from syncd.testing.memory_lifetimes import consumed, lifetimes, raise_highest
from syncd.testing.memory_state import State

_OPEN = frozenset({Stage.RUNNING, Stage.PAUSED})


def _counted_at(cycle: Cycle) -> datetime | None:
    """Return the instant at which tallies count a cycle; a verdict that decides nothing counts at its stop or start."""
    if cycle.verdict is Verdict.PENDING:
        return None
    return cycle.decided_at or cycle.stopped_at or cycle.started_at


def _added(reading: Reading, cycle: Cycle) -> Iterator[tuple[datetime, Verdict, int]]:
    """Yield what a cycle adds to tallies: itself, or of an update clock its goals."""
    if counts_goals(reading) and cycle.verdict in (Verdict.MET, Verdict.MISSED):
        for us, met, missed in goals_of(cycle):
            yield from_us(us), Verdict.MET, met
            yield from_us(us), Verdict.MISSED, missed
    elif (at := _counted_at(cycle)) is not None:
        yield at, cycle.verdict, 1


def _spent(reading: Reading, cycle: Cycle) -> tuple[int, ...]:
    """Whose time a cycle adds to tallies: of decided ones that have ended."""
    decided = cycle.verdict in (Verdict.MET, Verdict.MISSED) and not counts_goals(reading)
    return cycle.spent if decided and cycle.spent is not None else NOBODY_S


def _is_owed(cycle: Cycle) -> bool:
    """Whether a cycle is open and counts."""
    return cycle.stage in _OPEN and cycle.verdict is not Verdict.EXCLUDED


def _state(cycle: Cycle, at: datetime) -> str:
    if cycle.stage is Stage.PAUSED:
        return "paused"
    if cycle.verdict is Verdict.MISSED:
        return "breached"
    return "at_risk" if cycle.at_risk_at is not None and cycle.at_risk_at <= at else "ok"


class MemoryReadings:
    """`syncd.ports.repositories.Readings` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def _days(self, number: TicketNo) -> Counter[tuple[int, Verdict, str, str | None]]:
        """Return what a ticket adds to which day."""
        return Counter(
            (
                to_us(at) // DAY_US,
                verdict,
                f"{reading.contract}/{reading.target}/{count}/{_spent(reading, cycle)}",
                cycle.priority,
            )
            for reading in self._state.readings.get(number, ())
            for cycle in reading.cycles
            for at, verdict, count in _added(reading, cycle)
        )

    def put(self, measured: Sequence[Measured]) -> None:
        """Replace the tickets' readings, marking the days whose counts that changes as dirty."""
        for one in measured:
            before = self._days(one.number)
            self._state.readings[one.number] = tuple(one.readings)
            after = self._days(one.number)
            for day, *_ in (before - after) | (after - before):
                self._state.dirty_days[day] = None
            self._state.wakes.pop(one.number, None)
            if one.wake_at is not None:
                self._state.wakes[one.number] = one.wake_at
            self._state.uncovered.pop(one.number, None)
            if one.uncovered is not None:
                self._state.uncovered[one.number] = one.uncovered.reason
            self._state.contradictions.pop(one.number, None)
            if one.contradictions:
                self._state.contradictions[one.number] = tuple(one.contradictions)

    def of(self, numbers: Sequence[TicketNo]) -> Mapping[TicketNo, Sequence[Reading]]:
        """Return tickets' readings as last put; tickets without any are absent."""
        return {
            number: list(readings) for number in sorted(set(numbers)) if (readings := self._state.readings.get(number))
        }

    def due(self, at: datetime, limit: int) -> Sequence[TicketNo]:
        """Return tickets whose `wake_at` has come, longest due first."""
        woken = sorted((wake_at, number) for number, wake_at in self._state.wakes.items() if wake_at <= at)
        return [number for _, number in woken[:limit]]

    def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` of all."""
        return min(self._state.wakes.values(), default=None)

    def _cycles(self) -> Iterator[tuple[TicketNo, int, Reading, Cycle]]:
        for number, readings in self._state.readings.items():
            for place, reading in enumerate(readings):
                for cycle in reading.cycles:
                    yield number, place, reading, cycle

    def fallen_due(self, source: SourceId, after: datetime, until: datetime) -> int:
        """Return how many open clocks of a source became or become late in `(after, until]`."""
        return sum(
            _is_owed(cycle) and cycle.late_from is not None and after < cycle.late_from <= until
            for number, _, _, cycle in self._cycles()
            if self._state.tickets[number].source == source
        )

    def open_clocks(self, limit: int, offset: int = 0) -> Sequence[OpenClock]:
        """Return open cycles by deadline, nearest first, paused ones last."""
        found = [found for found in self._cycles() if _is_owed(found[3])]

        def place(one: tuple[TicketNo, int, Reading, Cycle]) -> tuple[object, ...]:
            number, nth, _, cycle = one
            due = float("inf") if cycle.due_at is None else to_us(cycle.due_at)
            return (cycle.stage is Stage.PAUSED, due, number, nth, cycle.number)

        found.sort(key=place)
        return [
            self._clock(number, reading, cycle) for number, _, reading, cycle in islice(found, offset, offset + limit)
        ]

    def _clock(self, number: TicketNo, reading: Reading, cycle: Cycle) -> OpenClock:
        head = self._state.tickets[number].head
        return OpenClock(
            ticket_no=number,
            source=self._state.sources[self._state.tickets[number].source].name,
            ticket=head.ticket,
            url=head.url,
            title=head.title,
            vendor=reading.vendor,
            contract=reading.contract,
            target=reading.target,
            metric=reading.metric,
            priority=cycle.priority,
            stage=cycle.stage,
            verdict=cycle.verdict,
            due_at=cycle.due_at,
            at_risk_at=cycle.at_risk_at,
            breached_at=cycle.breached_at,
            goal_us=cycle.goal_us,
            elapsed_us=cycle.elapsed_us,
        )

    def open_counts(self, at: datetime) -> Sequence[OpenCount]:
        """Return open cycles by vendor, contract, target, priority and state: paused, else breached, at risk, ok."""
        groups: dict[tuple[str, str, str, str | None, str, str | None], list[Cycle]] = {}
        for _, _, reading, cycle in self._cycles():
            if _is_owed(cycle):
                key = (
                    reading.vendor,
                    reading.contract,
                    reading.target,
                    cycle.priority,
                    _state(cycle, at),
                    waits_for(cycle),
                )
                groups.setdefault(key, []).append(cycle)
        return [
            OpenCount(
                *key[:5],
                len(cycles),
                min((cycle.due_at for cycle in cycles if cycle.due_at is not None), default=None),
                sum(cycle.verdict is Verdict.PENDING for cycle in cycles),
                key[5],
            )
            for key, cycles in sorted(
                groups.items(), key=lambda item: (*item[0][:3], item[0][3] or "", item[0][4], item[0][5] or "")
            )
        ]

    def tallies(self, start: datetime, end: datetime) -> Sequence[Tally]:
        """Return the cycles decided in `[start, end)`; see `_counted_at`."""
        groups: dict[tuple[str, str, str, Metric, str | None], Counter[Verdict]] = {}
        spent: dict[tuple[str, str, str, Metric, str | None], tuple[int, ...]] = {}
        for _, _, reading, cycle in self._cycles():
            for at, verdict, count in _added(reading, cycle):
                if start <= at < end:
                    key = (reading.vendor, reading.contract, reading.target, reading.metric, cycle.priority)
                    groups.setdefault(key, Counter())[verdict] += count
                    spent[key] = tuple(map(add, spent.get(key, NOBODY_S), _spent(reading, cycle)))
        return [
            Tally(
                *key,
                counts[Verdict.MET],
                counts[Verdict.MISSED],
                counts[Verdict.UNVERIFIABLE],
                counts[Verdict.EXCLUDED],
                spent[key],
            )
            for key, counts in sorted(groups.items(), key=lambda item: (*item[0][:4], item[0][4] or ""))
        ]

    def tallies_of(self, spans: Sequence[tuple[datetime, datetime]]) -> Sequence[Sequence[Tally]]:
        """Return the tallies of each span `[start, end)`."""
        return [self.tallies(*span) for span in spans]

    def lifetimes(self) -> Sequence[Lifetime]:
        """Return the counts of all time as of the last `refresh_rollups`."""
        return lifetimes(self._state)

    def consumed(self) -> Sequence[Consumed]:
        """Return what was used of goals in all time, as of the last `refresh_rollups`."""
        return consumed(self._state)

    def alarming(self, at: datetime, limit: int) -> Sequence[OpenClock]:
        """Return running cycles at risk at an instant, nearest deadline first, then breached ones, newest first."""
        found = [each for each in self._cycles() if each[3].stage is Stage.RUNNING and _is_owed(each[3])]
        alarming = [each for each in found if _state(each[3], at) != "ok"]

        def place(one: tuple[TicketNo, int, Reading, Cycle]) -> tuple[object, ...]:
            number, nth, _, cycle = one
            due = float("inf") if cycle.due_at is None else to_us(cycle.due_at)
            breached = cycle.verdict is Verdict.MISSED
            return (breached, -due if breached else due, number, nth, cycle.number)

        return [
            self._clock(number, reading, cycle) for number, _, reading, cycle in sorted(alarming, key=place)[:limit]
        ]

    def contradictions(self) -> Mapping[tuple[str, Contradiction], int]:
        """Return how many tickets there are of which a source's own clock contradicts ours, by (source, promise)."""
        return Counter(
            (self._state.sources[self._state.tickets[number].source].name, each)
            for number, found in self._state.contradictions.items()
            for each in found
        )

    def pending(
        self,
        contract: str,
        start: datetime,  # noqa: ARG002  # what is undecided now was decided in no earlier period
        end: datetime,
    ) -> Mapping[tuple[str, str | None], int]:
        """Return how many open, undecided cycles by (target, priority) began before `end`; for the current period."""
        return Counter(
            (reading.target, cycle.priority)
            for _, _, reading, cycle in self._cycles()
            if reading.contract == contract
            and cycle.stage in _OPEN
            and cycle.verdict is Verdict.PENDING
            and cycle.started_at < end
        )

    def refresh_rollups(self, limit: int) -> int:
        """Call up to `limit` dirty days clean, since nothing is rolled up here; return how many are still dirty."""
        for day in sorted(self._state.dirty_days)[:limit]:
            del self._state.dirty_days[day]
        raise_highest(self._state, list(self._adds()))
        return len(self._state.dirty_days)

    def uncovered(self) -> Mapping[tuple[str, str], int]:
        """Return how many tickets no contract measures, by (source, reason)."""
        return Counter(
            (self._state.sources[self._state.tickets[number].source].name, reason)
            for number, reason in self._state.uncovered.items()
        )

    def _adds(self) -> Iterator[tuple[Reading, Cycle, Verdict, int]]:
        for _, _, reading, cycle in self._cycles():
            for at, verdict, count in _added(reading, cycle):
                if to_us(at) // DAY_US not in self._state.dirty_days:
                    yield reading, cycle, verdict, count

    def basis(self) -> str | None:
        """Return what the readings were measured by."""
        return self._state.basis.get("")

    def set_basis(self, basis: str) -> None:
        """Note what the readings were measured by."""
        self._state.basis[""] = basis
        self._state.renewal.pop("", None)

    def renewal(self) -> Renewal | None:
        """Return how far measuring everything again has come; None while that is not going on."""
        return self._state.renewal.get("")

    def renew(self, renewal: Renewal) -> None:
        """Note how far it has come."""
        self._state.renewal[""] = renewal

    def drop(self) -> None:
        """Forget every reading and rollup, and with them when and why tickets are looked at."""
        self._state.readings.clear()
        self._state.dirty_days.clear()
        self._state.wakes.clear()
        self._state.uncovered.clear()
        self._state.contradictions.clear()
