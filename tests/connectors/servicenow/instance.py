"""A simulated instance with the connector in front of it, on one virtual clock."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.servicenow import plugin
from connectors.servicenow.client import ServiceNowReader
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.simulator import ServiceNowSimulator, build_simulator
from syncd.ports.connector import Cursor, Page, Parties, RawRecord, Site, VendorIdentity
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from syncd.transport.simulated import SimulatorTransport
from syncd.transport.toolkit import SourceToolkit

URL = "http://127.0.0.1:8080"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

PARTIES = Parties(
    customer_domains=("example.com",),
    vendors=(
        VendorIdentity("acme", "ACME Managed Services", ("acme.example",), ("ACME NOC",), ("svc-acme",)),
        VendorIdentity("globex", "Globex Corporation", ("globex.example",), ("Globex Service Desk",), ("svc-globex",)),
    ),
    automation_accounts=("autoreply.acme", "autoreply.globex", "svc-portal"),
)


def ident(number: int) -> str:
    """A sys_id that is easy to read."""
    return f"{number:032x}"


def ago(seconds: float, since: datetime = NOON) -> str:
    """An instant before noon, as scripts write it."""
    return (since - timedelta(seconds=seconds)).isoformat()


def insert(number: int, at: str, by: str = "anna.berg", **values: str) -> dict[str, object]:
    """The creation of an incident, as scripts write it."""
    given = {"number": f"INC{number:07d}", "state": "1", "priority": "3", "short_description": "It is broken", **values}
    return {"op": "insert", "table": "incident", "sys_id": ident(number), "at": at, "by": by, "values": given}


def update(number: int, at: str, by: str = "acme.david.evers", **values: str) -> dict[str, object]:
    """A write to an incident, as scripts write it."""
    return {"op": "update", "table": "incident", "sys_id": ident(number), "at": at, "by": by, "values": values}


class Recorded:
    """A simulator that remembers what it was asked."""

    def __init__(self, inner: ServiceNowSimulator) -> None:
        self.inner = inner
        self.asked: list[HttpRequest] = []

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Remember, and answer."""
        self.asked.append(request)
        return self.inner.respond(request, now)

    def options(self, base_url: str) -> Mapping[str, object]:
        """The simulator's own."""
        return self.inner.options(base_url)

    def credentials(self) -> Mapping[str, str]:
        """The simulator's own."""
        return self.inner.credentials()


@dataclass
class Instance:
    """One instance and the readers of it; `options` are added to the simulator's own."""

    script: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    parties: Parties = PARTIES
    backfill_from: datetime | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        self.now = VirtualNow(NOON)
        self.simulator = Recorded(build_simulator(self.seed, self.script))
        self.settings = ServiceNowOptions.model_validate({**self.simulator.options(URL), **self.options})
        self.site = Site("snow", self.parties, backfill_from=self.backfill_from)
        self.mapper = plugin.mapper(self.site, self.settings)
        self.toolkits: list[SourceToolkit] = []

    def reader(self) -> ServiceNowReader:
        """A reader as after a start."""
        return ServiceNowReader(self.site, self.settings, self.toolkit())

    def toolkit(self) -> SourceToolkit:
        """What the core would lend to a reader."""
        secrets = self.simulator.credentials()

        def secret(ref: SecretRef) -> Secret:
            return Secret(secrets[ref.env or ""])

        toolkit = SourceToolkit(
            "snow", now=self.now, limits=Limits(), secrets=secret, inline=True, jitter=random.Random(1),  # noqa: S311  back-off, nothing secret
            mount=SimulatorTransport(self.simulator, self.now),
        )  # fmt: skip
        self.toolkits.append(toolkit)
        return toolkit

    def close(self) -> None:
        """Let go of the transports."""
        for toolkit in self.toolkits:
            toolkit.close()


def tickets(pages: Sequence[Page]) -> list[str]:
    """The tickets of pages, in order, repeats included."""
    return [record.ticket for page in pages for record in page.records]


def live(reader: ServiceNowReader, since: Cursor | None) -> tuple[list[Page], Cursor]:
    """One live pass, and the cursor behind it."""
    pages = list(reader.pages(since))
    return pages, pages[-1].cursor


def newest(pages: Sequence[Page]) -> dict[str, RawRecord]:
    """Of each ticket the record read last."""
    return {record.ticket: record for page in pages for record in page.records}
