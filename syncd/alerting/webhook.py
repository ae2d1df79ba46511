"""Notices as signed JSON to an address of somebody's choice."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import httpx

from syncd.alerting.document import document
from syncd.alerting.posting import Poster, address
from syncd.alerting.signing import SIGNATURE, signature
from syncd.ports.notifier import Envelope
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef


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


class WebhookNotifier:
    """`syncd.ports.notifier.Notifier` over HTTP POST; safe to share between threads.

    `Idempotency-Key` holds the SHA-256 of the notice's key, which itself may be longer than a header and is in the
    body. How receivers check the signature stands in `syncd.alerting.signing`. Messages of errors never name the
    address, which may be a credential. `mount` answers in place of the network.
    """

    def __init__(
        self, name: str, options: WebhookOptions, now: Now, secrets: Callable[[SecretRef], Secret],
        mount: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._name = name
        self._url = address(name, options.url)
        self._now = now
        self._secret = None if options.secret is None else secrets(options.secret)
        self._poster = Poster(name, now, options.timeout_seconds, mount=mount)

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
        failed = self._poster.post(self._url, body, headers).failed
        if failed is not None:
            raise failed

    def close(self) -> None:
        """Let go of connections; harmless when called again."""
        self._poster.close()
