"""What the pages show, read from the store when asked and from the workers as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.daemon.source_poll import SourcePoll
from syncd.domain.account import Account, accounts_of
from syncd.domain.contract import Agreements
from syncd.domain.linking import incident_of
from syncd.domain.scorecard import ScorecardRow
from syncd.errors import StoreError
from syncd.ports.now import Now
from syncd.ports.outbox import QueueState
from syncd.ports.readings import OpenClock, OpenCount
from syncd.ports.repositories import SourceRow
from syncd.ports.store import Store, Work
from syncd.report.explanation import explain
from syncd.services.incidents import incidents_of
from syncd.services.score import stored_scorecard
from syncd.services.sight import stale_after
from syncd.telemetry.fleet import vendors_of
from syncd.web.sources import BackfillState, Status, StoreStatus, WorkerState, WorkerStatus


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """`syncd.web.sources.Facts` for a running daemon; `polls` are its source workers by source name."""

    store: Store
    engine: str
    agreements: Agreements
    every: Mapping[str, timedelta]
    polls: Mapping[str, SourcePoll]
    now: Now
    started_at: datetime
    versions: Mapping[str, str]
    channels: Sequence[str] = ()
    """The configured notifiers."""

    def unready(self) -> Sequence[str]:
        """What keeps this process from being ready."""
        try:
            schema = self.store.schema()
        except StoreError as cause:
            return [f"the store cannot be reached: {cause}"]
        return [] if schema.ready else [f"the store's schema is {schema.current}, this release needs {schema.expected}"]

    def status(self) -> Status:
        """How this process stands."""
        schema = self.store.schema()
        now = self.now.utc()
        with self.store.view() as view:
            rows = [row for row in view.sources.all() if row.name in self.every]
            return Status(
                leading=True,
                started_at=self.started_at,
                workers=[self._worker(row, now) for row in rows],
                store=StoreStatus(
                    engine=self.engine, ready=schema.ready, schema=schema.current, expected_schema=schema.expected
                ),
                versions=self.versions,
                vendors=vendors_of(self.agreements),
                tickets=view.tickets.count(),
                quarantined=len(view.quarantine.all()),
                uncovered=sum(view.readings.uncovered().values()),
                queues=self._queues(view),
            )

    def open_clocks(self, limit: int, offset: int) -> Sequence[OpenClock]:
        """Open cycles by deadline."""
        with self.store.view() as view:
            return view.readings.open_clocks(limit, offset)

    def open_counts(self) -> Sequence[OpenCount]:
        """Open cycles counted."""
        with self.store.view() as view:
            return view.readings.open_counts(self.now.utc())

    def scorecard(self, period: str) -> Sequence[ScorecardRow]:
        """The rows of every contract for a period; none for a name that is no period."""
        with self.store.view() as view:
            try:
                return stored_scorecard(view, self.agreements, period)
            except ValueError:
                return []

    def accounts(self, rows: Sequence[ScorecardRow]) -> Sequence[Account]:
        """What the rows come to, contract by contract."""
        return accounts_of(self.agreements, rows)

    def explain(self, source: str, ticket: str) -> str | None:
        """A ticket's explanation as of now."""
        with self.store.view() as view:
            return explain_stored(view, self.agreements, f"{source}:{ticket}", as_of=self.now.utc())

    def _queues(self, view: Work) -> Sequence[QueueState]:
        known = {queue.channel: queue for queue in view.outbox.state()}
        names = dict.fromkeys((*self.channels, *known))
        return [known.get(name, QueueState(name, 0, None, 0)) for name in names]

    def _worker(self, row: SourceRow, now: datetime) -> WorkerStatus:
        poll = self.polls.get(row.name)
        limit = stale_after(self.every[row.name])
        since = row.last_success_at or self.started_at
        return WorkerStatus(
            name=row.name,
            kind=row.kind,
            state=_state(row, poll),
            stale=now - since > limit,
            last_success_at=row.last_success_at,
            last_attempt_at=row.last_attempt_at,
            failures=row.failures,
            last_error=row.last_error,
            watermark=row.watermark,
            next_pass_at=None if poll is None else poll.next_pass_at,
            backfill=_backfill(row, poll),
        )


def explain_stored(view: Work, agreements: Agreements, name: str, *, as_of: datetime) -> str | None:
    """Return the explanations of every stored ticket that people call `name`; None when nobody knows it."""
    numbers = view.tickets.find(name)
    stored = view.tickets.timelines(numbers)
    incidents = incidents_of(view, stored, as_of=as_of)
    texts = [
        explain(
            stored[number].believed,
            agreements,
            as_of=as_of,
            withdrawn=stored[number].withdrawn,
            incident=incidents.get(number) or incident_of(stored[number].believed, (), as_of=as_of),
        )
        for number in numbers
    ]
    return "\n".join(texts) if texts else None


def _state(row: SourceRow, poll: SourcePoll | None) -> WorkerState:
    if poll is None:
        return "stopped"
    if poll.refused:
        return "refused"
    return "failing" if row.failures else "waiting"


def _backfill(row: SourceRow, poll: SourcePoll | None) -> BackfillState:
    if poll is None or not poll.reads_past:
        return "none"
    return "complete" if row.backfilled_at is not None else "running"
