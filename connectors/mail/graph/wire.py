"""Answers of Microsoft Graph read with suspicion: status 200 is not success."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from syncd.domain.surrogates import without_halves
from syncd.errors import SourceMisunderstood, SourceUnavailable
from syncd.ports.toolkit import HttpResponse

Row = Mapping[str, Any]

_decode = msgspec.json.Decoder().decode


def object_of(source: str) -> Callable[[HttpResponse], Row]:
    """Return the reader of an answer that is one JSON object."""

    def read(response: HttpResponse) -> Row:
        kind = _kind(response)
        if "json" not in kind:
            raise SourceUnavailable(source, "sleeping", f"the answer is {kind or 'of no type'} instead of JSON")
        try:
            body = _decode(without_halves(response.content))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
            raise SourceUnavailable(source, "truncated", "the answer's JSON breaks off") from broken
        if not isinstance(body, dict):
            raise SourceMisunderstood(source, "protocol", "the answer is not a JSON object")
        if "error" in body:
            raise SourceUnavailable(source, "server", f"status {response.status} with an error instead of an answer")
        return body

    return read


def bytes_of(source: str) -> Callable[[HttpResponse], bytes]:
    """Return the reader of a message in MIME; Graph calls it plain text."""

    def read(response: HttpResponse) -> bytes:
        kind = _kind(response)
        if "html" in kind or "json" in kind:
            raise SourceUnavailable(source, "sleeping", f"the answer is {kind} instead of a message")
        return response.content

    return read


def rows(body: Row) -> list[Row]:
    """Return the objects of a collection."""
    value = body.get("value")
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(row: Row, key: str) -> str:
    """Return a text; empty for none."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _kind(response: HttpResponse) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()
