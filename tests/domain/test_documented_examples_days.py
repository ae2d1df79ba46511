"""Goals of working days as others document them, and documented answers that ours differ from by choice."""

from datetime import date, timedelta

import pytest

from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.duration import DayEnd
from syncd.domain.instant import from_us, to_us
from tests.domain.calendar_samples import at, calendar, windows, workdays
from tests.domain.test_documented_examples import DELTA, EIGHT_TO_EIGHT, GLPI, NINE_TO_FIVE, NO_LUNCH, WORKING_HOURS


def off(rule: CalendarRule, *days: date) -> CalendarRule:
    return CalendarRule(weekly=rule.weekly, holidays=dict.fromkeys(days, "off"))


FIVE_BY_24 = CalendarRule(weekly=workdays("00:00-24:00"))
SPARSE = CalendarRule(weekly=dict.fromkeys((0, 2), windows("09:00-17:00")))
SAME, CLOSE = DayEnd.SAME_TIME, DayEnd.END_OF_DAY
TUESDAY, WEDNESDAY = date(2014, 4, 8), date(2014, 4, 9)
DAYS = {
    "the same time seven days on": (GLPI, EIGHT_TO_EIGHT, "2018-11-19 10:00", 7, SAME, "2018-11-28 10:00"),
    "the same on round days": (GLPI, FIVE_BY_24, "2018-11-19 10:00", 7, SAME, "2018-11-28 10:00"),
    "the end of the seventh day": (GLPI, EIGHT_TO_EIGHT, "2018-11-19 10:00", 7, CLOSE, "2018-11-28 20:00"),
    "the end of the seventh round day": (GLPI, FIVE_BY_24, "2018-11-19 10:00", 7, CLOSE, "2018-11-29 00:00"),
    "one from Friday": (WORKING_HOURS, NINE_TO_FIVE, "1991-11-15 14:00:42", 1, SAME, "1991-11-18 14:00:42"),
    "two from Friday": (WORKING_HOURS, NINE_TO_FIVE, "1991-11-15 12:00", 2, CLOSE, "1991-11-19 17:00"),
    "over a day without hours": (WORKING_HOURS, SPARSE, "2014-04-07 12:00", 1, CLOSE, "2014-04-09 17:00"),
    "over a holiday": (WORKING_HOURS, off(NINE_TO_FIVE, TUESDAY), "2014-04-07 12:00", 1, CLOSE, "2014-04-09 17:00"),
    "over both": (WORKING_HOURS, off(SPARSE, WEDNESDAY), "2014-04-07 12:00", 3, CLOSE, "2014-04-21 17:00"),
}


@pytest.mark.parametrize(("cited", "rule", "start", "days", "due", "expected"), DAYS.values(), ids=DAYS)
def test_working_days_end_when_others_document(
    cited: str, rule: CalendarRule, start: str, days: int, due: DayEnd, expected: str
) -> None:
    drawn, begin = calendar(rule), to_us(at(start))
    assert from_us(drawn.due_us(begin, drawn.working_days_us(begin, days, due))) == at(expected), cited


# Each with what the other product documents, and why ours is another.


def test_a_goal_used_up_at_closing_is_due_at_closing_and_late_at_the_next_opening() -> None:
    """businesstimedelta documents the next opening: it has one answer where a deadline and a breach need two."""
    drawn, start, goal = calendar(NO_LUNCH), at("2016-01-18 08:00"), timedelta(hours=40)
    documented = at("2016-01-25 09:00")
    assert drawn.due_at(start, goal) == at("2016-01-22 18:00"), "what people read as the deadline"
    assert drawn.late_from(start, goal) == documented, DELTA


def test_microseconds_are_counted() -> None:
    """working_hours documents 624 s, because it ignores fractions: a verdict must not hang on a display unit."""
    counted = calendar(NINE_TO_FIVE).counted(at("2014-04-13 09:10:24.010"), at("2014-04-14 09:10:24.020"))
    assert counted == timedelta(seconds=624, milliseconds=20), WORKING_HOURS


def test_no_time_is_counted_backwards() -> None:
    """working_hours documents -5 h: elapsed time is an amount, and a source's clock that runs back adds none."""
    assert calendar(NINE_TO_FIVE).counted(at("2014-04-07 15:00"), at("2014-04-07 10:00")) == timedelta(0), WORKING_HOURS


def test_a_goal_of_nothing_is_due_at_once() -> None:
    """biz refuses a zero duration (spec/calculation/for_duration_spec.rb): a contract's `0s` must still have a due."""
    assert calendar(NINE_TO_FIVE).due_at(at("2014-04-07 20:00"), timedelta(0)) == at("2014-04-07 20:00")


WEEK_WITHOUT_TUESDAY = CalendarRule(weekly=dict.fromkeys((0, 2, 3, 6), windows("09:00-17:00")))
ROLLED = {
    "from a day without hours": (WEEK_WITHOUT_TUESDAY, "2014-04-08 12:00", "2014-04-09 17:00", "2014-04-10 17:00"),
    "from a holiday": (off(NINE_TO_FIVE, WEDNESDAY), "2014-04-09 12:00", "2014-04-10 17:00", "2014-04-11 17:00"),
}


@pytest.mark.parametrize(("rule", "start", "ours", "documented"), ROLLED.values(), ids=ROLLED)
def test_day_one_is_the_first_working_day_after_the_start(
    rule: CalendarRule, start: str, ours: str, documented: str
) -> None:
    """working_hours first rolls on to a working day and then adds one: the vendor would gain a day by the weekend."""
    drawn, begin = calendar(rule), to_us(at(start))
    due = drawn.due_us(begin, drawn.working_days_us(begin, 1, DayEnd.END_OF_DAY))
    assert from_us(due) == at(ours) != at(documented), WORKING_HOURS


def test_the_same_time_before_opening_is_the_close_before_it() -> None:
    """working_hours documents Monday 06:00 in Tokyo, an instant without service: Friday's close uses the same time."""
    drawn, begin = calendar(NINE_TO_FIVE, "Asia/Tokyo"), to_us(at("1991-11-14 21:00"))
    goal = drawn.working_days_us(begin, 1, DayEnd.SAME_TIME)
    documented = to_us(at("1991-11-18 06:00", "Asia/Tokyo"))
    assert from_us(drawn.due_us(begin, goal)) == at("1991-11-15 17:00", "Asia/Tokyo")
    assert drawn.counted_us(begin, documented) == goal, WORKING_HOURS
    assert drawn.late_us(begin, goal) == to_us(at("1991-11-18 09:00", "Asia/Tokyo"))


def test_time_is_never_counted_in_whole_days() -> None:
    """GLPI documents two modes of one question, whole days a mode of 24 h each: days are goals, never amounts."""
    drawn = calendar(EIGHT_TO_EIGHT)
    assert drawn.counted(at("2019-01-01"), at("2019-01-08")) == timedelta(hours=60) != timedelta(days=7), GLPI
