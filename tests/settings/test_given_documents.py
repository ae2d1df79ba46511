"""What was read by somebody else is loaded as if it had been written in files."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from syncd.errors import ConfigError
from syncd.settings import agreements_from_documents, load_agreements
from syncd.settings.document import read_document
from syncd.settings.finding import Findings

GOOD = Path(__file__).parents[1] / "config" / "good"
NAMES = ("calendars.yaml", "contract.yaml", "exclusions.yaml", "more.yaml")
CALENDARS = {"calendars": [{"name": "always", "time_zone": "UTC", "hours": "always"}]}


def _contract(**target: object) -> dict[str, Any]:
    fix = {"name": "fix", "metric": "resolution", "goals": {"P1": "4h"}, "calendar": "always", **target}
    revision = {"effective": {"from": "2026-01-01"}, "covers": [{"source": "desk"}], "targets": [fix]}
    return {"contract": "acme", "vendor": {"id": "acme"}, "time_zone": "UTC", "revisions": [revision]}


def _read(name: str) -> Mapping[str, object]:
    document = read_document(GOOD / name, Findings())
    assert document is not None
    assert isinstance(document.data, Mapping)
    return document.data


def test_documents_come_to_what_their_files_come_to() -> None:
    given = agreements_from_documents([_read(name) for name in NAMES], "scenario", folder=GOOD)
    loaded = load_agreements([GOOD / name for name in NAMES])

    assert given.agreements == loaded.agreements
    assert given.content_hash == loaded.content_hash


def test_findings_name_the_origin_and_the_place_and_come_all_at_once() -> None:
    wrong = _contract(goals={"P1": "30"}, children="ignored")

    with pytest.raises(ConfigError) as caught:
        agreements_from_documents([wrong, CALENDARS, {"remember": "to renew"}], "late-reply.yaml")

    target = "late-reply.yaml: revisions[0].targets[0]"
    assert set(caught.value.findings) == {
        "late-reply.yaml: holds none of contract, calendars and exclusions as a top-level key",
        f'{target}.children: found "ignored"; allowed: each, with_parent or excluded',
        f'{target}.goals.P1: "30" has no unit; write "30m" for minutes or "30h" for hours',
    }


def test_two_of_one_name_are_refused_though_there_are_no_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        agreements_from_documents([CALENDARS, CALENDARS], "scenario")

    assert caught.value.findings == ('scenario: calendars[0].name: calendar "always" is already in scenario',)


def test_values_that_other_readers_make_mean_what_was_written() -> None:
    contract = _contract(goals={1: "4h"}, weight=2.5, when={"major": True, "size": 1.5})
    contract["revisions"][0]["effective"] = {"from": date(2026, 1, 1)}
    contract["maintenance"] = [{"from": datetime(2026, 5, 2, 22), "until": datetime(2026, 5, 3, tzinfo=UTC)}]  # noqa: DTZ001 - a local time, as YAML readers make it
    contract["revisions"][0]["covers"] = ({"source": "desk"},)

    (only,) = agreements_from_documents([contract, CALENDARS], "scenario").agreements.contracts
    (target,) = only.revisions[0].targets

    assert only.revisions[0].effective_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert only.maintenance[0].start == datetime(2026, 5, 2, 22, tzinfo=UTC)
    assert list(target.goals) == ["1"]
    assert target.weight == Decimal("2.5")
    assert target.when == {"major": ("true",), "size": ("1.5",)}


LOOP: list[object] = []
LOOP.append(LOOP)
UNWRITABLE: dict[str, tuple[object, str]] = {
    "a set": ({"P1"}, "found a value of type set; allowed: what YAML can say"),
    "not a number": (float("nan"), "found NaN; allowed: a finite number"),
    "a key that is no text": ({("a", "b"): "4h"}, "a key must be plain text, not a list or a mapping"),
    "a key that comes twice as text": ({1: "4h", "1": "8h"}, "a key may be given once"),
}


@pytest.mark.parametrize(("value", "sentence"), UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_no_file_could_say_is_refused(value: object, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        agreements_from_documents([_contract(goals=value), CALENDARS], "scenario")

    (finding,) = caught.value.findings
    assert finding.startswith("scenario: revisions[0].targets[0].goals")
    assert finding.endswith(sentence)


def test_what_leads_back_to_itself_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        agreements_from_documents([{"contract": LOOP}], "scenario")

    assert caught.value.findings == ("scenario: is nested too deeply",)
