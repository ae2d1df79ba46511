"""The way of a notice, from its deadline to its receiver, walked by processes that kill themselves on it.

`python -m tests.daemon.notice_path FOLDER URL` walks it once for every statement: a child process is killed just before
its n-th statement or commit, a second one starts on the store that this leaves and walks to the end. It goes on until
a child survives, and prints one JSON line for each.
"""

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from syncd.alerting.webhook import WebhookNotifier, WebhookOptions
from syncd.daemon.rechecking import Rechecking
from syncd.daemon.system_now import SystemNow
from syncd.ports.connector import Page
from syncd.ports.secret import Secret
from syncd.ports.store import Fence, Store
from syncd.services.announce import drain
from syncd.services.deadlines import meet_deadlines
from syncd.services.ingest import store_page
from syncd.services.intake import Intake
from syncd.services.release import Gates, let_go
from syncd.services.rules import Rules
from syncd.store import open_store
from syncd.telemetry.logs import set_up
from syncd.testing.fakes import FakeConnector, FakeMapper
from syncd.testing.virtual_now import VirtualNow
from tests.services.desk import HOUR, MINUTE, MORNING, agreed, opened, record

DUE = MORNING + 4 * HOUR + MINUTE
"""When the first ticket is in breach and the second at risk."""

RULES = Rules(agreed(), ("oncall",), rechecked=frozenset({"snow"}))


def prepare(path: Path) -> None:
    """Make a store with two tickets in it, none of them due."""
    store, fence = opened_store(path, upgrade=True)
    with store.begin(fence) as work:
        row = work.sources.register("snow", "fake")
        work.sources.activate_generation(row.id, row.generation, 1)
        work.commit()
    intake = Intake(store, fence, row.id, "snow", FakeMapper(), RULES)
    page = Page([record("t1"), record("t2", opened(MORNING + HOUR))], "c1")
    store_page(intake, page, stream="live", expected=None, now=MORNING + 2 * HOUR)
    store.release(fence)
    store.close()


def opened_store(path: Path, *, upgrade: bool = False) -> tuple[Store, Fence]:
    """Return the store and the lease on it."""
    store = open_store(f"sqlite:///{path}")
    if upgrade:
        store.upgrade(lambda _: None)
    fence = store.acquire(f"walker:{os.getpid()}")
    assert fence is not None
    return store, fence


def walk(path: Path, url: str, now: datetime, begin: Callable[[], None] = lambda: None) -> None:
    """Meet the deadlines, confirm, let go and deliver, to the end; `begin` is called once the store is open.

    The source was read completely just before.
    """
    store, fence = opened_store(path)
    oncall = WebhookNotifier("oncall", WebhookOptions(url=url), SystemNow(), lambda _: Secret("none"))
    with store.begin(fence) as work:
        row = work.sources.register("snow", "fake")
        work.sources.succeeded(row.id, now, None)
        work.commit()
    snow = FakeConnector()
    snow.records = {"t1": record("t1"), "t2": record("t2", opened(MORNING + HOUR))}
    intake = Intake(store, fence, row.id, "snow", FakeMapper(), RULES)
    rechecking = Rechecking(intake, snow, VirtualNow(now), 60, lambda _: None)
    gates = Gates({"snow": MINUTE}, 20, MORNING)
    begin()
    while meet_deadlines(store, fence, RULES, now=now).looked_at:
        continue
    rechecking.run(now)
    assert not let_go(store, fence, RULES, gates, now=now).unconfirmed
    at: datetime | None = now
    while at is not None:
        chance = random.Random(1)  # noqa: S311  a wait
        report = drain(store, fence, "oncall", oncall, now=at, chance=chance, monotonic=SystemNow().monotonic)
        at = report.next_at
    oncall.close()


def die_before(statement: int) -> Callable[[], None]:
    """Return what makes this process kill itself just before so many statements and commits from now on."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def begin() -> None:
        sa.event.listen(sa.Engine, "before_cursor_execute", count)
        sa.event.listen(sa.Engine, "commit", count)

    return begin


def in_child(work: Callable[[], None]) -> int:
    """Do something in a process of its own; return how that ended, negative for a signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, url: str) -> None:
    """Walk once for every statement."""
    set_up(level="error", stream=sys.stderr)
    template = folder / "template.db"
    if in_child(partial(prepare, template)) != 0:
        sys.exit(1)
    code, n = -signal.SIGKILL, 0
    while code == -signal.SIGKILL:
        n += 1
        path, address = folder / f"{n}.db", f"{url}/{n}"
        shutil.copy(template, path)
        code = in_child(partial(walk, path, address, DUE, die_before(n)))
        again = in_child(partial(walk, path, address, DUE + timedelta(minutes=10)))
        sys.stdout.write(json.dumps({"n": n, "first": code, "second": again}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
