"""I/O that a connector may borrow: authenticated, throttled, retried, measured, translated into our errors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef

if TYPE_CHECKING:  # the two modules name each other
    from syncd.ports.connector import RawRecord

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; `path` begins with a slash, `query` is percent-encoded without the question mark."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer, body read whole and decompressed."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """RFC 7617 user name and password."""

    username: str
    password: SecretRef


@dataclass(frozen=True, slots=True)
class BearerAuth:
    """RFC 6750 token that does not expire under us."""

    token: SecretRef


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """RFC 6749 section 4.4: the toolkit asks for a token, renews it before it expires and once on a 401."""

    token_path: str
    client_id: SecretRef
    client_secret: SecretRef
    scope: str | None = None


Auth = BasicAuth | BearerAuth | ClientCredentials


class HttpApi(Protocol):
    """One HTTP service of a source.

    A call answers only with a 2xx status; every other status, timeouts and broken connections have been retried as far
    as that makes sense and then raise: 401 `SourceRefused(auth)`, 403 `SourceRefused(forbidden)`, 404 and 410
    `SourceRefused(gone)`, 429 `SourceThrottled`, 408 and 499 `SourceUnavailable(timeout)`, other 4xx
    `SourceRefused(configuration)`, 425 and 5xx `SourceUnavailable(server)`, 3xx `SourceMisunderstood(protocol)`, none
    in time `SourceUnavailable(timeout)`, no connection `SourceUnavailable(network)`, one that breaks off
    `SourceUnavailable(truncated)`.
    """

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read: Callable[[HttpResponse], T],
    ) -> T:
        """Return what `read` makes of the answer.

        `read` may raise `SourceUnavailable` or `SourceThrottled` for an answer that is no answer (an HTML page, a 202):
        it is retried like a bad status. Whatever else it raises leaves at once.
        """
        ...

    def post(
        self,
        path: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read: Callable[[HttpResponse], T],
    ) -> T:
        """As `get`, for calls that ask with a body. Sources are only read: no call may change anything there."""
        ...


class Toolkit(Protocol):
    """What the core lends to one source's connector."""

    @property
    def source(self) -> str:
        """The source's name, for errors."""
        ...

    @property
    def now(self) -> Now:
        """Time and waiting."""
        ...

    def http(self, base_url: str, *, auth: Auth | None = None, headers: Mapping[str, str] | None = None) -> HttpApi:
        """Return a client of one service. No cookies, no redirects to another host, HTTP/1.1, bounded reads."""
        ...

    def attempt(self, call: Callable[[], T], *, translate: Callable[[Exception], Exception | None]) -> T:
        """Run a foreign client's call under the same throttle, retries and error tree.

        `translate` turns the library's exception into one of ours; None lets it through as a bug.
        """
        ...

    def gather(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run calls side by side, as many as the source allows; answers in order; the first failure is raised."""
        ...

    def secret(self, ref: SecretRef) -> Secret:
        """Return the secret behind a reference; raises `ConfigError` naming the reference, never the value."""
        ...

    def stored(self) -> Iterator["RawRecord"]:
        """Yield what the store keeps of this source, the newest redacted record of each (ticket, part).

        For connectors that must know after a start what they said before. All parts of a ticket come together. It is
        one transaction: read it to its end, and ask nothing of the source meanwhile. Empty where no store is at hand.
        """
        ...

    def source_time(self) -> datetime | None:
        """Return the source's own time, from the `Date` of its newest answer carried forward; None before the first."""
        ...
