"""Stand-ins for sources: a transport with a script, hooks that remember, a toolkit on a virtual clock."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from syncd.errors import ConfigError
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.toolkit import HttpResponse
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.hooks import RequestFinished, RetryPlanned, SkewMeasured, Throttled
from syncd.transport.limits import Limits
from syncd.transport.toolkit import SourceToolkit

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BASE = "https://source.example"

Line = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Scripted(httpx.BaseTransport):
    """Answers requests with the lines of a script, one each; the last line goes on answering."""

    def __init__(self, *lines: Line) -> None:
        self._lines = list(lines)
        self.requests: list[httpx.Request] = []
        self.closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        line = self._lines[min(len(self.requests), len(self._lines)) - 1]
        if isinstance(line, Exception):
            raise line
        if isinstance(line, httpx.Response):  # afresh, because an answer can be read only once
            return httpx.Response(line.status_code, headers=line.headers, stream=line.stream)
        return line(request)

    def close(self) -> None:
        self.closed = True


@dataclass
class Remembered:
    """Hooks that keep what they are told."""

    finished: list[RequestFinished] = field(default_factory=list)
    retries: list[RetryPlanned] = field(default_factory=list)
    waits: list[Throttled] = field(default_factory=list)
    skews: list[SkewMeasured] = field(default_factory=list)

    def request_finished(self, detail: RequestFinished) -> None:
        self.finished.append(detail)

    def retry_planned(self, detail: RetryPlanned) -> None:
        self.retries.append(detail)

    def throttled(self, detail: Throttled) -> None:
        self.waits.append(detail)

    def skew_measured(self, detail: SkewMeasured) -> None:
        self.skews.append(detail)


class LongestDraw(random.Random):
    """Draws the upper bound, so that a back-off shows its bound."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


class Vault:
    """Secrets by name, which may change; counts how often each is read."""

    def __init__(self, **secrets: str) -> None:
        self.secrets = secrets
        self.reads: list[str] = []

    def __call__(self, ref: SecretRef) -> Secret:
        name = ref.env or ""
        self.reads.append(name)
        if name not in self.secrets:
            message = f"the environment has no {name}"
            raise ConfigError(message)
        return Secret(self.secrets[name])


@dataclass
class Desk:
    """A toolkit for the source `snow`, and everything around it that a test looks at."""

    toolkit: SourceToolkit
    now: VirtualNow
    hooks: Remembered
    vault: Vault


def desk(
    mount: httpx.BaseTransport | None, *, limits: Limits | None = None, now: VirtualNow | None = None,
    jitter: random.Random | None = None, inline: bool = False, vault: Vault | None = None,
) -> Desk:  # fmt: skip
    """Return a toolkit whose source is a mounted transport, or the network for None. To be closed."""
    now = now or VirtualNow(START)
    hooks = Remembered()
    vault = vault or Vault()
    toolkit = SourceToolkit(
        "snow", now=now, limits=limits or Limits(), secrets=vault, hooks=hooks, mount=mount, inline=inline,
        jitter=jitter or random.Random(7),  # noqa: S311  a seed is what makes a test repeatable
    )  # fmt: skip
    return Desk(toolkit, now, hooks, vault)


def body(answer: HttpResponse) -> bytes:
    """Read an answer as its bytes."""
    return answer.content


def said(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Return an answer as the wire brings it: its body not yet read."""
    content = text.encode()
    length = {"content-length": str(len(content))}
    return httpx.Response(status, headers={**length, **(headers or {})}, stream=httpx.ByteStream(content))


def status(number: int, **headers: str) -> httpx.Response:
    """Return an answer that is only a status; header names with underscores for hyphens."""
    return said("", number, {name.replace("_", "-"): value for name, value in headers.items()})
