"""From planned windows as they are written to windows of the core."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from syncd.domain.contract import Maintenance
from syncd.settings.contract_section import MaintenanceSection
from syncd.settings.document import Spot
from syncd.settings.finding import Findings, shown
from syncd.settings.moment import instant_of


def build_maintenance(
    sections: tuple[MaintenanceSection, ...], spot: Spot, zone: ZoneInfo, warnings: Findings
) -> Iterator[Maintenance]:
    """Yield the windows; one that ends before it begins goes to the spot's findings instead."""
    for n, section in enumerate(sections):
        here = spot.at(n)
        start, end = instant_of(section.start, zone), instant_of(section.until, zone)
        announced = None if section.announced is None else instant_of(section.announced, zone)
        if end <= start:
            ends, begins = shown(section.until.isoformat()), shown(section.start.isoformat())
            here.at("until").refuse(f"found {ends}; allowed: a moment after from, {begins}")
            continue
        if announced is not None and announced + timedelta(microseconds=section.notice.us) > start:
            here.at("announced").into(warnings).refuse("is too late for its notice, so that this window is no pause")
        yield Maintenance(start=start, end=end, when=section.when, notice_us=section.notice.us, announced_at=announced)
