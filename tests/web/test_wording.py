"""Durations, states, months and links in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syncd.domain.names import Stage, Verdict
from syncd.ports.readings import OpenClock
from syncd.web.months import month_of, shifted
from syncd.web.wording import clock_state, explain_path, instant_text, link, span_text
from tests.web.facts import A_BREACH, A_CLOCK, NOW


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        pytest.param(timedelta(0), "0 s", id="nothing"),
        pytest.param(timedelta(seconds=59.9), "59 s", id="seconds are cut off"),
        pytest.param(timedelta(minutes=59, seconds=59), "59 min", id="minutes"),
        pytest.param(timedelta(hours=1, minutes=5), "1 h 05 min", id="hours and minutes"),
        pytest.param(timedelta(days=3, hours=4, minutes=50), "3 d 4 h", id="days and hours"),
        pytest.param(-timedelta(minutes=4), "4 min", id="the size of what is behind"),
    ],
)
def test_span(span: timedelta, expected: str) -> None:
    assert span_text(span) == expected


def test_an_instant_names_its_zone() -> None:
    assert instant_text(datetime(2026, 3, 1, 8, 5, 9, 999, tzinfo=UTC)) == "2026-03-01 08:05:09 UTC"


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        pytest.param(A_BREACH, "breached", id="missed"),
        pytest.param(replace(A_BREACH, stage=Stage.PAUSED), "breached", id="a breach survives a later pause"),
        pytest.param(replace(A_BREACH, verdict=Verdict.PENDING), "breached", id="a breach that has come is one"),
        pytest.param(
            replace(A_CLOCK, breached_at=NOW + timedelta(seconds=1)), "at_risk", id="a breach ahead is not one yet"
        ),
        pytest.param(replace(A_CLOCK, stage=Stage.PAUSED), "paused", id="paused"),
        pytest.param(replace(A_CLOCK, at_risk_at=NOW), "at_risk", id="at risk from the instant on"),
        pytest.param(replace(A_CLOCK, at_risk_at=NOW + timedelta(seconds=1)), "ok", id="not yet at risk"),
        pytest.param(replace(A_CLOCK, at_risk_at=None), "ok", id="no instant of risk"),
    ],
)
def test_state_of_a_clock(clock: OpenClock, expected: str) -> None:
    assert clock_state(clock, NOW) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://snow.example/1", "https://snow.example/1", id="https"),
        pytest.param("http://jira.local/1", "http://jira.local/1", id="http"),
        pytest.param("javascript:alert(1)", None, id="a script is no link"),
        pytest.param("JaVaScRiPt:alert(1)", None, id="in any case"),
        pytest.param("data:text/html,x", None, id="nor is data"),
        pytest.param("https://[::1", None, id="nor what is no address"),
        pytest.param("//elsewhere.example/x", None, id="nor an address without scheme"),
        pytest.param(None, None, id="none"),
    ],
)
def test_only_web_addresses_are_links(url: str | None, expected: str | None) -> None:
    assert link(url) == expected


def test_a_ticket_named_like_a_message_has_a_path() -> None:
    assert explain_path("mail", "<a/b@c>?x#y") == "/tickets/mail/%3Ca%2Fb%40c%3E%3Fx%23y"


@pytest.mark.parametrize(
    ("month", "by", "expected"),
    [
        pytest.param("2026-03", -1, "2026-02", id="the month before"),
        pytest.param("2026-01", -1, "2025-12", id="over the turn of the year"),
        pytest.param("2026-12", 1, "2027-01", id="the month after"),
        pytest.param("2026-06", -18, "2024-12", id="many months"),
    ],
)
def test_months(month: str, by: int, expected: str) -> None:
    assert shifted(month, by) == expected


def test_the_month_of_an_instant() -> None:
    assert month_of(NOW) == "2026-03"
