"""Where a configuration refers to secrets, and which of them are not there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

from pydantic import BaseModel

from syncd.errors import ConfigError
from syncd.ports.secret import SecretRef
from syncd.settings.document import Spot
from syncd.settings.finding import Finding, Findings
from syncd.settings.secrets import resolve_secret

_MEND_VARIABLE = "set it in the environment that syncd is started from"
_MEND_FILE = "put the secret into it, readable by the account that syncd runs under"


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """A reference to a secret: the file, line and keys where it stands, as a finding that says nothing yet."""

    ref: SecretRef
    finding: Finding


def secret_places(options: object, at: Spot) -> Iterator[SecretPlace]:
    """Yield every reference in options that were checked, `at` being where they were written."""
    if isinstance(options, SecretRef):
        yield SecretPlace(options, Finding(at.document.file, at.document.line(at.place), at.place, ""))
    for key, value in _inside(options):
        yield from secret_places(value, at.at(key))


def missing_secrets(places: Iterable[SecretPlace], folder: Path) -> Findings:
    """Return a finding for each secret that cannot be read now, by this process; relative files are in `folder`."""
    findings = Findings()
    for place in places:
        try:
            resolve_secret(place.ref, folder)
        except ConfigError as refused:
            at = place.finding
            mend = _MEND_VARIABLE if place.ref.env is not None else _MEND_FILE
            findings.add(Finding(at.file, at.line, at.place, f"{refused}; {mend}"))
    return findings


def _inside(value: object) -> Iterator[tuple[str | int, object]]:
    """The parts of a checked value, by the keys that they were written with."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield field.alias or name, getattr(value, name)
    elif isinstance(value, Mapping):
        yield from ((str(key), item) for key, item in value.items())
    elif isinstance(value, tuple | list):
        yield from enumerate(value)
    elif is_dataclass(value) and not isinstance(value, type | SecretRef):
        yield from ((each.name, getattr(value, each.name)) for each in fields(value))
