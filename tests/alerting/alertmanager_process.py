"""Real members of an Alertmanager cluster on loopback, as Debian ships them, and what they say."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import pytest

T = TypeVar("T")

PROGRAM = "prometheus-alertmanager"
needs_alertmanager = pytest.mark.skipif(
    not shutil.which(PROGRAM), reason=f"{PROGRAM} is not installed (Debian: {PROGRAM}); run make test as root"
)

CONFIGURATION = """\
route:
  receiver: hook
  group_by: [alertname, vendor]
  group_wait: {wait}
  group_interval: {interval}
  repeat_interval: 4h
receivers:
  - name: hook
    webhook_configs:
      - {{url: "{url}", send_resolved: true}}
"""


def await_(condition: Callable[[], T | None], what: str, seconds: float = 30.0) -> T:
    """Return a condition's first answer that is not empty; fails after so many seconds, naming what did not come."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        found = condition()
        if found:
            return found
        pause.wait(0.05)
    raise AssertionError(f"after {seconds:g} s still no {what}")


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Alertmanager:
    """One member, killed when left; may be stopped and started again over the same data."""

    folder: Path
    hook: str
    peers: Sequence[str] = ()
    clustered: bool = False
    wait: str = "0s"
    interval: str = "1s"
    port: int = field(default_factory=free_port)
    cluster_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def peer(self) -> str:
        """Where its peers find it."""
        return f"127.0.0.1:{self.cluster_port}"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = CONFIGURATION.format(url=self.hook, wait=self.wait, interval=self.interval)
        (self.folder / "am.yaml").write_text(text, encoding="utf-8")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and return when it takes alerts."""
        listen = f"--cluster.listen-address={self.peer if self.clustered else ''}"
        quick = ["--cluster.gossip-interval=50ms", "--cluster.peer-timeout=1s", "--cluster.pushpull-interval=1s"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    PROGRAM, f"--config.file={self.folder / 'am.yaml'}", f"--storage.path={self.folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{self.port}", listen, *quick,
                    *(f"--cluster.peer={peer}" for peer in self.peers),
                ],
                stdout=log, stderr=log,
            )  # fmt: skip
        await_(self._is_ready, "Alertmanager that is ready")

    def stop(self) -> None:
        """Stop it as a package upgrade does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alerts that are active as it sees them."""
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/api/v2/alerts?active=true", trust_env=False).json()
        return found

    def tickets(self) -> list[str]:
        """Return the tickets of active alerts, sorted."""
        return sorted(alert["labels"].get("ticket", "") for alert in self.alerts())

    def sees_peers(self, number: int) -> bool:
        """Tell whether it is in a cluster of so many, and ready to notify."""
        state = httpx.get(f"{self.url}/api/v2/status", trust_env=False).json()["cluster"]
        return len(state.get("peers", [])) == number and state["status"] == "ready"

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/-/ready", trust_env=False).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


def notified(bodies: Sequence[dict[str, Any]], status: str) -> list[str]:
    """Return the tickets that were told about in notifications of one status, in order."""
    return [alert["labels"]["ticket"] for body in bodies for alert in body["alerts"] if alert["status"] == status]


def instant(text: str) -> datetime:
    """Return an instant as Alertmanager writes it."""
    return datetime.fromisoformat(text)
