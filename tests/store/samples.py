"""Plain values for the store's tests."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, get_origin, get_type_hints

from syncd.domain.events import Opened, TicketEvent
from syncd.domain.names import Metric, Stage, Verdict
from syncd.domain.notice import Notice, NoticeKey, Step
from syncd.domain.reading import Cycle, Reading
from syncd.domain.timeline import Timeline
from syncd.ports.repositories import TicketNo
from syncd.ports.store import Fence, Store, Work

T = TypeVar("T")

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


_NOTHING: dict[str, Any] = {name: () for name, kind in get_type_hints(Cycle).items() if get_origin(kind) is tuple}
"""No pauses, no flags, and nothing of whatever else a cycle lists."""


def head(ticket_id: str = "id-1", *, source: str = "snow", ticket: str = "INC1") -> Timeline:
    return Timeline(source=source, ticket=ticket, id=ticket_id, events=())


def opened(key: str = "a", at: datetime = NOON, seq: int | None = None) -> Opened:
    return Opened(id=key, at=at, seq=seq)


def cycle(
    stage: Stage = Stage.RUNNING,
    verdict: Verdict = Verdict.PENDING,
    *,
    number: int = 1,
    priority: str | None = "P1",
    started_at: datetime = NOON,
    stopped_at: datetime | None = None,
    due_at: datetime | None = None,
    at_risk_at: datetime | None = None,
    breached_at: datetime | None = None,
    decided_at: datetime | None = None,
) -> Cycle:
    return Cycle(
        number=number, priority=priority, started_at=started_at, stopped_at=stopped_at, stage=stage, verdict=verdict,
        goal_us=4_000_000, elapsed_us=1_000_000, first_due_at=due_at, due_at=due_at, due_if_resumed=None,
        late_from=due_at, breached_at=breached_at, at_risk_at=at_risk_at, decided_at=decided_at, period=None,
        started_by="a", stopped_by=None, false_resolves=0, **_NOTHING,
    )  # fmt: skip


def decided(verdict: Verdict, at: datetime, *, number: int = 1, priority: str | None = "P1") -> Cycle:
    return cycle(Stage.COMPLETED, verdict, number=number, priority=priority, stopped_at=at, decided_at=at)


def reading(
    *cycles: Cycle,
    target: str = "fix",
    revision: str = "2026-01-01",
    contract: str = "acme-msp",
) -> Reading:
    return Reading(
        source="snow", ticket="INC1", ticket_id="id-1", vendor="acme", contract=contract, revision=revision,
        target=target, metric=Metric.RESOLUTION, as_of=NOON, cycles=cycles,
    )  # fmt: skip


def notice(started_by: str = "a", *, step: Step = Step.BREACHED) -> Notice:
    key = NoticeKey(
        source_id=1, ticket_id="id-1", contract="acme-msp", target="fix", started_by=started_by, priority="P1",
        step=step,
    )  # fmt: skip
    return Notice(
        key=key, at=NOON, source="snow", ticket="INC1", url="https://example.com/INC1", vendor="acme",
        vendor_name="ACME", priority="P1", goal_us=4_000_000, elapsed_us=4_000_001, due_at=NOON,
    )  # fmt: skip


def write(store: Store, fence: Fence, change: Callable[[Work], T]) -> T:
    """Make one change in a transaction of its own."""
    with store.begin(fence) as work:
        done = change(work)
        work.commit()
    return done


def see(store: Store, look: Callable[[Work], T]) -> T:
    """Look in a view of its own."""
    with store.view() as view:
        return look(view)


def with_tickets(store: Store, fence: Fence, *ids: str, source: str = "snow") -> dict[str, TicketNo]:
    """Make tickets of a source, each called as its id, and return their numbers."""
    heads = [head(one, source=source, ticket=one.upper()) for one in ids]

    def make(work: Work) -> dict[str, TicketNo]:
        return dict(work.tickets.lock(work.sources.register(source, "servicenow").id, heads))

    return write(store, fence, make)


def with_events(store: Store, fence: Fence, number: TicketNo, events: Sequence[TicketEvent]) -> int:
    """Append events to one ticket."""
    return write(store, fence, lambda work: work.tickets.append({number: events}, recorded_at=NOON))
