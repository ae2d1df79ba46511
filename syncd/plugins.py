"""Connectors, found by entry point; the core names none of them."""

import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from pathlib import Path
from typing import Any

import syncd
from syncd.errors import ConfigError
from syncd.ports.connector import Plugin

GROUP = "syncd.connectors"
"""The entry-point group; an entry is `kind = "package:plugin"`."""

PACKAGE = "connectors"
"""The top-level package of the connectors that ship with syncd; another project on the package index has it too."""

_OURS = "syncd"
"""The distribution that ships it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A connector that is installed, and by which distribution."""

    plugin: Plugin[Any]
    distribution: str


@cache
def discover() -> Mapping[str, Found]:
    """Return every installed connector by kind, in order of kinds; raises `ConfigError` for what cannot be used.

    Looked for once in a process: who owns which package is read from every installed distribution.
    """
    check_ownership()
    return load(entry_points(group=GROUP))


def plugin(kind: str) -> Plugin[Any]:
    """Return the connector of one kind; raises `ConfigError` naming those there are."""
    found = discover()
    if kind not in found:
        raise ConfigError(f"kind: there is no connector {kind!r}; installed are {', '.join(found) or 'none'}")
    return found[kind].plugin


def load(entries: Iterable[EntryPoint]) -> dict[str, Found]:
    """Return the connectors behind entry points; raises `ConfigError` for two of a kind and for one that fails."""
    found: dict[str, Found] = {}
    for entry in sorted(entries, key=lambda each: (each.name, each.value)):
        distribution = entry.dist.name if entry.dist is not None else "an unknown distribution"
        if entry.name in found:
            other = found[entry.name].distribution
            raise ConfigError(f"connector {entry.name}: both {other} and {distribution} bring one; remove either")
        try:
            loaded = entry.load()
        except (ImportError, AttributeError) as error:
            raise ConfigError(f"connector {entry.name} of {distribution} cannot be loaded: {error}") from error
        if not isinstance(loaded, Plugin):
            raise ConfigError(f"connector {entry.name} of {distribution}: {entry.value} is no Plugin")
        if loaded.kind != entry.name:
            raise ConfigError(f"connector {entry.name} of {distribution} calls itself {loaded.kind}")
        found[entry.name] = Found(loaded, distribution)
    return found


def check_ownership() -> None:
    """Raise `ConfigError` unless the package `connectors` that Python would import is the one that came with syncd.

    A second wheel that ships the same top-level package overwrites ours without a warning, and a folder of that name
    in the working directory hides it.
    """
    owners = [distribution.name for distribution in distributions() if brings(distribution, PACKAGE)]
    require_ours(owners, _location(), Path(syncd.__file__).parent)


def brings(distribution: Distribution, package: str) -> bool:
    """Tell whether a distribution brings a top-level package: it declares so, or lists files below it.

    The listing is read as text: `packages_distributions` parses every file name and every head of what is installed,
    which takes as long as to import the connectors.
    """
    if package in (distribution.read_text("top_level.txt") or "").split():
        return True
    listing = distribution.read_text("RECORD")
    if listing is None:
        return any(file.parts[0] == package for file in distribution.files or ())
    return f"\n{package}/" in f"\n{listing}"


def require_ours(owners: Iterable[str], location: Path | None, home: Path) -> None:
    """Raise `ConfigError` for another owner of `connectors`, or one that does not lie beside syncd's own package."""
    others = sorted({owner for owner in owners if owner.lower() != _OURS})
    if others:
        raise ConfigError(
            f"the package {PACKAGE!r} also belongs to {', '.join(others)}, which overwrites ours: give syncd an "
            f"environment of its own, or uninstall {', '.join(others)} and install syncd again"
        )
    if location is None:
        raise ConfigError(f"the package {PACKAGE!r} is missing: install syncd again")
    if location.resolve() != (home.parent / PACKAGE).resolve():
        raise ConfigError(
            f"another folder named {PACKAGE!r} hides the one that came with syncd: start from another working "
            "directory, and look at PYTHONPATH"
        )


def _location() -> Path | None:
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0]) if places else None
