"""What the core lends to one source's connector."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import httpx

from syncd.ports.connector import RawRecord
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.toolkit import Auth, HttpApi
from syncd.transport.api import SourceApi
from syncd.transport.auth import Secrets
from syncd.transport.gathering import gather
from syncd.transport.hooks import SILENT, Hooks, Outcome, RequestFinished
from syncd.transport.limits import Limits
from syncd.transport.policy import Persistence
from syncd.transport.skew import SkewMeter
from syncd.transport.throttle import Throttle
from syncd.transport.wire import Wire, client

T = TypeVar("T")


class SourceToolkit:
    """`syncd.ports.toolkit.Toolkit` for one source; its services share pace, connections and clock.

    `mount` answers in place of the network (a simulator). `inline` runs everything on the calling thread. `jitter`
    draws the back-off; a seeded one makes it repeatable. `stored` reads what the store keeps of the source. `close` it
    when the source goes.
    """

    def __init__(
        self, source: str, *, now: Now, limits: Limits, secrets: Secrets, hooks: Hooks = SILENT,
        mount: httpx.BaseTransport | None = None, inline: bool = False, jitter: random.Random | None = None,
        stored: Callable[[], Iterator[RawRecord]] = lambda: iter(()),
    ) -> None:  # fmt: skip
        self._source = source
        self._now = now
        self._secrets = secrets
        self._hooks = hooks
        self._stored = stored
        self._width = 1 if inline else limits.concurrency
        self._throttle = Throttle(source, now=now, limits=limits, hooks=hooks)
        self._skew = SkewMeter(source, now=now, hooks=hooks)
        self._persistence = Persistence(
            source, now=now, limits=limits, throttle=self._throttle, hooks=hooks,
            jitter=random.SystemRandom() if jitter is None else jitter,
        )  # fmt: skip
        self._client = client(limits, mount)
        self._wire = Wire(
            source, client=self._client, now=now, limits=limits, throttle=self._throttle, hooks=hooks, skew=self._skew
        )

    @property
    def source(self) -> str:
        """The source's name."""
        return self._source

    @property
    def now(self) -> Now:
        """Time and waiting."""
        return self._now

    def http(self, base_url: str, *, auth: Auth | None = None, headers: Mapping[str, str] | None = None) -> HttpApi:
        """Return a client of one service; raises `ConfigError` for an address or a secret that cannot be used."""
        return SourceApi(
            base_url, source=self._source, now=self._now, wire=self._wire, throttle=self._throttle,
            persistence=self._persistence, secrets=self._secrets, auth=auth, headers=headers or {},
        )  # fmt: skip

    def attempt(self, call: Callable[[], T], *, translate: Callable[[Exception], Exception | None]) -> T:
        """Run a foreign client's call in its turn, retried like our own."""

        def once() -> T:
            with self._throttle.admission():
                started = self._now.monotonic()
                outcome: Outcome = "error"
                try:
                    answer = call()
                    outcome = "ok"
                except Exception as error:
                    ours = translate(error)
                    if ours is None:
                        raise
                    raise ours from error
                finally:
                    seconds = self._now.monotonic() - started
                    self._hooks.request_finished(RequestFinished(self._source, outcome, seconds))
                return answer

        return self._persistence.call(once)

    def gather(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run calls side by side, as many as the source's limits allow."""
        return gather(calls, width=self._width, name=self._source)

    def secret(self, ref: SecretRef) -> Secret:
        """Return the secret behind a reference."""
        return self._secrets(ref)

    def stored(self) -> Iterator[RawRecord]:
        """Yield what the store keeps of this source."""
        return self._stored()

    def source_time(self) -> datetime | None:
        """Return the source's own time; a lower bound of it."""
        return self._skew.source_time()

    def close(self) -> None:
        """Let go of connections; harmless when called again."""
        self._client.close()
