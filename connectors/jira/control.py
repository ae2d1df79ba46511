"""The `jira` package as a second opinion on the control plane: its own HTTP stack, its own reading of the answers.

Its retries are off (it would retry inside a penalty, and sleeps where nothing can stop it): every call runs in
`Toolkit.attempt`, on the source's own thread. Its errors print request headers, the credential among them, so nothing
of theirs survives translation.
"""

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import requests
from jira import JIRA, JIRAError

from connectors.jira.api import JiraApi
from connectors.jira.cells import text
from connectors.jira.door import HEADERS, TOKEN_PATH, token_service
from connectors.jira.settings import JiraOptions
from connectors.jira.settings.logins import BasicLogin, ClientLogin, PatLogin, ScopedLogin, TokenLogin
from connectors.jira.wire import object_of
from syncd.errors import (
    SourceError,
    SourceMisunderstood,
    SourceReason,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)
from syncd.ports.toolkit import Toolkit

T = TypeVar("T")

TIMEOUT = (5.0, 30.0)
"""Seconds to connect, and of silence; the package has none of its own and would wait for ever."""
_REFUSALS: Mapping[int, SourceReason] = {401: "auth", 403: "forbidden", 404: "gone", 410: "gone"}
_UNANSWERED: Mapping[int, SourceReason] = {408: "timeout", 425: "server", 499: "timeout"}
_THROTTLED = 429
_SERVER_ERRORS = 500


class Control:
    """One client of the package; close it."""

    def __init__(self, api: JiraApi, options: JiraOptions) -> None:
        self._toolkit = api.toolkit
        door = api.door
        self._client = JIRA(
            server=f"{door.address}{door.prefix}",
            options={"rest_api_version": "2", "headers": dict(HEADERS)},
            **_credentials(options, api.toolkit),
            get_server_info=False,
            max_retries=0,
            timeout=TIMEOUT,
            logging=False,
        )

    def ask(self, call: Callable[[JIRA], T]) -> T:
        """Return what a call of the package's gives; raises only our own errors."""
        return self._toolkit.attempt(
            lambda: call(self._client), translate=lambda error: translated(self._toolkit.source, error)
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()  # type: ignore[no-untyped-call]  # the package's own


def _credentials(options: JiraOptions, toolkit: Toolkit) -> dict[str, Any]:
    """Return how the package is told a login."""
    login = options.auth
    if isinstance(login, ClientLogin):
        form = {
            "grant_type": "client_credentials",
            "client_id": toolkit.secret(login.client_id).reveal(),
            "client_secret": toolkit.secret(login.client_secret).reveal(),
        }
        service = toolkit.http(token_service(options))
        return {"token_auth": text(service.post(TOKEN_PATH, form=form, read=object_of(toolkit.source)), "access_token")}
    if isinstance(login, BasicLogin):
        return {"basic_auth": (login.username, toolkit.secret(login.password).reveal())}
    if isinstance(login, PatLogin) or login.email is None:
        return {"token_auth": toolkit.secret(login.token).reveal()}
    assert isinstance(login, TokenLogin | ScopedLogin)  # noqa: S101  the rest of the union, for the type checker
    return {"basic_auth": (login.email, toolkit.secret(login.token).reveal())}


def translated(source: str, error: Exception) -> SourceError | None:
    """Return the package's exceptions as ours; None for a bug. Takes out of them what must not be logged."""
    if isinstance(error, JIRAError):
        ours = _judged(source, error)
        error.text = error.url = error.request = error.response = error.headers = None
        error.args = ()
        return ours
    if isinstance(error, requests.Timeout):
        kind: SourceReason = "network" if isinstance(error, requests.ConnectTimeout) else "timeout"
        return SourceUnavailable(source, kind, f"the jira package: {type(error).__name__}")
    if isinstance(error, requests.JSONDecodeError):
        return SourceRefused(source, "auth", "the jira package: no JSON; a login page?")
    if isinstance(error, requests.RequestException):
        return SourceUnavailable(source, "network", f"the jira package: {type(error).__name__}")
    return None


def _judged(source: str, error: JIRAError) -> SourceError:
    status = error.status_code if isinstance(error.status_code, int) else 0
    what = f"the jira package: status {status}"
    headers = getattr(error.response, "headers", None) or {}
    if status == _THROTTLED:
        return SourceThrottled(
            source, _seconds(str(headers.get("Retry-After", "")), str(headers.get("Date", ""))), what
        )
    if headers.get("X-Authentication-Denied-Reason"):
        return SourceRefused(source, "auth", f"{what}: Jira wants a captcha solved; log in there with a browser once")
    if status in _UNANSWERED:
        return SourceUnavailable(source, _UNANSWERED[status], what)
    if status >= _SERVER_ERRORS:
        return SourceUnavailable(source, "server", what)
    if status >= 400:  # noqa: PLR2004  the classes of RFC 9110 are clearer as figures
        return SourceRefused(source, _REFUSALS.get(status, "configuration"), what)
    return SourceMisunderstood(source, "protocol", "the jira package: an answer that it does not understand")


def _seconds(retry_after: str, date: str) -> float:
    """Return what a `Retry-After` asks for, 0 to a day: seconds, or a date counted from the answer's own."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - parsedate_to_datetime(date)).total_seconds()
        except (ValueError, TypeError):
            return 0.0
    return min(max(seconds, 0.0), 86_400.0) if seconds == seconds else 0.0  # noqa: PLR0124  NaN alone differs from itself
