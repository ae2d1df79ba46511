from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.testing.virtual_now import VirtualNow
from syncd.transport.skew import SkewMeter
from tests.transport.scripted import START, Remembered


def dated(instant: datetime) -> dict[str, str]:
    return {"date": format_datetime(instant, usegmt=True)}


def measured(headers: Mapping[str, str], took: float = 0.0) -> list[float]:
    now, hooks = VirtualNow(START), Remembered()
    meter = SkewMeter("snow", now=now, hooks=hooks)
    now.advance(took)
    meter.observe(headers, sent=START)
    return [detail.seconds for detail in hooks.skews]


@pytest.mark.parametrize(
    ("ahead", "took", "skew"),
    [
        pytest.param(0.0, 0.0, 0.0, id="the same second may be the same instant"),
        pytest.param(-1.0, 0.5, 0.0, id="a second cut off may be the same instant"),
        pytest.param(0.0, 20.0, 0.0, id="a slow answer is no slow clock"),
        pytest.param(40.0, 0.0, 40.0, id="ahead by at least this much"),
        pytest.param(-40.0, 0.0, -39.0, id="behind by at least this much, as a second was cut off"),
        pytest.param(40.0, 15.0, 25.0, id="ahead, and the answer took its time"),
        pytest.param(7200.0, 0.5, 7199.5, id="two hours ahead"),
    ],
)
def test_the_skew_is_the_least_that_explains_the_answer(ahead: float, took: float, skew: float) -> None:
    assert measured(dated(START + timedelta(seconds=ahead)), took) == [skew]


@given(skew=st.floats(-100_000, 100_000), stamped=st.floats(0, 1), took=st.floats(0, 80), fraction=st.floats(0, 0.999))
def test_the_skew_is_never_larger_than_the_true_one_and_off_by_a_second_and_the_journey_at_most(
    skew: float, stamped: float, took: float, fraction: float
) -> None:
    now, hooks = VirtualNow(START + timedelta(seconds=fraction)), Remembered()
    sent = now.utc()
    there = sent + timedelta(seconds=stamped * took + skew)
    now.advance(took)
    SkewMeter("snow", now=now, hooks=hooks).observe(dated(there.replace(microsecond=0)), sent=sent)
    (found,) = (detail.seconds for detail in hooks.skews)
    assert abs(found) <= abs(skew) + 1e-3
    assert abs(found - skew) <= 1 + took + 1e-3
    assert found == 0 or (found > 0) == (skew > 0)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="an answer without a date"),
        pytest.param({"date": "yesterday"}, id="an answer whose date is none"),
        pytest.param({**dated(START), "age": "3600"}, id="an answer out of a cache"),
    ],
)
def test_it_says_nothing_about(headers: dict[str, str]) -> None:
    assert measured(headers) == []


def test_an_answer_that_was_cached_for_no_time_counts() -> None:
    assert measured({**dated(START), "age": "0"}) == [0.0]


def test_an_answer_during_which_our_clock_was_set_back_says_nothing() -> None:
    now, hooks = VirtualNow(START), Remembered()
    meter = SkewMeter("snow", now=now, hooks=hooks)
    now.set_wall(START - timedelta(hours=1))
    meter.observe(dated(START), sent=START)
    assert hooks.skews == []
    assert meter.source_time() is None


def test_the_sources_time_is_carried_forward_by_measured_time() -> None:
    now = VirtualNow(START)
    meter = SkewMeter("snow", now=now, hooks=Remembered())
    assert meter.source_time() is None
    meter.observe(dated(START + timedelta(minutes=5)), sent=START)
    now.advance(90)
    now.set_wall(START + timedelta(days=1))
    assert meter.source_time() == START + timedelta(minutes=5, seconds=90)


def test_the_newest_answer_counts() -> None:
    now = VirtualNow(START)
    meter = SkewMeter("snow", now=now, hooks=Remembered())
    meter.observe(dated(START + timedelta(hours=5)), sent=START)
    meter.observe(dated(START + timedelta(seconds=1)), sent=START)
    assert meter.source_time() == START + timedelta(seconds=1)
