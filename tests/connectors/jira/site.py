"""A simulated site with the connector in front of it, on one virtual clock."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.jira.mapping import JiraMapper
from connectors.jira.reading import build
from connectors.jira.settings import JiraOptions
from connectors.jira.simulator import build_simulator
from syncd.ports.connector import Connector, Cursor, Page, Parties, RawRecord, Site, VendorIdentity
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.hooks import SILENT, Hooks
from syncd.transport.limits import Limits
from syncd.transport.simulated import SimulatorTransport
from syncd.transport.toolkit import SourceToolkit

URL = "http://127.0.0.1:8080"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOUD, DC, CUSTOMER = {"product": "cloud"}, {"product": "dc"}, {"view": "customer"}
ASKED_BY_POST = frozenset({
    "/rest/api/3/search/jql", "/rest/api/2/search", "/rest/api/3/issue/bulkfetch", "/rest/api/3/changelog/bulkfetch",
})  # fmt: skip

PARTIES = Parties(
    customer_domains=("example.com",),
    vendors=(
        VendorIdentity("acme", "ACME Managed Services", ("acme.example",), ("acme-noc",)),
        VendorIdentity("globex", "Globex Corporation", ("globex.example",)),
    ),
)


def ago(seconds: float, since: datetime = NOON) -> str:
    """An instant before noon, as scripts write it."""
    return (since - timedelta(seconds=seconds)).isoformat()


def create(number: int, at: str, by: str = "mara.adler", **values: str) -> dict[str, object]:
    """The creation of an issue, as scripts write it."""
    return {"op": "create", "issue": number, "at": at, "by": by, "values": values}


def edit(number: int, at: str, by: str = "acme.david.evers", **values: str) -> dict[str, object]:
    """A write to an issue, as scripts write it."""
    return {"op": "edit", "issue": number, "at": at, "by": by, "values": values}


def comment(number: int, at: str, name: str, by: str = "acme.david.evers", **values: str) -> dict[str, object]:
    """A comment on an issue, as scripts write it."""
    given = {"id": name, "body": "We are working on it.", **values}
    return {"op": "comment", "issue": number, "at": at, "by": by, "values": given}


def refer(number: int, at: str, name: str, url: str, by: str = "mara.adler") -> dict[str, object]:
    """A remote link, as scripts write it."""
    return {"op": "refer", "issue": number, "at": at, "by": by, "values": {"id": name, "url": url, "title": "A page"}}


def tie(number: int, at: str, to: int, kind: str, by: str = "mara.adler") -> dict[str, object]:
    """A link to another issue, as scripts write it."""
    return {"op": "tie", "issue": number, "at": at, "by": by, "values": {"to": str(to), "type": kind}}


def storm(count: int, seconds: float = 60) -> list[dict[str, object]]:
    """So many tickets, created in one millisecond."""
    return [create(number, ago(seconds)) for number in range(1, count + 1)]


class Recorded:
    """A simulator, or something in front of one, that remembers what it was asked."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.asked: list[HttpRequest] = []

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Remember, and answer."""
        self.asked.append(request)
        answer: HttpResponse = self.inner.respond(request, now)
        return answer

    def options(self, base_url: str) -> Mapping[str, object]:
        """The simulator's own."""
        options: Mapping[str, object] = self.inner.options(base_url)
        return options

    def credentials(self) -> Mapping[str, str]:
        """The simulator's own."""
        secrets: Mapping[str, str] = self.inner.credentials()
        return secrets


@dataclass
class JiraSite:
    """One site and the readers of it; `options` are added to the simulator's own."""

    script: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    parties: Parties = PARTIES
    backfill_from: datetime | None = None
    seed: int = 1
    url: str = URL
    secrets: Mapping[str, str] = field(default_factory=dict)
    hooks: Hooks = SILENT

    def __post_init__(self) -> None:
        self.now = VirtualNow(NOON)
        told = self.script.keys() & {"tickets_per_day", "plenty", "changes"}
        self.simulator = Recorded(build_simulator(self.seed, self.script if told else {"changes": [], **self.script}))
        self.world = self.simulator.inner.world
        self.site = Site("jira", self.parties, backfill_from=self.backfill_from)
        self.toolkits: list[SourceToolkit] = []

    @property
    def settings(self) -> JiraOptions:
        """The options, validated."""
        return JiraOptions.model_validate({**self.simulator.options(self.url), **self.options})

    @property
    def mapper(self) -> JiraMapper:
        """The mapper of this source."""
        return JiraMapper(self.site, self.settings)

    def reader(self) -> Connector:
        """A reader as after a start."""
        return build(self.site, self.settings, self.toolkit())

    def toolkit(self) -> SourceToolkit:
        """What the core would lend to a reader."""
        secrets = {**self.simulator.credentials(), **self.secrets}

        def secret(ref: SecretRef) -> Secret:
            return Secret(secrets[ref.env or ""])

        toolkit = SourceToolkit(
            "jira", now=self.now, limits=Limits(), secrets=secret, inline=True, hooks=self.hooks,
            jitter=random.Random(1),  # noqa: S311  back-off, nothing secret
            mount=SimulatorTransport(self.simulator, self.now),
        )  # fmt: skip
        self.toolkits.append(toolkit)
        return toolkit

    def asked(self, path: str) -> int:
        """How often paths that end so were asked."""
        return sum(request.path.endswith(path) for request in self.simulator.asked)

    def close(self) -> None:
        """Let go of the transports."""
        for toolkit in self.toolkits:
            toolkit.close()


def tickets(pages: Iterable[Page]) -> list[str]:
    """The tickets of pages, in order, repeats included."""
    return [record.ticket for page in pages for record in page.records]


def newest(pages: Iterable[Page]) -> dict[str, RawRecord]:
    """Of each ticket the record read last."""
    return {record.ticket: record for page in pages for record in page.records}


def live(reader: Connector, since: Cursor | None) -> tuple[list[Page], Cursor]:
    """One live pass, and the cursor behind it."""
    pages = list(reader.pages(since))
    return pages, pages[-1].cursor


def past(reader: Any) -> list[Page]:
    """Everything that was."""
    return list(reader.backfill(None))


def codes(pages: Sequence[Page]) -> set[str]:
    """The codes of what was odd."""
    return {problem.code for page in pages for problem in page.problems}
