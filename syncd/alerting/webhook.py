"""Notices as signed JSON to an address of somebody's choice."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import ClassVar

import httpx

from syncd import __version__
from syncd.alerting.document import document
from syncd.alerting.verdict import verdict
from syncd.errors import ConfigError, DeliveryError
from syncd.ports.notifier import Envelope
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef

SIGNATURE = "x-syncd-signature"
_LOOPBACK: dict[str, httpx.BaseTransport | None] = {
    "all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None,
}  # fmt: skip
"""Hosts that no proxy of the environment can reach: they mean another machine there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookOptions:
    """Options of a notifier of kind `webhook`."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}
    """Read where settings validates this type; here it is a plain dataclass."""

    url: str = field(
        repr=False,  # such addresses often are the credential
        metadata={"description": "Where notices are posted as JSON, as https://host/path."},
    )
    secret: SecretRef | None = field(
        default=None,
        metadata={"description": "Key of the HMAC-SHA256 signature in the header X-Syncd-Signature; none without it."},
    )
    timeout_seconds: float = field(
        default=10.0, metadata={"description": "How long the receiver may take to connect and to answer.", "gt": 0}
    )


def signature(secret: Secret, timestamp: int, body: bytes) -> str:
    """Return the value of `X-Syncd-Signature`: `t=<unix seconds>,v1=<hex>`.

    The receiver computes HMAC-SHA256 with the shared secret over the timestamp as written, a full stop, and the raw
    body, compares in constant time, and refuses timestamps more than five minutes away from its clock.
    """
    mac = hmac.new(secret.reveal().encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"


class WebhookNotifier:
    """`syncd.ports.notifier.Notifier` over HTTP POST; safe to share between threads.

    `Idempotency-Key` holds the SHA-256 of the notice's key, which itself may be longer than a header and is in the
    body. No cookies, no redirects; messages of errors never name the address, which may be a credential. `mount`
    answers in place of the network.
    """

    def __init__(
        self, name: str, options: WebhookOptions, now: Now, secrets: Callable[[SecretRef], Secret],
        mount: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._name = name
        self._url = _checked(name, options.url)
        self._now = now
        if not options.timeout_seconds > 0:
            raise ConfigError(f"notifier {name}: timeout_seconds must be greater than 0")
        self._secret = None if options.secret is None else secrets(options.secret)
        self._client = httpx.Client(
            headers={"user-agent": f"syncd/{__version__}", "accept": "*/*", "content-type": "application/json"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            timeout=options.timeout_seconds,
            transport=mount,
            mounts=_LOOPBACK,
        )

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    def deliver(self, envelope: Envelope) -> None:
        """Post one notice; returns on a 2xx, raises `DeliveryError` otherwise. Tries once."""
        body = document(envelope)
        headers = {"idempotency-key": hashlib.sha256(envelope.key.encode()).hexdigest()}
        if self._secret is not None:
            headers[SIGNATURE] = signature(self._secret, int(self._now.utc().timestamp()), body)
        request = self._client.build_request("POST", self._url, headers=headers, content=body)
        try:
            response = self._client.send(request, stream=True)
            response.close()  # the status says it all; a body may be endless
        except httpx.LocalProtocolError:
            # Not chained: its text quotes what cannot be sent.
            raise DeliveryError(self._name, "rejected", "the request cannot be sent as it is", permanent=True) from None
        except httpx.TimeoutException as error:
            raise DeliveryError(self._name, "timeout", f"no answer in time: {type(error).__name__}") from error
        except httpx.RequestError as error:
            raise DeliveryError(self._name, "network", f"no answer: {type(error).__name__}, {error}") from error
        failed = verdict(self._name, response.status_code, response.headers.get("retry-after"), at=self._now.utc())
        if failed is not None:
            raise failed

    def close(self) -> None:
        """Let go of connections; harmless when called again."""
        self._client.close()


def _checked(name: str, address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        # Not chained: its text quotes the address.
        raise ConfigError(f"notifier {name}: url must look like https://host/path") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigError(f"notifier {name}: url must look like https://host/path")
    return url
