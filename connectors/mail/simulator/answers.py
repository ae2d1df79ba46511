"""Answers as Microsoft Graph words them: JSON bodies and its error object."""

from collections.abc import Mapping

import msgspec

from syncd.ports.toolkit import HttpResponse

JSON = "application/json; odata.metadata=minimal; odata.streaming=true; IEEE754Compatible=false; charset=utf-8"


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = failure(status, code, message)


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a JSON answer."""
    return HttpResponse(status, {"content-type": JSON, **(headers or {})}, msgspec.json.encode(body))


def failure(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return an error ("Microsoft Graph error responses and resource types")."""
    inner = {"date": "2026-03-02T08:00:00", "request-id": "00000000-0000-0000-0000-000000000000"}
    return answer(status, {"error": {"code": code, "message": message, "innerError": inner}}, headers)


def not_found() -> Refused:
    """Return the refusal of an id that nothing has."""
    return Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def denied() -> Refused:
    """Return the refusal of an application without the right."""
    return Refused(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
