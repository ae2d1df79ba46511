"""Reads tickets once more by their id before a breach of theirs is told, within a budget."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from syncd.errors import SourceError, SourceThrottled
from syncd.ports.connector import Connector
from syncd.ports.now import Now
from syncd.services.holding import RECHECK_LEAD
from syncd.services.ingest import store_rechecked
from syncd.services.intake import Intake, PageReport
from syncd.telemetry.logs import logger

BATCH = 50
BUDGETED_FOR = timedelta(minutes=1)
WAIT_AFTER_FAILURE = timedelta(seconds=10)

_log = logger("recheck")


class Rechecking:
    """One source's rechecks, on the thread of its worker; `budget` is how many tickets it may read so in a minute."""

    def __init__(
        self, intake: Intake, connector: Connector, now: Now, budget: int, noted: Callable[[PageReport], None]
    ) -> None:
        self._intake, self._connector, self._now = intake, connector, now
        self._budget, self._noted = budget, noted
        self._spent: deque[tuple[datetime, int]] = deque()
        self._not_before: datetime | None = None
        self._wanted = intake.source_name in intake.rules.rechecked

    def run(self, now: datetime) -> None:
        """Read what is due, as far as the budget goes, most urgent first; a source that fails is asked again later."""
        while self._wanted and (self._not_before is None or now >= self._not_before):
            limit = min(self._left(now), BATCH)
            if limit <= 0:
                self._not_before = self._spent[0][0] + BUDGETED_FOR
                return
            with self._intake.store.view() as view:
                ids = view.rechecks.due(self._intake.source, now, RECHECK_LEAD, limit)
            if not ids:
                return
            self._spent.append((now, len(ids)))
            try:
                rechecked = self._connector.recheck(ids)
            except SourceError as cause:
                wait = timedelta(seconds=cause.retry_after) if isinstance(cause, SourceThrottled) else timedelta()
                self._not_before = self._now.utc() + max(wait, WAIT_AFTER_FAILURE)
                _log.warning("recheck_failed", reason=cause.reason, error=str(cause), tickets=len(ids))
                return
            read_at = self._now.utc()
            report = store_rechecked(self._intake, rechecked, now=read_at)
            with self._intake.store.begin(self._intake.fence) as work:
                confirmed = work.rechecks.done(self._intake.source, ids, read_at)
                work.commit()
            self._noted(report)
            _log.info("tickets_rechecked", tickets=len(ids), confirmed=confirmed)
            now = max(now, read_at)

    def next_at(self, now: datetime, until: datetime) -> datetime:
        """Return when to run again, at `until` at the latest."""
        if not self._wanted:
            return until
        if self._not_before is not None and self._not_before > now:
            return min(self._not_before, until)
        with self._intake.store.view() as view:
            late = view.rechecks.next_at(self._intake.source, now + RECHECK_LEAD, until + RECHECK_LEAD)
        return until if late is None else min(late - RECHECK_LEAD, until)

    def _left(self, now: datetime) -> int:
        while self._spent and self._spent[0][0] <= now - BUDGETED_FOR:
            self._spent.popleft()
        return self._budget - sum(count for _, count in self._spent)
