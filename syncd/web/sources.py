"""What the pages and the API show, and where it comes from: whoever composes the daemon hands it in.

Methods are called from request threads, several at once; each is expected to read one short view of the store and may
raise `StoreError`, which becomes a 503.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from syncd.domain.account import Account
from syncd.domain.scorecard import ScorecardRow
from syncd.ports.outbox import QueueState
from syncd.ports.readings import OpenClock, OpenCount

WorkerState = Literal["polling", "waiting", "failing", "refused", "paused", "stopped"]
"""What a source's worker is doing; `refused` waits for a person, `failing` tries again."""

BackfillState = Literal["running", "complete", "none"]
"""How far the past is read; `none` where the connector reads no past apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    """One source and the worker that polls it."""

    name: str
    kind: str
    state: WorkerState
    stale: bool
    """No complete pass for so long that its breaches are not announced."""
    last_success_at: datetime | None
    last_attempt_at: datetime | None
    failures: int
    last_error: str | None
    watermark: datetime | None
    """The newest change at the source that was read."""
    next_pass_at: datetime | None
    backfill: BackfillState


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStatus:
    """The store and whether its schema is this release's."""

    engine: str
    ready: bool
    schema: str | None
    expected_schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How this process stands."""

    leading: bool
    """This process holds the lease and writes; a standby only shows."""
    started_at: datetime
    workers: Sequence[WorkerStatus]
    store: StoreStatus
    versions: Mapping[str, str]
    """Of syncd and of what results depend on, by name."""
    vendors: Mapping[str, str]
    """Names of vendors by id."""
    tickets: int
    quarantined: int
    uncovered: int
    queues: Sequence[QueueState] = field(default_factory=tuple)
    """What waits for every notifier that is configured, or that something was ever queued for."""


class Facts(Protocol):
    """Everything that is shown, as of now."""

    def unready(self) -> Sequence[str]:
        """Return what keeps this process from being ready: configuration, store, schema; empty when it is."""
        ...

    def status(self) -> Status:
        """Return how this process stands."""
        ...

    def open_clocks(self, limit: int, offset: int) -> Sequence[OpenClock]:
        """Return open cycles by deadline, nearest first, paused ones last."""
        ...

    def open_counts(self) -> Sequence[OpenCount]:
        """Return open cycles counted by vendor, contract, target, priority and state."""
        ...

    def scorecard(self, period: str) -> Sequence[ScorecardRow]:
        """Return the rows of every contract for a month, `YYYY-MM`."""
        ...

    def accounts(self, rows: Sequence[ScorecardRow]) -> Sequence[Account]:
        """Return what the rows of a scorecard come to: credits and scores, contract by contract."""
        ...

    def explain(self, source: str, ticket: str) -> str | None:
        """Return the explanation of a ticket's readings as plain text; None for a ticket nobody knows."""
        ...


class MetricsPage(Protocol):
    """The metrics page, in whatever format a client asks for."""

    def page(self, accept: str, accept_encoding: str, now: datetime) -> tuple[bytes, Mapping[str, str]]:
        """Return the page's bytes and headers."""
        ...
