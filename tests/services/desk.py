"""What the tests of the services work with: a contract with ACME, its tickets as payloads, a store to put them in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from syncd.domain.calendar import always
from syncd.domain.contract import Agreements, Contract, Cover, Revision, Target, Vendor
from syncd.domain.duration import Counted
from syncd.domain.names import Metric
from syncd.domain.reading import Reading
from syncd.ports.connector import Page, RawRecord
from syncd.ports.repositories import StoredTimeline
from syncd.ports.store import Fence, Store, Work
from syncd.services.deadlines import DeadlineReport, meet_deadlines
from syncd.services.ingest import store_page
from syncd.services.intake import Intake, PageReport
from syncd.services.release import Gates, ReleaseReport, let_go
from syncd.services.rules import Rules
from syncd.testing.fakes import FakeMapper, timeline_record
from syncd.testing.instants import at
from syncd.testing.memory_store import MemoryStore

T = TypeVar("T")

MORNING = at("2026-03-02 09:00")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LATER = MORNING + 2 * HOUR
"""When pages are read unless said otherwise: nothing of a P1 opened in the morning is at risk yet."""
LONG_AGO = at("2020-01-01 00:00")
HOUR_US = 3_600_000_000


def a_target(name: str = "fix", metric: Metric = Metric.RESOLUTION, **terms: Any) -> Target:
    """Four hours for P1, eight for the others, around the clock, at risk after three quarters."""
    stated: dict[str, Any] = {
        "goals": {"P1": Counted(4 * HOUR_US), "default": Counted(8 * HOUR_US)},
        "calendars": {"default": always()},
        "objective": {"default": Fraction(9, 10)},
    }
    return Target(name=name, metric=metric, **{**stated, **terms})


def agreed(*targets: Target, notify_from: datetime = LONG_AGO, contract: str = "acme-msp") -> Agreements:
    """One contract with ACME about every ticket of `snow`."""
    revision = Revision(
        name="2020-01-01", effective_from=LONG_AGO, observe_from=LONG_AGO, notify_from=notify_from,
        covers=(Cover("snow"),), targets=targets or (a_target(),),
    )  # fmt: skip
    return Agreements(
        (Contract(id=contract, vendor=Vendor("acme", "ACME"), time_zone="UTC", revisions=(revision,)),), {}
    )


def opened(start: datetime = MORNING, priority: str = "P1") -> dict[str, object]:
    return {
        "id": "opened", "at": start.isoformat(), "kind": "opened", "by": "customer", "priority": priority,
        "vendor": "acme",
    }  # fmt: skip


def resolved(when: datetime, key: str = "resolved") -> dict[str, object]:
    return {"id": key, "at": when.isoformat(), "kind": "phase", "by": "vendor", "to": "resolved"}


def message(when: datetime, key: str = "answer", by: str = "vendor") -> dict[str, object]:
    return {"id": key, "at": when.isoformat(), "kind": "message", "by": by}


def payload(ticket: str, *events: Mapping[str, object], **more: object) -> dict[str, object]:
    """A ticket in the timeline format, called as its id in capitals."""
    return {"ticket": ticket.upper(), "id": ticket, "title": f"About {ticket}", "events": list(events), **more}


def record(ticket: str, *events: Mapping[str, object], **more: object) -> RawRecord:
    return timeline_record(payload(ticket, *(events or (opened(),)), **more))


def chatty(ticket: str, events: int, **more: object) -> RawRecord:
    """A ticket of so many events, resolved with the last one after an hour."""
    talk = [message(MORNING + timedelta(seconds=n), f"m{n:04d}", "customer") for n in range(1, events - 1)]
    return record(ticket, opened(), *talk, resolved(MORNING + HOUR), **more)


@dataclass(frozen=True)
class Desk:
    """A store with one source in it."""

    store: Store
    intake: Intake

    @property
    def fence(self) -> Fence:
        return self.intake.fence

    @property
    def rules(self) -> Rules:
        return self.intake.rules

    def under(self, agreements: Agreements, *channels: str) -> "Desk":
        """The same desk under another contract, with other notifiers."""
        return replace(
            self,
            intake=replace(
                self.intake, rules=replace(self.rules, agreements=agreements, channels=channels or self.rules.channels)
            ),
        )

    def mapped_by(self, version: int) -> "Desk":
        return replace(self, intake=replace(self.intake, mapper=FakeMapper(version)))

    def take(
        self, *records: RawRecord, now: datetime = LATER, cursor: str = "c1", expected: str | None = None, **more: Any
    ) -> PageReport:
        """Store one page as a live pass does."""
        return store_page(
            self.intake, Page(records, cursor), stream="live", expected=expected, now=now, **more
        )  # fmt: skip

    def meet(self, now: datetime) -> DeadlineReport:
        """Look at the deadlines once."""
        return meet_deadlines(self.store, self.fence, self.rules, now=now)

    def let_go(self, now: datetime, *, storm: int = 1000, **more: Any) -> ReleaseReport:
        """Let go whatever may leave, the source just read; return what the last look came to, all counted."""
        self.write(lambda work: work.sources.succeeded(self.intake.source, now, None))
        return self.look(now, storm=storm, **more)

    def look(
        self, now: datetime, *, storm: int = 20, started_at: datetime = LONG_AGO, skew: timedelta | None = None
    ) -> ReleaseReport:
        """Let go whatever may leave, the source as it is; return what came of all looks."""
        gates = Gates({"snow": MINUTE}, storm, started_at)
        whole = ReleaseReport(more=True)
        while whole.more:
            found = let_go(self.store, self.fence, self.rules, gates, now=now, database_skew=skew)
            whole.released += found.released
            whole.unconfirmed += found.unconfirmed
            whole.withheld += found.withheld
            whole.told += found.told
            whole.more, whole.next_at = found.more, found.next_at
        return whole

    def see(self, look: Callable[[Work], T]) -> T:
        with self.store.view() as view:
            return look(view)

    def write(self, change: Callable[[Work], T]) -> T:
        with self.store.begin(self.fence) as work:
            done = change(work)
            work.commit()
        return done

    def stored(self, ticket: str) -> StoredTimeline:
        def look(view: Work) -> StoredTimeline:
            (number,) = view.tickets.find(ticket)
            return view.tickets.timelines([number])[number]

        return self.see(look)

    def readings(self) -> dict[str, Sequence[Reading]]:
        """The readings of every ticket, by its id."""

        def look(view: Work) -> dict[str, Sequence[Reading]]:
            tickets = {stored.number: stored.timeline.id for stored in view.tickets.stream()}
            return {tickets[number]: found for number, found in view.readings.of(list(tickets)).items()}

        return self.see(look)

    def cursor(self, stream: str = "live") -> str | None:
        return self.see(lambda view: view.checkpoints.get(self.intake.source, stream))

    def quarantined(self) -> dict[str, str]:
        return self.see(lambda view: {each.ticket_id: each.reason for each in view.quarantine.all()})

    def pending(self) -> int:
        """How many notices wait to be let go, and deliveries to be made."""
        return self.see(
            lambda view: sum(queue.pending for queue in view.outbox.state()) + sum(view.held.count().values())
        )


def desk_on(store: Store) -> Desk:
    """A desk on a store that is ready, with one notifier called oncall."""
    fence = store.acquire("tests")
    assert fence is not None
    with store.begin(fence) as work:
        row = work.sources.register("snow", "fake")
        work.sources.activate_generation(row.id, row.generation, 1)
        work.commit()
    return Desk(store, Intake(store, fence, row.id, "snow", FakeMapper(), Rules(agreed(), ("oncall",))))


def in_memory() -> Desk:
    return desk_on(MemoryStore())
