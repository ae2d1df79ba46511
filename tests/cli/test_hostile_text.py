"""Names and titles that would take over a terminal, forge a line or turn its order: every command shows them."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.command import Outcome
from tests.cli.command import syncd_command as syncd
from tests.cli.conftest import EXAMPLE

AS_OF = "2026-04-01T00:00:00Z"
HOSTILE = "INC\x1b]0;owned\x07\x1b[2J\rA\x9b1mB\u202eC\nMET\x85\u2028end"
SHOWN = r"INC\x1b]0;owned\x07\x1b[2J\rA\x9b1mB\u202eC\nMET\x85\u2028end"


def is_harmless(text: str) -> bool:
    return all(character == "\n" or character.isprintable() for character in text)


@pytest.fixture
def hostile() -> str:
    """A timeline whose every name is hostile, as a line."""
    events = [{**event, "id": f"{event['id']}{HOSTILE}"} for event in EXAMPLE["events"]]  # type: ignore[attr-defined] # a plain object of JSON
    events[0] = {**events[0], "attributes": {"service": HOSTILE}}
    linked = {"id": "x", "at": "2026-03-02T08:01:00Z", "kind": "linked", "by": "vendor", "to": HOSTILE,
              "role": "same_incident"}  # fmt: skip
    names = {"ticket": HOSTILE, "title": HOSTILE, "url": f"https://x.example/{HOSTILE}"}
    return json.dumps({**EXAMPLE, **names, "events": [*events, linked]}) + "\n"


@pytest.fixture
def stored(config: Path, tmp_path: Path, hostile: str) -> Path:
    (tmp_path / "timelines.jsonl").write_text(hostile)
    assert syncd("once", "--config", config).code == 0
    return config


def test_an_explanation_shows_hostile_names_and_none_of_them_begins_a_line(stored: Path) -> None:
    said = syncd("explain", HOSTILE, "--config", stored, "--as-of", AS_OF)
    assert said.code == 0, said.err
    assert is_harmless(said.out)
    assert f"Ticket {SHOWN} of source snow  https://x.example/{SHOWN}" in said.out
    assert not any(line.startswith("MET") for line in said.out.splitlines())


def test_a_ticket_that_nobody_knows_is_named_harmlessly(stored: Path) -> None:
    said = syncd("explain", f"no{HOSTILE}", "--config", stored)
    assert (said.code, said.err) == (1, f"the store knows no ticket no{SHOWN}\n")


def test_tables_show_hostile_names(stored: Path) -> None:
    said = syncd("tickets", "--config", stored, "--as-of", AS_OF, environ={**os.environ, "COLUMNS": "500"})
    assert said.code == 0, said.err
    assert is_harmless(said.out)
    assert SHOWN in said.out


def test_json_is_exact_and_holds_nothing_that_a_terminal_obeys(stored: Path) -> None:
    said = syncd("tickets", "--config", stored, "--as-of", AS_OF, "--output", "json")
    assert is_harmless(said.out)
    assert {line["ticket"] for line in said.lines} == {HOSTILE}


def test_stateless_commands_show_hostile_names_too(agreements: Path, hostile: str) -> None:
    twice = hostile + hostile
    measured = syncd("measure", "--contracts", agreements, "--as-of", AS_OF, stdin=twice)
    assert measured.lines[-1]["error"].startswith(f"line 2: ticket {HOSTILE}")
    card = ("scorecard", "compute", "--contracts", agreements, "--period", "2026-03", "--as-of", AS_OF)
    others: list[Outcome] = [
        measured,
        syncd(*card, "--output", "table", stdin=twice),
        syncd("contract", "preview", "--contracts", agreements, "--as-of", AS_OF, stdin=twice),
        syncd("map", "timeline", stdin=twice),
    ]
    assert [each for each in others if not is_harmless(each.out + each.err)] == []
    assert any(SHOWN in each.err for each in others)


def test_the_log_of_a_run_shows_hostile_names_one_entry_a_line(config: Path, tmp_path: Path, hostile: str) -> None:
    (tmp_path / "timelines.jsonl").write_text(hostile)
    said = syncd("once", "--config", config, "--log-level", "debug")
    assert is_harmless(said.err)
