"""Real processes of syncd, and what they are asked and tell."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "config" / "demo"
SYNCD = (sys.executable, "-m", "syncd")

PARTIES: Mapping[str, object] = {
    "customer": {"domains": ["example.com"]},
    "vendors": {
        "acme": {"domains": ["acme.example"], "groups": ["ACME NOC"]},
        "globex": {"domains": ["globex.example"], "groups": ["Globex Service Desk"]},
    },
    "automation": {"accounts": ["autoreply.acme", "autoreply.globex"]},
}


def configured(folder: Path, sources: Sequence[Mapping[str, object]], **more: object) -> Path:
    """Write a configuration file; JSON, which YAML reads as well."""
    written: dict[str, object] = {
        "store": {"url": f"sqlite:///{folder / 'syncd.db'}"},
        "http": {"listen": "127.0.0.1:0"},
        "contracts": [str(DEMO / "contracts")],
        "calendars": [str(DEMO / "calendars")],
        "parties": PARTIES,
        "sources": sources,
        **more,
    }
    path = folder / "syncd.yaml"
    path.write_text(json.dumps(written), encoding="utf-8")
    return path


def await_(condition: Callable[[], T | None], what: str, seconds: float = 60.0) -> T:
    """Return a condition's first answer that is not empty; fails after so many seconds, naming what did not come."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        found = condition()
        if found:
            return found
        pause.wait(0.05)
    raise AssertionError(f"after {seconds:g} s still no {what}")


def command(*arguments: str | Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command of syncd to its end."""
    return subprocess.run(
        [*SYNCD, *map(str, arguments)], cwd=ROOT, env={**os.environ, **(env or {})}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


@dataclass
class Process:
    """One running command of syncd; killed when left, if it still runs."""

    arguments: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    def __post_init__(self) -> None:
        self._lines: list[str] = []
        self._process = subprocess.Popen(
            [*SYNCD, *map(str, self.arguments)], cwd=self.folder or ROOT, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), **self.env},
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def output(self) -> str:
        """Everything that it printed and logged so far."""
        return "".join(self._lines)

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The log lines of one event so far."""
        lines = [line for line in list(self._lines) if line.startswith("{")]
        return [found for found in map(json.loads, lines) if found["event"] == event]

    def wait(self, seconds: float = 60.0) -> int:
        """Wait for its end; return the exit code, negative for a signal."""
        code = self._process.wait(seconds)
        self._reader.join(10)
        return code

    def send(self, signum: signal.Signals) -> None:
        self._process.send_signal(signum)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._process.kill()
        self.wait(20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.ended:
            self.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Daemon(Process):
    """A running `syncd run`."""

    @property
    def url(self) -> str:
        """Where its pages are, once they answer."""

        def announced() -> str | None:
            found = re.search(r"^status page  (\S+)/$", self.output(), re.MULTILINE)
            if found is None and self.ended:
                raise AssertionError(f"the daemon ended:\n{self.output()}")
            return found[1] if found else None

        return await_(announced, "address of the pages")

    def get(self, path: str) -> str:
        """A page's text."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:  # noqa: S310  loopback, our own
            return str(answer.read().decode())

    def metric(self, name: str, **labels: str) -> float:
        """One sample's value; 0 where there is none."""
        for line in self.get("/metrics").splitlines():
            found = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
            if found and labels.items() <= dict(re.findall(r'(\w+)="([^"]*)"', found[1] or "")).items():
                return float(found[2])
        return 0.0


@contextlib.contextmanager
def running(config: Path, env: Mapping[str, str] | None = None, *, level: str = "info") -> Iterator[Daemon]:
    """Yield a daemon whose pages answer."""
    with Daemon(["run", "--config", config, "--log-level", level], env or {}) as daemon:
        assert daemon.url
        yield daemon
