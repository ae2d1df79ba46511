"""Options of a notifier of kind `alertmanager`, and what is wrong with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import httpx

from syncd.alerting.alertmanager_alerts import OWN_LABELS
from syncd.errors import ConfigError
from syncd.ports.secret import SecretRef

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OWN_ANNOTATIONS = frozenset({"summary", "description", "resent_until", "explain_url"})
_RESENDS_IN_HORIZON = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertmanagerOptions:
    """Options of a notifier of kind `alertmanager`."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}
    """Read where settings validates this type; here it is a plain dataclass."""

    urls: tuple[str, ...] = field(
        metadata={
            "description": "Every member of the cluster, each as http://host:9093, never a load balancer.",
            "min_length": 1,
        }
    )
    bearer: SecretRef | None = field(
        default=None, metadata={"description": "Token sent as Authorization: Bearer; not together with username."}
    )
    username: str | None = field(default=None, metadata={"description": "Name for basic authentication."})
    password: SecretRef | None = field(default=None, metadata={"description": "Password for basic authentication."})
    labels: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"description": "Labels added to every alert; changing one makes every open alert a new alert."},
    )
    annotations: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"description": "Annotations added to every alert, as runbook_url and dashboard_url."},
    )
    resend_seconds: float = field(
        default=60.0, metadata={"description": "How often alerts that are still true are sent again.", "gt": 0}
    )
    horizon_seconds: float = field(
        default=14_400.0,
        metadata={
            "description": "How long an alert is believed without a resend; shorter outages of syncd resolve nothing.",
            "gt": 0,
        },
    )
    hold_seconds: float = field(
        default=90.0,
        metadata={"description": "How long an alert fires at least: more than group_wait and a resend.", "ge": 0},
    )
    resend_days: float = field(
        default=7.0,
        metadata={"description": "How long an alert is sent one by one; then it counts in its vendor's.", "gt": 0},
    )
    most_per_vendor: int = field(
        default=2_000,
        metadata={"description": "How many alerts of one vendor are sent one by one; the rest counts.", "ge": 1},
    )
    timeout_seconds: float = field(
        default=10.0, metadata={"description": "How long a member may take to connect and to answer.", "gt": 0}
    )


def checked(name: str, options: AlertmanagerOptions) -> None:
    """Raise `ConfigError` with every finding, naming options only, if the options contradict themselves or the API."""
    findings = [
        *_addresses(options),
        *_names(options),
        *(
            ["bearer and username are two ways to authenticate: choose one"]
            if options.bearer is not None and options.username is not None
            else []
        ),
        *(
            ["username and password belong together"]
            if (options.username is None) != (options.password is None)
            else []
        ),
        *(
            [f"horizon_seconds must be at least {_RESENDS_IN_HORIZON} times resend_seconds"]
            if not options.horizon_seconds >= _RESENDS_IN_HORIZON * options.resend_seconds > 0
            else []
        ),
    ]
    if findings:
        raise ConfigError(findings=[f"notifier {name}: {finding}" for finding in findings])


def _addresses(options: AlertmanagerOptions) -> list[str]:
    found = []
    if not options.urls:
        found.append("urls must name every member of the cluster, at least one")
    if len(set(options.urls)) != len(options.urls):
        found.append("urls must name each member once")
    for number, text in enumerate(options.urls, start=1):
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL:
            # The text of the exception quotes the address.
            url = httpx.URL("")
        if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
            found.append(f"urls, number {number}: must look like http://host:9093")
        elif url.userinfo:
            found.append(f"urls, number {number}: holds a credential; use username and password, or bearer")
    return found


def _names(options: AlertmanagerOptions) -> list[str]:
    found = []
    for kind, given, own in (
        ("labels", options.labels, OWN_LABELS),
        ("annotations", options.annotations, _OWN_ANNOTATIONS),
    ):
        found += [f"{kind}: {key!r} is not a name" for key in given if not _LABEL.fullmatch(key)]
        found += [f"{kind}: {key!r} is set by syncd itself" for key in given if key in own]
    return found
