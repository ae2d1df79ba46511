"""Notices to what apprise knows how to reach: chat rooms, pushes to telephones and the like (extra `apprise`)."""

import importlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, ClassVar

from syncd.alerting.telling import Action, Telling, telling
from syncd.errors import ConfigError, DeliveryError
from syncd.ports.notifier import Envelope
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef

_TYPES = {"critical": "failure", "warning": "warning", "info": "info"}
"""Apprise's word for each severity, by which services colour a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseOptions:
    """Options of a notifier of kind `apprise`."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}
    """Read where settings validates this type; here it is a plain dataclass."""

    url: SecretRef = field(metadata={"description": "Address of one service in apprise's form, as workflows://..."})
    timeout_seconds: float = field(
        default=20.0, metadata={"description": "How long the service may take altogether.", "gt": 0}
    )


class AppriseNotifier:
    """`syncd.ports.notifier.Notifier` over one service of apprise.

    Apprise says whether a message was taken, not why it was not: every failure is tried again until the outbox gives
    up. It has no keys: a process killed between hand-over and note tells twice. Apprise's own log is silenced, because
    it quotes addresses that hold credentials.
    """

    def __init__(
        self, name: str, options: AppriseOptions, now: Now, secrets: Callable[[SecretRef], Secret]
    ) -> None:  # fmt: skip
        del now  # apprise has a clock of its own
        if not options.timeout_seconds > 0:
            raise ConfigError(f"notifier {name}: timeout_seconds must be greater than 0")
        self._name = name
        self._timeout = options.timeout_seconds
        library = _library(name)
        self._timed_out = library.AppriseResultStatus.TIMEOUT
        asset = library.AppriseAsset(storage_mode="memory")
        asset.app_id, asset.app_desc, asset.app_url = "syncd", "syncd", ""
        self._service: Any = library.Apprise(asset=asset)
        if not _added(self._service, secrets(options.url)):
            raise ConfigError(f"notifier {name}: url must be the address of one service that apprise knows")

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    def deliver(self, envelope: Envelope) -> None:
        """Tell one notice; returns when the service took it, raises `DeliveryError`, never for good, when not."""
        told = telling(envelope)
        try:
            result = self._service.notify(
                title=told.subject,
                body=_text(told),
                notify_type="success" if told.action is Action.RESOLVE else _TYPES[told.severity],
                body_format="text",
                timeout=self._timeout,
            )
        except Exception as error:  # noqa: BLE001  170 plugins raise what they like, and their texts quote addresses
            raise DeliveryError(self._name, "server", f"the service failed: {type(error).__name__}") from None
        if result.status == self._timed_out:
            raise DeliveryError(self._name, "timeout", "no answer in time")
        if not result:
            raise DeliveryError(self._name, "server", "the service did not take it, and apprise does not say why")

    def close(self) -> None:
        """Let go of the service; harmless when called again."""
        self._service.clear()


def _added(service: Any, url: Secret) -> bool:
    """Tell whether apprise made exactly one service of an address."""
    try:
        return bool(service.add(url.reveal())) and len(service) == 1
    except (TypeError, ValueError, AttributeError):  # what plugins raise over addresses, which their texts quote
        return False


def _text(told: Telling) -> str:
    return "\n".join((told.headline, "", *(f"{name}: {value}" for name, value in told.facts)))


def _library(name: str) -> ModuleType:
    # Before it is loaded: it has things to say already then.
    logging.getLogger("apprise").disabled = True
    try:
        library = importlib.import_module("apprise")
    except ModuleNotFoundError:
        raise ConfigError(f"notifier {name}: kind apprise needs the extra: pip install 'syncd[apprise]'") from None
    # What apprise posts with tells every path that it asks for.
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    return library
