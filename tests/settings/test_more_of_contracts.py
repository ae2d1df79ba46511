"""What contracts say beyond goals and policies comes out as the values of the core that it states."""

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncd.domain.contract import Contract, Maintenance, PriorityMatrix, Target
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.instant import SECOND_US
from syncd.domain.names import Awaiting, Children, Metric, PauseEvidence, Stops, Transition
from syncd.settings import load_agreements

GOOD = Path(__file__).parents[1] / "config" / "good"
FILES = [GOOD / "more.yaml", GOOD / "calendars.yaml"]
MINUTE = 60 * SECOND_US
HOUR = 60 * MINUTE


@pytest.fixture(scope="module")
def contract() -> Contract:
    (only,) = load_agreements(FILES).agreements.contracts
    return only


@pytest.fixture(scope="module")
def targets(contract: Contract) -> dict[str, Target]:
    return {target.name: target for revision in contract.revisions[:2] for target in revision.targets}


def test_none_of_it_is_warned_of() -> None:
    assert load_agreements(FILES).warnings == ()


def test_all_six_metrics_can_be_promised(targets: dict[str, Target]) -> None:
    assert {target.metric for target in targets.values()} == set(Metric)


WAITS = frozenset({Awaiting.CUSTOMER, Awaiting.THIRD_PARTY})
PAUSES = {
    "response": frozenset[Awaiting](),
    "acceptance": frozenset[Awaiting](),
    "answers": frozenset[Awaiting](),
    "updates": frozenset[Awaiting](),
    "restore": WAITS,
    "fix": WAITS,
}


@pytest.mark.parametrize(("name", "pauses"), PAUSES.items())
def test_unless_said_otherwise_only_resolutions_and_restorations_pause(
    targets: dict[str, Target], name: str, pauses: frozenset[Awaiting]
) -> None:
    assert targets[name].pause_while == pauses


def test_goals_by_arrival_keep_their_order_and_their_calendars(targets: dict[str, Target]) -> None:
    target = targets["response"]
    in_office, else_ = target.arrivals

    assert target.goals == {}
    assert in_office.started_in is not None
    assert in_office.started_in.name == "office"
    assert in_office.goals == {"P1": Counted(15 * MINUTE), "P2": WorkingDays(2, DayEnd.SAME_TIME)}
    assert else_.started_in is None
    assert else_.goals == {"P1": Counted(HOUR), "P3": Counted(8 * HOUR)}


def test_goals_by_priority_have_no_arrivals(targets: dict[str, Target]) -> None:
    assert targets["fix"].goals == {"P1": Counted(4 * HOUR), "P2": Counted(8 * HOUR)}
    assert targets["fix"].arrivals == ()


def test_calendars_are_by_attribute_where_an_attribute_is_named(targets: dict[str, Target]) -> None:
    by_site, by_priority = targets["response"], targets["fix"]

    assert by_site.calendar_by == "site"
    assert {value: calendar.name for value, calendar in by_site.calendars.items()} == {
        "pune": "always",
        "default": "office",
    }
    assert by_priority.calendar_by is None
    assert {key: calendar.name for key, calendar in by_priority.calendars.items()} == {
        "P1": "always",
        "default": "office",
    }


def test_a_priority_is_read_from_two_attributes_one_of_them_by_number(targets: dict[str, Target]) -> None:
    assert targets["fix"].priority_from == PriorityMatrix(
        by=("impact", "urgency"),
        rows=(("P1", "P2"), ("P2", "P2"), ("P2", "3")),
        levels=((), ("high", "low")),
    )


def test_the_longest_and_the_mean_are_by_priority(targets: dict[str, Target]) -> None:
    assert targets["fix"].maximum_us == {"P1": 8 * HOUR, "default": 24 * HOUR}
    assert targets["fix"].average_us == {"default": 4 * HOUR}
    assert (targets["response"].maximum_us, targets["response"].average_us) == ({}, {})


def test_the_other_keys_are_what_they_say(targets: dict[str, Target]) -> None:
    fix = targets["fix"]

    assert fix.excluded_when == {"resolution_code": ("duplicate", "no fault found")}
    assert (fix.children, fix.not_before) == (Children.WITH_PARENT, "requested_for")
    assert (fix.stops, fix.confirm_within) == (Stops.CLOSED, WorkingDays(5, DayEnd.END_OF_DAY))
    assert fix.pause_evidence is targets["updates"].pause_evidence is PauseEvidence.REQUIRED


def test_what_is_not_said_has_the_default_of_the_core(targets: dict[str, Target]) -> None:
    plain = targets["acceptance"]
    stated = {"name", "metric", "goals", "calendars", "objective"}
    silent = Target(name="", metric=plain.metric, goals={}, calendars={}, objective={})

    for field in fields(Target):
        if field.name not in stated:
            assert getattr(plain, field.name) == getattr(silent, field.name), field.name


def test_a_revision_says_what_becomes_of_what_is_running(contract: Contract) -> None:
    assert [revision.transition for revision in contract.revisions] == [
        Transition.NEW_TICKETS,
        Transition.RUNNING_FROM_DATE,
        Transition.WHOLE_PERIOD,
    ]
    assert contract.revisions[2].targets[0].children is Children.EXCLUDED


def test_planned_windows_are_local_unless_they_have_an_offset(contract: Contract) -> None:
    assert contract.maintenance == (
        Maintenance(
            start=datetime(2026, 5, 2, 20, tzinfo=UTC),
            end=datetime(2026, 5, 3, 2, tzinfo=UTC),
            when={"service": ("wan",)},
            notice_us=48 * HOUR,
        ),
        Maintenance(
            start=datetime(2026, 6, 1, 4, 30, tzinfo=UTC),
            end=datetime(2026, 6, 1, 5, 30, tzinfo=UTC),
            announced_at=datetime(2026, 5, 31, 10, tzinfo=UTC),
        ),
    )


WARNED = {
    "a strict due instant of an update": (
        "        pause_evidence: required\n      - name: restore",
        "        strict_due: true\n      - name: restore",
        "more.yaml:31: revisions[0].targets[3].strict_due: does not apply to update, whose goals are counted time",
    ),
    "a window that was announced too late": (
        "announced: 2026-05-31T12:00",
        "notice: 16h30m1s, announced: 2026-05-31T14:00",
        "more.yaml:6: maintenance[1].announced: is too late for its notice, so that this window is no pause",
    ),
    "a first revision that amends": (
        "  - effective: {from: 2026-01-01}\n",
        "  - effective: {from: 2026-01-01}\n    transition: whole_period\n",
        (
            "more.yaml:9: revisions[0].transition: changes nothing, because there is no revision before this one; "
            "it belongs to the amending one"
        ),
    ),
    "a goal of a priority that the matrix never gives": (
        "matrix: [[P1, P2], [P2, P2], [P2, 3]]",
        "matrix: [[P1, P1], [P1, P1], [P1, 3]]",
        "more.yaml:48: revisions[1].targets[0].priority_from: never gives P2, so its goal never applies",
    ),
}


@pytest.mark.parametrize(("old", "new", "warning"), WARNED.values(), ids=WARNED.keys())
def test_what_has_no_effect_is_warned_of(tmp_path: Path, old: str, new: str, warning: str) -> None:
    text = (GOOD / "more.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "more.yaml").write_text(text.replace(old, new), encoding="utf-8")

    loaded = load_agreements([tmp_path / "more.yaml", GOOD / "calendars.yaml"])

    assert [line.replace(f"{tmp_path}/", "") for line in loaded.warnings] == [warning]


def test_a_window_announced_just_in_time_is_not_warned_of(tmp_path: Path) -> None:
    text = (GOOD / "more.yaml").read_text(encoding="utf-8")
    text = text.replace("announced: 2026-05-31T12:00", "notice: 16h30m, announced: 2026-05-31T14:00")
    (tmp_path / "more.yaml").write_text(text, encoding="utf-8")

    assert load_agreements([tmp_path / "more.yaml", GOOD / "calendars.yaml"]).warnings == ()


CHANGES = {
    "a row of goals by arrival": ("{P1: 1h, P3: 8h}", "{P1: 2h, P3: 8h}"),
    "the calendar of an arrival": ("started_in: office", "started_in: always"),
    "the attribute of a calendar": ("{by: site,", "{by: country,"),
    "the matrix of priorities": ("[P2, 3]]", "[P1, 3]]"),
    "the levels of an attribute": ("{urgency: [high, low]}", "{urgency: [low, high]}"),
    "the longest": ("maximum: {P1: 8h,", "maximum: {P1: 9h,"),
    "the mean": ("average: 4h", "average: 5h"),
    "an exclusion by attribute": ("[duplicate, no", "[doublet, no"),
    "children": ("children: with_parent", "children: each"),
    "the appointment": ("not_before: requested_for", "not_before: planned_for"),
    "the time of a confirmation": ("confirm_within: 5", "confirm_within: 4"),
    "the evidence of a pause": ("confirm_within: 5 working days\n        pause_evidence: required", "stops: closed"),
    "a transition": ("transition: running_from_date", "transition: whole_period"),
    "a planned window": ("notice: 48h", "notice: 24h"),
}


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES.keys())
def test_what_readings_depend_on_is_part_of_the_hash(tmp_path: Path, old: str, new: str) -> None:
    text = (GOOD / "more.yaml").read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new).replace("        stops: closed\n        stops: closed", "        stops: closed")
    if old.startswith("started_in"):
        changed = changed.replace("          - {P1: 1h, P3: 8h}\n", "").replace("{P1: 95%, P3: 90%}", "95%")
    (tmp_path / "more.yaml").write_text(changed, encoding="utf-8")

    after = load_agreements([tmp_path / "more.yaml", GOOD / "calendars.yaml"]).content_hash

    assert after != load_agreements(FILES).content_hash
