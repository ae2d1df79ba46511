"""From an exclusion as it is written to a record that measuring obeys, or the reasons why it cannot be one."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from syncd.domain.contract import Contract, Exclusion
from syncd.settings.document import Spot
from syncd.settings.exclusion_section import ExclusionSection
from syncd.settings.finding import Findings, shown
from syncd.settings.moment import instant_of

Contracts = Mapping[str, Contract | None]
"""Contracts by id; None for one that is declared but wrong, which is found where it is declared."""


def build_exclusion(
    section: ExclusionSection, spot: Spot, contracts: Contracts, warnings: Findings
) -> Exclusion | None:
    """Return the exclusion, or None with the reasons among the spot's findings."""
    before = len(spot.findings)
    _check_signatures(section, spot)
    _check_subject(section, spot)
    contract = _contract(section, spot, contracts)
    if contract is None:
        return None
    _check_targets(section, contract, spot)
    start, end = _span(section, ZoneInfo(contract.time_zone), spot)
    _warn_of_stranger(section, contract, spot.into(warnings))
    if len(spot.findings) > before:
        return None
    return Exclusion(
        id=section.id,
        contract=contract.id,
        clause=section.clause,
        author=section.author,
        approver=section.approver,
        evidence=section.evidence,
        reason=section.reason or "",
        targets=frozenset(section.targets),
        ticket=None if section.ticket is None else (section.ticket.source, section.ticket.ticket),
        start=start,
        end=end,
        when=section.when,
    )


def _span(section: ExclusionSection, zone: ZoneInfo, spot: Spot) -> tuple[datetime, datetime] | tuple[None, None]:
    if section.start is None or section.until is None:
        return None, None
    start, end = instant_of(section.start, zone), instant_of(section.until, zone)
    if end <= start:
        ends, begins = shown(section.until.isoformat()), shown(section.start.isoformat())
        spot.at("until").refuse(f"found {ends}; allowed: a moment after from, {begins}")
    return start, end


def _check_signatures(section: ExclusionSection, spot: Spot) -> None:
    if _person(section.author) == _person(section.approver):
        found = shown(section.approver)
        spot.at("approver").refuse(f"found {found}, who is the author; allowed: another person")


def _person(name: str) -> str:
    return " ".join(name.split()).casefold()


def _check_subject(section: ExclusionSection, spot: Spot) -> None:
    """Refuse what is about nothing, or half a span, or about one ticket and a kind of tickets at once."""
    if section.start is not None and section.until is None:
        spot.at("from").refuse("needs until beside it: a span has both ends")
    elif section.until is not None and section.start is None:
        spot.at("until").refuse("needs from beside it: a span has both ends")
    elif section.ticket is None and section.start is None:
        spot.refuse("is about nothing; allowed: ticket, or from and until, or both")
    if section.when and section.ticket is not None:
        spot.at("when").refuse("chooses the tickets of a span, and here the ticket is named; allowed: one of the two")


def _contract(section: ExclusionSection, spot: Spot, contracts: Contracts) -> Contract | None:
    if section.contract not in contracts:
        known = ", ".join(sorted(contracts)) or "none, because no file with a contract was given"
        spot.at("contract").refuse(f"there is no contract {shown(section.contract)}; allowed: {known}")
    return contracts.get(section.contract)


def _check_targets(section: ExclusionSection, contract: Contract, spot: Spot) -> None:
    known = list(dict.fromkeys(target.name for revision in contract.revisions for target in revision.targets))
    for name in section.targets:
        if name not in known:
            allowed = ", ".join(known)
            spot.at("targets").refuse(f"there is no target {shown(name)} in contract {contract.id}; allowed: {allowed}")


def _warn_of_stranger(section: ExclusionSection, contract: Contract, spot: Spot) -> None:
    covered = {cover.source for revision in contract.revisions for cover in revision.covers}
    if section.ticket is not None and section.ticket.source not in covered:
        found, known = shown(section.ticket.source), ", ".join(sorted(covered))
        spot.at("ticket", "source").refuse(f"contract {contract.id} covers no source {found}, only {known}")
