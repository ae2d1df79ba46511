import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syncd.transport.header_values import LONGEST_WAIT, http_date, retry_after

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("120", 120.0, id="whole seconds"),
        pytest.param(" 7 ", 7.0, id="with blanks around"),
        pytest.param("1.5", 1.5, id="a fraction, which Jira sends"),
        pytest.param("0", 0.0, id="none at all"),
        pytest.param("-5", 0.0, id="a negative one is none"),
        pytest.param("1847", 1847.0, id="half an hour stays half an hour"),
        pytest.param("99999999999999", LONGEST_WAIT, id="an absurd one is a day"),
        pytest.param("inf", LONGEST_WAIT, id="an endless one is a day"),
        pytest.param("1e308", LONGEST_WAIT, id="a number beyond reason is a day"),
        pytest.param("nan", None, id="no number is no wait"),
        pytest.param("Mon, 02 Mar 2026 09:02:00 GMT", 120.0, id="an HTTP date"),
        pytest.param("Monday, 02-Mar-26 09:02:00 GMT", 120.0, id="the date of RFC 850"),
        pytest.param("Mon Mar  2 09:02:00 2026", 120.0, id="the date of C's asctime"),
        pytest.param("Mon, 02 Mar 2026 10:02:00 +0100", 120.0, id="a date with an offset, which no server should send"),
        pytest.param("Mon, 02 Mar 2026 08:00:00 GMT", 0.0, id="a date gone by"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT, id="the end of time is a day"),
        pytest.param("soon", None, id="a word"),
        pytest.param("", None, id="nothing"),
        pytest.param(None, None, id="no header"),
    ],
)
def test_retry_after_means(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, at=AT) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,6} [A-Z][a-z]{2} \d{1,12} \d{1,3}:\d{1,3}:\d{1,3} [-+]?\w{1,6}"))
@example("Mon, 02 Mar 99999999999999999999 09:02:00 GMT")
@example("Mon, 01 Jan 0001 00:00:00 +2300")
@example("Fri, 31 Dec 9999 23:59:59 -2300")
@example("Mon, 02 Mar 2026 09:02:00 +9999999999")
@example("9" * 5000)
def test_no_text_makes_it_negative_or_nan_or_raise(value: str) -> None:
    seconds = retry_after(value, at=AT)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT
    assert seconds is None or not math.isnan(seconds)


@given(st.floats())
def test_no_number_makes_it_negative_or_nan_or_raise(value: float) -> None:
    seconds = retry_after(str(value), at=AT)
    assert (seconds is None) == math.isnan(value)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9999, 1, 1)))  # noqa: DTZ001  made aware below
def test_an_instant_survives_as_a_date_to_the_second(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC, microsecond=0)
    assert http_date(instant.strftime("%a, %d %b ") + f"{instant:%Y}".zfill(4) + instant.strftime(" %T GMT")) == instant


def test_a_date_without_a_zone_is_utc() -> None:
    assert http_date("Mon, 02 Mar 2026 09:00:00 -0000") == AT
    assert http_date("Mon, 02 Mar 2026 09:00:00 -0000") is not None


def test_a_later_clock_shortens_the_wait_until_a_date() -> None:
    assert retry_after("Mon, 02 Mar 2026 09:02:00 GMT", at=AT + timedelta(seconds=90)) == 30
