"""The metrics page: the process families as they are now, the fleet families as last published.

Publishing renders and compresses once; a scrape renders only the process part, of a few hundred series, and joins ready
bytes. The joined gzip is one member (RFC 1952) made of parts that were compressed apart: each ends on a byte boundary
and refers to nothing before itself (a full flush), so that any client can read it.
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
class Part:
    """A piece of the page, plain and as deflated blocks that can stand anywhere in a stream."""

    plain: bytes
    deflated: bytes

    @classmethod
    def of(cls, plain: bytes) -> "Part":
        """Return bytes as a part, compressed."""
        packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
        return cls(plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH))


@dataclass(frozen=True, slots=True)
class _Published:
    at: datetime
    lasting: Part
    passing: Part
    counting: Mapping[bool, Part]
    """By whether they are in OpenMetrics."""


class SnapshotHolder:
    """The newest snapshot, ready to be served; publishing swaps one reference, so that scrapes never wait."""

    def __init__(self, metrics: Metrics, *, max_age: timedelta = MAX_AGE) -> None:
        self._metrics = metrics
        self._max_age = max_age
        self._published: _Published | None = None

    def publish(self, fleet: Fleet) -> None:
        """Render a fleet and serve it from now on."""
        self._published = _Published(
            fleet.at,
            Part.of(render(fleet, _LASTING, openmetrics=False)),
            Part.of(render(fleet, _PASSING, openmetrics=False)),
            {said: Part.of(render(fleet, _COUNTING, openmetrics=said)) for said in (False, True)},
        )

    def withdraw(self) -> None:
        """Serve no fleet metrics from now on: another replica holds the lease."""
        self._published = None

    def page(self, accept: str, accept_encoding: str, now: datetime) -> tuple[bytes, Mapping[str, str]]:
        """Return the page's bytes and headers in the format and coding that the client asked for."""
        in_openmetrics = wants_openmetrics(accept)
        process = render_registry(self._metrics.registry, openmetrics=in_openmetrics)
        return answer(process, self._fleet_parts(now, in_openmetrics), accept, accept_encoding)

    def _fleet_parts(self, now: datetime, openmetrics: bool) -> tuple[Part, ...]:
        published = self._published
        if published is None:
            return ()
        fresh = now - published.at <= self._max_age
        if not fresh:
            return (published.lasting,)
        return (published.lasting, published.passing, published.counting[openmetrics])


def answer(
    fresh: bytes, parts: tuple[Part, ...], accept: str, accept_encoding: str
) -> tuple[bytes, Mapping[str, str]]:  # fmt: skip
    """Return a page's bytes and headers: what was rendered for this request, then ready parts."""
    in_openmetrics = wants_openmetrics(accept)
    end = _END if in_openmetrics else b""
    headers = {
        "content-type": OPENMETRICS if in_openmetrics else TEXT,
        "vary": "Accept, Accept-Encoding",
        "cache-control": "no-store",
    }
    if not wants_gzip(accept_encoding):
        return b"".join((fresh, *(part.plain for part in parts), end)), headers
    return _gzip([Part.of(fresh), *parts], end), {**headers, "content-encoding": "gzip"}


def _gzip(parts: list[Part], end: bytes) -> bytes:
    """Return parts and an end as one gzip member."""
    packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    last = packer.compress(end) + packer.flush()
    checksum, size = 0, len(end)
    for part in parts:
        checksum = zlib.crc32(part.plain, checksum)
        size += len(part.plain)
    checksum = zlib.crc32(end, checksum)
    deflated = b"".join(part.deflated for part in parts)
    return _GZIP_HEADER + deflated + last + pack("<II", checksum, size & 0xFFFFFFFF)
