"""Answers read with suspicion: HTTP 200 is not success.

Cloud answers searches with 200 and no issues to credentials that have expired, and says so in a header only; a single
sign-on front answers 200 with its login page.
"""

from collections.abc import Callable

import msgspec

from connectors.jira.cells import Row
from syncd.domain.surrogates import without_halves
from syncd.errors import SourceMisunderstood, SourceRefused, SourceUnavailable
from syncd.ports.toolkit import HttpResponse

LOGIN_REASON = "x-seraph-loginreason"
_REFUSED = ("FAILED", "DENIED", "OUT")
_LOGIN_WORDS = (b"<form", b"password", b"log in", b"login", b"sign in", b"saml")
_HEAD = 20_000
_decode = msgspec.json.Decoder().decode


def object_of(source: str) -> Callable[[HttpResponse], Row]:
    """Return the reader of an answer that is one object."""

    def read(response: HttpResponse) -> Row:
        body = _body(source, response)
        if not isinstance(body, dict):
            raise SourceMisunderstood(source, "protocol", "the answer is not a JSON object")
        return body

    return read


def list_of(source: str) -> Callable[[HttpResponse], list[Row]]:
    """Return the reader of an answer that is a list of objects."""

    def read(response: HttpResponse) -> list[Row]:
        body = _body(source, response)
        if not isinstance(body, list):
            raise SourceMisunderstood(source, "protocol", "the answer is not a JSON list")
        return [row for row in body if isinstance(row, dict)]

    return read


def _body(source: str, response: HttpResponse) -> object:
    reason = response.headers.get(LOGIN_REASON, "").upper()
    if any(word in reason for word in _REFUSED):
        raise SourceRefused(source, "auth", f"status {response.status}, but the login was refused: {reason[:60]}")
    kind = response.headers.get("content-type", "").lower()
    if "json" not in kind:
        raise _no_json(source, kind, response.content[:_HEAD].lower())
    try:
        return _decode(without_halves(response.content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise SourceUnavailable(source, "truncated", "the answer's JSON breaks off") from broken


def _no_json(source: str, kind: str, head: bytes) -> Exception:
    shown = kind.partition(";")[0] or "of no type"
    if "html" in kind and any(word in head for word in _LOGIN_WORDS):
        return SourceRefused(source, "auth", "a login page instead of JSON: the credentials are not accepted here")
    return SourceUnavailable(source, "sleeping", f"the answer is {shown} instead of JSON: maintenance?")
