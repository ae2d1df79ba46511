"""Exclusions come out as the records that they state, from any mix of files and folders."""

from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest

from syncd.domain.contract import Exclusion
from syncd.settings import load_agreements, load_settings

GOOD = Path(__file__).parents[1] / "config" / "good"
NAMES = ("exclusions.yaml", "more.yaml", "calendars.yaml")


def _exclusions() -> dict[str, Exclusion]:
    return {each.id: each for each in load_agreements([GOOD / name for name in NAMES]).agreements.exclusions}


def test_a_ticket_is_excluded_whole_for_some_targets() -> None:
    assert _exclusions()["EX-2"] == Exclusion(
        id="EX-2",
        contract="acme-more",
        clause="7.3",
        author="Ann Smith",
        approver="Bob Jones",
        evidence="https://documents.example.com/approvals/17?page=2",
        reason="Our own network was down.",
        targets=frozenset({"fix", "updates"}),
        ticket=("snow", "INC0012345"),
    )


def test_a_span_is_of_tickets_by_attribute_and_local_unless_it_has_an_offset() -> None:
    span = _exclusions()["EX-1"]

    assert (span.start, span.end) == (datetime(2026, 6, 12, 16, tzinfo=UTC), datetime(2026, 6, 13, 4, tzinfo=UTC))
    assert span.when == {"site": ("pune", "berlin")}
    assert (span.ticket, span.targets, span.reason) == (None, frozenset(), "")


def test_a_span_can_be_of_one_ticket() -> None:
    span = _exclusions()["EX-3"]

    assert span.ticket == ("snow", "INC0012399")
    assert (span.start, span.end) == (datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, 23, tzinfo=UTC))


def test_they_are_in_order_of_their_ids_whatever_the_order_of_files() -> None:
    assert list(_exclusions()) == ["EX-1", "EX-2", "EX-3"]


def test_they_may_lie_in_a_folder_with_what_they_are_about_or_apart_from_it(tmp_path: Path) -> None:
    for name in ("more.yaml", "calendars.yaml", "holidays.ics"):
        copy(GOOD / name, tmp_path / name)
    apart = load_agreements([GOOD / "exclusions.yaml", tmp_path])
    copy(GOOD / "exclusions.yaml", tmp_path / "a.yaml")
    together = load_agreements([tmp_path])

    assert apart.agreements.exclusions == together.agreements.exclusions
    assert len(together.agreements.exclusions) == 3
    assert together.warnings == ()


def test_a_file_from_which_every_exclusion_was_removed_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "exclusions.yaml").write_text("exclusions: []\n", encoding="utf-8")

    loaded = load_agreements([tmp_path, *(GOOD / name for name in NAMES[1:])])

    assert loaded.agreements.exclusions == ()


CHANGES = {
    "its ticket": ("INC0012345", "INC0012346"),
    "its targets": ("[fix, updates]", "[fix]"),
    "its span": ("2026-06-12T18:00", "2026-06-12T19:00"),
    "its conditions": ("[pune, berlin]", "[pune]"),
}


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES.keys())
def test_the_hash_that_readings_depend_on_follows_an_exclusion(tmp_path: Path, old: str, new: str) -> None:
    text = (GOOD / "exclusions.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "exclusions.yaml").write_text(text.replace(old, new), encoding="utf-8")
    rest = [GOOD / name for name in NAMES[1:]]

    without, before, after = (
        load_agreements(paths).content_hash
        for paths in (rest, [*rest, GOOD / "exclusions.yaml"], [*rest, tmp_path / "exclusions.yaml"])
    )

    assert len({without, before, after}) == 3


def test_a_whole_configuration_has_them_and_its_hash_of_agreements_follows_them(
    tmp_path: Path, option_types: dict[str, type], notifier_types: dict[str, type]
) -> None:
    for path in GOOD.iterdir():
        copy(path, tmp_path / path.name)
    daemon = tmp_path / "syncd.yaml"
    daemon.write_text(daemon.read_text().replace("[contract.yaml]", "[contract.yaml, more.yaml]"))
    before = load_settings(daemon, option_types=option_types, notifier_types=notifier_types)
    daemon.write_text(daemon.read_text().replace("more.yaml]", "more.yaml, exclusions.yaml]"))
    after = load_settings(daemon, option_types=option_types, notifier_types=notifier_types)

    assert [each.id for each in after.agreements.exclusions] == ["EX-1", "EX-2", "EX-3"]
    assert before.agreements_hash != after.agreements_hash


def test_a_ticket_of_a_source_that_the_contract_does_not_cover_is_warned_of(tmp_path: Path) -> None:
    text = (GOOD / "exclusions.yaml").read_text(encoding="utf-8")
    changed = text.replace("{source: snow, ticket: INC0012345}", "{source: snw, ticket: INC0012345}")
    (tmp_path / "exclusions.yaml").write_text(changed, encoding="utf-8")

    loaded = load_agreements([tmp_path / "exclusions.yaml", *(GOOD / name for name in NAMES[1:])])

    assert [line.replace(f"{tmp_path}/", "") for line in loaded.warnings] == [
        'exclusions.yaml:5: exclusions[0].ticket.source: contract acme-more covers no source "snw", only snow'
    ]
