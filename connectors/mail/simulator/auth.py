"""Who may ask: the token endpoint of the Microsoft identity platform, and the tokens that it gave out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import parse_qsl

from connectors.mail.simulator.answers import Refused, answer, denied
from connectors.mail.simulator.chances import guid, ident
from syncd.ports.toolkit import HttpRequest, HttpResponse

_FORM = "application/x-www-form-urlencoded"
READS = frozenset({"Mail.Read", "Mail.ReadWrite"})
LISTS = READS | {"Mail.ReadBasic.All"}


class Gate:
    """One tenant's application: its credentials, its roles, the token that is out."""

    def __init__(self, seed: int, tenant: str, roles: Sequence[str], token_seconds: float) -> None:
        self.tenant = tenant
        self.client_id = guid(seed, "client")
        self.client_secret = f"made-up-{ident(seed, 'secret')[:24]}"
        self.roles = frozenset(roles)
        self._seed = seed
        self._lifetime = timedelta(seconds=token_seconds)
        self._issued = 0
        self._tokens: dict[str, datetime] = {}

    def revoke(self) -> None:
        """Make every token worthless before its time."""
        self._tokens.clear()

    def admit(self, request: HttpRequest, now: datetime) -> None:
        """Raise unless a request carries a token that is good."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        good = any(compare_digest(known, token) and now < until for known, until in self._tokens.items())
        if scheme.lower() != "bearer" or not good:
            raise Refused(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")

    def may(self, roles: frozenset[str]) -> None:
        """Raise unless the application has one of these roles."""
        if not self.roles & roles:
            raise denied()

    def token(self, request: HttpRequest, tenant: str, now: datetime) -> HttpResponse:
        """Answer a request for a token ("OAuth 2.0 client credentials flow", Microsoft identity platform)."""
        form = dict(parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True))
        if tenant != self.tenant:
            return _refused(400, "invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
        if not request.headers.get("content-type", "").startswith(_FORM) or request.query:
            return _refused(400, "invalid_request", "AADSTS900144: The request body must contain: 'grant_type'.")
        if form.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.")
        if form.get("client_id") != self.client_id:
            return _refused(400, "unauthorized_client", "AADSTS700016: Application was not found in the directory.")
        if not compare_digest(form.get("client_secret", ""), self.client_secret):
            return _refused(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
        if not form.get("scope", "").endswith("/.default"):
            return _refused(400, "invalid_scope", "AADSTS1002012: The provided value for scope is not valid.")
        self._issued += 1
        token = f"made-up.{ident(self._seed, 'token', self._issued)}.token"
        self._tokens[token] = now + self._lifetime
        seconds = int(self._lifetime.total_seconds())
        body = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}
        return answer(200, body)


def _refused(status: int, error: str, description: str) -> HttpResponse:
    return answer(status, {"error": error, "error_description": description})
