"""Who may ask: basic authentication, an API key, and OAuth tokens by client credentials.

`POST /oauth_token.do` takes a form body only. While a token lives every request for one gets the same token with the
time it has left (ServiceNowDocs, "OAuth inbound"), so that several clients share its fate.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import parse_qsl

from connectors.servicenow.simulator.answers import answer
from connectors.servicenow.simulator.stamps import sys_id_of
from syncd.ports.toolkit import HttpRequest, HttpResponse

_FORM = "application/x-www-form-urlencoded"


class Gate:
    """The credentials of one seed, and the token that is out."""

    def __init__(self, seed: int, token_seconds: float) -> None:
        self.username = "syncd.reader"
        self.password = f"made-up-{sys_id_of(seed, 'password')[:12]}"
        self.client_id = sys_id_of(seed, "client")
        self.client_secret = f"made-up-{sys_id_of(seed, 'secret')[:12]}"
        self.api_key = f"made-up-{sys_id_of(seed, 'key')[:16]}"
        self._seed = seed
        self._lifetime = timedelta(seconds=token_seconds)
        self._token = ""
        self._until: datetime | None = None
        self.tokens_issued = 0

    def admits(self, headers: Mapping[str, str], now: datetime) -> bool:
        """Say whether a request's credentials are good."""
        key = headers.get("x-sn-apikey")
        if key is not None:
            return compare_digest(key.encode(), self.api_key.encode())
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            return _decoded(rest) == f"{self.username}:{self.password}"
        alive = self._until is not None and now < self._until
        return scheme.lower() == "bearer" and alive and compare_digest(rest.encode(), self._token.encode())

    def revoke(self) -> None:
        """Make the token that is out worthless before its time."""
        self._until = None

    def token(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Answer a request for a token."""
        if not request.headers.get("content-type", "").startswith(_FORM) or request.query:
            return _refused("server_error", "parameters belong into a form body")
        form = dict(parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True))
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type", "only client_credentials is enabled for this client")
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return _refused("access_denied", "access_denied")
        if self._until is None or now >= self._until:
            self.tokens_issued += 1
            self._token = sys_id_of(self._seed, "token", self.tokens_issued)
            self._until = now + self._lifetime
        left = int((self._until - now).total_seconds())
        body = {"access_token": self._token, "scope": "useraccount", "token_type": "Bearer", "expires_in": left}
        return answer(200, body)


def _refused(error: str, description: str) -> HttpResponse:
    return answer(401, {"error": error, "error_description": description})


def _decoded(text: str) -> str | None:
    try:
        return b64decode(text, validate=True).decode()
    except (NotBase64, UnicodeDecodeError):
        return None
