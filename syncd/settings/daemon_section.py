"""The daemon's own file as it is written (design.md section 7, *The daemon's own file*)."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema

from syncd.settings.section import Refused, Section
from syncd.settings.values import Listen
from syncd.settings.written import Day, Interval, SourceName, Text, VendorId, YesNo

_SQLITE = re.compile(r"sqlite:///(?!:memory:)[^?#]+")
_POSTGRESQL = re.compile(r"postgresql\+psycopg://\S*/[^/\s]+")
_PASSWORD = re.compile(r"://[^/\s]*:[^/\s]*@|[?&]password=")
_LISTEN = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})")
_LINK = re.compile(r"https?://[^\s/?#@\"<>\\^`{|}]+(?:/[^\s?#\"<>\\^`{|}]*)?")
_LAST_PORT = 65_535


def _store_url(value: object) -> str:
    if not isinstance(value, str) or not (_SQLITE.fullmatch(value) or _POSTGRESQL.fullmatch(value)):
        raise Refused("sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE")
    if _PASSWORD.search(value):
        msg = "holds a password; leave it out, the PostgreSQL client reads it from PGPASSFILE or PGPASSWORD"
        raise ValueError(msg)
    return value


def _listen(value: object) -> Listen:
    match = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[3]) > _LAST_PORT:
        raise Refused('host and port, such as "127.0.0.1:9465" or "[::1]:9465"')
    return Listen(match[1] or match[2], int(match[3]))


def _link(value: object) -> str:
    if not isinstance(value, str) or not _LINK.fullmatch(value):
        raise Refused("an address without query, such as https://syncd.example.com or https://example.com/syncd")
    return value.rstrip("/")


def _rate(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value <= 0:
        raise Refused("a number above 0")
    return float(value)


class StoreSection(Section):
    """Where everything is kept."""

    url: Annotated[str, PlainValidator(_store_url), WithJsonSchema({"type": "string"})] = Field(
        description="sqlite:///FILE (a fourth slash begins an absolute path) or postgresql+psycopg://USER@HOST/DATABASE."
    )


class HttpSection(Section):
    """The pages and metrics that are served."""

    listen: Annotated[Listen, PlainValidator(_listen), WithJsonSchema({"type": "string"})] = Field(
        default=Listen("127.0.0.1", 9465), description="Host and port; 127.0.0.1:9465 unless given."
    )
    ticket_series: Annotated[int, Field(strict=True, ge=1, le=500)] | None = Field(
        default=None,
        description="How many tickets at most /metrics/tickets lists with their deadlines; no such page unless given.",
    )
    reload: YesNo = Field(
        default=False,
        description="Whether POST /-/reload makes the daemon read its configuration anew, as SIGHUP always does; only "
        "where listen is a loopback address.",
    )
    external_url: Annotated[str, PlainValidator(_link), WithJsonSchema({"type": "string"})] | None = Field(
        default=None,
        description="Where people reach these pages, such as https://syncd.example.com; notices link to it.",
    )


class PartySection(Section):
    """How one party shows up in sources."""

    domains: tuple[Text, ...] = Field(default=(), description="Mail domains of its people.")
    groups: tuple[Text, ...] = Field(default=(), description="Groups and queues of its people, as sources name them.")
    accounts: tuple[Text, ...] = Field(
        default=(), description="Accounts of its people and programs, as sources name them."
    )


class VendorPartySection(PartySection):
    """How one vendor shows up in sources."""

    name: Text | None = Field(default=None, description="What people call it; its id unless given.")


class AutomationSection(Section):
    """Programs that act in sources."""

    accounts: tuple[Text, ...] = Field(default=(), description="Accounts whose messages are no human's.")


class PartiesSection(Section):
    """Who is who."""

    customer: PartySection = Field(default=PartySection(), description="Us.")
    vendors: dict[VendorId, VendorPartySection] = Field(default={}, description="The vendors by id.")
    automation: AutomationSection = Field(default=AutomationSection(), description="Programs; neither side's people.")


class LimitsSection(Section):
    """How much may be asked of a source."""

    requests_per_second: (
        Annotated[float, PlainValidator(_rate), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})] | None
    ) = Field(default=None, description="Most requests in a second; what the connector thinks polite unless given.")
    concurrency: Annotated[int, Field(strict=True, ge=1, le=32)] | None = Field(
        default=None, description="Most requests at one time; what the connector thinks polite unless given."
    )
    rechecks_per_minute: Annotated[int, Field(strict=True, ge=1, le=6_000)] = Field(
        default=60,
        description="Most tickets in a minute that are read once more before a breach is told; 60 unless given.",
    )


class SourceSection(Section):
    """One source of tickets."""

    name: SourceName = Field(description="What results, metrics and contracts call it.")
    kind: Text = Field(description="Which connector reads it.")
    every: Interval = Field(default=timedelta(seconds=60), description="How often it is polled; 60s unless given.")
    backfill_from: Day | None = Field(
        default=None, description="How far back it is read, from midnight UTC; everything unless given."
    )
    credentials_expire: Day | None = Field(
        default=None,
        description="When its credentials run out, at midnight UTC, where their issuer says so: for alerts.",
    )
    limits: LimitsSection = Field(default=LimitsSection(), description="How much may be asked of it.")
    options: Any = Field(default=None, description="What its connector wants to know.")


class NotifierSection(Section):
    """One receiver of notices, and beside name, kind and vendors what its kind wants to know."""

    model_config = ConfigDict(extra="allow")

    name: Text = Field(description="What metrics, commands and escalations call it.")
    kind: Text = Field(description="What it is.")
    vendors: tuple[VendorId, ...] = Field(
        default=(), description="Whose tickets it is told of; everybody's unless given."
    )


class NoticesSection(Section):
    """How many are told, and how."""

    storm: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        default=20,
        description="So many notices of a vendor in ten minutes are told one by one, the rest in a digest, but for the "
        "contract's most urgent priority; 20 unless given.",
    )


class DaemonFile(Section):
    """The daemon's own file."""

    store: StoreSection = Field(description="Where everything is kept.")
    http: HttpSection = Field(default=HttpSection(), description="The pages and metrics that are served.")
    contracts: tuple[Text, ...] = Field(
        default=(), description="Files, and folders of files, with contracts and exclusions."
    )
    calendars: tuple[Text, ...] = Field(default=(), description="Files, and folders of files, with calendars.")
    parties: PartiesSection = Field(default=PartiesSection(), description="Who is who, for every source.")
    sources: tuple[SourceSection, ...] = Field(description="Where tickets come from.")
    notifiers: tuple[NotifierSection, ...] = Field(default=(), description="Who is told.")
    routes: dict[Text, Annotated[tuple[Text, ...], Field(min_length=1)]] = Field(
        default={}, description="Names that escalations may use for one or several notifiers."
    )
    notices: NoticesSection = Field(default=NoticesSection(), description="How many are told, and how.")
