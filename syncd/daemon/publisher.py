"""The step that brings rollups up to date and publishes the fleet's metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.daemon.collect import collect_fleet
from syncd.domain.contract import Agreements
from syncd.ports.now import Now
from syncd.ports.store import Fence, Store
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.snapshot import SnapshotHolder
from syncd.telemetry.ticket_page import TicketPage

PUBLISH_EVERY = timedelta(seconds=15)
ROLLUP_DAYS_A_TURN = 60

_ALARMING = frozenset({"at_risk", "breached"})


@dataclass(frozen=True, slots=True)
class Published:
    """Where what is known is served: the page of the fleet, and that of single tickets where it is asked for."""

    fleet: SnapshotHolder
    tickets: TicketPage | None = None


class Publisher:
    """Recomputes rollups and publishes the fleet's metrics."""

    name = "publisher"

    def __init__(
        self,
        store: Store,
        fence: Fence,
        agreements: Agreements,
        every: Mapping[str, timedelta],
        now: Now,
        metrics: Metrics,
        published: Published,
    ) -> None:
        self._store, self._fence, self._agreements, self._every = store, fence, agreements, every
        self._now, self._metrics, self._published = now, metrics, published

    def step(self, now: datetime) -> datetime:
        """Publish what the store knows now."""
        with self._store.begin(self._fence) as work:
            dirty = work.readings.refresh_rollups(ROLLUP_DAYS_A_TURN)
            work.commit()
        started = self._now.monotonic()
        usage = self._store.usage()
        tickets = self._published.tickets
        with self._store.view() as view:
            fleet = collect_fleet(view, self._agreements, self._every, usage, now=now)
            clocks = [] if tickets is None else view.readings.alarming(now, tickets.limit)
        self._published.fleet.publish(fleet)
        if tickets is not None:
            tickets.publish(clocks, sum(each.count for each in fleet.open_counts if each.state in _ALARMING), now)
        for name, pool in usage.pools.items():
            self._metrics.pool_seen(name, pool.busy, pool.idle, pool.limit)
        self._metrics.published(self._now.monotonic() - started)
        return now + (PUBLISH_EVERY / 15 if dirty else PUBLISH_EVERY)
