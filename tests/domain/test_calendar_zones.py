"""Service hours on nights when clocks change, in zones that change them in unusual ways."""

import struct
from datetime import date, datetime, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule, Closure
from syncd.domain.calendar_windows import local_us
from syncd.domain.calendar_zone import PROBE_US, instants_reading
from syncd.domain.instant import DAY_US, SECOND_US, to_us
from syncd.domain.interval import Interval
from tests.domain import calendar_reference as reference
from tests.domain.calendar_samples import at, calendar, every_day

HOUR = timedelta(hours=1)
HOUR_US = 3_600_000_000

# Zone, daily window, local date, hours counted between the midnights (local, each the first of its kind) around it.
NIGHTS = [
    pytest.param(
        "Europe/Berlin", "00:00-24:00", "2026-10-25", 25, id="the day on which an hour happens twice has 25 hours"
    ),
    pytest.param(
        "Europe/Berlin", "00:00-24:00", "2026-03-29", 23, id="the day on which an hour is skipped has 23 hours"
    ),
    pytest.param("Europe/Berlin", "01:00-02:30", "2026-10-25", 2, id="half of the repeated hour counts twice"),
    pytest.param("Europe/Berlin", "02:30-04:00", "2026-10-25", 2, id="the other half counts twice as well"),
    pytest.param("Europe/Berlin", "01:00-02:00", "2026-10-25", 1, id="a window up to the repeated hour counts once"),
    pytest.param(
        "Europe/Berlin", "03:00-04:00", "2026-10-25", 1, id="a window from the end of the repeated hour counts once"
    ),
    pytest.param("Europe/Berlin", "02:15-02:45", "2026-10-25", 1, id="a window inside the repeated hour happens twice"),
    pytest.param(
        "Europe/Berlin", "02:15-02:45", "2026-03-29", 0, id="a window inside the skipped hour does not happen"
    ),
    pytest.param("Europe/Berlin", "01:30-02:30", "2026-03-29", 0.5, id="the skipped half does not exist"),
    pytest.param(
        "Europe/Berlin", "02:30-03:30", "2026-03-29", 0.5, id="a window does not move because it begins in a gap"
    ),
    pytest.param("America/New_York", "00:00-08:00", "2026-11-01", 9, id="New York in autumn"),
    pytest.param("Australia/Lord_Howe", "00:00-04:00", "2026-04-05", 4.5, id="a repeated half hour"),
    pytest.param("Australia/Lord_Howe", "00:00-04:00", "2026-10-04", 3.5, id="a skipped half hour"),
    pytest.param("Antarctica/Troll", "00:00-24:00", "2026-03-29", 22, id="a skip of two hours"),
    pytest.param("America/Sao_Paulo", "00:00-08:00", "2018-11-04", 7, id="a day that begins at 01:00"),
    pytest.param("America/Sao_Paulo", "22:00-24:00", "2018-02-17", 3, id="an hour before midnight that is repeated"),
    pytest.param("Asia/Tehran", "00:00-02:00", "2022-03-22", 1, id="Tehran skips the first hour of the day"),
    pytest.param("Africa/Cairo", "00:00-02:00", "2026-04-24", 1, id="Cairo skips the first hour of the day"),
    pytest.param("Africa/Cairo", "22:00-24:00", "2026-10-29", 3, id="Cairo repeats the last hour of the day"),
    pytest.param("Africa/Casablanca", "00:00-24:00", "2026-02-15", 25, id="Casablanca goes back for Ramadan"),
    pytest.param("Africa/Casablanca", "00:00-24:00", "2026-03-22", 23, id="and forward after it"),
    pytest.param("Europe/Dublin", "00:00-24:00", "2026-10-25", 25, id="Dublin, whose winter time is the exception"),
    pytest.param("America/St_Johns", "00:00-02:00", "2010-03-14", 1, id="a skip at one minute past midnight"),
    pytest.param("Asia/Kathmandu", "00:00-01:00", "1986-01-01", 0.75, id="a new offset of fifteen minutes more"),
]


@pytest.mark.parametrize(("zone", "window", "day", "hours"), NIGHTS)
def test_counted_on_the_night_of_a_change(zone: str, window: str, day: str, hours: float) -> None:
    service = calendar(CalendarRule(weekly=every_day(window)), zone)
    start = at(f"{day}T00:00", zone)
    end = at(f"{date.fromisoformat(day) + timedelta(days=1)}T00:00", zone)
    assert service.counted(start, end) == hours * HOUR


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        pytest.param("Pacific/Apia", "2011-12-29", "2011-12-31", id="Samoa had no 30 December 2011"),
        pytest.param("Pacific/Kwajalein", "1993-08-20", "1993-08-22", id="Kwajalein had no 21 August 1993"),
    ],
)
def test_a_date_that_a_zone_skipped_has_no_service(zone: str, before: str, after: str) -> None:
    days = CalendarRule(weekly=every_day("09:00-17:00"))
    assert calendar(days, zone).counted(at(f"{before}T12:00", zone), at(f"{after}T12:00", zone)) == 8 * HOUR
    assert calendar(days, zone).due_at(at(f"{before}T12:00", zone), 6 * HOUR) == at(f"{after}T10:00", zone)


def test_the_tail_of_a_night_is_found_on_the_date_after_even_if_the_zone_skipped_its_beginning() -> None:
    nights = calendar(CalendarRule(weekly=every_day("22:00-06:00")), "Pacific/Apia")
    assert nights.counted(at("2011-12-29T12:00", "Pacific/Apia"), at("2011-12-31T12:00", "Pacific/Apia")) == 8 * HOUR


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "UTC"])
def test_the_turn_of_a_year_is_no_edge_whichever_side_is_known_first(zone: str) -> None:
    rule = CalendarRule(weekly=every_day("23:00-22:00"))
    turn, shut = to_us(at("2026-01-01T00:00")), to_us(at("2026-01-01T22:00", zone))
    for known in (turn - 1, turn):

        def fresh(known: int = known) -> ServiceCalendar:
            service = calendar(rule, zone)
            assert service.in_service(known)
            return service

        assert fresh().in_service(turn - 1)
        assert fresh().in_service(turn)
        assert fresh().counted_us(turn - 1, turn + 1) == 2
        assert fresh().due_us(turn - 1, 2) == turn + 1
        assert fresh().counted_us(shut - DAY_US, shut) == DAY_US - HOUR_US
        assert fresh().windows(shut - DAY_US, shut) == [(shut - DAY_US + HOUR_US, shut)]


def test_a_closure_is_local_time_and_cuts_a_repeated_hour_twice() -> None:
    shut = Closure(datetime(2026, 10, 25, 2), datetime(2026, 10, 25, 3), "works")  # noqa: DTZ001 - local by definition
    service = calendar(CalendarRule(always=True, closures=(shut,)), "Europe/Berlin")
    assert (
        service.counted(at("2026-10-25T00:00", "Europe/Berlin"), at("2026-10-26T00:00", "Europe/Berlin")) == 23 * HOUR
    )


def test_due_inside_a_repeated_hour_tells_its_two_passes_apart() -> None:
    service = calendar(CalendarRule(weekly=every_day("00:00-24:00")), "Europe/Berlin")
    start = at("2026-10-25T02:30", "Europe/Berlin")
    assert service.due_at(start, HOUR) == at("2026-10-25T02:30", "Europe/Berlin", fold=1)
    assert always().due_at(start, HOUR) == service.due_at(start, HOUR)


@pytest.mark.parametrize(
    ("zone", "start", "step"),
    [
        pytest.param(
            "Europe/Amsterdam", "1890-06-02T06:00:00", 1, id="local mean time of Amsterdam, offset 0:17:30 or alike"
        ),
        pytest.param("Europe/Berlin", "1893-03-31T22:00:00", 1, id="Berlin leaves local mean time"),
        pytest.param("Africa/Monrovia", "1972-01-06T23:00:00", 1, id="Liberia gives up 44 minutes and 30 seconds"),
        pytest.param("America/Juneau", "1867-10-18T12:00:00", 1, id="Alaska repeats most of a day"),
        pytest.param("America/St_Johns", "2010-03-13T22:00:00", 1, id="Newfoundland changes at a minute past midnight"),
    ],
)
def test_odd_offsets_agree_with_walking_second_by_second(zone: str, start: str, step: int) -> None:
    service = calendar(CalendarRule(weekly=every_day("00:20-00:50", "08:00-12:30", "23:45-00:10")), zone)
    begin, second = at(start), timedelta(seconds=step)
    end = begin + 7 * HOUR
    walked = reference.counted(ZoneInfo(zone), service.revisions, begin, end, second)
    assert service.counted(begin, end) == walked
    assert walked > timedelta(0)


def test_a_change_at_the_very_instant_that_is_probed_is_found_to_the_second() -> None:
    change = to_us(at("2026-03-29T01:00"))
    last_second = local_us(datetime.fromisoformat("2026-03-29T01:59:59"))
    found = instants_reading(
        ZoneInfo("Europe/Berlin"),
        [Interval(last_second, last_second + SECOND_US)],
        Interval(change - PROBE_US, change + DAY_US),
    )
    assert found == [(change - SECOND_US, change)]


def test_no_zone_changes_its_offset_twice_between_two_probes() -> None:
    for zone in sorted(available_timezones()):
        changes = _offset_changes(zone)
        assert all((later - earlier) * SECOND_US > PROBE_US for earlier, later in pairwise(changes)), zone


def _offset_changes(zone: str) -> list[int]:
    """Read the transitions of the compiled zone itself (RFC 8536), which `zoneinfo` does not offer."""
    data = resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    counts = struct.unpack(">6l", data[20:44])
    isut, isstd, leaps, times, types, letters = counts
    second = 44 + times * 5 + types * 6 + letters + leaps * 8 + isstd + isut
    _, _, _, times, types, _ = struct.unpack(">6l", data[second + 20 : second + 44])
    first = second + 44
    stamps = struct.unpack(f">{times}q", data[first : first + 8 * times])
    kinds = data[first + 8 * times : first + 9 * times]
    table = first + 9 * times
    offsets = [struct.unpack(">l", data[table + 6 * kind : table + 6 * kind + 4])[0] for kind in (0, *kinds)]
    return [stamp for stamp, before, after in zip(stamps, offsets[:-1], offsets[1:], strict=True) if before != after]
