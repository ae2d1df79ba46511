"""What a scenario file comes to: a ticket, a contract, an instant, and what is expected."""

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

from syncd.domain.events import AttributeChanged, Opened, Rated
from syncd.domain.scenario import Agreed, Scenario, Span
from syncd.settings.scenario_files import load_scenarios

GOOD = """\
title: A sentence
clause: 4.2
agreed_by: [Max Sample, {name: Ada Example, of: Example AG, date: 2026-01-12}]
times in: Europe/Berlin
target: {metric: resolution, goals: {P2: 4h}, objective: 99.95%}
timeline: {quality: partial, gaps: [{from: 2026-03-03 08:00, until: 2026-03-03T08:00Z, missing: [message]}]}
events:
  - at: 2026-07-02 08:00
    kind: opened
    by: customer
    vendor: acme
    priority: P2
    reported_at: 2026-03-02 08:00
    attributes: {version: 1.50, urgent: true, floor: 3}
  - {id: mine, at: 2026-07-02T12:00Z, kind: attribute, name: version, to: 1.60}
  - {at: 2026-07-02T13:00Z, kind: rated, by: customer, score: 4.5, scale: 5}
as_of: 2026-07-08T00:00+02:00
expect:
  cycles:
    - {elapsed: 4h, remaining: -1h30m, goal_seconds: 0.5, started_at: 2026-07-02 08:00, stopped_at: null}
"""


def loaded(text: str, folder: Path, name: str = "a-rule-of-ours") -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    (scenario,) = load_scenarios([path]).scenarios
    return scenario


def test_what_it_says_about_itself(tmp_path: Path) -> None:
    scenario = loaded(GOOD, tmp_path)
    assert (scenario.rule, scenario.title, scenario.clause) == ("a rule of ours", "A sentence", "4.2")
    assert scenario.agreed_by == (Agreed("Max Sample"), Agreed("Ada Example", "Example AG", date(2026, 1, 12)))
    assert scenario.zone == "Europe/Berlin"


def test_local_times_are_those_of_the_zone_on_that_day(tmp_path: Path) -> None:
    scenario = loaded(GOOD, tmp_path)
    opened = scenario.timeline.events[0]
    assert isinstance(opened, Opened)
    assert opened.at == datetime(2026, 7, 2, 6, tzinfo=UTC), "summer time"
    assert opened.reported_at == datetime(2026, 3, 2, 7, tzinfo=UTC), "winter time"
    (gap,) = scenario.timeline.gaps
    assert (gap.start, gap.end) == (datetime(2026, 3, 3, 7, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC))
    assert scenario.as_of == datetime(2026, 7, 7, 22, tzinfo=UTC)


def test_events_are_called_by_their_place_unless_they_have_an_id(tmp_path: Path) -> None:
    assert [event.id for event in loaded(GOOD, tmp_path).timeline.events] == ["e1", "mine", "e3"]


def test_attributes_are_the_text_that_they_were_written_as(tmp_path: Path) -> None:
    opened, changed, rated = loaded(GOOD, tmp_path).timeline.events
    assert isinstance(opened, Opened)
    assert opened.attributes == {"version": "1.50", "urgent": "true", "floor": "3"}
    assert isinstance(changed, AttributeChanged)
    assert changed.to == "1.60"
    assert isinstance(rated, Rated)
    assert rated.score == 4.5


def test_durations_are_kept_to_the_microsecond_with_their_sign(tmp_path: Path) -> None:
    (expectation,) = loaded(GOOD, tmp_path).expectations
    assert isinstance(expectation.keys.value, dict)
    (cycle,) = expectation.keys.value["cycles"].value
    values = {key: item.value for key, item in cycle.value.items()}
    assert values == {
        "elapsed_seconds": Span(14_400_000_000),
        "remaining_seconds": Span(-5_400_000_000),
        "goal_seconds": Span(500_000),
        "started_at": datetime(2026, 7, 2, 6, tzinfo=UTC),
        "stopped_at": None,
    }
    assert (cycle.path, cycle.value["elapsed_seconds"].path) == ("expect.cycles[0]", "expect.cycles[0].elapsed")


def test_its_own_target_is_read_as_a_contracts_is(tmp_path: Path) -> None:
    (contract,) = loaded(GOOD, tmp_path).agreements.contracts
    (revision,) = contract.revisions
    (target,) = revision.targets
    assert (contract.id, contract.vendor.id, target.name) == ("acme-msp", "acme", "clock")
    assert target.objective == {"default": Fraction(1999, 2000)}, "exactly"
    assert target.calendar("P2").name == "always"


def test_a_calendar_of_its_own_takes_the_place_of_one_that_is_there(tmp_path: Path) -> None:
    mine = "calendars: [{name: office, time_zone: Asia/Kolkata, hours: {mon: ['10:00-11:00']}}]\n"
    assert loaded(mine + GOOD, tmp_path).agreements.calendars["office"].time_zone == "Asia/Kolkata"


def test_a_holiday_file_is_found_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "days.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART;VALUE=DATE:20260302\r\nSUMMARY:Founders day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    mine = "calendars: [{name: site, time_zone: UTC, hours: always, holidays: [{ics: days.ics}]}]\n"
    site = loaded(mine + GOOD, tmp_path).agreements.calendars["site"]
    day = datetime(2026, 3, 2, tzinfo=UTC)
    start = int(day.timestamp()) * 1_000_000
    assert site.counted_us(start, start + 86_400_000_000) == 0


def test_an_exclusion_is_of_its_own_contract_unless_it_says_otherwise(tmp_path: Path) -> None:
    mine = (
        "exclusions: [{id: X-1, ticket: {source: desk, ticket: T-1}, clause: '9', author: Ada, approver: Max, "
        "evidence: 'https://mail.example.com/17'}]\n"
    )
    (exclusion,) = loaded(mine + GOOD, tmp_path).agreements.exclusions
    assert (exclusion.contract, exclusion.ticket) == ("acme-msp", ("desk", "T-1"))


def test_revisions_of_its_own_take_over_what_they_do_not_say(tmp_path: Path) -> None:
    mine = GOOD.replace("timeline:", "revisions: [{}, {effective: {from: 2026-07-01}}]\ntimeline:")
    (contract,) = loaded(mine, tmp_path).agreements.contracts
    assert [revision.name for revision in contract.revisions] == ["2026-01-01", "2026-07-01"]
    assert {target.name for revision in contract.revisions for target in revision.targets} == {"clock"}


def test_folders_are_read_in_order_of_their_files_with_everything_below_them(tmp_path: Path) -> None:
    for name in ("b-rule", "a-rule"):
        loaded(GOOD, tmp_path, name)
    (tmp_path / "below").mkdir()
    loaded(GOOD, tmp_path / "below", "c-rule")
    assert [each.rule for each in load_scenarios([tmp_path]).scenarios] == ["a rule", "b rule", "c rule"]
