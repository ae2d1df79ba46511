"""The service file is one that systemd understands wholly, and its sandbox stays as tight as it is."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

UNIT = ROOT / "deploy" / "systemd" / "syncd.service"
COMMAND = "/usr/bin/syncd"

MOST_EXPOSURE = 15
"""In tenths of systemd's score from 0 to 10; a service file without any sandbox has 96."""

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


def verified(tmp_path: Path, text: str) -> str:
    """Return what systemd says about a unit whose command exists; it exits 0 even for keys it does not know.

    It reads units of the machine too and says what it thinks of those: not our business.
    """
    stub = tmp_path / "syncd"
    stub.write_text("#!/bin/sh\n")
    stub.chmod(0o755)
    copy = tmp_path / "syncd.service"
    copy.write_text(text.replace(COMMAND, str(stub)))
    said = analyze("verify", "--man=no", copy).stderr
    return "\n".join(line for line in said.splitlines() if "syncd" in line)


def exposure(tmp_path: Path, text: str) -> int:
    """Return the exit code of systemd's judgement on a unit's sandbox."""
    copy = tmp_path / "syncd.service"
    copy.write_text(text)
    return analyze("security", "--offline=true", f"--threshold={MOST_EXPOSURE}", "--no-pager", copy).returncode


def test_systemd_has_nothing_to_say_about_the_unit(tmp_path: Path) -> None:
    assert verified(tmp_path, UNIT.read_text()) == ""


def test_a_misspelt_key_would_be_seen(tmp_path: Path) -> None:
    assert "ProtectSystme" in verified(tmp_path, UNIT.read_text().replace("ProtectSystem=", "ProtectSystme="))


def test_the_sandbox_is_tight(tmp_path: Path) -> None:
    assert exposure(tmp_path, UNIT.read_text()) == 0


def test_a_sandbox_with_a_hole_would_be_seen(tmp_path: Path) -> None:
    holed = [line for line in UNIT.read_text().splitlines() if not line.startswith(("SystemCall", "Capability"))]
    assert exposure(tmp_path, "\n".join(holed)) == 1


def test_it_starts_the_daemon_with_the_file_that_the_guide_names() -> None:
    assert f"ExecStart={COMMAND} run --config /etc/syncd/syncd.yaml\n" in UNIT.read_text()
    assert "/etc/syncd/syncd.yaml" in (ROOT / "deploy" / "README.md").read_text()


@pytest.mark.parametrize(
    ("setting", "message"), [("Type=notify", "READY=1"), ("WatchdogSec=", "WATCHDOG=1"), ("ExecReload=", "RELOADING=1")]
)
def test_the_daemon_sends_what_the_unit_waits_for(setting: str, message: str) -> None:
    waited_for = any(line.startswith(setting) for line in UNIT.read_text().splitlines())
    sent = any(message in path.read_text(encoding="utf-8") for path in (ROOT / "syncd").rglob("*.py"))
    assert sent or not waited_for, f"the unit says {setting}, and nothing in syncd sends {message}"
