"""What a refusal says of itself, for the person who has to act: Jira's words, Graph's codes, a captcha, a burst."""

import re
from collections.abc import Mapping

import msgspec

from syncd.ports.toolkit import HttpResponse

_BLANKS = re.compile(r"\s+")
_LONGEST = 300
_BURSTS = frozenset({"jira-burst-based", "jira-per-issue-on-write"})
_CLIENT_ERRORS = range(400, 500)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,79}")


class _ODataError(msgspec.Struct, frozen=True):
    """An OData error (OData JSON Format, "Error Response"), as Microsoft Graph has it; its message is passed over."""

    code: str = ""


class _Errors(msgspec.Struct, frozen=True):
    """Atlassian's error collection, of the platform's API and of the service desk's, or an OData error."""

    error_messages: list[str] = msgspec.field(default_factory=list, name="errorMessages")
    error_message: str = msgspec.field(default="", name="errorMessage")
    errors: dict[str, str] = msgspec.field(default_factory=dict)
    error: _ODataError | str | None = None


def said(answer: HttpResponse) -> str:
    """Return the message of an error collection in one line, or the code of an OData error; empty for neither.

    Other bodies are passed over: what they quote nobody knows. Graph's messages quote addresses, its codes do not.
    """
    if answer.status not in _CLIENT_ERRORS or "json" not in answer.headers.get("content-type", ""):
        return ""
    try:
        told = msgspec.json.decode(answer.content, type=_Errors)
    except (ValueError, RecursionError):  # text that is no UTF-8, or nested without end, is not msgspec's own error
        return ""
    code = told.error.code if isinstance(told.error, _ODataError) and _CODE.fullmatch(told.error.code) else ""
    words = "; ".join(filter(None, (*told.error_messages, told.error_message, *told.errors.values(), code)))
    return _BLANKS.sub(" ", words)[:_LONGEST]


def wants_captcha(headers: Mapping[str, str]) -> bool:
    """Tell whether Data Center wants a person to log in with a browser after failed logins: a matter of the login."""
    return "captcha" in headers.get("x-authentication-denied-reason", "").lower()


def of_one_endpoint(headers: Mapping[str, str]) -> bool:
    """Tell whether a 429 is about one endpoint only (Atlassian, "Rate limiting": dispatch on `RateLimit-Reason`)."""
    return headers.get("ratelimit-reason", "").strip().lower() in _BURSTS
