"""`syncd contract lint`: every mistake has a name, a line and a way out; every target has its worked examples."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Outcome, syncd_command

CONFIG = Path(__file__).parents[2] / "config"
NOW = "2026-03-03T12:00:00Z"

CALENDARS = """
calendars:
  - {name: always, time_zone: UTC, hours: always}
  - name: office
    time_zone: Europe/Berlin
    hours: {mon-fri: ["08:00-17:00"]}
"""

CONTRACT = """
contract: acme-msp
vendor: {id: acme}
time_zone: Europe/Berlin
currency: EUR
revisions:
  - effective: {from: 2026-01-01}
    covers:
      - {source: snow, attributes: {group: noc}}
    targets:
      - name: answer
        metric: first_response
        acknowledgement: refused
        goals: {P1: 1h, P2: 2h}
        calendar: office
        objective: 95%
      - name: fix
        metric: resolution
        goals: {P1: 4h, P2: 8h}
        calendar: office
        pause_while: []
        objective: 90%
        floor: 70%
        min_volume: 10
        allowed_misses: 1
    credits:
      monthly_fee: 12000.00
      tiers:
        - {target: fix, below: 90%, credit: 5%}
        - {target: fix, below: 80%, credit: 10%}
"""


def lint(*arguments: str | Path) -> Outcome:
    return syncd_command("contract", "lint", "--as-of", NOW, *arguments)


def findings(done: Outcome) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.out)["findings"]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a contract and calendars about which there is nothing to say."""
    (tmp_path / "calendars.yaml").write_text(CALENDARS)
    (tmp_path / "contract.yaml").write_text(CONTRACT)
    return tmp_path


def change(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text()
    assert text.count(before) == 1, f"{before} must stand there once"
    (folder / file).write_text(text.replace(before, after))


def test_a_sound_contract_ends_with_0(folder: Path) -> None:
    done = lint(folder, "--strict", "--output", "json")
    assert (done.code, findings(done)) == (0, [])


# What to replace in which file by what; the code and line of the finding, and words that it must contain.
MISTAKES = [
    pytest.param(
        "contract.yaml", "name: fix\n", "name: fix\n        when: {group: desk}\n", "never-fires", 18,
        "snow is covered for group noc, and when wants desk", id="a target that can never fire",
    ),
    pytest.param(
        "contract.yaml", "name: fix\n", "name: fix\n        when: {group: NOC}\n", "never-fires", 18,
        "letter by letter", id="conditions that exclude each other",
    ),
    pytest.param(
        "contract.yaml", "metric: resolution", "metric: first_response", "targets-overlap", 17,
        "answer and fix both time first_response", id="overlapping targets of one metric",
    ),
    pytest.param(
        "contract.yaml", "{P1: 1h, P2: 2h}", "{P1: 1h}", "priority-without-goal", 14,
        "fix has a goal for P2", id="a priority without a goal in one target",
    ),
    pytest.param(
        "contract.yaml", "objective: 95%", "objective: {P3: 95%}", "priority-without-goal", 16,
        "P3 is no priority of goals", id="an objective of a priority without a goal",
    ),
    pytest.param(
        "contract.yaml", "P2: 8h", "P2: 2d", "bare-day", 19,
        "does not say how its days are counted", id="a bare day",
    ),
    pytest.param(
        "calendars.yaml", "    time_zone: Europe/Berlin\n", "", "missing-zone", 4,
        "calendars[1].time_zone", id="a calendar without a zone",
    ),
    pytest.param(
        "contract.yaml", "time_zone: Europe/Berlin\n", "", "missing-zone", 2,
        "time_zone: is required, but missing", id="a contract without a zone",
    ),
    pytest.param(
        "calendars.yaml", '{mon-fri: ["08:00-17:00"]}', "{mon-fri: []}", "calendar-without-service", 4,
        'calendar "office" has no service at all', id="a calendar without service",
    ),
    pytest.param(
        "contract.yaml", "floor: 70%", "floor: 95%", "objective-below-floor", 23,
        "lies above the objective", id="an objective below its floor",
    ),
    pytest.param(
        "contract.yaml", "below: 80%, credit: 10%", "below: 95%, credit: 1%", "credit-tiers-out-of-order", 30,
        "the tier below 95 % is written after the one below 90 %", id="credit tiers out of order",
    ),
    pytest.param(
        "contract.yaml", "below: 80%, credit: 10%", "below: 80%, credit: 1%", "credit-tiers-inverted", 30,
        "below 80 % 1 % (120.00 EUR) is owed", id="credits that fall",
    ),
    pytest.param(
        "contract.yaml", "min_volume: 10", "min_volume: 9", "min-volume-turns-red", 24,
        "one more met ticket makes 8 of 9 = 88.89 %, which is below 90 %: red", id="a min_volume that turns red",
    ),
    pytest.param(
        "contract.yaml", "min_volume: 10", "min_volume: few", "refused", 24,
        'found "few"; allowed: a whole number', id="a min_volume that is no number is not one alone",
    ),
    pytest.param(
        "contract.yaml", "floor: 70%", "floor: low", "refused", 23,
        'found "low"; allowed: a percentage', id="a floor that is no share does not lie too high",
    ),
    pytest.param(
        "contract.yaml", "        allowed_misses: 1\n", "", "min-volume-alone", 24,
        "needs allowed_misses beside it", id="a min_volume alone",
    ),
    pytest.param(
        "contract.yaml", "        acknowledgement: refused\n", "", "acknowledgement-not-chosen", 11,
        "does not choose between acknowledging a ticket and answering it", id="no choice what an answer is",
    ),
    pytest.param(
        "calendars.yaml", '["08:00-17:00"]}', '["08:00-17:00"]}\n    holidays: [{date: 2025-12-25}]',
        "holidays-missing", 4, "none is listed for 2026", id="holidays that have ended",
    ),
    pytest.param(
        "contract.yaml", "calendar: office\n        pause", "calendar: ofice\n        pause", "refused", 20,
        'there is no calendar "ofice"', id="anything else that loading refuses",
    ),
    pytest.param(
        "contract.yaml", "goals: {P1: 4h, P2: 8h}", "goals: [{P1: 4h, P2: 8h}, {P1: 5h, P2: 9h}]",
        "arrival-never-reached", 19, "can never apply", id="goals after a row that always holds",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "code", "line", "words"), MISTAKES)
def test_every_mistake_is_named_with_its_line(
    folder: Path, file: str, before: str, after: str, code: str, line: int, words: str
) -> None:
    change(folder, file, before, after)
    done = lint(folder, "--output", "json")
    (found,) = [each for each in findings(done) if each["code"] == code]
    assert done.code == 1
    assert (found["file"], found["line"]) == (str(folder / file), line)
    assert words in found["what"]
    assert found["severity"] in {"error", "warning"}
    assert found["means"]
    assert found["fix"]


def test_what_is_refused_says_which_promise_it_is_about(folder: Path) -> None:
    change(folder, "contract.yaml", "P2: 8h", "P2: 2d")
    done = lint(folder, "--output", "json")
    (found,) = findings(done)
    assert (found["contract"], found["revision"], found["target"]) == ("acme-msp", "2026-01-01", "fix")
    assert found["place"] == ["revisions", 0, "targets", 1, "goals", "P2"]
    assert "acme-msp: not examined further" in done.err


def test_the_other_contracts_are_examined_all_the_same(folder: Path) -> None:
    (folder / "second.yaml").write_text(CONTRACT.replace("acme-msp", "zeta").replace("id: acme", "id: zeta"))
    change(folder, "contract.yaml", "P2: 8h", "P2: 2d")
    change(folder, "second.yaml", "min_volume: 10", "min_volume: 9")
    found = findings(lint(folder, "--output", "json"))
    assert [(each["contract"], each["code"]) for each in found] == [
        ("acme-msp", "bare-day"),
        ("zeta", "min-volume-turns-red"),
    ]


@pytest.mark.parametrize(
    ("options", "code"),
    [pytest.param([], 0, id="notes alone are no fault"), pytest.param(["--strict"], 1, id="unless asked for")],
)
def test_notes(folder: Path, options: list[str], code: int) -> None:
    change(folder, "contract.yaml", "        pause_while: []\n", "")
    done = lint(folder, "--output", "json", *options)
    assert [(each["severity"], each["code"]) for each in findings(done)] == [("note", "pause-on-own-word")]
    assert done.code == code


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        pytest.param("missing.yaml", None, "there is no such file or folder", id="a path that is not there"),
        pytest.param("/dev/null", None, "is neither a file nor a folder", id="a device"),
        pytest.param("broken.yaml", "contract: [", "is not YAML", id="a file that is not YAML"),
        pytest.param("other.yaml", "store: {}", "as a top-level key", id="a file of another kind"),
    ],
)
def test_what_cannot_be_judged_is_bad_configuration(tmp_path: Path, name: str, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    done = lint(tmp_path / name)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_examples_are_printed_target_by_target(folder: Path) -> None:
    done = lint(folder)
    assert done.code == 0
    assert "acme-msp, revision 2026-01-01, target answer\n" in done.out
    assert "    P2 opened Friday 2026-03-06 16:50 is due Monday 09:50 (Europe/Berlin)\n" in done.out
    assert done.out.endswith("0 errors, 0 warnings, 0 notes\n")


def test_findings_are_printed_with_what_they_mean_and_how_to_mend_them(folder: Path) -> None:
    change(folder, "contract.yaml", "floor: 70%", "floor: 95%")
    change(folder, "contract.yaml", "min_volume: 10", "min_volume: 9")
    (folder / "second.yaml").write_text(CONTRACT.replace("acme-msp", "zeta").replace("min_volume: 10", "min_volume: 9"))
    lines = lint(folder).out.splitlines()
    where = f"{folder / 'contract.yaml'}:23"
    assert lines[0] == f"error  objective-below-floor  acme-msp, revision 2026-01-01, target fix ({where})"
    assert lines[1].startswith("    wrong: revisions[0].targets[1].floor: lies above the objective")
    assert [line.strip().partition(":")[0] for line in lines[1:4]] == ["wrong", "means", "mend"]
    assert lines[-1] == "1 error, 1 warning, 0 notes"


def test_examples_come_as_json_too(folder: Path) -> None:
    examples = json.loads(lint(folder, "--output", "json").out)["examples"]
    first = examples[0]
    assert first == {
        "contract": "acme-msp",
        "revision": "2026-01-01",
        "target": "answer",
        "priority": "P1",
        "occasion": "in hours",
        "calendar": "office",
        "opened_at": "2026-03-04T08:00:00Z",
        "due_at": "2026-03-04T09:00:00Z",
        "late_from": "2026-03-04T09:00:00Z",
        "sentence": "P1 opened Wednesday 2026-03-04 09:00 is due Wednesday 10:00 (Europe/Berlin)",
    }


@pytest.mark.parametrize("shipped", [["contracts", "calendars"], ["demo"], ["complete"]], ids=" and ".join)
def test_what_is_shipped_holds_nothing_that_nobody_could_decide(shipped: list[str]) -> None:
    done = lint(*(CONFIG / name for name in shipped), "--output", "json")
    assert [each["code"] for each in findings(done) if each["severity"] != "note"] == []
    assert json.loads(done.out)["examples"]
