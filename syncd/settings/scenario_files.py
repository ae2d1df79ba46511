"""Loads scenarios: YAML files, one example each, the file name is the rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from syncd.domain.calendar_zone import load_zone
from syncd.domain.contract import Agreements
from syncd.domain.scenario import Agreed, Scenario
from syncd.settings.agreement_files import agreement_files
from syncd.settings.agreements import Loaded, read_agreements
from syncd.settings.document import Spot, read_document
from syncd.settings.finding import Findings, shown
from syncd.settings.scenario_agreements import SOURCE, own_agreements, with_exclusions
from syncd.settings.scenario_expect import Context, expectations_of
from syncd.settings.scenario_section import ScenarioFile
from syncd.settings.scenario_timeline import timeline_of
from syncd.settings.scenario_times import instant_of
from syncd.settings.section import Refused
from syncd.settings.validation import Checker

_SCENARIO: Checker[ScenarioFile] = Checker(ScenarioFile)


@dataclass(frozen=True, slots=True)
class LoadedScenarios:
    """Scenarios in order of their files, and what should be known of the contracts that they speak about."""

    scenarios: tuple[Scenario, ...]
    warnings: tuple[str, ...] = ()


def load_scenarios(paths: Sequence[Path], contracts: Sequence[Path] = ()) -> LoadedScenarios:
    """Return the scenarios of files, and of folders with everything below them.

    `contracts` are the files and folders of the contracts that scenarios without a target of their own speak about.
    Raises ConfigError with every finding; a folder without a scenario is one.
    """
    findings = Findings()
    files = agreement_files(paths, findings)
    loaded = read_agreements(contracts, findings) if contracts else Loaded(Agreements((), {}))
    reader = _Reader(loaded.agreements, tuple(contracts), findings)
    scenarios = [reader.read(file.path) for file in files]
    findings.raise_if_any()
    return LoadedScenarios(tuple(each for each in scenarios if each is not None), loaded.warnings)


@dataclass(frozen=True, slots=True)
class _Reader:
    agreements: Agreements
    contracts: tuple[Path, ...]
    findings: Findings

    def read(self, path: Path) -> Scenario | None:
        document = read_document(path, self.findings)
        if document is None:
            return None
        spot = Spot(document, self.findings)
        section = _SCENARIO.check(document.data, spot)
        if section is None:
            return None
        before = len(self.findings)
        agreements = self._agreements(section, spot)
        zone = None if section.times_in is None else load_zone(section.times_in)
        source = self._source(section, spot)
        timeline = timeline_of(
            section.timeline, section.events, spot, source=source, zone=zone, around=spot.at("timeline")
        )
        others = [
            timeline_of(other, other.events, there, source=other.source or source, zone=zone, around=there)
            for other, there in ((other, spot.at("others", n)) for n, other in enumerate(section.others))
        ]
        as_of = _as_of(section, spot, zone)
        if len(self.findings) > before and not agreements.contracts:
            return None
        context = Context(agreements, section.is_own, section.about, zone)
        expectations = expectations_of(section.expect, spot.at("expect"), context)
        if len(self.findings) > before or timeline is None:
            return None
        return Scenario(
            rule=path.stem.replace("-", " "),
            file=document.file,
            timeline=timeline,
            agreements=agreements,
            as_of=as_of,
            expectations=expectations,
            zone=section.times_in or "UTC",
            title=section.title,
            clause=section.clause,
            agreed_by=tuple(Agreed(each.name, each.of, each.on) for each in section.agreed_by),
            others=tuple(other for other in others if other is not None),
        )

    def _agreements(self, section: ScenarioFile, spot: Spot) -> Agreements:
        if section.is_own:
            if section.about is not None:
                spot.at("about").refuse("a scenario with a target of its own is about no other contract")
            return own_agreements(section, spot)
        for key in ("contract", "revisions", "covers", "calendars"):
            if getattr(section, key) is not None:
                spot.at(key).refuse("stands only beside a target of the scenario's own")
        if not self.contracts:
            spot.refuse("has no target of its own, so it is about a contract: name its file or folder with --contracts")
            return self.agreements
        known = [contract.id for contract in self.agreements.contracts]
        if section.about is not None and section.about not in known:
            spot.at("about").refuse(f"found {shown(section.about)}; allowed: {', '.join(known) or 'none'}")
        return with_exclusions(section, self.contracts, spot) if section.exclusions else self.agreements

    def _source(self, section: ScenarioFile, spot: Spot) -> str:
        if section.is_own or section.timeline.source is not None:
            return section.timeline.source or SOURCE
        covered = sorted(
            {
                cover.source
                for contract in self.agreements.contracts
                for revision in contract.revisions
                for cover in revision.covers
            }
        )
        spot.at("timeline").refuse(
            f"source is required: the source whose ticket it is; contracts cover {', '.join(covered) or 'none'}"
        )
        return SOURCE


def _as_of(section: ScenarioFile, spot: Spot, zone: ZoneInfo | None) -> datetime:
    try:
        return instant_of(section.as_of, zone)
    except Refused as refused:
        spot.at("as_of").refuse(f"found {shown(section.as_of)}; allowed: {refused.allowed}")
    except ValueError as refused:
        spot.at("as_of").refuse(str(refused))
    return datetime.max.replace(tzinfo=UTC)
