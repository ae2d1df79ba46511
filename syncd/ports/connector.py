"""What a connector is: code that reads one kind of source, and a pure mapper from what it said to ticket events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar, runtime_checkable

from syncd.domain.names import GoneReason
from syncd.domain.problem import Problem
from syncd.domain.timeline import Timeline
from syncd.ports.toolkit import HttpRequest, HttpResponse, Toolkit

S = TypeVar("S")

Cursor = str
"""Where a reader stands; opaque to the core, understood only by the connector that wrote it."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One ticket exactly as the source told it, history included, or one `part` of it (a message of a conversation).

    `ticket` identifies the ticket within its source and never changes. Of each (ticket, part) the newest record counts.
    `payload` holds JSON values only and is complete: mapping it asks for nothing more.
    """

    ticket: str
    updated_at: datetime
    payload: Mapping[str, object]
    part: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Records, and the cursor that may be kept once all of them are stored."""

    records: Sequence[RawRecord]
    cursor: Cursor
    watermark: datetime | None = None
    """The newest change at the source that reading up to `cursor` has seen."""
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a record says, in our words.

    `complete` says that the record holds its ticket's whole history, so that an event which an earlier record held and
    this one lacks was withdrawn at the source.
    """

    timeline: Timeline
    problems: Sequence[Problem] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Tickets re-read by id: those the source still shows, and why it does not show the others."""

    records: Sequence[RawRecord]
    gone: Mapping[str, GoneReason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of `syncd check --connect`."""

    subject: str
    ok: bool
    detail: str


class Mapper(Protocol):
    """The pure half of a connector: no network, no clock, no exception for bad data of a well-formed record."""

    @property
    def version(self) -> int:
        """Rises whenever the same record would map to other events; a rise makes a new generation of events."""
        ...

    @property
    def volatile(self) -> frozenset[str]:
        """Dotted paths of the payload that change without meaning a change (`*` stands for any key or list place)."""
        ...

    def record(self, payload: Mapping[str, object]) -> RawRecord:
        """Return the record that a payload is; raises ValueError saying what it lacks."""
        ...

    def redact(self, record: RawRecord) -> RawRecord:
        """Return the record without text that must not be stored (law 12). Idempotent, and `map` needs no more."""
        ...

    def map(self, record: RawRecord) -> Mapped:
        """Return the redacted record's events and findings. Deterministic; event ids are stable and unique."""
        ...


@dataclass(frozen=True, slots=True)
class FilesRead:
    """What files of a source's own format came to: records, and one JSON object about each thing read in them."""

    records: Sequence[RawRecord]
    details: Sequence[Mapping[str, object]] = ()


@runtime_checkable
class ReadsFiles(Protocol):
    """A mapper that knows its source's own files too, such as messages: `syncd map KIND FILES` hands them over."""

    def files(self, paths: Sequence[Path]) -> FilesRead:
        """Return what is in files and folders, read together; raises OSError for one that cannot be read."""
        ...


class Connector(Protocol):
    """The reading half: everything here may use the network, and raises only `SourceError`s when that fails."""

    def check(self) -> Sequence[CheckLine]:
        """Try the identity, the rights and every configured name; one line each."""
        ...

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield what changed since a cursor, oldest change first, until nothing is left: one live pass.

        None is the first pass ever: everything there is, or, of a connector that `Backfills`, only what changes from
        now on. Reading again from any cursor ever yielded loses nothing; unchanged tickets may come again.
        """
        ...

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Re-read tickets by id as they are now."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Backfills(Protocol):
    """A connector that can read the past newest first, apart from its live passes."""

    def backfill(self, before: Cursor | None) -> Iterator[Page]:
        """Yield older and older tickets, down to the site's `backfill_from`; ends when the past is read.

        None begins at the present. Each page's cursor resumes behind it.
        """
        ...


class Simulator(Protocol):
    """A faithful little server of one source's API; pure given its seed and the requests so far."""

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Answer one request as the source would at that instant."""
        ...

    def options(self, base_url: str) -> Mapping[str, object]:
        """Return source options, as a configuration file would hold them, that read this simulator at an address."""
        ...

    def credentials(self) -> Mapping[str, str]:
        """Return the secrets that `options` refers to, by environment variable name; made up, worth printing."""
        ...


@dataclass(frozen=True, slots=True)
class VendorIdentity:
    """How one vendor shows up in sources."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is who: the customer is us."""

    customer_domains: tuple[str, ...] = ()
    customer_groups: tuple[str, ...] = ()
    customer_accounts: tuple[str, ...] = ()
    vendors: tuple[VendorIdentity, ...] = ()
    automation_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One configured source, apart from its own options."""

    source: str
    parties: Parties = Parties()
    folder: Path = Path()
    """What relative paths in options are relative to."""
    backfill_from: datetime | None = None
    """How far back to read; None for everything."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard a connector thinks that its kind of source may be asked; a source's configured limits go before it."""

    requests_per_second: float | None = None
    """None leaves the pace to the source."""
    concurrency: int = 2
    """Requests under way at once."""


@dataclass(frozen=True, slots=True)
class Plugin(Generic[S]):
    """What an entry point in the group `syncd.connectors` resolves to."""

    kind: str
    options: type[S]
    """The settings type, pydantic-validated by the core; every field described, unknown keys refused."""
    mapper: Callable[[Site, S], Mapper]
    build: Callable[[Site, S, Toolkit], Connector]
    offline: Mapping[str, object] = field(default_factory=dict)
    """Made-up values for the options that only reading needs, so that records can be mapped without them."""
    rereads: bool = True
    """Whether a ticket read by its id tells more than the passes do; not where every pass reads all there is."""
    simulator: Callable[[int, Mapping[str, object]], Simulator] | None = None
    """Builds the simulator from a seed and a script of what should happen (empty for the usual day)."""
    pace: Pace = Pace()
