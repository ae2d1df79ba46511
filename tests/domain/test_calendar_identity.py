"""Calendars as values: equal by content, and fingerprinted for provenance."""

from datetime import date

from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule
from tests.domain.calendar_samples import at, calendar, workdays

GOOD = CalendarRule(weekly=workdays("09:00-17:00"))


def test_identity_tells_content_not_order() -> None:
    def identity(rule: CalendarRule, zone: str = "UTC", name: str = "a") -> str:
        return ServiceCalendar(name, zone, ((None, rule),)).identity()

    one, two = date(2026, 1, 1), date(2026, 1, 6)
    rule = CalendarRule(weekly=GOOD.weekly, holidays={one: "New Year", two: "Epiphany"})
    same = CalendarRule(weekly=dict(reversed(list(GOOD.weekly.items()))), holidays={two: "Epiphany", one: "New Year"})
    assert identity(rule) == identity(same)
    assert len(identity(rule)) == 64
    others = [
        identity(CalendarRule(weekly=GOOD.weekly, holidays={one: "New Year", two: "Three Kings"})),
        identity(CalendarRule(weekly=GOOD.weekly, holidays={one: "New Year"})),
        identity(CalendarRule(weekly=GOOD.weekly, yearly={(1, 1): "New Year", (1, 6): "Epiphany"})),
        identity(CalendarRule(weekly=GOOD.weekly, exceptions={one: (), two: ()})),
        identity(CalendarRule(weekly=workdays("09:00-17:01"), holidays=rule.holidays)),
        identity(rule, "Europe/Berlin"),
        identity(rule, name="b"),
    ]
    assert len({identity(rule), *others}) == 1 + len(others)


def test_identity_is_pinned_since_stored_results_name_it() -> None:
    assert always().identity() == "fe8fc45d1d625f0cac77b9fedf71d59ea4d21f9aa1a4567e0b9627d7dd84fda7"


def test_calendars_are_values() -> None:
    one, two = calendar(GOOD), calendar(CalendarRule(weekly=workdays("09:00-17:00")))
    one.counted(at("2026-03-02"), at("2026-03-03"))
    assert one == two
    assert hash(one) == hash(two)
    assert one != calendar(GOOD, "Europe/Berlin")


def test_a_rule_does_not_change_with_the_mapping_it_was_made_from() -> None:
    hours = dict(GOOD.weekly)
    rule = CalendarRule(weekly=hours)
    hours.clear()
    assert rule == GOOD
