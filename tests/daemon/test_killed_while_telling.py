"""kill -9 before every single statement between a deadline and its receiver: told at least once, known exactly once."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.daemon.contents import rows
from tests.daemon.processes import ROOT
from tests.daemon.receivers import a_receiver

KEYS = {"1/t1/acme-msp/fix/opened/P1/breached/0", "1/t2/acme-msp/fix/opened/P1/at_risk/0"}


def test_a_notice_survives_a_kill_before_any_statement_on_its_way(tmp_path: Path) -> None:
    with a_receiver() as receiver:
        walked = subprocess.run(
            [sys.executable, "-m", "tests.daemon.notice_path", str(tmp_path), receiver.url],
            cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert walked.returncode == 0, walked.stderr
        runs = [json.loads(line) for line in walked.stdout.splitlines()]
        *killed, survivor = runs
        assert len(killed) > 35, "the walk has more statements than this"
        assert {run["first"] for run in killed} == {-signal.SIGKILL}
        assert survivor["first"] == 0
        assert {run["second"] for run in runs} == {0}
        told_twice = 0
        for run in runs:
            store = tmp_path / f"{run['n']}.db"
            assert sorted(rows(store, "SELECT key FROM notice_key")) == sorted((key,) for key in KEYS)
            queued = rows(store, "SELECT key, settled_at IS NOT NULL, error FROM outbox")
            assert sorted(queued) == sorted((key, 1, None) for key in KEYS), run
            posted = [body["key"] for body in receiver.bodies(f"/{run['n']}")]
            assert set(posted) == KEYS, run
            told_twice += len(posted) > len(KEYS)
        assert told_twice > 0, "no kill fell between a hand-over and its note"
