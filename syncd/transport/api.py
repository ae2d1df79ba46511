"""One HTTP service of a source, as connectors see it."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from syncd.errors import ConfigError, SourceRefused, SourceThrottled, SourceUnavailable
from syncd.ports.now import Now
from syncd.ports.toolkit import Auth, ClientCredentials, HttpResponse
from syncd.transport.addresses import joined, service, without_query
from syncd.transport.auth import Credential, Secrets, credential
from syncd.transport.header_values import retry_after
from syncd.transport.policy import EndpointThrottled, Persistence, judged
from syncd.transport.rate_headers import wanted_pause
from syncd.transport.refusals import of_one_endpoint, said, wants_captcha
from syncd.transport.throttle import Throttle
from syncd.transport.wire import Parcel, Wire

T = TypeVar("T")

_FORM = "application/x-www-form-urlencoded"
_UNAUTHORIZED = 401


class SourceApi:
    """`syncd.ports.toolkit.HttpApi` over one base address."""

    def __init__(
        self, base_url: str, *, source: str, now: Now, wire: Wire, throttle: Throttle, persistence: Persistence,
        secrets: Secrets, auth: Auth | None, headers: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._base = service(base_url)
        self._source = source
        self._now = now
        self._wire = wire
        self._throttle = throttle
        self._persistence = persistence
        self._headers = {name.lower(): value for name, value in headers.items()}
        self._token_url = self._token_address(auth) if isinstance(auth, ClientCredentials) else ""
        self._credential: Credential | None = (
            None if auth is None else credential(auth, source=source, now=now, secrets=secrets, ask=self._ask_for_token)
        )

    def get(
        self, path: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
        read: Callable[[HttpResponse], T],
    ) -> T:  # fmt: skip
        """Return what `read` makes of the answer; retried, throttled and translated as the port says."""
        parcel = Parcel("GET", joined(self._base, path, params), f"GET {path}", self._merged(headers))
        return self._call(parcel, read)

    def post(
        self, path: str, *, json: object = None, form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None, read: Callable[[HttpResponse], T],
    ) -> T:  # fmt: skip
        """As `get`, with a body of JSON or of a form; raises ValueError for both."""
        if json is not None and form is not None:
            message = "a body is JSON or a form, not both"
            raise ValueError(message)
        merged, content = self._merged(headers), b""
        if form is not None:
            merged, content = {"content-type": _FORM, **merged}, urlencode(form).encode()
        elif json is not None:
            merged, content = {"content-type": "application/json", **merged}, msgspec.json.encode(json)
        return self._call(Parcel("POST", joined(self._base, path), f"POST {path}", merged, content), read)

    def _merged(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        return {**self._headers, **{name.lower(): value for name, value in (headers or {}).items()}}

    def _call(self, parcel: Parcel, read: Callable[[HttpResponse], T]) -> T:
        def attempt() -> T:
            answer = self._authorised(parcel)
            pause = wanted_pause(answer, at=self._now.utc())
            location = without_query(answer.headers.get("location", ""))
            error = judged(
                self._source, parcel.subject, answer.status, retry_after=pause, location=location, said=said(answer)
            )
            if isinstance(error, SourceRefused) and wants_captcha(answer.headers):
                raise SourceRefused(self._source, "auth", f"{error}: a captcha is wanted; log in with a browser once")
            if isinstance(error, SourceThrottled) and of_one_endpoint(answer.headers):
                raise EndpointThrottled(self._source, pause, str(error))
            if error is not None:
                raise error
            try:
                return read(answer)
            except SourceUnavailable:
                # An answer that is no answer (a maintenance page, a 202) may say when to ask again as well.
                self._throttle.hold(retry_after(answer.headers.get("retry-after"), at=self._now.utc()) or 0.0)
                raise

        return self._persistence.call(attempt)

    def _authorised(self, parcel: Parcel) -> HttpResponse:
        """Send with the credential, and once more with a renewed one after a 401."""
        if self._credential is None:
            return self._wire.exchange(parcel)
        header = self._credential.header()
        answer = self._wire.exchange(_signed(parcel, header))
        if answer.status == _UNAUTHORIZED and self._credential.renew(header):
            answer = self._wire.exchange(_signed(parcel, self._credential.header()))
        return answer

    def _token_address(self, auth: ClientCredentials) -> str:
        if auth.token_path.startswith("/"):
            return joined(self._base, auth.token_path)
        if not auth.token_path.startswith("https://"):
            raise ConfigError("a token path begins with a slash, or is a whole address that begins with https://")
        return service(auth.token_path)

    def _ask_for_token(self, form: Mapping[str, str]) -> HttpResponse:
        """Post to the token endpoint; in the body, because ServiceNow refuses secrets in the address."""
        content = urlencode(form).encode()
        parcel = Parcel("POST", self._token_url, "the token endpoint", {"content-type": _FORM}, content)
        return self._wire.exchange(parcel, dated=self._token_url.startswith(self._base))


def _signed(parcel: Parcel, header: str) -> Parcel:
    return Parcel(
        parcel.method, parcel.url, parcel.subject, {**parcel.headers, "authorization": header}, parcel.content
    )
