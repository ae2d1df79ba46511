"""Sorts documents by what they hold, and builds them in the order in which they name each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Contract, Exclusion
from syncd.settings.calendar_build import build_calendar
from syncd.settings.calendar_section import CalendarsFile
from syncd.settings.contract_build import build_contract
from syncd.settings.contract_section import ContractFile
from syncd.settings.document import Document, Spot
from syncd.settings.exclusion_build import build_exclusion
from syncd.settings.exclusion_section import ExclusionsFile
from syncd.settings.finding import Findings
from syncd.settings.validation import Checker

_CONTRACT: Checker[ContractFile] = Checker(ContractFile)
_CALENDARS: Checker[CalendarsFile] = Checker(CalendarsFile)
_EXCLUSIONS: Checker[ExclusionsFile] = Checker(ExclusionsFile)
_KINDS = ("contract", "calendars", "exclusions")
_NONE_OF_THEM = f"holds none of {', '.join(_KINDS[:-1])} and {_KINDS[-1]} as a top-level key"


@dataclass(slots=True)
class AgreementReader:
    """Takes documents, then builds calendars, the contracts that name them, and the exclusions that name those."""

    findings: Findings
    warnings: Findings = field(default_factory=Findings)
    documents: list[Document] = field(default_factory=list)
    _spots: dict[str, list[tuple[Spot, Path]]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})

    def take(self, document: Document, folder: Path, *, named: bool) -> None:
        """Keep a document whose files lie in `folder`; one that was not `named` may be something else."""
        spot = Spot(document, self.findings)
        keys = document.data if isinstance(document.data, Mapping) else {}
        kinds = [kind for kind in _KINDS if kind in keys]
        if len(kinds) == 1:
            self._spots[kinds[0]].append((spot, folder))
            self.documents.append(document)
        elif kinds:
            spot.refuse(f"holds both {' and '.join(kinds)}; put each into a file of its own")
        elif named:
            spot.refuse(_NONE_OF_THEM)
        else:
            spot.into(self.warnings).refuse(f"passed over: {_NONE_OF_THEM}")

    def calendars(self) -> dict[str, ServiceCalendar | None]:
        """Return calendars by name; None for those that are declared but cannot be used."""
        found: dict[str, ServiceCalendar | None] = {}
        first: dict[str, Spot] = {}
        for spot, folder in self._spots["calendars"]:
            section = _CALENDARS.check(spot.document.data, spot)
            if section is None:
                found.update({name: None for name in _declared(spot.document.data) if name not in found})
                continue
            for n, calendar in enumerate(section.calendars):
                here = spot.at("calendars", n)
                if _is_first(f'calendar "{calendar.name}"', here.at("name"), first):
                    found[calendar.name] = build_calendar(calendar, here, folder, self.warnings)
        return found

    def contracts(self, calendars: Mapping[str, ServiceCalendar | None]) -> dict[str, Contract | None]:
        """Return contracts by id; None for those that are declared but cannot be used."""
        found: dict[str, Contract | None] = {}
        first: dict[str, Spot] = {}
        for spot, _ in self._spots["contract"]:
            section = _CONTRACT.check(spot.document.data, spot)
            if section is None:
                found.setdefault(_id_in(spot.document.data), None)
                continue
            _is_first(f'contract "{section.contract}"', spot.at("contract"), first)
            contract = build_contract(section, spot, calendars, self.warnings)
            if contract is not None or section.contract not in found:
                found[section.contract] = contract
        return found

    def exclusions(self, contracts: Mapping[str, Contract | None]) -> tuple[Exclusion, ...]:
        """Return the exclusions that can be used, in order of their ids."""
        found: dict[str, Exclusion] = {}
        first: dict[str, Spot] = {}
        for spot, _ in self._spots["exclusions"]:
            section = _EXCLUSIONS.check(spot.document.data, spot)
            for n, written in enumerate(() if section is None else section.exclusions):
                here = spot.at("exclusions", n)
                _is_first(f'exclusion "{written.id}"', here.at("id"), first)
                exclusion = build_exclusion(written, here, contracts, self.warnings)
                if exclusion is not None:
                    found[written.id] = exclusion
        return tuple(found[name] for name in sorted(found))


def _is_first(what: str, spot: Spot, first: dict[str, Spot]) -> bool:
    """Return whether nothing of that name was met before; refuse it where something was."""
    earlier = first.setdefault(what, spot)
    if earlier is not spot:
        spot.refuse(f"{what} is already in {earlier.where()}")
    return earlier is spot


def _declared(data: object) -> list[str]:
    """Return the names of the calendars in a document that is wrong somewhere, so that nobody misses them."""
    listed = data.get("calendars") if isinstance(data, Mapping) else None
    entries = listed if isinstance(listed, list) else []
    return [str(entry["name"]) for entry in entries if isinstance(entry, Mapping) and "name" in entry]


def _id_in(data: object) -> str:
    """Return the id of the contract in a document that is wrong somewhere, so that nobody misses it."""
    return str(data.get("contract")) if isinstance(data, Mapping) else ""
