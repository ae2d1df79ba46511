"""Where notices go: one module a kind of receiver, and the table by which configuration names them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from syncd.alerting.alertmanager import AlertmanagerNotifier
from syncd.alerting.alertmanager_options import AlertmanagerOptions
from syncd.alerting.apprise_channel import AppriseNotifier, AppriseOptions
from syncd.alerting.pagerduty import PagerDutyNotifier, PagerDutyOptions
from syncd.alerting.smtp import SmtpNotifier
from syncd.alerting.smtp_options import SmtpOptions
from syncd.alerting.webhook import WebhookNotifier, WebhookOptions
from syncd.ports.notifier import Notifier
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef

Options = TypeVar("Options")


@dataclass(frozen=True, slots=True)
class NotifierKind(Generic[Options]):
    """One kind of receiver.

    `options` is a frozen dataclass of the standard library that settings validates; `build` takes the notifier's
    configured name, its options, the clock, and what reads secrets, and raises `ConfigError` for what cannot be used.
    """

    options: type[Options]
    build: Callable[[str, Options, Now, Callable[[SecretRef], Secret]], Notifier]


NOTIFIERS: Mapping[str, NotifierKind[Any]] = MappingProxyType(
    {
        "alertmanager": NotifierKind(AlertmanagerOptions, AlertmanagerNotifier),
        "apprise": NotifierKind(AppriseOptions, AppriseNotifier),
        "pagerduty": NotifierKind(PagerDutyOptions, PagerDutyNotifier),
        "smtp": NotifierKind(SmtpOptions, SmtpNotifier),
        "webhook": NotifierKind(WebhookOptions, WebhookNotifier),
    },
)
"""The kinds by the word that stands under `kind` in a notifier's configuration."""
