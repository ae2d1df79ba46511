"""One calendar as a JSON mapping with the keys of a calendar file, for the stateless commands."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from syncd.domain.calendar import ServiceCalendar
from syncd.errors import ConfigError
from syncd.settings.calendar_build import build_calendar
from syncd.settings.calendar_section import CalendarSection
from syncd.settings.document import Document, Spot
from syncd.settings.finding import Findings
from syncd.settings.validation import Checker

_MOST = 1024
_CALENDAR: Checker[CalendarSection] = Checker(CalendarSection)
_built: OrderedDict[str, ServiceCalendar] = OrderedDict()
_guard = Lock()


def calendar_from_mapping(mapping: Mapping[str, object]) -> ServiceCalendar:
    """Return the calendar that a mapping describes; one of the same content is built once.

    Its name may be left out. Files it names are relative to the current folder. Raises ConfigError with every finding.
    """
    key = json.dumps(mapping, sort_keys=True, default=str)
    with _guard:
        known = _built.get(key)
        if known is not None:
            _built.move_to_end(key)
            return known
    calendar = _build(mapping)
    with _guard:
        _built[key] = calendar
        if len(_built) > _MOST:
            _built.popitem(last=False)
    return calendar


def _build(mapping: Mapping[str, object]) -> ServiceCalendar:
    findings = Findings()
    data = {"name": "calendar", **mapping}
    spot = Spot(Document("", data), findings)
    section = _CALENDAR.check(data, spot)
    calendar = None if section is None else build_calendar(section, spot, Path(), Findings())
    if calendar is None:
        raise ConfigError("; ".join(findings.lines()), findings=findings.lines())
    return calendar
