"""Dead letters are tried again and dropped beside a running daemon, which delivers each once."""

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syncd.domain.notice import Notice
from syncd.store import open_store
from tests.daemon.processes import Daemon, await_, command, configured
from tests.daemon.receivers import a_receiver
from tests.store.samples import notice

FIRST, SECOND, DROPPED, LATER = (notice(name) for name in ("first", "second", "dropped", "later"))


def prepared(folder: Path) -> None:
    """Make a store with three dead letters, and one notice that is due in a few seconds, which wakes the drain."""
    now = datetime.now(UTC)
    store = open_store(f"sqlite:///{folder / 'syncd.db'}")
    store.upgrade(lambda _: None)
    fence = store.acquire("before")
    assert fence is not None
    with store.begin(fence) as work:
        for one in (FIRST, SECOND, DROPPED):
            work.outbox.add(one, ["oncall"], at=now)
        for taken in work.outbox.claim("oncall", now, 9, 30.0):
            work.outbox.bury(taken.id, at=now, error="rejected: the receiver answered 404")
        work.outbox.add(LATER, ["oncall"], at=now + timedelta(seconds=8))
        work.commit()
    store.release(fence)
    store.close()


def keys(*notices: Notice) -> list[str]:
    return sorted(one.key.text() for one in notices)


def queues(daemon: Daemon) -> dict[str, tuple[int, int]]:
    """What the API says waits and is dead, by notifier."""
    status = json.loads(daemon.get("/api/v1/status"))
    return {queue["channel"]: (queue["pending"], queue["dead"]) for queue in status["queues"]}


def test_what_is_revived_beside_the_daemon_arrives_once_and_what_is_dropped_never(tmp_path: Path) -> None:
    prepared(tmp_path)
    with a_receiver() as receiver:
        notifiers = [{"name": name, "kind": "webhook", "url": f"{receiver.url}/{name}"} for name in ("oncall", "quiet")]
        config = configured(tmp_path, [], notifiers=notifiers)
        with Daemon(["run", "-c", config]) as daemon:
            assert {channel: dead for channel, (_, dead) in queues(daemon).items()} == {"oncall": 3, "quiet": 0}
            dropped = command("notices", "drop", DROPPED.key.text(), "--yes", "-c", config)
            assert dropped.returncode == 0, dropped.stderr
            retried = command("notices", "retry", "--all", "-c", config, "--output", "json")
            assert retried.returncode == 0, retried.stderr
            assert [row["outcome"] for row in json.loads(retried.stdout)] == ["to be tried again"] * 2
            await_(lambda: len(receiver.bodies("/oncall")) >= 3, "three notices")
            assert command("notices", "retry", "--all", "-c", config).returncode == 1, "nothing is left"
            assert queues(daemon) == {"oncall": (0, 0), "quiet": (0, 0)}
            daemon.send(signal.SIGTERM)
            assert daemon.wait() == 0
        got = receiver.bodies("/oncall")
    assert sorted(each["key"] for each in got) == keys(FIRST, SECOND, LATER)
