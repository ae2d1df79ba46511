"""Whole tickets that other products document, or fix in tests of their own, measured by ours.

Facts only, with the place where each is stated. Minutes and deadlines are theirs; a date is ours where they name none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from syncd.domain import events as e
from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.contract import Agreements, Target
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.instant import span_us
from syncd.domain.measure import measure
from syncd.domain.names import Awaiting, Metric, Party, Phase, Verdict
from syncd.domain.reading import Cycle
from tests.domain.calendar_samples import at, calendar, windows, workdays
from tests.domain.clock_samples import ACME, a_target, agreed, ticket

GLPI = "github.com/glpi-project/glpi tests/functional/SLMTest.php"
ZNUNY = "github.com/znuny/Znuny4OTRS-EscalationSuspend doc/en/feature.md"
ZAMMAD_SLA = "github.com/zammad/zammad test/unit/ticket_sla_test.rb"
ZAMMAD = "github.com/zammad/zammad spec/lib/escalation_spec.rb"
SERVICENOW_PAUSES = "servicenow.com/community ITSM blog, Understanding my SLAs part III (the days are ours)"
SERVICENOW_BREACH = "support.servicenow.com KB0959643 (breach time; the days are ours)"

GLPI_WEEK = calendar(CalendarRule(weekly=workdays("08:30-19:00") | {0: windows("10:30-19:00")}))
BERLIN_9_17 = calendar(CalendarRule(weekly=workdays("09:00-17:00")), "Europe/Berlin")
BERLIN_8_18 = calendar(CalendarRule(weekly=workdays("08:00-18:00")), "Europe/Berlin")
EIGHT_TO_FIVE = calendar(CalendarRule(weekly=workdays("08:00-17:00")))
ALWAYS = always()

WORDS: Mapping[str, e.TicketEvent] = {
    "waits": e.PhaseChanged(id="", at=at("2000-01-01"), by=Party.VENDOR, to=Phase.PENDING, awaiting=Awaiting.CUSTOMER),
    "works": e.PhaseChanged(id="", at=at("2000-01-01"), by=Party.VENDOR, to=Phase.ACTIVE, awaiting=Awaiting.VENDOR),
    "closes": e.PhaseChanged(id="", at=at("2000-01-01"), by=Party.VENDOR, to=Phase.CLOSED, awaiting=Awaiting.NOBODY),
    "answers": e.Message(id="", at=at("2000-01-01"), by=Party.VENDOR),
    "asks": e.Message(id="", at=at("2000-01-01"), by=Party.CUSTOMER),
}
"""What happens in rows, by the word they use for it."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A documented ticket: opened first, then what happens, `HH:MM` on the day before unless a date is given."""

    cited: str
    on: ServiceCalendar
    goal: timedelta | WorkingDays
    opened: str
    then: tuple[str, ...] = ()
    as_of: str | None = None
    metric: Metric = Metric.RESOLUTION
    which: int = -1
    expected: Mapping[str, Any] = field(default_factory=dict)

    def cycles(self) -> tuple[Cycle, ...]:
        """Return what our clock says of it."""
        begin = at(self.opened)
        happened: list[e.TicketEvent] = [
            e.Opened(id="e0", at=begin, seq=0, by=Party.CUSTOMER, vendor=ACME, priority="P2")
        ]
        for place, text in enumerate(self.then, start=1):
            when, _, word = text.rpartition(" ")
            happened.append(_dated(WORDS[word], place, _on(when, happened[-1].at)))
        goal = self.goal if isinstance(self.goal, WorkingDays) else Counted(span_us(self.goal))
        pausing = {Awaiting.CUSTOMER} if self.metric is Metric.RESOLUTION else set()
        target = a_target(
            metric=self.metric, goals={"default": goal}, calendars={"default": self.on}, pause_while=frozenset(pausing)
        )
        as_of = happened[-1].at if self.as_of is None else _on(self.as_of, happened[-1].at)
        return measure(ticket(happened), in_force(target), as_of=as_of).readings[0].cycles


def in_force(target: Target) -> Agreements:
    """The usual contract, of long before the oldest example."""
    (contract,) = agreed(target).contracts
    (revision,) = contract.revisions
    since = at("2000-01-01")
    revision = replace(revision, effective_from=since, observe_from=since, notify_from=since)
    return Agreements((replace(contract, revisions=(revision,)),), {})


def _on(text: str, before: datetime) -> datetime:
    return at(text if len(text) > len("00:00:00") else f"{before:%Y-%m-%d} {text}")


def _dated(event: e.TicketEvent, place: int, when: datetime) -> e.TicketEvent:
    values = {name: getattr(event, name) for name in type(event).__dataclass_fields__}
    return type(event)(**{**values, "id": f"e{place}", "at": when, "seq": place})


def us(hours: float = 0, minutes: float = 0) -> int:
    return span_us(timedelta(hours=hours, minutes=minutes))


HALF_HOUR, FOUR_HOURS = timedelta(minutes=30), timedelta(hours=4)
FIVE_DAYS, FIVE_DAY_ENDS = WorkingDays(5, DayEnd.SAME_TIME), WorkingDays(5, DayEnd.END_OF_DAY)
MINUTES = ("08:47:42 waits", "10:05:54 works", "10:09:13 waits", "10:34:38 works", "10:43:41 waits", "11:29:17 works")
OVER_DAYS = ("11:00 waits", "2034-06-07 09:30 works", "10:00 waits", "2034-06-08 09:00 works")
OVER_WEEKS = ("11:00 waits", "2034-06-13 11:00 works", "2034-06-14 07:00 waits", "18:00 works")

GLPI_CASES = {
    "30 minutes without a pause": (HALF_HOUR, "2034-06-09 08:46:12", (), "2034-06-09 09:16:12"),
    "30 minutes with three pauses": (HALF_HOUR, "2034-06-09 08:46:12", MINUTES, "2034-06-09 11:45:25"),
    "4 hours without a pause": (FOUR_HOURS, "2034-06-09 08:46:12", (), "2034-06-09 12:46:12"),
    "4 hours with a pause": (
        FOUR_HOURS, "2034-06-09 08:46:12", ("09:15:27 waits", "11:23:49 works"), "2034-06-09 14:54:34",
    ),
    "4 hours from before opening, paused over nights": (
        FOUR_HOURS, "2034-06-05 10:00", OVER_DAYS, "2034-06-08 12:00",
    ),
    "5 days over a weekend": (FIVE_DAYS, "2034-06-09 08:46:12", (), "2034-06-16 08:46:12"),
    "5 days to the close": (FIVE_DAY_ENDS, "2034-06-09 08:46:12", (), "2034-06-16 19:00"),
    "5 days paused over a weekend": (FIVE_DAYS, "2034-06-07 10:00", OVER_WEEKS, "2034-06-21 09:00"),
    "5 days to the close, paused over a weekend": (
        FIVE_DAY_ENDS, "2034-06-07 10:00", OVER_WEEKS, "2034-06-21 18:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("goal", "opened", "then", "due"), GLPI_CASES.values(), ids=GLPI_CASES)
def test_glpi_resolutions_are_due_when_its_tests_say(
    goal: timedelta | WorkingDays, opened: str, then: tuple[str, ...], due: str
) -> None:
    (cycle,) = Case(cited=GLPI, on=GLPI_WEEK, goal=goal, opened=opened, then=then).cycles()
    assert cycle.due_at == at(due), GLPI


GLPI_OWN = {
    "30 minutes with three pauses": (HALF_HOUR, "2034-06-09 08:46:12", MINUTES, "2034-06-09 09:16:12"),
    "4 hours from before opening, paused over nights": (
        FOUR_HOURS, "2034-06-05 10:00", OVER_DAYS, "2034-06-05 14:30",
    ),
    "5 days paused over a weekend": (FIVE_DAYS, "2034-06-07 10:00", OVER_WEEKS, "2034-06-14 10:00"),
    "5 days to the close, paused over a weekend": (
        FIVE_DAY_ENDS, "2034-06-07 10:00", OVER_WEEKS, "2034-06-14 19:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("goal", "opened", "then", "due"), GLPI_OWN.values(), ids=GLPI_OWN)
def test_glpi_times_to_own_do_not_pause_and_nor_do_first_responses(
    goal: timedelta | WorkingDays, opened: str, then: tuple[str, ...], due: str
) -> None:
    case = Case(cited=GLPI, on=GLPI_WEEK, goal=goal, opened=opened, then=then, metric=Metric.FIRST_RESPONSE)
    (cycle,) = case.cycles()
    assert cycle.due_at == at(due), GLPI


SUSPENDED = ("09:00 waits", "10:05 works")
MORNING = "2013-03-21 09:30"
CASES = {
    "Znuny: two hours, 65 minutes of them suspended": Case(
        cited=ZNUNY, on=ALWAYS, goal=timedelta(hours=2), opened="2026-03-02 08:00", then=SUSPENDED, as_of="11:00",
        expected={"due_at": at("2026-03-02 11:05")},
    ),
    "Znuny: it escalates at 11:05": Case(
        cited=ZNUNY, on=ALWAYS, goal=timedelta(hours=2), opened="2026-03-02 08:00", then=SUSPENDED, as_of="11:06",
        expected={"breached_at": at("2026-03-02 11:05"), "verdict": Verdict.MISSED},
    ),
    "Zammad: an hour to the first response": Case(
        cited=ZAMMAD_SLA, on=BERLIN_9_17, goal=timedelta(hours=1), opened=MORNING, metric=Metric.FIRST_RESPONSE,
        expected={"due_at": at("2013-03-21 10:30")},
    ),
    "Zammad: four hours to the solution": Case(
        cited=ZAMMAD_SLA, on=BERLIN_9_17, goal=FOUR_HOURS, opened=MORNING, expected={"due_at": at("2013-03-21 13:30")},
    ),
    "Zammad: answered with 30 minutes left": Case(
        cited=ZAMMAD_SLA, on=BERLIN_8_18, goal=timedelta(hours=1), opened=MORNING, then=("10:00 answers",),
        metric=Metric.FIRST_RESPONSE,
        expected={"elapsed_us": us(minutes=30), "remaining_us": us(minutes=30), "verdict": Verdict.MET},
    ),
    "Zammad: answered 210 minutes late": Case(
        cited=ZAMMAD_SLA, on=BERLIN_8_18, goal=timedelta(hours=1), opened=MORNING, then=("14:00 answers",),
        metric=Metric.FIRST_RESPONSE,
        expected={"elapsed_us": us(minutes=270), "remaining_us": -us(minutes=210), "verdict": Verdict.MISSED},
    ),
    "Zammad: closed with an hour left": Case(
        cited=ZAMMAD_SLA, on=BERLIN_8_18, goal=timedelta(hours=3), opened=MORNING, then=("11:30 closes",),
        expected={"elapsed_us": us(2), "remaining_us": us(1), "due_at": at("2013-03-21 12:30")},
    ),
    "Zammad: closed half an hour late": Case(
        cited=ZAMMAD_SLA, on=BERLIN_8_18, goal=timedelta(hours=3), opened=MORNING, then=("13:00 closes",),
        expected={"elapsed_us": us(3.5), "remaining_us": -us(0.5), "verdict": Verdict.MISSED},
    ),
    "Zammad: suspended minutes before the close are not counted": Case(
        cited=ZAMMAD, on=ALWAYS, goal=timedelta(minutes=75), opened="2026-03-02 08:00",
        then=("09:00 works", "09:30 waits", "10:00 closes"),
        expected={"elapsed_us": us(1.5), "due_at": at("2026-03-02 09:15")},
    ),
    "Zammad: a first response after 75 minutes is 15 late": Case(
        cited=ZAMMAD, on=ALWAYS, goal=timedelta(hours=1), opened="2026-03-02 08:00", then=("09:15 answers",),
        metric=Metric.FIRST_RESPONSE, expected={"elapsed_us": us(minutes=75), "remaining_us": -us(minutes=15)},
    ),
    "Zammad: an update after 90 minutes": Case(
        cited=ZAMMAD_SLA, on=BERLIN_8_18, goal=timedelta(hours=2), opened=MORNING, then=("11:00 answers",),
        metric=Metric.UPDATE, which=0, expected={"elapsed_us": us(1.5), "remaining_us": us(0.5)},
    ),
    "Zammad: the next update is due two hours after it": Case(
        cited=ZAMMAD_SLA, on=BERLIN_8_18, goal=timedelta(hours=2), opened=MORNING, then=("11:00 answers",),
        metric=Metric.UPDATE, expected={"due_at": at("2013-03-21 13:00")},
    ),
    "Zammad: an update half an hour late": Case(
        cited=ZAMMAD_SLA, on=BERLIN_8_18, goal=timedelta(hours=2), opened=MORNING, then=("12:00 answers",),
        metric=Metric.UPDATE, which=0,
        expected={"elapsed_us": us(2.5), "remaining_us": -us(0.5), "breached_at": at("2013-03-21 11:30")},
    ),
    "Zammad: a question waits an hour for its answer": Case(
        cited=ZAMMAD, on=ALWAYS, goal=timedelta(hours=1), opened="2026-03-02 08:00",
        then=("08:10 answers", "09:00 asks"),
        metric=Metric.NEXT_RESPONSE, expected={"due_at": at("2026-03-02 10:00")},
    ),
    "Zammad: asking again does not move it": Case(
        cited=ZAMMAD, on=ALWAYS, goal=timedelta(hours=1), opened="2026-03-02 08:00",
        then=("08:10 answers", "09:00 asks", "09:10 asks"),
        metric=Metric.NEXT_RESPONSE, expected={"due_at": at("2026-03-02 10:00")},
    ),
    "Zammad: the answer ends it": Case(
        cited=ZAMMAD, on=ALWAYS, goal=timedelta(hours=1), opened="2026-03-02 08:00",
        then=("08:10 answers", "09:00 asks", "09:10 answers"),
        metric=Metric.NEXT_RESPONSE,
        expected={"elapsed_us": us(minutes=10), "remaining_us": us(minutes=50), "verdict": Verdict.MET},
    ),
    "ServiceNow: a pause from 20:00 to 04:00 is outside the schedule": Case(
        cited=SERVICENOW_PAUSES, on=EIGHT_TO_FIVE, goal=timedelta(hours=8), opened="2026-03-02 16:00",
        then=("20:00 waits", "2026-03-03 04:00 works"),
        as_of="09:00", expected={"elapsed_us": us(2), "due_at": at("2026-03-03 15:00")},
    ),
    "ServiceNow: breach time is the first one plus the business pause": Case(
        cited=SERVICENOW_BREACH, on=EIGHT_TO_FIVE, goal=timedelta(hours=8), opened="2026-03-02 10:00",
        then=("16:00 waits", "2026-03-03 09:00 works"),
        expected={"first_due_at": at("2026-03-03 09:00"), "due_at": at("2026-03-03 11:00")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_clocks_say_what_others_document(case: Case) -> None:
    cycle = case.cycles()[case.which]
    assert {name: getattr(cycle, name) for name in case.expected} == case.expected, case.cited


SHOWN = {"09:00": "10:00", "09:30": "10:30", "10:00": "11:00"}


@pytest.mark.parametrize(("now", "shown"), SHOWN.items(), ids=SHOWN)
def test_what_znuny_shows_of_a_suspended_ticket_is_due_if_resumed(now: str, shown: str) -> None:
    """Its deadline slides while suspended; ours is none then, because a paused clock has no due."""
    (cycle,) = Case(
        cited=ZNUNY, on=ALWAYS, goal=timedelta(hours=2), opened="2026-03-02 08:00", then=("09:00 waits",), as_of=now
    ).cycles()
    assert cycle.due_at is None
    assert cycle.due_if_resumed == at(f"2026-03-02 {shown}"), ZNUNY


def test_the_longest_exchange_of_zammad_is_the_longest_of_our_cycles() -> None:
    """Zammad keeps one figure a ticket and so the worst; ours keeps every exchange."""
    exchanges = ("08:10 answers", "09:00 asks", "09:10 answers", "09:20 asks", "09:25 answers")
    cycles = Case(
        cited=ZAMMAD, on=ALWAYS, goal=timedelta(hours=1), opened="2026-03-02 08:00", then=exchanges,
        metric=Metric.NEXT_RESPONSE,
    ).cycles()  # fmt: skip
    assert [cycle.elapsed_us for cycle in cycles] == [us(minutes=10), us(minutes=5)]
    assert max(cycle.elapsed_us for cycle in cycles) == us(minutes=10), ZAMMAD


def test_a_customer_does_not_end_a_silence_of_the_vendor() -> None:
    """Zammad's older test restarts its update time at the customer's contact, 14:05: whose silence would it measure?"""
    contacts = ("12:00 answers", "12:05 asks")
    case = Case(
        cited=ZAMMAD_SLA, on=BERLIN_8_18, goal=timedelta(hours=2), opened=MORNING, then=contacts, metric=Metric.UPDATE
    )
    assert case.cycles()[-1].due_at == at("2013-03-21 14:00"), ZAMMAD_SLA
