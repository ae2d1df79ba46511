"""The metrics page: the fleet families as last published, the process families as they are now.

Publishing renders and compresses once; a scrape renders only the process part, of a few hundred series, and puts it
behind ready bytes. The joined gzip is one member (RFC 1952) made of parts that were compressed apart: each ends on a
byte boundary and refers to nothing before itself (a full flush), so that any client can read it.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from struct import pack

from syncd.telemetry import fleet_names as names
from syncd.telemetry.exposition import render, render_registry
from syncd.telemetry.fleet import Fleet
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.names import Kind
from syncd.telemetry.negotiation import wants_gzip, wants_openmetrics

MAX_AGE = timedelta(minutes=15)
"""How old a snapshot may be before everything in it that is not a dated fact leaves the page: a gap, not a lie."""

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_END = b"# EOF\n"
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LASTING = tuple(family for family in names.FLEET if family.lasting)
_COUNTING = tuple(family for family in names.FLEET if family.kind is Kind.COUNTER)
_PASSING = tuple(family for family in names.FLEET if not family.lasting and family.kind is not Kind.COUNTER)


@dataclass(frozen=True, slots=True)
class Ready:
    """The beginning of a page, ready: plain pieces, the same deflated, and what gzip wants to know of them.

    The check sum is kept because reading a page of a hundred thousand series for it takes as long as all the rest; it
    goes on over whatever follows, which is why ready pieces come first.
    """

    plain: tuple[bytes, ...] = ()
    deflated: bytes = b""
    checksum: int = 0
    size: int = 0

    def then(self, plain: bytes) -> "Ready":
        """Return the beginning with another piece behind it."""
        return Ready(
            (*self.plain, plain),
            self.deflated + _deflated(plain),
            zlib.crc32(plain, self.checksum),
            self.size + len(plain),
        )


@dataclass(frozen=True, slots=True)
class _Published:
    at: datetime
    lasting: Ready
    whole: Mapping[bool, Ready]
    """By whether it is in OpenMetrics."""


class SnapshotHolder:
    """The newest snapshot, ready to be served; publishing swaps one reference, so that scrapes never wait."""

    def __init__(self, metrics: Metrics, *, max_age: timedelta = MAX_AGE) -> None:
        self._metrics = metrics
        self._max_age = max_age
        self._published: _Published | None = None

    def publish(self, fleet: Fleet) -> None:
        """Render a fleet and serve it from now on."""
        lasting = Ready().then(render(fleet, _LASTING, openmetrics=False))
        passing = lasting.then(render(fleet, _PASSING, openmetrics=False))
        whole = {said: passing.then(render(fleet, _COUNTING, openmetrics=said)) for said in (False, True)}
        self._published = _Published(fleet.at, lasting, whole)

    def withdraw(self) -> None:
        """Serve no fleet metrics from now on: another replica holds the lease."""
        self._published = None

    def page(self, accept: str, accept_encoding: str, now: datetime) -> tuple[bytes, Mapping[str, str]]:
        """Return the page's bytes and headers in the format and coding that the client asked for."""
        in_openmetrics = wants_openmetrics(accept)
        process = render_registry(self._metrics.registry, openmetrics=in_openmetrics)
        return answer(self._fleet(now, in_openmetrics), process, accept, accept_encoding)

    def _fleet(self, now: datetime, openmetrics: bool) -> Ready:
        published = self._published
        if published is None:
            return Ready()
        return published.whole[openmetrics] if now - published.at <= self._max_age else published.lasting


def answer(
    ready: Ready, fresh: bytes, accept: str, accept_encoding: str
) -> tuple[bytes, Mapping[str, str]]:  # fmt: skip
    """Return a page's bytes and headers: its ready beginning, then what was rendered for this request."""
    in_openmetrics = wants_openmetrics(accept)
    end = fresh + _END if in_openmetrics else fresh
    headers = {
        "content-type": OPENMETRICS if in_openmetrics else TEXT,
        "vary": "Accept, Accept-Encoding",
        "cache-control": "no-store",
    }
    if not wants_gzip(accept_encoding):
        return b"".join((*ready.plain, end)), headers
    return _gzip(ready, end), {**headers, "content-encoding": "gzip"}


def _deflated(plain: bytes) -> bytes:
    """Return bytes as deflated blocks that can stand anywhere in a stream but at its end."""
    packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)


def _gzip(ready: Ready, end: bytes) -> bytes:
    """Return a page as one gzip member."""
    packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    last = packer.compress(end) + packer.flush()
    trailer = pack("<II", zlib.crc32(end, ready.checksum), (ready.size + len(end)) & 0xFFFFFFFF)
    return b"".join((_GZIP_HEADER, ready.deflated, last, trailer))
