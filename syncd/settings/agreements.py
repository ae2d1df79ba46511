"""Loads contracts, calendars and exclusions: YAML files told apart by their top-level key."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Agreements
from syncd.settings.agreement_files import agreement_files
from syncd.settings.agreement_reader import AgreementReader
from syncd.settings.document import Document, read_document
from syncd.settings.finding import Findings
from syncd.settings.given import given_document


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was agreed, what the operator should know about it, and a hash of its content, exclusions included."""

    agreements: Agreements
    warnings: tuple[str, ...] = ()
    content_hash: str = ""


def load_agreements(paths: Sequence[Path]) -> Loaded:
    """Return the contracts, calendars and exclusions of files, and of folders with everything below them.

    Raises ConfigError with every finding. A file inside a folder that holds none of them is warned of; a file that is
    named itself must hold one of them.
    """
    findings = Findings()
    loaded = read_agreements(paths, findings)
    findings.raise_if_any()
    return loaded


def agreements_from_documents(
    documents: Sequence[Mapping[str, object]], origin: str, *, folder: Path = Path()
) -> Loaded:
    """Return what mappings with the keys of such files say, one mapping for each file, without reading files.

    Findings name `origin` in place of a file. Holiday files that calendars name are relative to `folder`. Raises
    ConfigError with every finding.
    """
    findings = Findings()
    reader = AgreementReader(findings)
    for data in documents:
        document = given_document(data, origin, findings)
        if document is not None:
            reader.take(document, folder, named=True)
    loaded = _built(reader)
    findings.raise_if_any()
    return loaded


def read_agreements(paths: Sequence[Path], findings: Findings) -> Loaded:
    """Return what can be used of what was agreed; complete only if nothing was added to `findings`."""
    reader = AgreementReader(findings)
    for file in agreement_files(paths, findings):
        document = read_document(file.path, findings)
        if document is not None:
            reader.take(document, file.path.parent, named=file.named)
    return _built(reader)


def _built(reader: AgreementReader) -> Loaded:
    calendars = reader.calendars()
    contracts = reader.contracts(calendars)
    exclusions = reader.exclusions(contracts)
    usable = {name: calendar for name, calendar in calendars.items() if calendar is not None}
    in_order = tuple(contract for _, contract in sorted(contracts.items()) if contract is not None)
    agreements = Agreements(in_order, usable, exclusions)
    return Loaded(agreements, reader.warnings.lines(), _content_hash(reader.documents, usable))


def _content_hash(documents: Sequence[Document], calendars: Mapping[str, ServiceCalendar]) -> str:
    """Return a hash of what is written, comments aside, and of what calendars came to (holidays included)."""
    written = sorted(json.dumps(document.data, sort_keys=True, default=str) for document in documents)
    came_to = sorted(calendar.identity() for calendar in calendars.values())
    return hashlib.sha256("\n".join([*written, *came_to]).encode()).hexdigest()
