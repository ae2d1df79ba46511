"""Instants as people write them."""

from datetime import UTC, datetime

import pytest

from syncd.testing.instants import at


@pytest.mark.parametrize(
    ("text", "zone", "hour"),
    [
        pytest.param("2026-03-02 09:00", "Europe/Berlin", 8, id="in winter Berlin is one hour ahead"),
        pytest.param("2026-07-02 09:00", "Europe/Berlin", 7, id="in summer two"),
        pytest.param("2026-07-02 09:00", "UTC", 9, id="UTC is UTC"),
    ],
)
def test_a_wall_clock_time_is_an_instant(text: str, zone: str, hour: int) -> None:
    assert at(text, zone) == datetime.fromisoformat(text).replace(hour=hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        pytest.param("2026-03-29 02:30", "Europe/Berlin", id="a time that clocks skip"),
        pytest.param("2026-10-25 02:30", "Europe/Berlin", id="a time that they show twice"),
        pytest.param("2026-03-02T09:00+01:00", "Europe/Berlin", id="a time with an offset of its own"),
    ],
)
def test_what_is_no_one_instant_is_refused(text: str, zone: str) -> None:
    with pytest.raises(ValueError, match="2026"):
        at(text, zone)
