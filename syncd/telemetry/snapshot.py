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

from syncd.telemetry import names
from syncd.telemetry.exposition import render, render_registry
from syncd.telemetry.fleet import Fleet
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.negotiation import wants_gzip, wants_openmetrics

MAX_AGE = timedelta(minutes=15)
"""How old a snapshot may be before everything in it that is not a dated fact leaves the page: a gap, not a lie."""

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_END = b"# EOF\n"
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LASTING = tuple(family for family in names.FLEET if family.lasting)
_PASSING = tuple(family for family in names.FLEET if not family.lasting)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the page, plain and as deflated blocks that can stand anywhere in a stream."""

    plain: bytes
    deflated: bytes

    @classmethod
    def of(cls, plain: bytes) -> "_Part":
        packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
        return cls(plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH))


@dataclass(frozen=True, slots=True)
class _Published:
    at: datetime
    lasting: _Part
    passing: _Part


class SnapshotHolder:
    """The newest snapshot, ready to be served; publishing swaps one reference, so that scrapes never wait."""

    def __init__(self, metrics: Metrics, *, max_age: timedelta = MAX_AGE) -> None:
        self._metrics = metrics
        self._max_age = max_age
        self._published: _Published | None = None

    def publish(self, fleet: Fleet) -> None:
        """Render a fleet and serve it from now on."""
        self._published = _Published(
            fleet.at, _Part.of(render(fleet, _LASTING)), _Part.of(render(fleet, _PASSING))
        )  # fmt: skip

    def withdraw(self) -> None:
        """Serve no fleet metrics from now on: another replica holds the lease."""
        self._published = None

    def page(self, accept: str, accept_encoding: str, now: datetime) -> tuple[bytes, Mapping[str, str]]:
        """Return the page's bytes and headers in the format and coding that the client asked for."""
        in_openmetrics = wants_openmetrics(accept)
        parts = self._fleet_parts(now)
        process = render_registry(self._metrics.registry, openmetrics=in_openmetrics)
        end = _END if in_openmetrics else b""
        headers = {
            "content-type": OPENMETRICS if in_openmetrics else TEXT,
            "vary": "Accept, Accept-Encoding",
            "cache-control": "no-store",
        }
        if not wants_gzip(accept_encoding):
            return b"".join((process, *(part.plain for part in parts), end)), headers
        return _gzip([_Part.of(process), *parts], end), {**headers, "content-encoding": "gzip"}

    def _fleet_parts(self, now: datetime) -> tuple[_Part, ...]:
        published = self._published
        if published is None:
            return ()
        fresh = now - published.at <= self._max_age
        return (published.lasting, published.passing) if fresh else (published.lasting,)


def _gzip(parts: list[_Part], end: bytes) -> bytes:
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
