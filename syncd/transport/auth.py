"""Credentials as `Authorization` headers, and what to do when one is refused."""

import base64
from collections.abc import Callable, Mapping
from typing import Protocol, assert_never

from syncd.errors import ConfigError
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.toolkit import Auth, BasicAuth, BearerAuth, ClientCredentials, HttpResponse
from syncd.transport.tokens import SENDABLE, GrantedToken

Secrets = Callable[[SecretRef], Secret]
"""Reads a secret; raises `ConfigError` naming the reference, never the value."""


class Credential(Protocol):
    """What opens one service."""

    def header(self) -> str:
        """Return the value of `Authorization`; may ask the source for a token and raise `SourceError`s."""
        ...

    def renew(self, refused: str) -> bool:
        """Look for another value than a refused one; True when there is one worth a single further try."""
        ...


class FixedCredential:
    """A password or token that somebody else renews: it is read again when it was refused."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._header = read()

    def header(self) -> str:
        """Return the value last read."""
        return self._header

    def renew(self, refused: str) -> bool:
        """Read it again; True when it was replaced meanwhile."""
        try:
            self._header = self._read()
        except ConfigError:
            return False  # the refusal is the better message: it names the source and leads to the credential
        return self._header != refused


def credential(
    auth: Auth, *, source: str, now: Now, secrets: Secrets, ask: Callable[[Mapping[str, str]], HttpResponse]
) -> Credential:
    """Return the credential that a source's settings describe; `ask` posts a form to its token endpoint.

    Raises `ConfigError` for secrets that cannot be read or sent.
    """
    match auth:
        case BasicAuth():
            return FixedCredential(lambda: _basic(auth, secrets))
        case BearerAuth():
            return FixedCredential(lambda: _bearer(auth, secrets))
        case ClientCredentials():
            return GrantedToken(auth, source=source, now=now, secrets=secrets, ask=ask)
        case _:
            assert_never(auth)


def _basic(auth: BasicAuth, secrets: Secrets) -> str:
    """Return RFC 7617's header, in UTF-8; that RFC has no way to write a colon in the user name."""
    if ":" in auth.username:
        raise ConfigError("the user name of a basic login may not hold a colon")
    pair = f"{auth.username}:{secrets(auth.password).reveal()}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


def _bearer(auth: BearerAuth, secrets: Secrets) -> str:
    """Return RFC 6750's header."""
    token = secrets(auth.token).reveal()
    if not SENDABLE.fullmatch(token):
        raise ConfigError("a bearer token is empty or holds blanks, line breaks or letters outside ASCII")
    return f"Bearer {token}"
