"""The page of single tickets: few, urgent, and honest about what it leaves out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.telemetry.snapshot import MAX_AGE
from syncd.telemetry.ticket_page import MOST_TICKETS, TicketPage
from tests.telemetry.fleets import AT
from tests.telemetry.pages import OPENMETRICS, series_of
from tests.web.facts import A_BREACH, A_CLOCK

NAME = "syncd_ticket_sla_deadline_timestamp_seconds"


def seen(page: TicketPage, now: timedelta = timedelta(), accept: str = "") -> dict[str, float]:
    """Return the samples of a page, tickets by their names."""
    body, _ = page.page(accept, "", AT + now)
    return {
        dict(labels).get("ticket", name): value
        for (name, labels), value in series_of(body.decode(), openmetrics=bool(accept))
    }


@pytest.mark.parametrize("accept", ["", OPENMETRICS], ids=["text", "openmetrics"])
def test_a_ticket_is_shown_with_its_deadline(accept: str) -> None:
    page = TicketPage(10)
    page.publish([A_CLOCK, A_BREACH], 2, AT)
    assert A_CLOCK.due_at is not None
    assert A_BREACH.due_at is not None
    assert seen(page, accept=accept) == {
        A_CLOCK.ticket: A_CLOCK.due_at.timestamp(),
        A_BREACH.ticket: A_BREACH.due_at.timestamp(),
        "syncd_ticket_series_limit": 10,
        "syncd_ticket_series_dropped": 0,
    }


def test_beyond_the_limit_the_least_urgent_are_left_out_and_counted() -> None:
    page = TicketPage(2)
    page.publish([replace(A_CLOCK, ticket=f"T{n}") for n in range(3)], 40, AT)
    found = seen(page)
    assert [name for name in found if name.startswith("T")] == ["T0", "T1"]
    assert found["syncd_ticket_series_dropped"] == 38


def test_no_limit_is_above_five_hundred() -> None:
    page = TicketPage(10_000)
    page.publish([replace(A_CLOCK, ticket=f"T{n}") for n in range(MOST_TICKETS + 1)], MOST_TICKETS + 1, AT)
    assert len(seen(page)) == MOST_TICKETS + 2
    assert seen(page)["syncd_ticket_series_limit"] == MOST_TICKETS


def test_two_cycles_of_one_clock_are_one_series_with_the_nearer_deadline() -> None:
    page = TicketPage(10)
    assert A_CLOCK.due_at is not None
    later = replace(A_CLOCK, due_at=A_CLOCK.due_at + timedelta(days=1))
    page.publish([later, A_CLOCK], 2, AT)
    assert seen(page)[A_CLOCK.ticket] == A_CLOCK.due_at.timestamp()


def test_a_clock_without_a_deadline_has_no_series() -> None:
    page = TicketPage(10)
    page.publish([replace(A_CLOCK, due_at=None)], 1, AT)
    assert A_CLOCK.ticket not in seen(page)


def test_what_is_too_old_to_be_true_is_not_shown_and_before_the_first_nothing_is() -> None:
    page = TicketPage(10)
    assert seen(page) == {}
    page.publish([A_CLOCK], 1, AT)
    assert seen(page, MAX_AGE)
    assert seen(page, MAX_AGE + timedelta(seconds=1)) == {}
