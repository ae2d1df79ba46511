"""Commands of a benchmark in processes of their own, and what the operating system says that they used."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SYNCD = (sys.executable, "-m", "syncd")
BARE_CLIENT = Path(__file__).with_name("bare_client.py")
BARE_READ = Path(__file__).with_name("bare_read.py")


@dataclass(frozen=True)
class Used:
    """What a command used: processor seconds, its own and the system's for it; seconds; megabytes resident at most."""

    processor: float
    wall: float
    resident: float

    def __str__(self) -> str:
        return f"{self.processor:8.2f} s processor {self.wall:8.2f} s wall {self.resident:6.0f} MB resident at most"


def compiling_into(folder: Path) -> dict[str, str]:
    """Return an environment in which modules are compiled once, into a folder, as where syncd is installed.

    Without it a machine that forbids compiled modules would measure the compiler.
    """
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def used_by(command: Sequence[str | Path], environ: Mapping[str, str]) -> Used:
    """Run a command to its end, which must be a good one, and return what it used."""
    began = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), env=dict(environ), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return Used(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024)
