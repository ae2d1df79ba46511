"""Answers of a site, or of what stands in front of it, that does not even look at the request."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime

from connectors.jira.simulator.answers import NO_ISSUE, REMOVED, failure, login_page, unauthenticated
from connectors.jira.simulator.faults import Fault
from syncd.ports.toolkit import HttpResponse

CAPTCHA = {
    "x-seraph-loginreason": "AUTHENTICATION_DENIED",
    "x-authentication-denied-reason": "CAPTCHA_CHALLENGE; login-url=/login.jsp",
}


def broken(struck: Mapping[str, Fault], now: datetime) -> HttpResponse | None:
    """Return the answer of whatever struck hardest; None if nothing keeps the site from answering."""
    if "drop" in struck:
        return HttpResponse(503)
    if "html_login" in struck:
        return login_page()
    if "429" in struck:
        return limited(struck["429"].reason, _retry_after(struck["429"], now))
    if "503" in struck:
        return failure(503, "Service unavailable", headers=_retry_after(struck["503"], now))
    page = {"content-type": "text/html"}
    plain = {
        "401": unauthenticated(failed=True), "403": failure(403, "Forbidden"), "404": failure(404, NO_ISSUE),
        "captcha": failure(403, "CAPTCHA required", headers=CAPTCHA), "410": failure(410, REMOVED),
        "500": failure(500, "Internal server error"), "502": HttpResponse(502, page, b"<html>"),
        "504": HttpResponse(504, page, b"<html>"),
    }  # fmt: skip
    return next((response for kind, response in plain.items() if kind in struck), None)


def limited(reason: str, headers: Mapping[str, str]) -> HttpResponse:
    """Return the 429 of a limit; its reason says which."""
    told = {"ratelimit-reason": reason} if reason else {}
    return failure(429, "Rate limit exceeded", headers={**told, **headers})


def _retry_after(fault: Fault, now: datetime) -> dict[str, str]:
    if fault.form == "none":
        return {}
    if fault.form == "date":
        return {"retry-after": format_datetime(now + timedelta(seconds=fault.seconds), usegmt=True)}
    return {"retry-after": str(fault.seconds) if fault.form == "float" else f"{fault.seconds:.0f}"}
