"""From a target as it is written to a promise that can be measured, or the reasons why it cannot."""

from fractions import Fraction

from syncd.domain.contract import Target
from syncd.domain.names import Awaiting, Metric
from syncd.settings.choice_build import Calendars, build_calendars, build_goals, build_matrix, named_calendar
from syncd.settings.choice_section import CalendarByAttribute
from syncd.settings.document import Spot
from syncd.settings.finding import Findings
from syncd.settings.target_checks import check_figures, check_policies, check_priorities, check_silence
from syncd.settings.target_section import TargetSection

_WAITS = (Awaiting.CUSTOMER, Awaiting.THIRD_PARTY)
_PAUSES = {Metric.RESOLUTION: _WAITS, Metric.RESTORATION: _WAITS}


def build_target(section: TargetSection, spot: Spot, calendars: Calendars, warnings: Findings) -> Target | None:
    """Return the promise, or None with the reasons among the spot's findings."""
    before = len(spot.findings)
    goals = build_goals(section, spot.at("goals"), calendars)
    chosen = build_calendars(section.calendar, spot.at("calendar"), calendars)
    reopening = section.reopen_calendar
    grace_on = None if reopening is None else named_calendar(reopening, spot.at("reopen_calendar"), calendars)
    matrix = None if section.priority_from is None else build_matrix(section.priority_from, spot.at("priority_from"))
    if goals is not None:
        check_priorities(section, goals.priorities, spot, warnings)
        check_silence(section, (goals.plain, *(row.goals for row in goals.arrivals)), spot)
    check_figures(section, spot)
    check_policies(section, spot, warnings)
    if goals is None or chosen is None or (reopening is not None and grace_on is None) or len(spot.findings) > before:
        return None
    pauses = section.pause_while if section.pause_while is not None else _PAUSES.get(section.metric, ())
    return Target(
        name=section.name,
        metric=section.metric,
        goals=goals.plain,
        arrivals=goals.arrivals,
        calendars=chosen,
        calendar_by=section.calendar.by if isinstance(section.calendar, CalendarByAttribute) else None,
        objective=section.objective,
        maximum_us={priority: most.us for priority, most in section.maximum.items()},
        average_us={priority: mean.us for priority, mean in section.average.items()},
        at_risk=Fraction(3, 4) if section.at_risk is None else section.at_risk,
        floor=section.floor,
        weight=Fraction(1) if section.weight is None else section.weight,
        min_volume=section.min_volume,
        allowed_misses=section.allowed_misses,
        when=section.when,
        excluded_when=section.excluded_when,
        priority_from=matrix,
        children=section.children,
        starts=section.starts,
        not_before=section.not_before,
        stops=section.stops,
        confirm_within=section.confirm_within,
        acknowledgement=section.acknowledgement,
        relayed=section.relayed,
        pause_while=frozenset(pauses),
        pause_evidence=section.pause_evidence,
        priority_change=section.priority_change,
        reopen=section.reopen,
        reopen_grace=section.reopen_grace,
        reopen_calendar=grace_on,
        strict_due=section.strict_due,
        tolerance_us=section.tolerance.us,
        counts=section.counts,
        period_by=section.period_by,
    )
