"""The fingerprint of a calendar's content, kept with every result so that it can be told which rules produced it."""

import hashlib
import json

from syncd.domain.calendar_rules import CalendarRule, Revision, Window

_FORMAT = 1


def calendar_identity(name: str, time_zone: str, revisions: tuple[Revision, ...]) -> str:
    """Return the SHA-256 (hex) of the calendar's content, whatever the order in which its rules were written.

    The version of the time-zone data is not part of it: the same rules give other instants when a government moves its
    clocks, and results name that version beside this.
    """
    content = {
        "format": _FORMAT,
        "name": name,
        "time_zone": time_zone,
        "revisions": [[None if begins is None else begins.isoformat(), _rule(rule)] for begins, rule in revisions],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _rule(rule: CalendarRule) -> dict[str, object]:
    return {
        "always": rule.always,
        "weekly": [[weekday, _windows(windows)] for weekday, windows in sorted(rule.weekly.items()) if windows],
        "holidays": [[day.isoformat(), named] for day, named in sorted(rule.holidays.items())],
        "yearly": [[f"{month:02}-{day:02}", named] for (month, day), named in sorted(rule.yearly.items())],
        "exceptions": [[day.isoformat(), _windows(windows)] for day, windows in sorted(rule.exceptions.items())],
        "closures": sorted([shut.start.isoformat(), shut.end.isoformat(), shut.reason] for shut in rule.closures),
    }


def _windows(windows: tuple[Window, ...]) -> list[list[int]]:
    return sorted([window.start, window.until] for window in windows)
