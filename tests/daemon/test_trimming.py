"""What is old goes in small transactions, and when nothing is left the log is folded into the file."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncd.daemon.timers import DELIVERIES_A_TRIM, DELIVERY_RETENTION, TRIM_EVERY, Trimmer
from syncd.domain.notice import Step
from syncd.store import open_store
from tests.store.samples import notice

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = T0 + DELIVERY_RETENTION + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("over", "waits"),
    [
        pytest.param(3, [TRIM_EVERY], id="all goes at once"),
        pytest.param(DELIVERIES_A_TRIM + 1, [timedelta(0), TRIM_EVERY], id="the rest follows, not in an hour"),
    ],
)
def test_old_deliveries_go_piece_by_piece_and_then_the_log_is_folded_into_the_file(
    tmp_path: Path, over: int, waits: list[timedelta]
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'syncd.db'}")
    store.upgrade(lambda _: None)
    fence = store.acquire("somebody")
    assert fence is not None
    with store.begin(fence) as work:
        for number in range(over):
            work.outbox.add(notice(f"t{number}", step=Step.RECOVERED), ["oncall"], at=T0)
        for taken in work.outbox.claim("oncall", T0, over, 30.0):
            work.outbox.delivered(taken.id, at=T0)
        work.commit()

    def in_the_file_itself() -> int:
        alone = tmp_path / "alone.db"
        shutil.copy(tmp_path / "syncd.db", alone)
        with closing(sqlite3.connect(alone)) as connection:
            return int(connection.execute("SELECT count(*) FROM outbox").fetchone()[0])

    trimmer = Trimmer(store, fence)
    store.checkpoint()
    assert in_the_file_itself() == over
    assert [trimmer.step(LATER) - LATER for _ in waits] == waits
    assert in_the_file_itself() == 0
    store.close()
