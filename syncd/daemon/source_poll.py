"""One source's worker: live passes when they are due, the past newest first in between, a daily census."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.daemon.rechecking import Rechecking
from syncd.daemon.schedule import back_off, next_turn
from syncd.daemon.step import Wake
from syncd.domain.problem import Problem
from syncd.errors import Fenced, SourceError, SourceMisunderstood, SourceRefused, SourceThrottled, StoreBusy, StoreError
from syncd.ports.connector import Backfills, Connector, Page
from syncd.ports.now import Now
from syncd.services.ingest import note_source_problems, store_page, store_rechecked
from syncd.services.intake import Intake, PageReport
from syncd.services.poison import poisoned
from syncd.telemetry.logs import bound, logger
from syncd.telemetry.metrics import Metrics, PassFailure

LIVE, BACKFILL, CENSUS, RECHECK = "live", "backfill", "census", "recheck"
CENSUS_EVERY = timedelta(days=1)
CENSUS_BATCH = 50
LEAST_FREE_DISK = 0.05
"""Reading stops before evaluation does: deadlines still need room to be written."""
REFUSED_WAIT = timedelta(minutes=15)
"""How long a source that refuses us is left alone: a person has to act, and locked accounts must not be hammered."""

STORE_WAIT = timedelta(seconds=30)
"""How long a source is left alone at first when it is the store that failed."""

_log = logger("source")

Slots = AbstractContextManager[object]


@dataclass(frozen=True, slots=True)
class Polling:
    """What a source's worker works with. `slots` bounds how many sources map and measure at once."""

    intake: Intake
    connector: Connector
    kind: str
    every: timedelta
    now: Now
    metrics: Metrics
    slots: Slots
    measured: Wake
    """Rung when clocks may have changed."""
    told: Wake
    """Rung when notices were queued."""
    stopping: Callable[[], bool]
    past_from: datetime | None = None
    """How far back the past is to be read, where that is configured."""
    rechecks_per_minute: int = 60
    skew: Callable[[], float | None] = lambda: None
    """How many seconds the source's clock was last seen to be ahead of ours."""


class SourcePoll:
    """The steps of one source."""

    def __init__(self, polling: Polling) -> None:
        self._p = polling
        self.name = f"source:{polling.intake.source_name}"
        self._live_due: datetime | None = None
        self._not_before: datetime | None = None
        self._past: Iterator[Page] | None = None
        self._past_problems: dict[Problem, None] = {}
        self._failures = 0
        self._refused = False
        self.records = 0
        """Records read by this process, for progress."""
        self.last_error: str | None = None
        """Why the last thing done failed; None where it did not."""
        with polling.intake.store.view() as view:
            row = next(row for row in view.sources.all() if row.id == polling.intake.source)
        self._rechecking = Rechecking(
            polling.intake, polling.connector, polling.now, polling.rechecks_per_minute, self._note_recheck
        )
        self._unseen = row.last_success_at is None
        self._behind = isinstance(polling.connector, Backfills) and row.backfilled_at is None
        if self._behind and polling.past_from is not None:
            polling.metrics.past_expected(polling.intake.source_name, polling.past_from)

    @property
    def behind(self) -> bool:
        """Whether the past is still being read."""
        return self._behind

    @property
    def reads_past(self) -> bool:
        """Whether the connector reads the past apart from the present."""
        return isinstance(self._p.connector, Backfills)

    @property
    def refused(self) -> bool:
        """Whether the source refused us last and waits for a person."""
        return self._refused

    @property
    def next_pass_at(self) -> datetime | None:
        """When the next pass is due; None before the first."""
        return self._not_before or self._live_due

    def step(self, now: datetime) -> datetime:
        """Do the most urgent thing that is due; failures are noted and put off, bugs are let through."""
        with bound(source=self._p.intake.source_name):
            if self._not_before is not None and now < self._not_before:
                return self._not_before
            self._not_before = self.last_error = None
            try:
                self._rechecking.run(now)
                self._act(now)
            except SourceError as cause:
                self._failed(cause, cause.reason)
            except Fenced:
                raise
            except StoreError as cause:
                self._p.metrics.store_failed(cause.reason)
                self._failed(cause, "store", every=min(self._p.every, STORE_WAIT))
            except BaseException:
                # A page that was taken from the past and not stored must be read again, whatever went wrong.
                self._past = None
                raise
            if self._not_before is not None:
                return self._not_before
            if self._behind or self._live_due is None:
                return now
            return self._rechecking.next_at(now, self._live_due)

    def _act(self, now: datetime) -> None:
        free = self._p.intake.store.free_disk_ratio()
        if free is not None and free < LEAST_FREE_DISK:
            raise StoreBusy(
                f"{free:.1%} of the store's disk is free: nothing is read until there is room again", "full"
            )
        if self._live_due is None or now >= self._live_due:
            self._live_pass(now)
            self._failures, self._refused = 0, False
            self._live_due = next_turn(self._p.now.utc(), self._p.every, self._p.intake.source)
        elif self._behind:
            self._past_slice()

    def _live_pass(self, now: datetime) -> None:
        p = self._p
        started = p.now.monotonic()
        p.metrics.pass_began(p.intake.source_name, p.kind)
        with p.intake.store.begin(p.intake.fence) as work:
            work.sources.attempted(p.intake.source, now)
            cursor = work.checkpoints.get(p.intake.source, LIVE)
            work.commit()
        # The first pass of a source that cannot tell past from present is all past, in however many attempts.
        history = self._unseen and not isinstance(p.connector, Backfills)
        watermark: datetime | None = None
        problems: list[Problem] | None = None
        quarantined = tickets = 0
        try:
            for page in p.connector.pages(cursor):
                report = self._store(page, LIVE, cursor, from_history=history)
                cursor = page.cursor
                watermark = page.watermark or watermark
                problems = [*(problems or ()), *page.problems]
                quarantined += len(report.quarantined)
                tickets += report.records
                if poisoned(quarantined, tickets):
                    raise _suspect(p.intake.source_name, quarantined)
                if p.stopping():
                    return
                self._rechecking.run(p.now.utc())
            self._census(now)
            # A pass without a page looked at nothing, so it says nothing of what was wrong before.
            if problems is not None:
                note_source_problems(p.intake, [*self._past_problems, *problems], now=p.now.utc())
            with p.intake.store.begin(p.intake.fence) as work:
                work.sources.succeeded(p.intake.source, p.now.utc(), watermark)
                skew = p.skew()
                if skew is not None:
                    work.sources.skewed(p.intake.source, timedelta(seconds=skew))
                waits = any(each.source == p.intake.source for each in work.held.waiting())
                work.commit()
            self._unseen = False
            if waits:
                # What was withheld because the source could not be seen may leave now.
                p.told.ring()
        finally:
            p.metrics.pass_ended(p.kind, p.now.monotonic() - started)

    def _past_slice(self) -> None:
        p = self._p
        if not isinstance(p.connector, Backfills):
            return
        with p.intake.store.view() as view:
            cursor = view.checkpoints.get(p.intake.source, BACKFILL)
        if self._past is None:
            self._past = p.connector.backfill(cursor)
        try:
            page = next(self._past, None)
        except BaseException:
            # A generator that raised is spent; the next slice begins again from the kept cursor.
            self._past = None
            raise
        if page is not None:
            report = self._store(page, BACKFILL, cursor, from_history=True)
            self._past_problems.update(dict.fromkeys(page.problems))
            reached = min((record.updated_at for record in page.records), default=None)
            p.metrics.past_read(p.intake.source_name, report.records, reached)
            if poisoned(len(report.quarantined), report.records):
                raise _suspect(p.intake.source_name, len(report.quarantined))
            return
        self._past, self._behind = None, False
        with p.intake.store.begin(p.intake.fence) as work:
            work.sources.backfilled(p.intake.source, p.now.utc())
            work.commit()
        _log.info("backfill_finished")

    def _census(self, now: datetime) -> None:
        """Once a day re-read every ticket with an open clock: deletions and silent writes leave no other trace."""
        p = self._p
        with p.intake.store.view() as view:
            last = view.checkpoints.get(p.intake.source, CENSUS)
            if last is not None and now < datetime.fromisoformat(last) + CENSUS_EVERY:
                return
            ids = [] if last is None else list(view.tickets.open_ids(p.intake.source))
        for start in range(0, len(ids), CENSUS_BATCH):
            rechecked = p.connector.recheck(ids[start : start + CENSUS_BATCH])
            with p.slots:
                report = store_rechecked(p.intake, rechecked, now=p.now.utc())
            self._note(report, CENSUS)
        with p.intake.store.begin(p.intake.fence) as work:
            work.checkpoints.set(p.intake.source, CENSUS, now.isoformat(), expected=last)
            work.commit()

    def _store(self, page: Page, stream: str, cursor: str | None, *, from_history: bool) -> PageReport:
        p = self._p
        with p.slots:
            report = store_page(
                p.intake, page, stream=stream, expected=cursor, now=p.now.utc(), from_history=from_history
            )
        self._note(report, stream)
        return report

    def _note_recheck(self, report: PageReport) -> None:
        self._note(report, RECHECK)
        # What it confirmed may leave, also where nothing had changed.
        self._p.told.ring()

    def _note(self, report: PageReport, stream: str) -> None:
        p, source = self._p, self._p.intake.source_name
        self.records += report.records
        updated = report.changed - report.created
        p.metrics.tickets_processed(source, created=report.created, updated=updated, unchanged=report.unchanged)
        p.metrics.events_learned(p.kind, [delay.total_seconds() for delay in report.delays])
        for ticket, reason in report.quarantined.items():
            p.metrics.tickets_rejected(source, "unmappable")
            _log.error("ticket_quarantined", ticket=ticket, reason=reason)
        for assessment in report.assessments:
            for withheld, count in assessment.withheld.items():
                p.metrics.notices_withheld(withheld, count)
            for number, reason in assessment.failed.items():
                p.metrics.tickets_rejected(source, "unmeasurable")
                _log.error("ticket_quarantined", ticket_number=number, reason=reason)
        if report.changed:
            _log.info(
                "page_stored", stream=stream, records=report.records, created=report.created, updated=updated,
                new_events=report.new_events, problems=report.problems, withdrawn=report.withdrawn,
            )  # fmt: skip
            p.measured.ring()
        if any(assessment.told for assessment in report.assessments):
            p.told.ring()

    def _failed(self, cause: Exception, reason: PassFailure, *, every: timedelta | None = None) -> None:
        p = self._p
        self._failures += 1
        self.last_error = f"{reason}: {cause}"
        self._past = None
        wait = back_off(self._failures, every or p.every)
        self._refused = isinstance(cause, SourceRefused)
        if isinstance(cause, SourceThrottled):
            wait = max(wait, timedelta(seconds=cause.retry_after))
        if self._refused:
            wait = max(wait, REFUSED_WAIT)
        now = p.now.utc()
        self._not_before = now + wait
        p.metrics.pass_failed(p.intake.source_name, p.kind, reason)
        _log.warning(
            "pass_failed",
            reason=reason,
            error=str(cause),
            failures=self._failures,
            next_try=self._not_before.isoformat(),
        )
        try:
            with p.intake.store.begin(p.intake.fence) as work:
                work.sources.failed(p.intake.source, now, self.last_error)
                work.commit()
        except Fenced:
            raise
        except StoreError as unnoted:
            # A store that fails cannot note that it does; pages and metrics know it from this process.
            p.metrics.store_failed(unnoted.reason)


def work_slots(count: int) -> Slots:
    """Return a turnstile that lets so many sources work at once; waiting for a source is not work."""
    return threading.BoundedSemaphore(count)


def _suspect(source: str, quarantined: int) -> SourceMisunderstood:
    return SourceMisunderstood(
        source, "protocol", f"{quarantined} tickets of one pass cannot be mapped: the source is suspected, not they"
    )
