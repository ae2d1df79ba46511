"""What must hold between the keys of one target."""

from collections.abc import Iterable, Mapping, Sequence

from syncd.domain.contract import DEFAULT, Goal
from syncd.domain.duration import Counted
from syncd.domain.instant import SECOND_US
from syncd.domain.names import Metric, Stops
from syncd.settings.choice_build import listed
from syncd.settings.choice_section import CalendarByAttribute
from syncd.settings.document import Spot
from syncd.settings.finding import Findings
from syncd.settings.target_section import TargetSection

_RESOLVING = (Metric.RESOLUTION, Metric.RESTORATION)


def check_priorities(section: TargetSection, priorities: Sequence[str], spot: Spot, warnings: Findings) -> None:
    """Every goal needs a calendar, and maps by priority may not speak of priorities without a goal."""
    maps: dict[str, Mapping[str, object]] = {
        "objective": section.objective,
        "maximum": section.maximum,
        "average": section.average,
    }
    if not isinstance(section.calendar, CalendarByAttribute):
        maps = {"calendar": section.calendar, **maps}
        for priority in priorities:
            if priority not in section.calendar and DEFAULT not in section.calendar:
                added = " or ".join(dict.fromkeys((priority, DEFAULT)))
                spot.at("calendar").refuse(f"has no calendar for the goal of {priority}; add {added}")
    if section.priority_from is not None:
        given = {priority for row in section.priority_from.matrix for priority in row}
        for priority in priorities:
            if priority not in given and priority != DEFAULT:
                spot.at("priority_from").into(warnings).refuse(f"never gives {priority}, so its goal never applies")
    if DEFAULT in priorities:
        return
    for key, stated in maps.items():
        for priority in stated:
            if priority not in priorities and priority != DEFAULT:
                allowed = listed([*priorities, DEFAULT])
                spot.at(key, priority).refuse(f"{priority} is no priority of goals; allowed: {allowed}")


MINUTE_US = 60 * SECOND_US


def check_figures(section: TargetSection, spot: Spot) -> None:
    """What is judged in a period must fit together."""
    if (section.min_volume is None) != (section.allowed_misses is None):
        there, lacking = ("min_volume", "allowed_misses") if section.min_volume else ("allowed_misses", "min_volume")
        spot.at(there).refuse(f"needs {lacking} beside it: below min_volume cycles, allowed_misses decides")
    lowest = min(section.objective.values(), default=None)
    if section.floor is not None and lowest is not None and section.floor > lowest:
        spot.at("floor").refuse("lies above the objective; allowed: the objective or less")


def check_policies(section: TargetSection, spot: Spot, warnings: Findings) -> None:
    """Policies that contradict what is timed are refused; one that only does nothing there is warned of."""
    if section.confirm_within is not None:
        here = spot.at("confirm_within")
        if section.metric not in _RESOLVING:
            here.refuse(f"a {section.metric.value} is not confirmed; allowed: with metric {' or '.join(_RESOLVING)}")
        elif section.stops is not Stops.CLOSED:
            here.refuse(f"found stops: {section.stops.value} beside it; allowed: only with stops: closed")
    if section.metric is Metric.UPDATE:
        if section.pause_while is not None:
            spot.at("pause_while").refuse("an update is only counted while the vendor is awaited; leave it out")
        if section.strict_due:
            spot.at("strict_due").into(warnings).refuse("does not apply to update, whose goals are counted time")


def check_silence(section: TargetSection, goals: Iterable[Mapping[str, Goal]], spot: Spot) -> None:
    """An update promised more often than once a minute is a mistake, and every whole goal of a silence is counted."""
    if section.metric is Metric.UPDATE:
        for of_row in goals:
            for priority, goal in of_row.items():
                if isinstance(goal, Counted) and goal.us < MINUTE_US:
                    spot.at("goals").refuse(f"{priority}: a silence of less than a minute; allowed: 1m or more")
