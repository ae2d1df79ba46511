"""Options of a connector in a file of their own, and mappings for a simulator's script."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from syncd.errors import ConfigError
from syncd.settings.document import Document, Spot, read_document
from syncd.settings.finding import Findings
from syncd.settings.options import OptionsChecker


def load_options(path: Path | None, kind: str, options: Any, *, fill: Mapping[str, object]) -> Any:
    """Return the options in a YAML or JSON file as a value of their type; `fill` stands in for keys it lacks.

    Raises ConfigError with every finding.
    """
    findings = Findings()
    checker = OptionsChecker({kind: options})
    data, spot = _read(path, findings)
    checked = checker.check(kind, {**fill, **data} if isinstance(data, Mapping) else data, spot, spot)
    findings.raise_if_any()
    return checked


def load_mapping(values: Mapping[str, object], kind: str, options: Any) -> Any:
    """Return options given in so many words as a value of their type; raises ConfigError with every finding."""
    findings = Findings()
    spot = Spot(Document("options", {}), findings)
    checked = OptionsChecker({kind: options}).check(kind, values, spot, spot)
    findings.raise_if_any()
    return checked


def load_script(path: Path | None) -> Mapping[str, object]:
    """Return the mapping in a YAML or JSON file, empty where there is no file; raises ConfigError."""
    findings = Findings()
    data, spot = _read(path, findings)
    if not isinstance(data, Mapping):
        spot.refuse("a mapping is needed")
    findings.raise_if_any()
    if not isinstance(data, Mapping):
        raise ConfigError
    return data


def _read(path: Path | None, findings: Findings) -> tuple[object, Spot]:
    document = None if path is None else read_document(path, findings)
    findings.raise_if_any()
    if document is None:
        return {}, Spot(Document("options", {}), findings)
    return document.data, Spot(document, findings)
