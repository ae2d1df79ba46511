"""Loads contracts and calendars: YAML files told apart by their top-level key."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Agreements, Contract
from syncd.settings.agreement_files import AgreementFile, agreement_files
from syncd.settings.calendar_build import build_calendar
from syncd.settings.calendar_section import CalendarsFile
from syncd.settings.contract_build import build_contract
from syncd.settings.contract_section import ContractFile
from syncd.settings.document import Document, Spot, read_document
from syncd.settings.finding import Findings
from syncd.settings.target_section import UNMEASURED
from syncd.settings.validation import Checker

_CONTRACT: Checker[ContractFile] = Checker(ContractFile, unmeasured=UNMEASURED)
_CALENDARS: Checker[CalendarsFile] = Checker(CalendarsFile)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What contracts and calendars say, what the operator should know about them, and a hash of their content."""

    agreements: Agreements
    warnings: tuple[str, ...] = ()
    content_hash: str = ""


def load_agreements(paths: Sequence[Path]) -> Loaded:
    """Return the contracts and calendars of files, and of folders with everything below them.

    Raises ConfigError with every finding. A file inside a folder that holds neither is warned of; a file that is named
    itself must hold one of them.
    """
    findings = Findings()
    loaded = read_agreements(paths, findings)
    findings.raise_if_any()
    return loaded


def read_agreements(paths: Sequence[Path], findings: Findings) -> Loaded:
    """Return what can be used of the contracts and calendars; complete only if nothing was added to `findings`."""
    reader = _Reader(findings)
    for file in agreement_files(paths, findings):
        reader.read(file)
    calendars = reader.calendars()
    contracts = reader.contracts(calendars)
    usable = {name: calendar for name, calendar in calendars.items() if calendar is not None}
    return Loaded(Agreements(contracts, usable), reader.warnings.lines(), _content_hash(reader.documents, usable))


@dataclass(slots=True)
class _Reader:
    """Sorts documents by what they hold, then builds calendars first, because contracts name them."""

    findings: Findings
    warnings: Findings = field(default_factory=Findings)
    documents: list[Document] = field(default_factory=list)
    _calendars: list[tuple[Spot, Path]] = field(default_factory=list)
    _contracts: list[Spot] = field(default_factory=list)

    def read(self, file: AgreementFile) -> None:
        document = read_document(file.path, self.findings)
        if document is None:
            return
        spot = Spot(document, self.findings)
        keys = document.data if isinstance(document.data, Mapping) else {}
        match "contract" in keys, "calendars" in keys:
            case True, True:
                spot.refuse("holds both contract and calendars; put them into two files")
            case True, False:
                self._contracts.append(spot)
                self.documents.append(document)
            case False, True:
                self._calendars.append((spot, file.path.parent))
                self.documents.append(document)
            case _ if file.named:
                spot.refuse("holds neither contract nor calendars as a top-level key")
            case _:
                spot.into(self.warnings).refuse("passed over: holds neither contract nor calendars as a top-level key")

    def calendars(self) -> dict[str, ServiceCalendar | None]:
        """Return calendars by name; None for those that are declared but cannot be used."""
        found: dict[str, ServiceCalendar | None] = {}
        first: dict[str, str] = {}
        for spot, folder in self._calendars:
            section = _CALENDARS.check(spot.document.data, spot)
            if section is None:
                found.update({name: None for name in _declared(spot.document.data) if name not in found})
                continue
            for n, calendar in enumerate(section.calendars):
                here = spot.at("calendars", n)
                if calendar.name in first:
                    here.at("name").refuse(f'calendar "{calendar.name}" is already in {first[calendar.name]}')
                    continue
                first[calendar.name] = _where(here.at("name"))
                found[calendar.name] = build_calendar(calendar, here, folder, self.warnings)
        return found

    def contracts(self, calendars: Mapping[str, ServiceCalendar | None]) -> tuple[Contract, ...]:
        """Return the contracts that can be used, in order of their ids."""
        found: list[Contract] = []
        first: dict[str, str] = {}
        for spot in self._contracts:
            section = _CONTRACT.check(spot.document.data, spot)
            if section is None:
                continue
            if section.contract in first:
                spot.at("contract").refuse(f'contract "{section.contract}" is already in {first[section.contract]}')
            first.setdefault(section.contract, _where(spot.at("contract")))
            contract = build_contract(section, spot, calendars, self.warnings)
            if contract is not None:
                found.append(contract)
        return tuple(sorted(found, key=lambda contract: contract.id))


def _declared(data: object) -> list[str]:
    """Return the names of the calendars in a document that is wrong somewhere, so that nobody misses them."""
    listed = data.get("calendars") if isinstance(data, Mapping) else None
    entries = listed if isinstance(listed, list) else []
    return [str(entry["name"]) for entry in entries if isinstance(entry, Mapping) and "name" in entry]


def _where(spot: Spot) -> str:
    return f"{spot.document.file}:{spot.document.line(spot.place)}"


def _content_hash(documents: Sequence[Document], calendars: Mapping[str, ServiceCalendar]) -> str:
    """Return a hash of what is written, comments aside, and of what calendars came to (holidays included)."""
    written = sorted(json.dumps(document.data, sort_keys=True, default=str) for document in documents)
    came_to = sorted(calendar.identity() for calendar in calendars.values())
    return hashlib.sha256("\n".join([*written, *came_to]).encode()).hexdigest()
