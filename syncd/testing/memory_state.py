"""What the store in memory holds, and tables that a transaction copies when it first writes to them."""

from collections.abc import ItemsView, Iterator, KeysView, MutableMapping, ValuesView
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TypeVar

from syncd.domain.events import TicketEvent
from syncd.domain.notice import Notice
from syncd.domain.problem import Problem
from syncd.domain.reading import Reading
from syncd.domain.timeline import Timeline
from syncd.errors import StoreError
from syncd.ports.connector import Cursor, RawRecord
from syncd.ports.held import Held
from syncd.ports.readings import Contradiction, Renewal
from syncd.ports.repositories import SourceId, SourceRow, TicketNo

K = TypeVar("K")
V = TypeVar("V")


class Scope:
    """What the tables of one transaction allow."""

    def __init__(self, *, writing: bool) -> None:
        self.writing = writing
        self.ended = False

    def reading(self) -> None:
        """Raise `StoreError` unless the transaction goes on."""
        if self.ended:
            raise StoreError("this transaction has ended; open another one")

    def changing(self) -> None:
        """Raise `StoreError` unless the transaction goes on and may write."""
        self.reading()
        if not self.writing:
            raise StoreError("a view cannot write")


class Table(MutableMapping[K, V]):
    """Rows by key. Values are never changed, only replaced, so a copy of the table is a state of its own."""

    def __init__(self, rows: dict[K, V] | None = None, scope: Scope | None = None) -> None:
        self._rows: dict[K, V] = {} if rows is None else rows
        self._mine = rows is None
        self._scope = scope or Scope(writing=False)

    def within(self, scope: Scope) -> "Table[K, V]":
        """Return the same rows for a transaction, copied when it writes."""
        return Table(self._rows, scope)

    def __getitem__(self, key: K) -> V:
        self._scope.reading()
        return self._rows[key]

    def __setitem__(self, key: K, value: V) -> None:
        self._own()
        self._rows[key] = value

    def __delitem__(self, key: K) -> None:
        self._own()
        del self._rows[key]

    def _own(self) -> None:
        self._scope.changing()
        if not self._mine:
            self._rows = dict(self._rows)
            self._mine = True

    def __iter__(self) -> Iterator[K]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def keys(self) -> KeysView[K]:
        """Return the keys, in order of arrival."""
        self._scope.reading()
        return self._rows.keys()

    def values(self) -> ValuesView[V]:
        """Return the rows, in order of arrival."""
        self._scope.reading()
        return self._rows.values()

    def items(self) -> ItemsView[K, V]:
        """Return keys and rows, in order of arrival."""
        self._scope.reading()
        return self._rows.items()


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event of one generation."""

    event: TicketEvent
    recorded_at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A raw record, by when it was learned."""

    record: RawRecord
    digest: bytes
    learned_at: datetime


@dataclass(frozen=True, slots=True)
class HeldTicket:
    """A ticket: its timeline without events."""

    source: SourceId
    head: Timeline


@dataclass(frozen=True, slots=True)
class HeldProblem:
    """A ticket's findings."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Queued:
    """One notice for one channel."""

    id: int
    key: str
    channel: str
    notice: Notice
    queued_at: datetime
    next_at: datetime
    attempts: int = 0
    state: str = "queued"
    ticket: TicketNo = 0
    stands: bool = False
    confirmed: bool = True
    ended_at: datetime | None = None
    settled_at: datetime | None = None
    error: str | None = None

    @property
    def outstanding(self) -> bool:
        """Whether it says what is so and has not ended."""
        return self.stands and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that is held; `rechecks` says that it needs a confirmation."""

    held: Held
    leave_at: datetime
    rechecks: bool


@dataclass(slots=True)
class State:
    """Every table."""

    sources: Table[SourceId, SourceRow] = field(default_factory=Table)
    generations: Table[SourceId, int] = field(default_factory=Table)
    """The highest generation begun."""
    tickets: Table[TicketNo, HeldTicket] = field(default_factory=Table)
    numbers: Table[tuple[SourceId, str], TicketNo] = field(default_factory=Table)
    events: Table[TicketNo, dict[tuple[int, str], HeldEvent]] = field(default_factory=Table)
    records: Table[tuple[SourceId, str, str], tuple[HeldRecord, ...]] = field(default_factory=Table)
    basis: Table[str, str] = field(default_factory=Table)
    """What the readings were measured by, under the empty key."""
    renewal: Table[str, Renewal] = field(default_factory=Table)
    """How far measuring everything again has come, under the empty key."""
    readings: Table[TicketNo, tuple[Reading, ...]] = field(default_factory=Table)
    wakes: Table[TicketNo, datetime] = field(default_factory=Table)
    uncovered: Table[TicketNo, str] = field(default_factory=Table)
    contradictions: Table[TicketNo, tuple[Contradiction, ...]] = field(default_factory=Table)
    highest: Table[tuple[str, ...], int] = field(default_factory=Table)
    """The most that each count of all time ever was."""
    links: Table[TicketNo, frozenset[str]] = field(default_factory=Table)
    """The names that tickets say."""
    marks: Table[int, TicketNo] = field(default_factory=Table)
    marked: Table[str, int] = field(default_factory=Table)
    """The highest mark ever made, under the empty key."""
    dirty_days: Table[int, None] = field(default_factory=Table)
    keys: Table[str, datetime] = field(default_factory=Table)
    queue: Table[int, Queued] = field(default_factory=Table)
    held: Table[str, Waiting] = field(default_factory=Table)
    reread: Table[TicketNo, datetime] = field(default_factory=Table)
    cursors: Table[tuple[SourceId, str], Cursor] = field(default_factory=Table)
    quarantine: Table[tuple[SourceId, str], tuple[str, datetime]] = field(default_factory=Table)
    problems: Table[tuple[SourceId, str], HeldProblem] = field(default_factory=Table)

    def within(self, scope: Scope) -> "State":
        """Return the same state for a transaction."""
        return State(**{table.name: getattr(self, table.name).within(scope) for table in fields(self)})
