"""How a connection logs in: a password, or a token by OAuth 2.0 (XOAUTH2, as Google and Microsoft define it)."""

import re
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from connectors.mail.imap.names import quoted
from connectors.mail.imap.wire import Wire
from connectors.mail.settings import ImapBackend
from connectors.mail.settings.backends import PlainLogin, XoauthClientLogin, XoauthRefreshLogin
from syncd.errors import SourceMisunderstood, SourceRefused
from syncd.ports.toolkit import HttpResponse, Toolkit

_EARLY = 300.0
"""Seconds before its end at which a token is asked for anew: a connection that is opened with it must stand first."""
_SENDABLE = re.compile(r"[\x21-\x7e]+")


class Login(Protocol):
    """Opens connections. `prepare` may ask elsewhere first and is called with none under way."""

    def prepare(self, *, anew: bool = False) -> bool:
        """Have what is needed at hand, `anew` after a refusal; tell whether that is another thing than before."""
        ...

    def enter(self, wire: Wire) -> None:
        """Log in; raises imaplib's error with the server's word if that is refused."""
        ...


def login_of(backend: ImapBackend, toolkit: Toolkit) -> Login:
    """Return the configured login."""
    if isinstance(backend.auth, PlainLogin):
        return Password(backend.auth, toolkit)
    return Token(backend.auth, toolkit)


class Password:
    """User name and password: AUTHENTICATE PLAIN (RFC 4616) where it is offered, else LOGIN."""

    def __init__(self, auth: PlainLogin, toolkit: Toolkit) -> None:
        self._auth = auth
        self._toolkit = toolkit
        toolkit.secret(auth.password)  # a secret that cannot be read is told now, not at the first pass

    def prepare(self, *, anew: bool = False) -> bool:
        """Do nothing: the password is read whenever a connection is opened."""
        del anew
        return False

    def enter(self, wire: Wire) -> None:
        """Log in."""
        user = self._auth.username.encode()
        password = self._toolkit.secret(self._auth.password).reveal().encode()
        if any(char in user + password for char in (b"\0", b"\r", b"\n")):
            raise SourceRefused(self._toolkit.source, "configuration", "login: a line break or NUL cannot be sent")
        if "AUTH=PLAIN" in wire.capabilities:
            wire.enter("PLAIN", lambda _: b"\0" + user + b"\0" + password)
        elif "LOGINDISABLED" in wire.capabilities:
            raise SourceRefused(self._toolkit.source, "configuration", "login: the server takes no passwords here")
        else:
            wire.enter_plainly(quoted(user), quoted(password))


class _Grant(msgspec.Struct, frozen=True):
    """A token endpoint's answer (RFC 6749, section 5.1)."""

    access_token: str = ""
    expires_in: float | None = None


class Token:
    """A bearer token, an application's own or by a user's consent, asked for when needed."""

    def __init__(self, auth: XoauthClientLogin | XoauthRefreshLogin, toolkit: Toolkit) -> None:
        self._auth = auth
        self._toolkit = toolkit
        address = urlsplit(auth.token_url)
        self._path = address.path or "/"
        self._api = toolkit.http(f"{address.scheme}://{address.netloc}")
        self._token = ""
        self._renew_at = 0.0
        self._form()

    def prepare(self, *, anew: bool = False) -> bool:
        """Ask for a token unless there is one that lasts."""
        if self._token and not anew and self._toolkit.now.monotonic() < self._renew_at:
            return False
        asked = self._toolkit.now.monotonic()
        before = self._token
        try:
            grant = self._api.post(self._path, form=self._form(), read=self._read)
        except SourceRefused as refused:
            # RFC 6749, section 5.2: whatever is wrong with a credential is status 400 or 401.
            message = f"the token endpoint refused: {refused}"
            raise SourceRefused(self._toolkit.source, "auth", message) from refused
        self._token = grant.access_token
        lasts = grant.expires_in if grant.expires_in is not None else float("inf")
        self._renew_at = asked + max(lasts - _EARLY, lasts / 2)
        return self._token != before

    def enter(self, wire: Wire) -> None:
        """Log in by XOAUTH2; a refusal comes as a challenge that is answered by nothing, then as NO."""
        first = f"user={self._auth.username}\x01auth=Bearer {self._token}\x01\x01".encode()
        answers = iter((first,))
        wire.enter("XOAUTH2", lambda _: next(answers, b""))

    def _form(self) -> dict[str, str]:
        auth, read = self._auth, self._toolkit.secret
        form = {"client_id": read(auth.client_id).reveal()}
        if auth.client_secret is not None:
            form["client_secret"] = read(auth.client_secret).reveal()
        if isinstance(auth, XoauthRefreshLogin):
            form |= {"grant_type": "refresh_token", "refresh_token": read(auth.refresh_token).reveal()}
        else:
            form["grant_type"] = "client_credentials"
        return form if auth.scope is None else {**form, "scope": auth.scope}

    def _read(self, answer: HttpResponse) -> _Grant:
        try:
            grant = msgspec.json.decode(answer.content, type=_Grant, strict=False)
        except (ValueError, RecursionError):
            grant = _Grant()
        if not _SENDABLE.fullmatch(grant.access_token):
            raise SourceMisunderstood(self._toolkit.source, "protocol", "the token endpoint answered without a token")
        return grant
