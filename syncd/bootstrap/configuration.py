"""The configuration, checked against the connectors and notifiers that are installed."""

from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from syncd.alerting import NOTIFIERS
from syncd.domain.measure import ENGINE
from syncd.plugins import discover, plugin
from syncd.ports.connector import Site
from syncd.ports.secret import Secret, SecretRef
from syncd.services.rules import Rules
from syncd.settings import Settings, SourceSettings, load_settings, missing_secrets, resolve_secret

Learn = Callable[[Secret], None]
"""Told of every secret that is read, so that it can be masked wherever it turns up."""


def settings_of(path: Path) -> Settings:
    """Return the configuration in a file; raises ConfigError with every finding."""
    return load_settings(path, option_types=option_types(), notifier_types=notifier_types())


def ready_settings_of(path: Path) -> Settings:
    """Return the same if every secret that it refers to can be read; raises ConfigError naming the ones that cannot."""
    settings = settings_of(path)
    missing_secrets(settings.secrets, settings.folder).raise_if_any()
    return settings


def option_types() -> Mapping[str, Any]:
    """Return the options type of every installed connector by kind."""
    return {kind: found.plugin.options for kind, found in discover().items()}


def notifier_types() -> Mapping[str, Any]:
    """Return the options type of every notifier by kind."""
    return {kind: notifier.options for kind, notifier in NOTIFIERS.items()}


def rules_of(settings: Settings) -> Rules:
    """Return what tickets are measured by and who is told."""
    basis = f"agreements {settings.agreements_hash} engine {ENGINE} tzdata {version('tzdata')}"
    return Rules(
        settings.agreements,
        tuple(notifier.name for notifier in settings.notifiers),
        basis,
        routes=settings.routes,
        vendors={notifier.name: notifier.vendors for notifier in settings.notifiers if notifier.vendors},
        rechecked=frozenset(source.name for source in settings.sources if plugin(source.kind).rereads),
        external_url=settings.external_url,
    )


def site_of(settings: Settings, source: SourceSettings) -> Site:
    """Return what a connector is told of its surroundings."""
    return Site(source.name, settings.parties, settings.folder, source.backfill_from)


def secrets_of(settings: Settings, learn: Learn) -> Callable[[SecretRef], Secret]:
    """Return what reads secrets."""

    def read(ref: SecretRef) -> Secret:
        secret = resolve_secret(ref, settings.folder)
        learn(secret)
        return secret

    return read


def nobody(secret: Secret) -> None:
    """Mask nothing: for commands that log nothing."""
    del secret
