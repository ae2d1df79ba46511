"""The goals and calendars that one cycle is judged by, out of all that a target holds."""

from collections.abc import Mapping
from dataclasses import replace

from syncd.domain.contract import DEFAULT, Target
from syncd.domain.history import Values


def terms_at(target: Target, sites: Mapping[str, Values], started: int) -> Target:
    """Return a target with the goals of a cycle that starts at an instant, on the calendars of its attributes then."""
    if not target.arrivals and target.calendar_by is None:
        return target
    goals, calendars = target.goals, target.calendars
    if target.arrivals:
        rows = (row for row in target.arrivals if row.started_in is None or row.started_in.in_service(started))
        goals = next((row.goals for row in rows), {})
    if target.calendar_by is not None:
        value = sites[target.calendar_by].at(started)
        calendars = {DEFAULT: calendars.get(DEFAULT if value is None else value, calendars[DEFAULT])}
    return replace(target, goals=goals, calendars=calendars, arrivals=(), calendar_by=None)


def amended(target: Target, by: Target) -> Target:
    """Return a target with another's goals and calendars; all its other policies stay."""
    return replace(target, goals=by.goals, calendars=by.calendars, arrivals=by.arrivals, calendar_by=by.calendar_by)
