"""Instants as integers and back, exactly."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.domain.instant import from_us, span_us, to_us


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)))
def test_every_utc_datetime_survives_the_round_trip(instant: datetime) -> None:
    assert from_us(to_us(instant)) == instant


@settings(deadline=None)
@given(st.timedeltas())
def test_every_span_is_exact(span: timedelta) -> None:
    assert timedelta(microseconds=span_us(span)) == span


def test_other_offsets_name_the_same_instant() -> None:
    tokyo = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=9)))
    assert to_us(tokyo) == to_us(datetime(2026, 3, 2, tzinfo=UTC)) == 1_772_409_600_000_000
    berlin = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert to_us(berlin.replace(fold=1)) - to_us(berlin) == 3_600_000_000


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-03-02T00:00:00 has no time zone"):
        to_us(datetime.fromisoformat("2026-03-02"))


def test_an_instant_that_no_datetime_holds_is_refused() -> None:
    for us in (to_us(datetime.max.replace(tzinfo=UTC)) + 1, to_us(datetime.min.replace(tzinfo=UTC)) - 1, 10**40):
        with pytest.raises(ValueError, match="outside the years 1 to 9999"):
            from_us(us)
