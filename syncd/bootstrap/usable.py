"""Whether a configuration can be started with, as far as this process can tell without asking anybody."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from syncd.bootstrap.configuration import Learn, ready_settings_of
from syncd.bootstrap.sources import Source, source_of
from syncd.bootstrap.workers import notifier_of
from syncd.errors import ConfigError
from syncd.ports.notifier import Notifier
from syncd.ports.now import Now
from syncd.settings import Settings
from syncd.transport.hooks import SILENT


def usable_settings_of(path: Path, now: Now, learn: Learn) -> Settings:
    """Return the configuration in a file; raises ConfigError where a start with it would, with every finding.

    Sources and receivers are made and let go of; none of them is asked anything.
    """
    settings = ready_settings_of(path)
    findings: list[str] = []
    for what, made in _parts(settings, now, learn):
        try:
            made().close()
        except ConfigError as refused:
            findings += [f"{path}: {what}: {finding}" for finding in refused.findings]
    if findings:
        raise ConfigError(findings=findings)
    return settings


def _parts(settings: Settings, now: Now, learn: Learn) -> Iterator[tuple[str, Callable[[], Source | Notifier]]]:
    """The name of everything that is made of a configuration, with what makes it."""
    for source in settings.sources:
        yield f"source {source.name}", partial(source_of, settings, source, now=now, hooks=SILENT, learn=learn)
    for notifier in settings.notifiers:
        yield f"notifier {notifier.name}", partial(notifier_of, settings, notifier, now, learn)
