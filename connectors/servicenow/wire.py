"""Answers of the Table API read with suspicion: HTTP 200 is not success.

Hibernating instances and login pages answer 200 with HTML; a cancelled transaction answers 200 with an `error` beside a
part of the result, or breaks off in the middle of the JSON (PySNC issue 95, sndml3 issue 38); an overflowing session
queue answers 202 without having done anything (KB3047080).
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from connectors.servicenow.cells import Row, inner, text
from syncd.domain.surrogates import without_halves
from syncd.errors import SourceMisunderstood, SourceUnavailable
from syncd.ports.toolkit import HttpResponse

_ACCEPTED = 202


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a table, and how many match in all before row ACLs (None when it does not say)."""

    rows: tuple[Row, ...]
    total: int | None = None


def rows_of(source: str) -> Callable[[HttpResponse], Answer]:
    """Return the reader of a list answer."""

    def read(response: HttpResponse) -> Answer:
        result = _result(source, response)
        if not isinstance(result, list):
            raise SourceMisunderstood(source, "protocol", "the answer's result is not a list")
        total = response.headers.get("x-total-count", "")
        return Answer(
            tuple(row if isinstance(row, dict) else {} for row in result), int(total) if total.isdecimal() else None
        )

    return read


def row_of(source: str) -> Callable[[HttpResponse], Row]:
    """Return the reader of a single record's answer."""

    def read(response: HttpResponse) -> Row:
        result = _result(source, response)
        if not isinstance(result, dict):
            raise SourceMisunderstood(source, "protocol", "the answer's result is not one record")
        return result

    return read


def count_of(source: str) -> Callable[[HttpResponse], int]:
    """Return the reader of a Stats API count."""

    def read(response: HttpResponse) -> int:
        result = _result(source, response)
        counted = text(inner(result, "stats"), "count") if isinstance(result, dict) else ""
        if not counted.isdecimal():
            raise SourceMisunderstood(source, "protocol", "the statistics hold no count")
        return int(counted)

    return read


def _result(source: str, response: HttpResponse) -> object:
    if response.status == _ACCEPTED:
        raise SourceUnavailable(source, "server", "status 202: the session's queue is full and nothing was done")
    kind = response.headers.get("content-type", "")
    if "json" not in kind.lower():
        raise SourceUnavailable(
            source, "sleeping", f"the answer is {kind.partition(';')[0] or 'of no type'} instead of JSON: the instance "
            "hibernates, is in maintenance, or asks for a login",
        )  # fmt: skip
    try:
        body = msgspec.json.decode(without_halves(response.content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise SourceMisunderstood(source, "truncated", "the answer's JSON breaks off") from broken
    if not isinstance(body, dict):
        raise SourceMisunderstood(source, "protocol", "the answer is not a JSON object")
    if body.get("error"):
        said = text(inner(body, "error"), "message")[:200] or "no message"
        raise SourceMisunderstood(source, "truncated", f"status 200 with an error: {said}")
    return body.get("result")
