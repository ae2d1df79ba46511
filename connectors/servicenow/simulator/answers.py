"""Answers as the platform words them: JSON bodies, its error object, its hibernation page."""

from collections.abc import Mapping

import msgspec

from syncd.ports.toolkit import HttpResponse

JSON = "application/json;charset=UTF-8"


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a JSON answer."""
    return HttpResponse(status, {"content-type": JSON, **(headers or {})}, msgspec.json.encode(body))


def failure(
    status: int, message: str, detail: str | None = None, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return an error as every API of the platform words it."""
    return answer(status, {"error": {"message": message, "detail": detail}, "status": "failure"}, headers)


def not_found() -> HttpResponse:
    """Return the answer for a record that is missing or hidden: the platform does not tell them apart."""
    return failure(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def unauthenticated() -> HttpResponse:
    """Return the answer to wrong, missing, expired or revoked credentials."""
    realm = {"www-authenticate": 'BEARER realm="Service-now"'}
    return failure(401, "User Not Authenticated", "Required to provide Auth information", realm)


def cancelled() -> HttpResponse:
    """Return what a transaction over its quota leaves: status 200 with an error and some of the result."""
    detail = "maximum execution time exceeded Check logs for error trace or enable glide.rest.debug property"
    error = {"message": "Transaction cancelled: maximum execution time exceeded", "detail": detail}
    return answer(200, {"result": [], "error": error, "status": "failure"})


def hibernating() -> HttpResponse:
    """Return the page of a developer instance that sleeps: status 200, HTML."""
    page = (
        "<!DOCTYPE html><html><head><title>Instance Hibernating page</title></head>"
        "<body><h1>Your instance is hibernating</h1><p>Sign in to wake it.</p></body></html>"
    )
    return HttpResponse(200, {"content-type": "text/html;charset=UTF-8"}, page.encode())
