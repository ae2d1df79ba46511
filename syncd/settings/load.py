"""Loads a whole configuration: the daemon's own file, and the contracts and calendars that it names."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from syncd.errors import ConfigError
from syncd.settings.agreements import Loaded, read_agreements
from syncd.settings.daemon_checks import (
    check_names,
    check_parties,
    check_reload,
    check_routes,
    parties_of,
    warn_of_readers,
    warn_of_strangers,
)
from syncd.settings.daemon_section import DaemonFile, SourceSection
from syncd.settings.document import Document, Spot, read_document
from syncd.settings.finding import Findings
from syncd.settings.options import OptionsChecker, OptionTypes
from syncd.settings.secret_places import SecretPlace, secret_places
from syncd.settings.validation import Checker
from syncd.settings.values import Limits, NotifierSettings, Settings, SourceSettings

_DAEMON: Checker[DaemonFile] = Checker(DaemonFile)
_SQLITE = "sqlite:///"
_ENVELOPE = frozenset({"name", "kind", "vendors"})


def load_settings(path: Path, *, option_types: OptionTypes, notifier_types: OptionTypes) -> Settings:
    """Return the configuration that a file holds.

    `option_types` and `notifier_types` are the kinds of sources and notifiers that exist, with the types of their
    options. Raises ConfigError with every finding of this file and of the contracts and calendars that it names.
    """
    findings = Findings()
    document = read_document(path, findings)
    settings = None
    if document is not None:
        kinds, notifier_kinds = OptionsChecker(option_types), OptionsChecker(notifier_types)
        settings = _Loader(document, path.parent, findings, kinds, notifier_kinds).load()
    findings.raise_if_any()
    if settings is None:
        raise ConfigError
    return settings


class _Loader:
    """Checks each part on its own, so that a mistake in one hides none in another."""

    def __init__(
        self, document: Document, folder: Path, findings: Findings, kinds: OptionsChecker, notifiers: OptionsChecker
    ) -> None:
        self._document = document
        self._folder = folder
        self._findings = findings
        self._spot = Spot(document, findings)
        self._kinds = kinds
        self._notifier_kinds = notifiers

    def load(self) -> Settings | None:
        warnings = Findings()
        section = _DAEMON.check(self._document.data, self._spot)
        source_options = [
            self._kinds.check(entry.get("kind"), entry.get("options", {}), at, at.at("options"))
            for entry, at in self._entries("sources")
        ]
        notifier_options = [
            self._notifier_kinds.check(
                entry.get("kind"), {key: value for key, value in entry.items() if key not in _ENVELOPE}, at, at
            )
            for entry, at in self._entries("notifiers")
        ]
        loaded = read_agreements(self._agreement_paths(), self._findings)
        if section is not None:
            check_names(section, self._spot)
            check_reload(section, self._spot.at("http", "reload"))
            check_parties(section.parties, self._spot.at("parties"))
            check_routes(section, loaded.agreements, self._spot)
            warn_of_readers(section, self._spot.at("http", "listen").into(warnings))
            warn_of_strangers(section, loaded.agreements, self._spot.into(warnings))
        if section is None or self._findings:
            return None
        return Settings(
            store_url=_absolute(section.store.url, self._folder),
            listen=section.http.listen,
            ticket_series=section.http.ticket_series,
            reload=section.http.reload,
            folder=self._folder.absolute(),
            sources=tuple(map(_source, section.sources, source_options)),
            notifiers=tuple(
                NotifierSettings(notifier.name, notifier.kind, options, notifier.vendors)
                for notifier, options in zip(section.notifiers, notifier_options, strict=True)
            ),
            parties=parties_of(section.parties),
            agreements=loaded.agreements,
            warnings=(*warnings.lines(), *loaded.warnings),
            content_hash=_content_hash(self._document, loaded),
            secrets=(
                *self._secrets("sources", source_options, "options"),
                *self._secrets("notifiers", notifier_options),
            ),
            agreements_hash=loaded.content_hash,
            external_url=section.http.external_url,
            routes=section.routes,
            storm=section.notices.storm,
        )

    def _entries(self, key: str) -> Iterator[tuple[Mapping[str, object], Spot]]:
        """Yield the mappings of a list as written, whether or not the rest of the file is as it must be."""
        data = self._document.data
        listed = data.get(key) if isinstance(data, Mapping) else None
        for n, entry in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(entry, Mapping):
                yield entry, self._spot.at(key, n)

    def _secrets(self, key: str, checked: Sequence[object], *inside: str) -> Iterator[SecretPlace]:
        for (_, at), options in zip(self._entries(key), checked, strict=True):
            yield from secret_places(options, at.at(*inside))

    def _agreement_paths(self) -> list[Path]:
        data = self._document.data
        paths: list[Path] = []
        for key in ("contracts", "calendars"):
            listed = data.get(key) if isinstance(data, Mapping) else None
            for n, entry in enumerate(listed if isinstance(listed, list) else []):
                path = self._folder / str(entry)
                if path.exists():
                    paths.append(path)
                else:
                    self._spot.at(key, n).refuse(f"there is no file or folder {path}")
        return paths


def _source(section: SourceSection, options: object) -> SourceSettings:
    return SourceSettings(
        name=section.name,
        kind=section.kind,
        options=options,
        every=section.every,
        backfill_from=_midnight(section.backfill_from),
        credentials_expire=_midnight(section.credentials_expire),
        limits=Limits(
            section.limits.requests_per_second, section.limits.concurrency, section.limits.rechecks_per_minute
        ),
    )


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


def _absolute(url: str, folder: Path) -> str:
    """Return a store's address that does not depend on where the process was started."""
    if not url.startswith(_SQLITE):
        return url
    return f"{_SQLITE}{(folder / url.removeprefix(_SQLITE)).absolute()}"


def _content_hash(document: Document, loaded: Loaded) -> str:
    written = json.dumps(document.data, sort_keys=True, default=str)
    return hashlib.sha256(f"{written}\n{loaded.content_hash}".encode()).hexdigest()
