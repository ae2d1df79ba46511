"""Tokens granted to a client by itself (RFC 6749 section 4.4)."""

import re
import threading
from collections.abc import Callable, Mapping

import msgspec

from syncd.errors import ConfigError, SourceMisunderstood, SourceRefused, SourceUnavailable
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.toolkit import ClientCredentials, HttpResponse
from syncd.transport.policy import judged
from syncd.transport.rate_headers import wanted_pause

_EARLY = 60.0
"""Seconds before its end at which a token is replaced."""
_PASSING = frozenset({"server_error", "temporarily_unavailable"})
"""Error codes that say nothing about the credential, though ServiceNow sends the first one with a 401."""
_CODE = re.compile(r"[a-z_]{1,40}")
SENDABLE = re.compile(r"[\x21-\x7e]+")
"""What a header can carry of a token."""


class _Grant(msgspec.Struct, frozen=True):
    """The answer of a token endpoint, good or bad (RFC 6749 sections 5.1 and 5.2)."""

    access_token: str = ""
    expires_in: float | None = None
    error: str = ""


class GrantedToken:
    """A bearer token that is asked for when needed, by one thread at a time.

    Servers may hand out one token to everybody until it ends, with the time that remains (ServiceNow does): asking
    again early brings nothing then, so a token that is granted with a minute or less is used to its end.
    """

    def __init__(
        self, auth: ClientCredentials, *, source: str, now: Now, secrets: Callable[[SecretRef], Secret],
        ask: Callable[[Mapping[str, str]], HttpResponse],
    ) -> None:  # fmt: skip
        self._auth = auth
        self._source = source
        self._now = now
        self._secrets = secrets
        self._ask = ask
        self._lock = threading.Lock()
        self._header: str | None = None
        self._renew_at = 0.0
        for ref in (auth.client_id, auth.client_secret):
            secrets(ref)  # a secret that cannot be read is told now, not at the first call

    def header(self) -> str:
        """Return the token's header, after asking for one if there is none or it is about to end."""
        with self._lock:
            if self._header is None or self._now.monotonic() >= self._renew_at:
                return self._granted()
            return self._header

    def renew(self, refused: str) -> bool:
        """Ask for another token unless another thread just did; True when it differs from the refused one."""
        with self._lock:
            if self._header == refused:
                self._granted()
            return self._header != refused

    def _granted(self) -> str:
        asked = self._now.monotonic()
        grant = self._read(self._ask(self._form()))
        if grant.expires_in is None:
            self._renew_at = float("inf")  # not said; a 401 will tell
        else:
            self._renew_at = asked + grant.expires_in - (_EARLY if grant.expires_in > _EARLY else 0.0)
        self._header = f"Bearer {grant.access_token}"
        return self._header

    def _form(self) -> dict[str, str]:
        try:
            form = {
                "grant_type": "client_credentials",
                "client_id": self._secrets(self._auth.client_id).reveal(),
                "client_secret": self._secrets(self._auth.client_secret).reveal(),
            }
        except ConfigError as cause:  # readable at the start, not any more
            raise SourceRefused(self._source, "auth", str(cause)) from cause
        return form if self._auth.scope is None else {**form, "scope": self._auth.scope}

    def _read(self, answer: HttpResponse) -> _Grant:
        try:
            grant = msgspec.json.decode(answer.content, type=_Grant, strict=False)
        except (ValueError, RecursionError):  # text that is no UTF-8, or nested without end, is not msgspec's own error
            grant = None
        pause = wanted_pause(answer, at=self._now.utc())
        error = judged(self._source, "the token endpoint", answer.status, retry_after=pause)
        if error is not None and not isinstance(error, SourceRefused):
            raise error
        if grant is not None and grant.error:
            raise self._refusal(grant.error)
        if error is not None:
            # Every refusal here is about the credential, except that of a path where no token endpoint is.
            raise SourceRefused(self._source, "configuration" if error.reason == "gone" else "auth", str(error))
        if grant is None:
            # A login or "instance is hibernating" page, or half an answer: the next one may be better.
            html = "html" in answer.headers.get("content-type", "")
            message = "the token endpoint answered with something else than a token"
            raise SourceUnavailable(self._source, "sleeping" if html else "protocol", message)
        if not SENDABLE.fullmatch(grant.access_token):
            raise SourceMisunderstood(self._source, "protocol", "the token endpoint's token cannot be sent")
        return grant

    def _refusal(self, code: str) -> SourceRefused | SourceUnavailable:
        message = f"the token endpoint answered {code if _CODE.fullmatch(code) else 'an error of its own'}"
        if code in _PASSING:
            return SourceUnavailable(self._source, "server", message)
        return SourceRefused(self._source, "auth", message)
