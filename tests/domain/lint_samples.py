"""Contracts for the tests of lint: one that lint has nothing to say about, and small departures from it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.contract import Agreements, Contract, Cover, Revision, Target, Vendor
from syncd.domain.duration import Counted
from syncd.domain.instant import SECOND_US
from syncd.domain.lint import lint
from syncd.domain.lint_finding import LintFinding, Written
from syncd.domain.names import Metric
from tests.domain.calendar_samples import workdays

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ALWAYS = always()
OFFICE = ServiceCalendar("office", BERLIN, ((None, CalendarRule(weekly=workdays("08:00-17:00"))),))
MINUTE = 60 * SECOND_US
HOUR = 60 * MINUTE


def minutes(number: int) -> Counted:
    return Counted(number * MINUTE)


def hours(number: int) -> Counted:
    return Counted(number * HOUR)


def percent(text: str) -> Fraction:
    return Fraction(text) / 100


def day(text: str) -> datetime:
    """The instant at which a day of 2026 begins in Berlin, while it is winter there."""
    return datetime.fromisoformat(f"{text}T00:00+01:00").astimezone(UTC)


def office(name: str, zone: str = BERLIN, **rule: Any) -> ServiceCalendar:
    return ServiceCalendar(name, zone, ((None, CalendarRule(**{"weekly": workdays("08:00-17:00"), **rule})),))


def with_holidays(*dates: str) -> ServiceCalendar:
    return office("office", holidays={date.fromisoformat(each): "holiday" for each in dates})


def answer(**terms: Any) -> Target:
    """Answers within 30 minutes or an hour, in office hours."""
    stated: dict[str, Any] = {
        "name": "answer",
        "metric": Metric.FIRST_RESPONSE,
        "goals": {"P1": minutes(30), "P2": minutes(60)},
        "calendars": {"default": OFFICE},
        "objective": {"default": percent("90")},
        **terms,
    }
    return Target(**stated)


def fix(**terms: Any) -> Target:
    """Solutions within 4 or 8 hours, in office hours, without pauses."""
    return answer(
        **{"name": "fix", "metric": Metric.RESOLUTION, "goals": {"P1": hours(4), "P2": hours(8)}, **terms},
    )


def revision(*targets: Target, begins: str = "2026-01-01", **terms: Any) -> Revision:
    stated: dict[str, Any] = {
        "name": begins,
        "effective_from": day(begins),
        "observe_from": day(begins),
        "notify_from": day(begins),
        "covers": (Cover("snow"),),
        "targets": targets or (answer(), fix()),
        **terms,
    }
    return Revision(**stated)


def contract(*revisions: Revision, **terms: Any) -> Contract:
    stated: dict[str, Any] = {
        "id": "acme-msp",
        "vendor": Vendor("acme", "ACME"),
        "time_zone": BERLIN,
        "currency": "EUR",
        "revisions": revisions or (revision(),),
        **terms,
    }
    return Contract(**stated)


def of(*targets: Target, **terms: Any) -> Contract:
    """A contract with one revision of these targets; `terms` are the revision's."""
    return contract(revision(*targets, **terms))


def findings(
    *contracts: Contract, as_of: datetime = NOW, written: Mapping[str, Written] | None = None
) -> list[LintFinding]:
    return list(lint(Agreements(contracts, {}), as_of=as_of, written=written or {}))


def codes(*contracts: Contract, as_of: datetime = NOW, written: Written | None = None) -> list[str]:
    known = {} if written is None else {each.id: written for each in contracts}
    return [f"{found.severity.value} {found.code}" for found in findings(*contracts, as_of=as_of, written=known)]


def renamed(target: Target, name: str, **terms: Any) -> Target:
    return replace(target, name=name, **terms)
