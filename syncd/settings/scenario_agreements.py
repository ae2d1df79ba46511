"""The contract that a scenario carries itself, read as any other; mistakes are told at their place in the scenario."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from syncd.domain.contract import Agreements
from syncd.settings.agreement_files import agreement_files
from syncd.settings.agreement_reader import AgreementReader
from syncd.settings.document import Document, Spot, read_document
from syncd.settings.finding import Finding, Findings, Place
from syncd.settings.scenario_section import ScenarioFile, Written

CONTRACT = "acme-msp"
SOURCE = "desk"

_CALENDARS: tuple[Written, ...] = (
    {"name": "always", "time_zone": "UTC", "hours": "always"},
    {"name": "office", "time_zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}},
)

_Move = Callable[[Place], Place]
"""Turns a place of a document that a scenario stands for into the place of the scenario that states it."""

_Stated = Mapping[str, tuple[object, _Move]]
"""Documents by name, made of parts of a scenario."""


def own_agreements(section: ScenarioFile, spot: Spot) -> Agreements:
    """Return the contract that a scenario states by its target; complete only if nothing was added to the findings.

    What it leaves out is that of a contract `acme-msp` with vendor `acme`, in UTC and by months, in force from
    2026-01-01, for the tickets of source `desk`, with a target `clock` on calendar `always`. Calendars `always` and
    `office` (Monday to Friday, 09:00 to 17:00 UTC) are there.
    """
    contract = _contract(section)
    calendars = section.calendars or ()
    names = {calendar.get("name") for calendar in calendars}
    given = [calendar for calendar in _CALENDARS if calendar["name"] not in names]
    exclusions = [{"contract": contract["contract"], **exclusion} for exclusion in section.exclusions or ()]
    stated = {
        "contract": (contract, lambda place: _in_contract(section, place)),
        "calendars": ({"calendars": [*given, *calendars]}, lambda place: _moved(place, -len(given))),
    }
    return _read([], {**stated, **_excluding(exclusions)}, spot)


def with_exclusions(section: ScenarioFile, contracts: Sequence[Path], spot: Spot) -> Agreements:
    """Return the contracts in files and folders, with what a scenario excludes beside what is excluded there."""
    return _read(contracts, _excluding(section.exclusions or ()), spot)


def _excluding(exclusions: Sequence[Written]) -> _Stated:
    return {"exclusions": ({"exclusions": list(exclusions)}, lambda place: place)} if exclusions else {}


def _contract(section: ScenarioFile) -> dict[str, object]:
    revision = {
        "effective": {"from": "2026-01-01"},
        "covers": list(section.covers or [{"source": SOURCE}]),
        "targets": [{"name": "clock", "calendar": "always", **(section.target or {})}],
    }
    return {
        "contract": CONTRACT,
        "vendor": {"id": "acme"},
        "time_zone": "UTC",
        "period": "month",
        "revisions": [{**revision, **stated} for stated in section.revisions or ({},)],
        **(section.contract or {}),
    }


def _in_contract(section: ScenarioFile, place: Place) -> Place:
    """Return where in the scenario a place of its contract is stated."""
    match place:
        case ("revisions", *_) if section.contract is not None and "revisions" in section.contract:
            return ("contract", *place)
        case ("revisions", int(n), str(key), *rest) if key not in (section.revisions or ({},))[n]:
            return ("target", *rest[1:]) if key == "targets" else (key, *rest)
        case ("revisions", *_):
            return place
        case _:
            return ("contract", *place)


def _moved(place: Place, by: int) -> Place:
    match place:
        case ("calendars", int(n), *rest):
            return ("calendars", n + by, *rest)
        case _:
            return place


@dataclass(slots=True)
class _Translated(Findings):
    """Keeps what is found in documents that a scenario stands for as found in the scenario itself."""

    spot: Spot | None = None
    moves: Mapping[str, _Move] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Keep a finding here, so that readers see that there is one, and among the scenario's own."""
        Findings.add(self, finding)
        if self.spot is None:
            return
        move = self.moves.get(finding.file)
        if move is None:
            self.spot.findings.add(finding)
            return
        sentence = finding.sentence
        for name in self.moves:
            sentence = sentence.replace(name, "this scenario")
        Spot(self.spot.document, self.spot.findings).at(*move(finding.place)).refuse(sentence)


def _read(paths: Sequence[Path], stated: _Stated, spot: Spot) -> Agreements:
    file = spot.document.file
    findings = _Translated(spot=spot, moves={f"{file} ({name})": move for name, (_, move) in stated.items()})
    reader = AgreementReader(findings)
    for found in agreement_files(paths, findings):
        document = read_document(found.path, findings)
        if document is not None:
            reader.take(document, found.path.parent, named=found.named)
    for name, (data, _) in stated.items():
        reader.take(Document(f"{file} ({name})", data), Path(file).parent, named=True)
    calendars = reader.calendars()
    contracts = reader.contracts(calendars)
    return Agreements(
        tuple(contract for _, contract in sorted(contracts.items()) if contract is not None),
        {name: calendar for name, calendar in calendars.items() if calendar is not None},
        reader.exclusions(contracts),
    )
