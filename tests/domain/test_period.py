"""Periods of a contract: what holds an instant, how it is called, and that names lead back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.contract import Contract
from syncd.domain.names import PeriodKind
from syncd.domain.period import period_at, period_named
from tests.domain.clock_samples import a_target, agreed


def a_contract(**terms: Any) -> Contract:
    return agreed(a_target(), **terms).contracts[0]


MONTHS = a_contract(time_zone="Europe/Berlin")
QUARTERS = a_contract(time_zone="Europe/Berlin", period=PeriodKind.QUARTER)
YEARS = a_contract(time_zone="Europe/Berlin", period=PeriodKind.YEAR)
FROM_THE_15TH = a_contract(time_zone="UTC", anchor=15)
FOUR_A_YEAR = a_contract(time_zone="UTC", period=PeriodKind.QUARTER, anchor=15)


@pytest.mark.parametrize(
    ("contract", "instant", "name", "start", "end"),
    [
        pytest.param(MONTHS, "2026-03-15T12:00Z", "2026-03", "2026-02-28T23:00Z", "2026-03-31T22:00Z",
                     id="a month of Berlin, summer time within"),
        pytest.param(MONTHS, "2026-03-31T22:00Z", "2026-04", "2026-03-31T22:00Z", "2026-04-30T22:00Z",
                     id="local midnight belongs to the month that begins"),
        pytest.param(MONTHS, "2026-12-31T23:30Z", "2027-01", "2026-12-31T23:00Z", "2027-01-31T23:00Z",
                     id="the year turns in Berlin first"),
        pytest.param(QUARTERS, "2026-06-30T21:59Z", "2026-Q2", "2026-03-31T22:00Z", "2026-06-30T22:00Z",
                     id="the last minute of a quarter"),
        pytest.param(YEARS, "2026-06-30T12:00Z", "2026", "2025-12-31T23:00Z", "2026-12-31T23:00Z", id="a year"),
        pytest.param(FROM_THE_15TH, "2026-03-14T23:59Z", "2026-02-15", "2026-02-15T00:00Z", "2026-03-15T00:00Z",
                     id="the day before the anchor belongs to the month before"),
        pytest.param(FROM_THE_15TH, "2026-01-02T00:00Z", "2025-12-15", "2025-12-15T00:00Z", "2026-01-15T00:00Z",
                     id="a contract month across the year"),
        pytest.param(FOUR_A_YEAR, "2026-01-02T00:00Z", "2025-10-15", "2025-10-15T00:00Z", "2026-01-15T00:00Z",
                     id="a contract quarter across the year"),
    ],
)  # fmt: skip
def test_period_of_an_instant(contract: Contract, instant: str, name: str, start: str, end: str) -> None:
    found = period_at(contract, datetime.fromisoformat(instant))
    assert found == (name, datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert period_named(contract, name) == found


@given(
    st.sampled_from([MONTHS, QUARTERS, YEARS, FROM_THE_15TH, FOUR_A_YEAR]),
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
)
def test_every_instant_has_one_period_and_its_name_leads_back(contract: Contract, instant: datetime) -> None:
    found = period_at(contract, instant)
    assert found.start <= instant < found.end
    assert period_named(contract, found.name) == found
    assert period_at(contract, found.start) == found
    assert period_at(contract, found.end).start == found.end


@pytest.mark.parametrize(
    ("contract", "name", "example"),
    [
        pytest.param(MONTHS, "2026-3", "2026-03", id="a month with one digit"),
        pytest.param(MONTHS, "2026-13", "2026-03", id="a thirteenth month"),
        pytest.param(MONTHS, "2026-Q1", "2026-03", id="a quarter of a monthly contract"),
        pytest.param(MONTHS, "", "2026-03", id="nothing"),
        pytest.param(QUARTERS, "2026-Q5", "2026-Q1", id="a fifth quarter"),
        pytest.param(QUARTERS, "2026-01", "2026-Q1", id="a month of a quarterly contract"),
        pytest.param(YEARS, "26", "2026", id="a short year"),
        pytest.param(FROM_THE_15TH, "2026-03", "2026-03-15", id="a calendar month where contract months are meant"),
        pytest.param(FROM_THE_15TH, "2026-03-14", "2026-03-15", id="a day on which no period begins"),
    ],
)
def test_what_is_no_period_is_refused_with_an_example(contract: Contract, name: str, example: str) -> None:
    with pytest.raises(ValueError, match=f"written like {example}$"):
        period_named(contract, name)
