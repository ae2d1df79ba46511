"""Which files hold contracts, calendars and exclusions: files as named, folders with everything below them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncd.settings.finding import Finding, Findings

_ENDINGS = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class AgreementFile:
    """One YAML file, and whether it was named itself or found in a folder."""

    path: Path
    named: bool


def agreement_files(paths: Sequence[Path], findings: Findings) -> list[AgreementFile]:
    """Return the files in a stable order, each once however often it is reached; a path that is not there is a finding.

    Hidden files and folders are passed over: a Kubernetes ConfigMap shows every file a second time in one of those.
    """
    found: dict[Path, AgreementFile] = {}
    for path in paths:
        if path.is_dir():
            below = list(_below(path))
            if not below:
                findings.add(Finding(str(path), 0, (), "this folder holds no .yaml or .yml file"))
            for file in below:
                found.setdefault(file.resolve(), AgreementFile(file, named=False))
        elif path.is_file():
            found[path.resolve()] = AgreementFile(path, named=True)
        else:
            wrong = "is neither a file nor a folder" if path.exists() else "there is no such file or folder"
            findings.add(Finding(str(path), 0, (), wrong))
    return list(found.values())


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in _ENDINGS and path.is_file() and not hidden:
            yield path
