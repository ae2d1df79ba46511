"""From a contract as it is written to one that can be measured, or the reasons why it cannot."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from syncd.domain.calendar_zone import first_instant_reading
from syncd.domain.contract import Contract, Cover, Escalation, Revision, Target, Vendor
from syncd.domain.credit_terms import CreditTerms, CreditTier, Kpi
from syncd.domain.instant import SECOND_US, from_us
from syncd.domain.names import Backlog, Transition
from syncd.settings.choice_build import Calendars
from syncd.settings.contract_section import BREACH, ContractFile, CreditsSection, EscalationSection, RevisionSection
from syncd.settings.document import Spot
from syncd.settings.finding import Findings
from syncd.settings.maintenance_build import build_maintenance
from syncd.settings.target_build import build_target
from syncd.settings.written import percentage

_ALWAYS = datetime.min.replace(tzinfo=UTC)


def build_contract(section: ContractFile, spot: Spot, calendars: Calendars, warnings: Findings) -> Contract | None:
    """Return the contract, or None with the reasons among the spot's findings."""
    before = len(spot.findings)
    zone = ZoneInfo(section.time_zone)
    _check_dates(section, spot)
    _check_records(section, spot.at("system_of_record"))
    revisions: list[Revision] = []
    for n, revision in enumerate(section.revisions):
        here = spot.at("revisions", n)
        _warn_of(revision, section.currency, here.into(warnings))
        _check_revision(revision, here)
        targets = [
            build_target(target, here.at("targets", m), calendars, warnings)
            for m, target in enumerate(revision.targets)
        ]
        made = [target for target in targets if target is not None]
        revisions.append(_revision(revision, zone, made, _inherited(section, revisions, zone)))
    maintenance = tuple(build_maintenance(section.maintenance, spot.at("maintenance"), zone, warnings))
    if section.revisions[0].transition is not Transition.NEW_TICKETS:
        here = spot.at("revisions", 0, "transition").into(warnings)
        here.refuse("changes nothing, because there is no revision before this one; it belongs to the amending one")
    if len(spot.findings) > before or any(
        len(built.targets) < len(written.targets) for built, written in zip(revisions, section.revisions, strict=True)
    ):
        return None
    until = section.revisions[-1].effective.until
    return Contract(
        id=section.contract,
        vendor=Vendor(section.vendor.id, section.vendor.name or section.vendor.id),
        time_zone=section.time_zone,
        revisions=tuple(revisions),
        period=section.period,
        anchor=section.anchor,
        currency=section.currency,
        backlog=section.backlog,
        until=None if until is None else _midnight(until, zone),
        maintenance=maintenance,
        system_of_record=section.system_of_record,
    )


def _inherited(section: ContractFile, earlier: list[Revision], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return what `observe_from` and `notify_from` are where a revision does not say: as before it.

    Before the first one observation begins with the contract, or, of one that takes its backlog on, never began.
    """
    if earlier:
        return earlier[-1].observe_from, earlier[-1].notify_from
    begins = _midnight(section.revisions[0].effective.start, zone)
    return (_ALWAYS, begins) if section.backlog is Backlog.INCLUDED else (begins, begins)


def _revision(
    section: RevisionSection, zone: ZoneInfo, targets: Iterable[Target], inherited: tuple[datetime, datetime]
) -> Revision:
    observed, notified = inherited
    if section.observe_from is not None:
        observed = notified = _midnight(section.observe_from, zone)
    if section.notify_from is not None:
        notified = _midnight(section.notify_from, zone)
    return Revision(
        name=section.effective.start.isoformat(),
        effective_from=_midnight(section.effective.start, zone),
        observe_from=observed,
        notify_from=notified,
        covers=tuple(Cover(cover.source, cover.attributes) for cover in section.covers),
        targets=tuple(targets),
        transition=section.transition,
        escalation=tuple(map(_escalation, section.escalation)),
        credits=None if section.credits is None else _credits(section.credits),
        kpis=tuple(Kpi(kpi.name, kpi.objective, kpi.floor, kpi.weight) for kpi in section.kpis),
    )


def _credits(section: CreditsSection) -> CreditTerms:
    return CreditTerms(
        tiers=tuple(CreditTier(tier.target, tier.below, tier.credit) for tier in section.tiers),
        monthly_fee=section.monthly_fee,
        cap=section.cap,
        claim_days=section.claim_within,
    )


def _escalation(section: EscalationSection) -> Escalation:
    """Return a row, named as written; a time after the breach by its whole seconds, which any spelling comes to."""
    if section.after_breach is not None:
        us = section.after_breach.us
        return Escalation(text=f"after {us // SECOND_US}s", to=section.to, after_us=us)
    if section.at is None or section.at == BREACH:
        return Escalation(text=BREACH, to=section.to, after_us=0)
    share = percentage(section.at)
    return Escalation(text=f"{float(share * 100):g}%", to=section.to, share=share)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local date begins."""
    return from_us(first_instant_reading(zone, datetime(day.year, day.month, day.day)))  # noqa: DTZ001 - local


def _check_dates(section: ContractFile, spot: Spot) -> None:
    revisions = section.revisions
    for n, (earlier, later) in enumerate(pairwise(revisions), start=1):
        here = spot.at("revisions", n, "effective", "from")
        if later.effective.start == earlier.effective.start:
            here.refuse(f"{later.effective.start} is the date of the revision before it as well; each needs its own")
        elif later.effective.start < earlier.effective.start:
            here.refuse(f"{later.effective.start} comes after {earlier.effective.start} here; put the oldest first")
    for n, revision in enumerate(revisions):
        until = revision.effective.until
        here = spot.at("revisions", n, "effective", "until")
        if until is not None and n < len(revisions) - 1:
            here.refuse("only the last revision ends by itself; the others end when the next begins")
        elif until is not None and until <= revision.effective.start:
            here.refuse(f"the contract would end on {until}, before its last revision begins")


def _check_records(section: ContractFile, spot: Spot) -> None:
    covered = sorted({cover.source for revision in section.revisions for cover in revision.covers})
    for n, source in enumerate(section.system_of_record):
        if source in section.system_of_record[:n]:
            spot.refuse(f'"{source}" is named twice')
        elif source not in covered:
            spot.refuse(
                f'no revision covers the source "{source}", so its clocks cannot count; allowed: {", ".join(covered)}'
            )


def _check_revision(section: RevisionSection, spot: Spot) -> None:
    _check_once([target.name for target in section.targets], "targets", spot)
    _check_once([kpi.name for kpi in section.kpis], "kpis", spot)
    for n, kpi in enumerate(section.kpis):
        if (kpi.kind == "promql") != (kpi.query is not None):
            spot.at("kpis", n).refuse("a promql figure needs a query, and no other has one")
    if section.credits is not None:
        known = [target.name for target in section.targets] + [kpi.name for kpi in section.kpis]
        for n, tier in enumerate(section.credits.tiers):
            if tier.target not in known:
                here = spot.at("credits", "tiers", n, "target")
                here.refuse(f'there is no target "{tier.target}" in this revision; allowed: {", ".join(known)}')
    for n, step in enumerate(section.escalation):
        _check_step(step, spot.at("escalation", n))


def _check_step(step: EscalationSection, spot: Spot) -> None:
    if (step.at is None) == (step.after_breach is None):
        spot.refuse("needs exactly one of at and after_breach")
    elif step.at is not None and step.at != BREACH and not 0 < percentage(step.at) < 1:
        spot.at("at").refuse("a share of the goal above 0% and below 100%, or breach")


def _check_once(names: list[str], key: str, spot: Spot) -> None:
    for n, name in enumerate(names):
        if name in names[:n]:
            spot.at(key, n, "name").refuse(f'"{name}" is already the name of {key}[{names.index(name)}]')


def _warn_of(section: RevisionSection, currency: str | None, spot: Spot) -> None:
    if section.kpis:
        unscored = ", so that the contract has no score" if any(kpi.weight for kpi in section.kpis) else ""
        spot.at("kpis").refuse(f"not computed by this release; checked and otherwise left alone{unscored}")
    if section.credits is not None:
        figures = {kpi.name for kpi in section.kpis}
        for n, tier in enumerate(section.credits.tiers):
            if tier.target in figures:
                spot.at("credits", "tiers", n).refuse("owes nothing while the figure is not computed")
        if currency is None:
            spot.at("credits").refuse("the contract states no currency, so sums are shown without one")
    if section.escalation and not any(step.at == BREACH for step in section.escalation):
        spot.at("escalation").refuse("names nobody for a breach: every notifier is told of those")
