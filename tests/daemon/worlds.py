"""Simulated ServiceNow instances on loopback, that fail as told until they are healed."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.servicenow.simulator import ServiceNowSimulator, build_simulator
from syncd.daemon.system_now import SystemNow
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.transport.served import serve


def past(days: float) -> datetime:
    """A whole hour so long ago."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=days)


class Ailing:
    """One instance twice: with faults until it is healed, without them from then on."""

    def __init__(self, seed: int, script: Mapping[str, object], faults: Sequence[Mapping[str, object]]) -> None:
        self._sound = build_simulator(seed, script)
        self._asked = build_simulator(seed, {**script, "faults": list(faults)}) if faults else self._sound
        self.requests = 0

    @property
    def sound(self) -> ServiceNowSimulator:
        """The instance as it is without faults."""
        return self._sound

    def heal(self) -> None:
        """Answer without faults from now on."""
        self._asked = self._sound

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Answer one request."""
        self.requests += 1
        return self._asked.respond(request, now)

    def options(self, base_url: str) -> Mapping[str, object]:
        """Return the source's options."""
        self._sound.options(base_url)
        return self._asked.options(base_url)

    def credentials(self) -> Mapping[str, str]:
        """Return the instance's secrets."""
        return self._sound.credentials()


class Served:
    """An instance on a loopback port, and the source that reads it."""

    def __init__(self, name: str, ailing: Ailing, url: str) -> None:
        self.name = name
        self.instance = ailing
        self.url = url

    @property
    def env(self) -> dict[str, str]:
        """The secret that the source refers to, under a name of its own."""
        return {self._variable: self.instance.credentials()["SNOW_PASSWORD"]}

    def secrets(self) -> Sequence[str]:
        """Return every text that must not be seen: the credentials, and the login as it travels."""
        known = self.instance.credentials()
        login = f"{self.instance.sound.gate.username}:{known['SNOW_PASSWORD']}"
        return [*known.values(), b64encode(login.encode()).decode()]

    @property
    def _variable(self) -> str:
        return f"PASSWORD_{self.name.upper().replace('-', '_')}"

    def source(self, every: str = "1s", **options: Any) -> dict[str, object]:
        """Return the source as a configuration file has it."""
        given = dict(self.instance.options(self.url))
        login = {**given.pop("auth"), "password": {"env": self._variable}}  # type: ignore[dict-item]  # a mapping
        return {
            "name": self.name, "kind": "servicenow", "every": every,
            "options": {**given, "auth": login, "lag": 0, **options},
        }  # fmt: skip


@contextmanager
def an_instance(
    name: str = "snow",
    *,
    seed: int = 5,
    script: Mapping[str, object] | None = None,
    faults: Sequence[Mapping[str, object]] = (),
) -> Iterator[Served]:
    """Yield a served instance: unless told otherwise, a quiet one with two days behind it."""
    world = {"start": past(2).isoformat(), "tickets_per_day": 30} if script is None else script
    ailing = Ailing(seed, world, faults)
    with serve(ailing, now=SystemNow()) as server:
        yield Served(name, ailing, server.url)
