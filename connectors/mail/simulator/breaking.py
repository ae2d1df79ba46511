"""Answers of a service that is unwell, and answers that are wrong though their status is 200."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from connectors.mail.simulator.answers import Refused, failure
from connectors.mail.simulator.faults import Fault
from connectors.mail.simulator.states import lost
from syncd.ports.toolkit import HttpRequest, HttpResponse

_NEXT, _DELTA = "@odata.nextLink", "@odata.deltaLink"
_STATES = ("$skiptoken", "$deltatoken")
_PAGE = b"<!DOCTYPE html><html><body><h1>Sign in to your account</h1></body></html>"


def unwell(struck: Mapping[str, Fault]) -> HttpResponse | None:
    """Return the answer of a service or of a front that does not even look at the request; None if all is well."""
    if "html" in struck:
        return HttpResponse(200, {"content-type": "text/html; charset=utf-8"}, _PAGE)
    for kind in ("500", "502", "503", "504"):
        if kind in struck:
            headers = {"retry-after": f"{struck[kind].seconds:g}"} if kind == "503" else {}
            return failure(int(kind), "ServiceUnavailable", "The service is temporarily unavailable.", headers)
    if "429_no_header" in struck:
        return failure(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
    if "429" in struck:
        headers = {"retry-after": f"{struck['429'].seconds:g}"}
        return failure(429, "ApplicationThrottled", "Application is over its RequestCount limit.", headers)
    return None


def refusing(struck: Mapping[str, Fault], params: Mapping[str, str]) -> None:
    """Raise where the state of a round of changes is to be lost."""
    if not any(name in params for name in _STATES):
        return
    if "state_gone" in struck:
        raise lost()
    if "state_refused" in struck:
        raise Refused(400, "SyncStateInvalid", "The sync state is invalid.")


def broken_body(body: dict[str, Any], struck: Mapping[str, Fault], request: HttpRequest, base: str) -> dict[str, Any]:
    """Return a body, wrong as the faults want it."""
    body = deepcopy(body)
    link = _NEXT if _NEXT in body else _DELTA
    if "foreign_link" in struck and link in body:
        body[link] = f"https://elsewhere.example/v1.0/x?{body[link].partition('?')[2]}"
    if "same_link" in struck and link in body:
        body.pop(_DELTA, None)
        body[_NEXT] = f"{base}/x?{request.query or '$skiptoken=again'}"
    if "missing_link" in struck and _NEXT in body:
        del body[_NEXT]
    rows = body.get("value")
    if isinstance(rows, list) and "repeat" in struck:
        body["value"] = [*rows, *rows]
    if isinstance(rows, list) and "partial" in struck:
        body["value"] = [{"id": row["id"], "categories": row.get("categories")} | _removed(row) for row in rows]
    return body


def _removed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"@removed": row["@removed"]} if "@removed" in row else {}
