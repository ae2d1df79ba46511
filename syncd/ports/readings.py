"""What clocks say, as the store keeps, lists and counts it: derived and droppable (design.md section 10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from syncd.domain.ledger import NOBODY_S
from syncd.domain.names import Metric, Stage, Verdict
from syncd.domain.reading import Reading, Uncovered
from syncd.ports.repositories import SourceId, TicketNo


@dataclass(frozen=True, slots=True)
class OpenClock:
    """One open cycle as lists show it."""

    ticket_no: TicketNo
    source: str
    ticket: str
    url: str | None
    title: str | None
    vendor: str
    contract: str
    target: str
    metric: Metric
    priority: str | None
    stage: Stage
    verdict: Verdict
    due_at: datetime | None
    at_risk_at: datetime | None
    breached_at: datetime | None
    goal_us: int | None
    elapsed_us: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cycles of one target and priority came to what. Cycles, except where an update clock counts goals.

    `spent` is whose time it was, in microseconds and the order of the ledger's owners, of decided cycles that have
    ended; update clocks left out.
    """

    vendor: str
    contract: str
    target: str
    metric: Metric
    priority: str | None
    met: int
    missed: int
    unverifiable: int
    excluded: int
    spent: tuple[int, ...] = NOBODY_S


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many open cycles of one target and priority are in one state; `deadline` is the nearest."""

    vendor: str
    contract: str
    target: str
    priority: str | None
    state: str
    """ok, at_risk, breached or paused, as of the instant asked for."""
    count: int
    deadline: datetime | None
    undecided: int = 0
    """How many of them have no verdict yet; breached ones have, paused ones may have."""
    waits_for: str | None = None
    """Of paused ones, whom they wait for, where that is known: each has a count of its own."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How many cycles of one target and priority were ever decided, and how many of them missed.

    The highest that the counts ever were: measuring again may find fewer, and a counter must not fall. Update clocks
    count goals.
    """

    vendor: str
    contract: str
    target: str
    priority: str | None
    decided: int
    missed: int


CONSUMED_STEPS = (25, 50, 75, 90, 100, 125, 150, 200, 400)
"""Shares of a goal, in percent, up to which decided cycles are counted by what they had used when they stopped."""


@dataclass(frozen=True, slots=True)
class Consumed:
    """How much of their goals the decided cycles of one target had used when they stopped; update clocks left out.

    `up_to` counts cycles cumulatively by `CONSUMED_STEPS`, inclusively, and last of all every one. `total` is the sum
    of the shares. Each figure is the highest that it ever was, as in `Lifetime`.
    """

    vendor: str
    contract: str
    target: str
    up_to: tuple[int, ...]
    total: float


class Contradiction(NamedTuple):
    """A promise of which the source's own clock says something else than we do: it says `met`, or `missed`."""

    contract: str
    target: str
    source_says: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A ticket's readings, and when it must be looked at again though nothing happens to it."""

    number: TicketNo
    readings: Sequence[Reading]
    uncovered: Uncovered | None = None
    wake_at: datetime | None = None
    contradictions: Sequence[Contradiction] = ()


@dataclass(frozen=True, slots=True)
class Renewal:
    """How far measuring every ticket again, by another basis, has come.

    `since` is when it began. Tickets up to and including the number `done` are measured by it, those beyond may not be.
    """

    basis: str
    since: datetime
    done: TicketNo = -1


class Readings(Protocol):
    """What clocks say: derived and droppable."""

    def put(self, measured: Sequence[Measured]) -> None:
        """Replace the tickets' readings, marking the days whose counts change as dirty. The tickets are locked.

        Readings that say what was stored, all of whose cycles are over, may keep the `as_of` they were stored with.
        """
        ...

    def of(self, numbers: Sequence[TicketNo]) -> Mapping[TicketNo, Sequence[Reading]]:
        """Return tickets' readings as last put; tickets without any are absent."""
        ...

    def due(self, at: datetime, limit: int) -> Sequence[TicketNo]:
        """Return tickets whose `wake_at` has come, longest due first."""
        ...

    def next_wake(self) -> datetime | None:
        """Return the earliest `wake_at` of all."""
        ...

    def fallen_due(self, source: SourceId, after: datetime, until: datetime) -> int:
        """Return how many open clocks of a source became or become late in `(after, until]`."""
        ...

    def open_clocks(self, limit: int, offset: int = 0) -> Sequence[OpenClock]:
        """Return open cycles by deadline, nearest first, paused ones last; excluded ones are not among them."""
        ...

    def open_counts(self, at: datetime) -> Sequence[OpenCount]:
        """Return open cycles counted by vendor, contract, target, priority, state and whom they wait for.

        Excluded ones do not count.
        """
        ...

    def tallies(self, start: datetime, end: datetime) -> Sequence[Tally]:
        """Return the cycles decided in `[start, end)`, exactly: whole UTC days from rollups, the edges counted."""
        ...

    def tallies_of(self, spans: Sequence[tuple[datetime, datetime]]) -> Sequence[Sequence[Tally]]:
        """Return the tallies of each span `[start, end)`; what several spans share is counted once."""
        ...

    def lifetimes(self) -> Sequence[Lifetime]:
        """Return the counts of all time as of the last `refresh_rollups`, by vendor, contract, target and priority."""
        ...

    def consumed(self) -> Sequence[Consumed]:
        """Return what was used of goals in all time, as of the last `refresh_rollups`."""
        ...

    def alarming(self, at: datetime, limit: int) -> Sequence[OpenClock]:
        """Return running cycles at risk at an instant, nearest deadline first, then breached ones, newest first."""
        ...

    def contradictions(self) -> Mapping[tuple[str, Contradiction], int]:
        """Return how many tickets there are of which a source's own clock contradicts ours, by (source, promise)."""
        ...

    def pending(self, contract: str, start: datetime, end: datetime) -> Mapping[tuple[str, str | None], int]:
        """Return how many open, undecided cycles by (target, priority) began before `end`; for the current period."""
        ...

    def refresh_rollups(self, limit: int) -> int:
        """Recompute up to `limit` dirty days; return how many are still dirty."""
        ...

    def uncovered(self) -> Mapping[tuple[str, str], int]:
        """Return how many tickets no contract measures, by (source, reason)."""
        ...

    def basis(self) -> str | None:
        """Return what the readings were measured by: contracts, engine, zone data; None where nobody said."""
        ...

    def set_basis(self, basis: str) -> None:
        """Note what the readings were measured by, once all of them were: no renewal goes on."""
        ...

    def renewal(self) -> Renewal | None:
        """Return how far measuring everything again has come; None while that is not going on."""
        ...

    def renew(self, renewal: Renewal) -> None:
        """Note how far it has come."""
        ...

    def drop(self) -> None:
        """Forget every reading and rollup."""
        ...
