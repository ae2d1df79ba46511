"""What a configuration comes to, once it is checked: frozen values for the composition root."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from syncd.domain.contract import Agreements
from syncd.ports.connector import Parties
from syncd.settings.secret_places import SecretPlace


@dataclass(frozen=True, slots=True)
class Listen:
    """The address on which pages and metrics are served; port 0 lets the system choose one."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked of one source; None leaves it to its connector."""

    requests_per_second: float | None = None
    concurrency: int | None = None
    rechecks_per_minute: int = 60


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One configured source; `options` is a value of its connector's own type."""

    name: str
    kind: str
    options: object
    every: timedelta = timedelta(seconds=60)
    backfill_from: datetime | None = None
    limits: Limits = Limits()
    credentials_expire: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotifierSettings:
    """One configured notifier; `options` is a value of its kind's own type."""

    name: str
    kind: str
    options: object
    vendors: tuple[str, ...] = ()
    """Whose tickets it is told of; empty for everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration.

    `store_url` is absolute. `folder` is what relative paths in options and secrets are relative to. `content_hash`
    changes when anything that is configured does. `warnings` are for the operator; none of them stops a start.
    """

    store_url: str
    listen: Listen
    folder: Path
    sources: tuple[SourceSettings, ...]
    notifiers: tuple[NotifierSettings, ...]
    parties: Parties
    agreements: Agreements
    warnings: tuple[str, ...] = field(default=())
    content_hash: str = ""
    ticket_series: int | None = None
    """How many tickets the page of single tickets lists at most; None where there is no such page."""
    secrets: tuple[SecretPlace, ...] = ()
    """Every reference to a secret; none of them was read."""
    agreements_hash: str = ""
    """Changes when a contract, a calendar or an exclusion does."""
    external_url: str | None = None
    routes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Notifiers by the names that escalations use for them, besides their own."""
    reload: bool = False
    """Whether a request may make the daemon read its configuration anew."""
    storm: int = 20
