"""From a target as it is written to a promise that can be measured, or the reasons why it cannot."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import DEFAULT, Goal, Target
from syncd.domain.duration import Counted, WorkingDays
from syncd.domain.names import Awaiting, Metric, PauseEvidence
from syncd.settings.document import Spot
from syncd.settings.target_section import TargetSection

MEASURED = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)
"""What this release times."""

Calendars = Mapping[str, ServiceCalendar | None]
"""Calendars by name; None for one that is declared but wrong, which is found where it is declared."""

_PAUSES = {Metric.RESOLUTION: (Awaiting.CUSTOMER, Awaiting.THIRD_PARTY)}


def build_target(section: TargetSection, spot: Spot, calendars: Calendars) -> Target | None:
    """Return the promise, or None with the reasons among the spot's findings."""
    before = len(spot.findings)
    _check_measured(section, spot)
    _check_priorities(section, spot)
    _check_figures(section, spot)
    named = {key: _calendar(name, spot.at("calendar", key), calendars) for key, name in section.calendar.items()}
    reopening = section.reopen_calendar
    grace_on = None if reopening is None else _calendar(reopening, spot.at("reopen_calendar"), calendars)
    found = {key: calendar for key, calendar in named.items() if calendar is not None}
    if len(spot.findings) > before or len(found) < len(named) or (reopening is not None and grace_on is None):
        return None
    pauses = section.pause_while if section.pause_while is not None else _PAUSES.get(section.metric, ())
    return Target(
        name=section.name,
        metric=section.metric,
        goals={priority: _due(section, goal) for priority, goal in section.goals.items()},
        calendars=found,
        objective=section.objective,
        at_risk=Fraction(3, 4) if section.at_risk is None else section.at_risk,
        floor=section.floor,
        weight=Fraction(1) if section.weight is None else section.weight,
        min_volume=section.min_volume,
        allowed_misses=section.allowed_misses,
        when=section.when,
        starts=section.starts,
        stops=section.stops,
        acknowledgement=section.acknowledgement,
        relayed=section.relayed,
        pause_while=frozenset(pauses),
        priority_change=section.priority_change,
        reopen=section.reopen,
        reopen_grace=section.reopen_grace,
        reopen_calendar=grace_on,
        strict_due=section.strict_due,
        tolerance_us=section.tolerance.us,
        counts=section.counts,
        period_by=section.period_by,
    )


def _due(section: TargetSection, goal: Counted | WorkingDays) -> Goal:
    return replace(goal, due=section.due) if isinstance(goal, WorkingDays) else goal


def _check_measured(section: TargetSection, spot: Spot) -> None:
    if section.metric not in MEASURED:
        allowed = " or ".join(MEASURED)
        spot.at("metric").refuse(f"not measured by this release: {section.metric.value}; allowed: {allowed}")
    if section.pause_evidence is PauseEvidence.REQUIRED:
        spot.at("pause_evidence").refuse("not measured by this release: required; allowed: as_recorded")
    if section.confirm_within is not None:
        spot.at("confirm_within").refuse("not measured by this release: a time to confirm a resolve; leave it out")


def _check_priorities(section: TargetSection, spot: Spot) -> None:
    """Every goal needs a calendar, and maps by priority may not speak of priorities without a goal."""
    goals = section.goals
    for priority in goals:
        if priority not in section.calendar and DEFAULT not in section.calendar:
            spot.at("calendar").refuse(f"has no calendar for the goal of {priority}; add {priority} or {DEFAULT}")
    if DEFAULT in goals:
        return
    for key, stated in (("calendar", section.calendar), ("objective", section.objective)):
        for priority in stated:
            if priority not in goals and priority != DEFAULT:
                allowed = _listed([*goals, DEFAULT])
                spot.at(key, priority).refuse(f"{priority} is no priority of goals; allowed: {allowed}")


def _check_figures(section: TargetSection, spot: Spot) -> None:
    if (section.min_volume is None) != (section.allowed_misses is None):
        there, lacking = ("min_volume", "allowed_misses") if section.min_volume else ("allowed_misses", "min_volume")
        spot.at(there).refuse(f"needs {lacking} beside it: below min_volume cycles, allowed_misses decides")
    lowest = min(section.objective.values(), default=None)
    if section.floor is not None and lowest is not None and section.floor > lowest:
        spot.at("floor").refuse("lies above the objective; allowed: the objective or less")


def _calendar(name: str, spot: Spot, calendars: Calendars) -> ServiceCalendar | None:
    if name not in calendars:
        known = _listed(sorted(calendars)) or "none, because no file with calendars was given"
        spot.refuse(f'there is no calendar "{name}"; allowed: {known}')
    return calendars.get(name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
