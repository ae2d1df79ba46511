"""The net under all tests (tests/conftest.py) holds: tried in a run of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

SKIPS = "import pytest\n\ndef test_it():\n    pytest.skip({reason!r})\n"

SWALLOWS = """
import contextlib
import socket

def test_it():
    try:
        socket.create_connection(("192.0.2.1", 9), timeout=1)
    except Exception:
        pass
"""

LOOPBACK = """
import socket

def test_it():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=9):
        pass
"""


def run(folder: Path, test: str, *, ci: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_it.py").write_text(test)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(folder)],
        cwd=folder, env={**os.environ, "CI": ci}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "ci", "code"),
    [
        pytest.param("no promtool", "", 0, id="a skip on a developer's machine is fine"),
        pytest.param("no promtool", "false", 0, id="CI=false is no CI"),
        pytest.param("no promtool", "1", 1, id="a skip in CI fails the run"),
        pytest.param("shared data absent: no logs", "1", 0, id="data that an ordinary clone lacks may be absent in CI"),
    ],
)
def test_a_skip_in_ci_fails_the_run(tmp_path: Path, reason: str, ci: str, code: int) -> None:
    done = run(tmp_path, SKIPS.format(reason=reason), ci=ci)
    assert done.returncode == code, done.stdout
    assert ("SKIPPED IN CI, A FAILURE: test_it.py::test_it: no promtool" in done.stdout) == bool(code)
    assert "1 skipped" in done.stdout.splitlines()[-1], "pytest's own line comes last"


def test_reaching_for_the_network_fails_even_code_that_catches_everything(tmp_path: Path) -> None:
    done = run(tmp_path, SWALLOWS, ci="")
    assert done.returncode == 1
    assert "reached for the network: ('192.0.2.1', 9)" in done.stdout
    assert done.stderr == ""


def test_loopback_is_open(tmp_path: Path) -> None:
    assert run(tmp_path, LOOPBACK, ci="").returncode == 0


def test_the_local_zone_is_one_that_nobody_lives_by() -> None:
    assert os.environ["TZ"] == "Pacific/Chatham"
