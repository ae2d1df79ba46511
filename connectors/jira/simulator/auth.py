"""Who may ask, and where: site and gateway, API tokens with and without scopes, OAuth, personal access tokens.

Atlassian: "Manage API tokens for your Atlassian account", "OAuth 2.0 credentials for service accounts", "Using
personal access tokens" (Data Center).
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

from connectors.jira.simulator.answers import answer
from connectors.jira.simulator.cast import READER
from connectors.jira.simulator.stamps import ident
from syncd.ports.toolkit import HttpRequest, HttpResponse

Standing = Literal["known", "failed", "anonymous"]
_FORM = "application/x-www-form-urlencoded"
_TRIES = 3


class Gate:
    """The credentials of one seed, the OAuth token that is out, and how often logging in has failed."""

    def __init__(self, seed: int, *, cloud: bool, token_seconds: float) -> None:
        self.email = READER.email
        self.username = READER.login
        self.token = f"made-up-{ident(seed, 'token')[:16]}"
        self.scoped_token = f"made-up-{ident(seed, 'scoped')[:16]}"
        self.client_id = ident(seed, "client")
        self.client_secret = f"made-up-{ident(seed, 'secret')[:16]}"
        self.pat = f"made-up-{ident(seed, 'pat')[:16]}"
        self.password = f"made-up-{ident(seed, 'password')[:16]}"
        digits = ident(seed, "cloud")
        self.cloud_id = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        self.issued = 0
        self.failures = 0
        self._seed = seed
        self._cloud = cloud
        self._lifetime = timedelta(seconds=token_seconds)
        self._access: dict[str, datetime] = {}

    def standing(self, headers: Mapping[str, str], now: datetime, *, gateway: bool) -> Standing:
        """Return what a request's credentials are worth at the site or at the gateway."""
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        if not scheme:
            return "anonymous"
        good = self._basic(_decoded(rest), gateway=gateway) if scheme.lower() == "basic" else False
        if scheme.lower() == "bearer":
            good = self._bearer(rest, now, gateway=gateway)
        self.failures = 0 if good else self.failures + 1
        return "known" if good else "failed"

    @property
    def wants_captcha(self) -> bool:
        """Say whether Data Center now asks for a captcha in place of another try."""
        return not self._cloud and self.failures > _TRIES

    def revoke(self) -> None:
        """Make every access token that is out worthless before its time."""
        self._access.clear()

    def access_token(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Answer `POST /oauth/token` (RFC 6749 section 4.4), which takes a form or JSON."""
        kind, raw = request.headers.get("content-type", ""), request.content
        if kind.startswith(_FORM):
            form: object = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
        else:
            try:
                form = msgspec.json.decode(raw)
            except msgspec.DecodeError:
                form = {}
        if not isinstance(form, dict) or form.get("grant_type") != "client_credentials":
            return answer(403, {"error": "unauthorized_client", "error_description": "Unknown grant type"})
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return answer(401, {"error": "access_denied", "error_description": "Unauthorized"})
        self.issued += 1
        token = ident(self._seed, "access", self.issued)
        self._access[token] = now + self._lifetime
        seconds = int(self._lifetime.total_seconds())
        scope = "read:jira-work read:jira-user read:servicedesk-request"
        return answer(200, {"access_token": token, "expires_in": seconds, "token_type": "Bearer", "scope": scope})

    def _basic(self, pair: str, *, gateway: bool) -> bool:
        if not self._cloud:
            return _same(pair, f"{self.username}:{self.password}")
        return _same(pair, f"{self.email}:{self.scoped_token if gateway else self.token}")

    def _bearer(self, token: str, now: datetime, *, gateway: bool) -> bool:
        if not self._cloud:
            return _same(token, self.pat)
        until = self._access.get(token)
        return gateway and ((until is not None and now < until) or _same(token, self.scoped_token))


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())


def _decoded(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode()
    except (NotBase64, UnicodeDecodeError):
        return ""
