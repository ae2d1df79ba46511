"""Incidents of PagerDuty, by its Events API v2 (developer.pagerduty.com, *Send an Alert Event*)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import ClassVar, Literal

import httpx

from syncd.alerting.plain import plain
from syncd.alerting.posting import Poster, address
from syncd.alerting.telling import Action, Telling, telling
from syncd.errors import DeliveryError
from syncd.ports.notifier import Envelope
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef

LONGEST_DEDUP_KEY = 255
LONGEST_TEXT = 1024
"""Characters of a summary; the other fields are kept to it as well."""

_QUEUED = 202
"""The one answer that means that the event was taken."""

PagerDutySeverity = Literal["critical", "error", "warning", "info"]

_SEVERITIES: Mapping[str, PagerDutySeverity] = {"P1": "critical", "P2": "error", "P3": "warning"}

_PARTS: Mapping[str, str] = {"component": "target", "group": "vendor"}
"""Optional parts of an event by the label that they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDutyOptions:
    """Options of a notifier of kind `pagerduty`."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}
    """Read where settings validates this type; here it is a plain dataclass."""

    routing_key: SecretRef = field(metadata={"description": "Integration key of a service, for the Events API v2."})
    url: str = field(
        default="https://events.pagerduty.com/v2/enqueue",
        metadata={"description": "Where events are sent; https://events.eu.pagerduty.com/v2/enqueue for EU accounts."},
    )
    severities: Mapping[str, PagerDutySeverity] = field(
        default_factory=lambda: dict(_SEVERITIES),
        metadata={"description": "Severity of a breach by priority; info where none is given. A risk is a warning."},
    )
    timeout_seconds: float = field(
        default=10.0, metadata={"description": "How long PagerDuty may take to connect and to answer.", "gt": 0}
    )


class PagerDutyNotifier:
    """`syncd.ports.notifier.Notifier` over the Events API v2; safe to share between threads.

    Each notice has an incident of its own, so that a breach after a risk calls again; one that resolves or acknowledges
    does so to every notice of its cycle, of which PagerDuty ignores those that it does not know. `mount` answers in
    place of the network.
    """

    def __init__(
        self, name: str, options: PagerDutyOptions, now: Now, secrets: Callable[[SecretRef], Secret],
        mount: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._name = name
        self._url = address(name, options.url)
        self._severities = dict(options.severities)
        self._routing_key = secrets(options.routing_key)
        self._poster = Poster(name, now, options.timeout_seconds, mount=mount)

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    def deliver(self, envelope: Envelope) -> None:
        """Send one event, or one for each notice that is resolved; returns when all are queued (202).

        Raises `DeliveryError` at the first that is not: 400 for good; 429, a refused key and failures of the server to
        be tried again. Tries once.
        """
        told = telling(envelope)
        if told.action is Action.TRIGGER:
            self._send({"event_action": "trigger", "dedup_key": dedup_key(told.key), **self._described(told)})
        for key in told.of:
            self._send({"event_action": told.action.value, "dedup_key": dedup_key(key)})

    def close(self) -> None:
        """Let go of connections; harmless when called again."""
        self._poster.close()

    def _send(self, event: Mapping[str, object]) -> None:
        body = json.dumps({"routing_key": self._routing_key.reveal(), **event}, ensure_ascii=False).encode()
        answer = self._poster.post(self._url, body)
        if answer.failed is not None:
            raise answer.failed
        if answer.status != _QUEUED:
            # A proxy's greeting page, say, answers 200.
            raise DeliveryError(self._name, "server", f"the receiver answered {answer.status}, not {_QUEUED}")

    def _described(self, told: Telling) -> dict[str, object]:
        limited = {name: plain(value, LONGEST_TEXT) for name, value in told.labels.items()}
        return {
            "client": "syncd",
            "payload": {
                "summary": plain(told.headline, LONGEST_TEXT),
                # The API wants it, and some notices are about no source.
                "source": limited.get("source", "syncd"),
                "severity": self._severity(told),
                "timestamp": told.at.astimezone(UTC).isoformat(),
                **{part: limited[label] for part, label in _PARTS.items() if label in limited},
                "class": told.step,
                "custom_details": {name: plain(value, LONGEST_TEXT) for name, value in told.facts},
            },
            "links": [] if told.url is None else [{"href": plain(told.url), "text": limited.get("ticket", "link")}],
        }

    def _severity(self, told: Telling) -> PagerDutySeverity:
        if not told.priority:
            return told.severity
        severity = self._severities.get(told.priority, "info")
        return "warning" if told.severity == "info" and severity in {"critical", "error"} else severity


def dedup_key(key: str) -> str:
    """Return the key of an incident: the notice's own, or its SHA-256 where that is too long."""
    whole = f"syncd/{key}"
    return whole if len(whole) <= LONGEST_DEDUP_KEY else f"syncd/sha256/{sha256(key.encode()).hexdigest()}"
