"""A real Prometheus on loopback, as Debian ships it, over the shipped rules and scrape configuration."""

import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import pytest
import yaml

from tests.alerting.alertmanager_process import await_, free_port
from tests.deploy.test_rules import RULES, SCRAPE

needs_prometheus = pytest.mark.skipif(
    not shutil.which("prometheus"), reason="prometheus is not installed (Debian: prometheus); run make test as root"
)


def configuration(addresses: list[str]) -> dict[str, Any]:
    """Return the shipped scrape configuration, tickets included, with other addresses and in haste."""
    written = SCRAPE.read_text()
    config: dict[str, Any] = yaml.safe_load(
        "\n".join(
            line.replace("  #", "  ", 1) if line.startswith(("  #-", "  #  ")) else line for line in written.split("\n")
        )
    )
    assert [job["job_name"] for job in config["scrape_configs"]] == ["syncd", "syncd-tickets"]
    config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    del config["alerting"]
    everybody, tickets = config["scrape_configs"]
    everybody["static_configs"] = [{"targets": addresses}]
    tickets["static_configs"] = [{"targets": addresses[:1]}]
    return config


class Prometheus:
    """A server, killed when left."""

    def __init__(self, folder: Path, addresses: list[str]) -> None:
        self._folder, self._port = folder, free_port()
        rules = folder / "rules"
        rules.mkdir()
        hasty = RULES.read_text().replace("interval: 1m", "interval: 1s").replace("interval: 30s", "interval: 1s")
        (rules / "syncd.yaml").write_text(hasty)
        (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration(addresses)))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                "prometheus", f"--config.file={self._folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={self._folder / 'data'}", f"--web.listen-address=127.0.0.1:{self._port}",
            ],
            stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        await_(self._ready, "Prometheus")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    def get(self, path: str, **query: str) -> Any:
        """Return the data of an answer of the API."""
        answer = httpx.get(f"http://127.0.0.1:{self._port}/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def query(self, expression: str) -> list[dict[str, str]]:
        """Return the labels of every series that an expression has now."""
        found = self.get("query", query=expression)
        if found["resultType"] == "scalar":
            return [{}]
        return [each["metric"] for each in found["result"]]
