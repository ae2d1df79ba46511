"""Counted time and due instants that other products document, or fix in tests of their own, held against ours.

Facts only, with the place where each is stated; dates and figures are theirs. Rows whose meaning differs from ours by
choice and working days stand in `test_documented_examples_days.py`, tickets in `test_documented_examples_tickets.py`.
"""

from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple

import pytest

from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.instant import from_us, to_us
from tests.domain.calendar_samples import at, calendar, every_day, windows, workdays

BIZ_AFTER = "github.com/zendesk/biz spec/calculation/for_duration_spec.rb"
BIZ_WITHIN = "github.com/zendesk/biz spec/calculation/duration_within_spec.rb"
BIZ_README = "github.com/zendesk/biz README.md"
WORKING_HOURS = "github.com/Intrepidd/working_hours spec/working_hours/computation_spec.rb"
BUSINESS_TIME_AFTER = "github.com/bokmann/business_time test/test_business_hours.rb"
BUSINESS_TIME_UNTIL = "github.com/bokmann/business_time test/test_calculating_business_duration.rb"
GLPI = "github.com/glpi-project/glpi tests/functional/CalendarTest.php"
ZNUNY_WORKING = "github.com/znuny/Znuny scripts/test/Time/WorkingTime.t"
ZNUNY_DESTINATION = "github.com/znuny/Znuny scripts/test/Time/DestinationTime.t"
ZNUNY_DELTA = "github.com/znuny/Znuny scripts/test/DateTime/DeltaWorkingTime.t"
DELTA = "github.com/seppemans/businesstimedelta README.md"
SERVICENOW = "servicenow.com/docs SLA duration and schedules (the days of March are ours)"
SERVICENOW_BLOG = "servicenow.com/community ITSM blog, Understanding my SLAs part II"
AIRCLOU = "airclou.com/docs/helpdesk/admin/business-hours (the days of March are ours)"

NINE_TO_FIVE = CalendarRule(weekly=workdays("09:00-17:00"))
JULY_OFF = CalendarRule(weekly=workdays("09:00-17:00"), holidays={date(2010, 7, 5): "off"})
EIGHT_TO_FIVE = CalendarRule(weekly=workdays("08:00-17:00"))
EIGHT_TO_EIGHT = CalendarRule(weekly=workdays("08:00-20:00"))
NO_LUNCH = CalendarRule(weekly=workdays("09:00-12:00", "13:00-18:00"))
NO_LUNCH_AT_CHRISTMAS = CalendarRule(weekly=NO_LUNCH.weekly, holidays={date(2015, 12, 25): "Christmas"})
MONDAYS = CalendarRule(weekly={0: windows("07:00-12:00", "13:00-18:00")})
ROUND_MONDAY = CalendarRule(weekly={0: windows("00:00-24:00")})
FRIDAYS = CalendarRule(weekly={4: windows("09:00-17:00")})
THREE_DAYS = CalendarRule(weekly=dict.fromkeys(range(3), windows("09:00-18:00")))
DECEMBER = CalendarRule(weekly=dict.fromkeys((0, 4), windows("09:00-17:00")) | {5: windows("10:00-15:00")})
ROUND_DAYS = CalendarRule(weekly=dict.fromkeys((0, 4), windows("00:00-00:00")) | {5: windows("11:00-15:00")})
ROUND_WEEK = CalendarRule(weekly=every_day("00:00-00:00"))
SAMPLE_WEEK = CalendarRule(
    weekly=dict.fromkeys((0, 2, 4), windows("09:00-17:00"))
    | dict.fromkeys((1, 3), windows("10:00-16:00"))
    | {5: windows("11:00-14:30")}
)
README_WEEK = CalendarRule(
    weekly=dict.fromkeys((0, 2), windows("09:00-17:00"))
    | {1: windows("00:00-24:00"), 3: windows("09:00-12:00", "13:00-17:00"), 5: windows("10:00-14:00")}
)
VACATIONS = dict.fromkeys([(1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)], "vacation")
OFFICE = CalendarRule(weekly=workdays("08:00-18:00"), yearly=VACATIONS)
LUNCH = CalendarRule(weekly=workdays("08:00-13:00", "14:00-18:00"), yearly=VACATIONS)
LUNCH_DAILY = CalendarRule(weekly=every_day("08:00-13:00", "14:00-18:00"), yearly=VACATIONS)
VACANT = CalendarRule(always=True, yearly=VACATIONS)
ALWAYS = CalendarRule(always=True)


class Row(NamedTuple):
    """A documented answer; `start` and `end` are wall times of `zone`, or carry an offset."""

    cited: str
    rule: CalendarRule
    zone: str
    start: str
    end: str
    counted: timedelta
    says: str

    def instant(self, text: str) -> datetime:
        """The instant that a text names."""
        aware = datetime.fromisoformat(text)
        return at(text, self.zone) if aware.tzinfo is None else aware


Group = tuple[str, CalendarRule, str, list[tuple[str, str, timedelta, str]]]


def rows(*groups: Group) -> list[Row]:
    return list(chain.from_iterable((Row(cited, rule, zone, *row) for row in of) for cited, rule, zone, of in groups))


def spent(hours: float = 0, minutes: float = 0, seconds: float = 0) -> timedelta:
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def told(row: Row) -> str:
    return f"{row.says}: {row.cited.partition(' ')[0]}"


# fmt: off
ELAPSED = rows(
    (BIZ_WITHIN, SAMPLE_WEEK, "UTC", [
        ("2006-01-01", "2006-01-08", spent(39.5), "a week of the sample schedule has 39.5 h"),
        ("2006-01-08", "2006-01-01", spent(0), "an end before the start counts nothing"),
        ("2006-01-01", "2006-01-01", spent(0), "an empty span counts nothing"),
    ]),
    (BIZ_README, README_WEEK, "America/Los_Angeles", [
        ("2015-04-27T20:36:57Z", "2015-05-05T12:34:57Z", spent(minutes=3598), "3,598 minutes in Los Angeles"),
    ]),
    (WORKING_HOURS, NINE_TO_FIVE, "UTC", [
        ("2014-04-07 10:00", "2014-04-07 15:00", spent(5), "five hours within one day"),
        ("2014-04-11 20:00", "2014-04-14 05:00", spent(0), "Friday evening to Monday early counts nothing"),
        ("2014-04-07 07:00", "2014-04-07 20:00", spent(8), "around a whole day counts that day"),
        ("2014-04-07T01:00-09:00", "2014-04-07T15:00-04:00", spent(7), "other offsets name the same instants"),
    ]),
    (WORKING_HOURS, ROUND_MONDAY, "UTC", [
        ("2014-04-06 12:00", "2016-04-06 12:00", spent(24 * 105), "two years have 105 whole Mondays"),
    ]),
    (WORKING_HOURS, MONDAYS, "UTC", [
        ("2014-04-07 11:59", "2014-04-07 13:01", spent(minutes=2), "a break between two windows is not counted"),
        ("2014-04-07 11:00", "2014-04-14 13:00", spent(11), "windows of two Mondays add up"),
    ]),
    (BUSINESS_TIME_UNTIL, DECEMBER, "UTC", [
        ("2010-12-24 15:00", "2010-12-27 11:00", spent(9), "nine hours over a short Saturday"),
    ]),
    (BUSINESS_TIME_UNTIL, THREE_DAYS, "UTC", [
        ("2012-05-28T11:04:26+03:00", "2012-05-29T17:56:45+03:00", spent(seconds=53805), "seconds are kept"),
    ]),
    (BUSINESS_TIME_UNTIL, ROUND_DAYS, "UTC", [
        ("2010-12-24 15:00", "2010-12-27 11:00", spent(24), "midnight to midnight is a whole day"),
    ]),
    (BUSINESS_TIME_UNTIL, ROUND_WEEK, "UTC", [
        ("2010-12-24 15:00", "2010-12-27 11:00", spent(68), "four round days count the clock"),
    ]),
    (BUSINESS_TIME_UNTIL, EIGHT_TO_EIGHT, "UTC", [
        ("2014-05-12 20:50", "2014-05-13 08:10", spent(minutes=10), "only the morning after an evening counts"),
    ]),
    (GLPI, EIGHT_TO_EIGHT, "UTC", [
        ("2019-01-01 07:00", "2019-01-01 09:00", spent(1), "one hour after opening at eight"),
        ("2019-01-01 06:00", "2019-01-01 07:00", spent(0), "nothing before opening"),
        ("2019-01-01", "2019-01-08", spent(60), "a week has five days of twelve hours"),
        ("2019-01-08", "2019-01-01", spent(0), "a week backwards counts nothing"),
    ]),
    (ZNUNY_WORKING, VACANT, "Europe/Berlin", [
        ("2015-12-23 08:10:15", "2015-12-28 17:10:14", spent(seconds=205199), "Christmas takes three days"),
        ("2016-03-26 22:24:39", "2016-03-28 23:24:39", spent(48), "a spring night in Berlin is an hour short"),
    ]),
    (ZNUNY_WORKING, LUNCH_DAILY, "Europe/Berlin", [
        ("2016-02-01 12:15:41", "2016-02-06 12:15:41", spent(45), "five days with a lunch break"),
    ]),
    (ZNUNY_WORKING, LUNCH, "Europe/Berlin", [
        ("2016-03-25 12:15:41", "2016-03-29 10:15:41", spent(16), "office hours do not notice the spring night"),
        ("2016-03-24 12:15:41", "2016-03-30 10:15:41", spent(34), "six days around the spring night"),
    ]),
    (ZNUNY_WORKING, ALWAYS, "Europe/Berlin", [
        ("2015-02-17 12:00", "2015-05-18 12:00", spent(90 * 24 - 1), "ninety days over the spring change"),
    ]),
    (ZNUNY_WORKING, ALWAYS, "America/Sao_Paulo", [
        ("2015-02-21 22:00", "2015-02-22 02:00", spent(5), "an autumn midnight in Sao Paulo counts twice"),
        ("2015-10-17 22:00", "2015-10-18 04:00", spent(5), "a spring midnight in Sao Paulo does not exist"),
    ]),
    (ZNUNY_WORKING, ALWAYS, "Asia/Tehran", [
        ("2015-09-21 12:00", "2015-09-22 04:00", spent(17), "an autumn midnight in Tehran counts twice"),
        ("2015-03-21 12:00", "2015-03-22 04:00", spent(15), "a spring midnight in Tehran does not exist"),
    ]),
    (ZNUNY_WORKING, ALWAYS, "Australia/Sydney", [
        ("2015-01-21 12:00", "2015-04-22 04:00", spent(seconds=7837200), "a quarter of a year over Sydney's autumn"),
    ]),
    (ZNUNY_DELTA, LUNCH, "Europe/Berlin", [
        ("2015-03-26T16:00Z", "2015-03-27T08:00Z", spent(2), "a calendar in Berlin asked in UTC"),
    ]),
    (DELTA, NO_LUNCH, "UTC", [
        ("2016-01-18 09:00", "2016-01-25 09:00", spent(40), "a working week with lunch breaks has 40 h"),
    ]),
    (DELTA, NO_LUNCH_AT_CHRISTMAS, "UTC", [
        ("2015-12-21 09:00", "2015-12-28 09:00", spent(32), "Christmas takes a Friday"),
    ]),
    (SERVICENOW_BLOG, EIGHT_TO_FIVE, "UTC", [
        ("2014-12-12 20:49", "2014-12-15 09:44", spent(1, 44), "a weekend leaves 1 h 44 min of Monday"),
    ]),
)

DUE = rows(
    (BIZ_AFTER, SAMPLE_WEEK, "UTC", [
        ("2006-01-02 11:00", "2006-01-04 16:00", spent(19), "nineteen hours over three unequal days"),
    ]),
    (WORKING_HOURS, NINE_TO_FIVE, "UTC", [
        ("1991-11-15 14:00:42", "1991-11-15 16:00:42", spent(2), "two hours within one day"),
        ("1991-11-15 16:30:42", "1991-11-18 09:15:42", spent(minutes=45), "45 minutes skip a weekend"),
        ("1991-11-15 16:59:42", "1991-11-18 09:01:42", spent(minutes=2), "two minutes skip a weekend"),
    ]),
    (WORKING_HOURS, NINE_TO_FIVE, "Asia/Tokyo", [
        ("1991-11-15T07:00Z", "1991-11-18T11:00+09:00", spent(3), "Friday in Tokyo goes on on Monday"),
    ]),
    (WORKING_HOURS, MONDAYS, "UTC", [
        ("1991-11-11 05:00", "1991-11-11 14:00", spent(6), "six hours skip the break"),
    ]),
    (WORKING_HOURS, ROUND_MONDAY, "UTC", [
        ("2014-04-07 23:59:30", "2014-04-14 00:00:30", spent(minutes=1), "a 24:00 Monday goes on a week later"),
    ]),
    (BUSINESS_TIME_AFTER, NINE_TO_FIVE, "UTC", [
        ("2010-08-04 09:35", "2010-08-05 09:35", spent(8), "eight hours are a day"),
        ("2010-04-09 16:50", "2010-04-12 09:50", spent(1), "an hour skips a weekend"),
        ("2010-04-12 09:50", "2010-04-12 12:50", spent(3), "three hours in the middle of a day"),
    ]),
    (BUSINESS_TIME_AFTER, JULY_OFF, "UTC", [
        ("2010-07-02 16:50", "2010-07-06 09:50", spent(1), "an hour skips a weekend and a holiday"),
    ]),
    (BUSINESS_TIME_AFTER, DECEMBER, "UTC", [
        ("2010-12-24 15:00", "2010-12-27 11:00", spent(9), "nine hours use a short Saturday"),
        ("2010-12-24 08:00", "2010-12-27 11:00", spent(15), "fifteen hours from before opening"),
    ]),
    (BUSINESS_TIME_AFTER, ROUND_DAYS, "UTC", [
        ("2010-12-24 15:00", "2010-12-27 11:00", spent(24), "24 hours over round days"),
    ]),
    (BUSINESS_TIME_AFTER, FRIDAYS, "UTC", [
        ("2010-12-24 08:00", "2010-12-24 17:00", spent(8), "a whole day is due when it closes"),
    ]),
    (ZNUNY_DESTINATION, OFFICE, "Europe/Berlin", [
        ("2016-01-31 12:25:30", "2016-02-01 13:00", spent(5), "Sunday starts on Monday"),
        ("2016-02-01 16:59:30", "2016-02-02 10:29:30", spent(3.5), "half hours run into the next day"),
        ("2013-03-16 10:00", "2013-03-18 08:01", spent(minutes=1), "a minute asked on a Saturday"),
    ]),
    (ZNUNY_DESTINATION, LUNCH, "Europe/Berlin", [
        ("2016-02-01 12:25:30", "2016-02-02 08:25:30", spent(5), "five hours around a lunch break"),
        ("2015-12-22 16:24:49", "2015-12-29 08:24:49", spent(20), "twenty hours over Christmas"),
        ("2015-03-27T11:00Z", "2015-03-31T07:00Z", spent(15), "fifteen hours over the spring weekend"),
    ]),
    (ZNUNY_DESTINATION, VACANT, "UTC", [
        ("2015-02-17 12:00", "2017-02-28 12:00", spent(24 * 730), "two years less twelve vacation days"),
    ]),
    (ZNUNY_DESTINATION, VACANT, "Europe/Berlin", [
        ("2015-02-17 12:00", "2015-05-19 14:00", spent(24 * 90 + 1), "ninety days and an hour over the spring change"),
    ]),
    (ZNUNY_DESTINATION, VACANT, "America/Sao_Paulo", [
        ("2015-02-21 22:00", "2015-02-22 02:00", spent(5), "five hours over Sao Paulo's double midnight"),
        ("2015-10-17 22:00", "2015-10-18 06:00", spent(7), "seven hours over Sao Paulo's missing midnight"),
    ]),
    (ZNUNY_DESTINATION, VACANT, "Asia/Tehran", [
        ("2015-09-21 12:00", "2015-09-22 02:00", spent(15), "fifteen hours over Tehran's double midnight"),
        ("2015-03-21 12:00", "2015-03-22 06:00", spent(17), "seventeen hours over Tehran's missing midnight"),
    ]),
    (ZNUNY_DESTINATION, VACANT, "Australia/Sydney", [
        ("2016-04-02 12:00", "2016-04-04 04:00", spent(41), "41 hours over Sydney's autumn night"),
    ]),
    (SERVICENOW, NINE_TO_FIVE, "UTC", [
        ("2026-03-02 09:00", "2026-03-04 17:00", spent(24), "a day of 24 hours takes three days of eight"),
    ]),
    (AIRCLOU, NINE_TO_FIVE, "UTC", [
        ("2026-03-06 16:00", "2026-03-09 12:00", spent(4), "four hours from Friday 16:00 are due on Monday at noon"),
    ]),
)
# fmt: on


@pytest.mark.parametrize("row", ELAPSED, ids=told)
def test_counted_time_is_what_others_document(row: Row) -> None:
    drawn = calendar(row.rule, row.zone)
    assert drawn.counted(row.instant(row.start), row.instant(row.end)) == row.counted, row.cited


@pytest.mark.parametrize("row", DUE, ids=told)
def test_goals_are_due_when_others_document(row: Row) -> None:
    drawn = calendar(row.rule, row.zone)
    assert drawn.due_at(row.instant(row.start), row.counted) == row.instant(row.end), row.cited


def test_windows_of_a_week_in_los_angeles_are_those_of_biz() -> None:
    shown = calendar(README_WEEK, "America/Los_Angeles").windows(
        to_us(at("2015-01-10 10:00")), to_us(at("2015-01-17 10:00"))
    )
    assert [(from_us(start), from_us(end)) for start, end in shown] == [
        (at("2015-01-10 18:00"), at("2015-01-10 22:00")),
        (at("2015-01-12 17:00"), at("2015-01-13 01:00")),
        (at("2015-01-13 08:00"), at("2015-01-14 08:00")),
        (at("2015-01-14 17:00"), at("2015-01-15 01:00")),
        (at("2015-01-15 17:00"), at("2015-01-15 20:00")),
        (at("2015-01-15 21:00"), at("2015-01-16 01:00")),
    ], BIZ_README
