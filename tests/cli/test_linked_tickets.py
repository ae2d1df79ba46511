"""One incident in two tools: measured once, shown in both, the same without a store as with one."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import syncd_command as syncd

AS_OF = "2026-04-01T00:00:00Z"
CONTRACT = """
contract: acme-msp
vendor: {id: acme}
time_zone: UTC
SYSTEM
revisions:
  - effective: {from: 2026-01-01}
    covers: [{source: snow}, {source: mail}]
    targets: [{name: fix, metric: resolution, goals: {P1: 4h}, calendar: always, objective: 90%}]
"""
CALENDAR = "calendars:\n  - {name: always, time_zone: UTC, hours: always}\n"
CONFIG = """
store: {url: "sqlite:///syncd.db"}
contracts: [contracts/]
parties: {vendors: {acme: {name: ACME}}}
sources:
  - {name: mail, kind: timeline, options: {path: mail.jsonl}}
  - {name: snow, kind: timeline, options: {path: snow.jsonl}}
"""


def ticket(source: str, key: str, solved: str, *links: str) -> dict[str, Any]:
    happened = [
        {"id": "a", "at": "2026-03-02T08:00:00Z", "kind": "opened", "by": "customer", "priority": "P1",
         "vendor": "acme"},
        *(
            {"id": f"l{n}", "at": "2026-03-02T08:05:00Z", "kind": "linked", "by": "system", "to": to,
             "role": "same_incident"}
            for n, to in enumerate(links)
        ),
        {"id": "z", "at": solved, "kind": "phase", "by": "vendor", "to": "resolved"},
    ]  # fmt: skip
    return {"format": 1, "source": source, "ticket": key, "id": key, "events": happened}


MAIL = ticket("mail", "MAIL-1", "2026-03-02T13:00:00Z", "INC1", "CS5")
INC = ticket("snow", "INC1", "2026-03-02T10:00:00Z")
ALONE = ticket("snow", "INC2", "2026-03-02T13:00:00Z")
TICKETS = (MAIL, ALONE, INC)


def text(lines: Sequence[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(line)}\n" for line in lines)


@pytest.fixture(params=["snow", "none"])
def order(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path, order: str) -> Path:
    (tmp_path / "contracts").mkdir()
    system = "" if order == "none" else f"system_of_record: {order}"
    (tmp_path / "contracts" / "acme.yaml").write_text(CONTRACT.replace("SYSTEM", system))
    (tmp_path / "contracts" / "calendars.yaml").write_text(CALENDAR)
    (tmp_path / "syncd.yaml").write_text(CONFIG)
    for source in ("mail", "snow"):
        (tmp_path / f"{source}.jsonl").write_text(text([each for each in TICKETS if each["source"] == source]))
    return tmp_path


def measured(folder: Path, given: str) -> list[dict[str, Any]]:
    done = syncd("measure", "--contracts", folder / "contracts", "--as-of", AS_OF, stdin=given)
    assert done.code == 0, done.err
    return done.lines


def test_what_counts_is_the_same_with_a_store_and_without(folder: Path, order: str) -> None:
    mail, alone, inc = measured(folder, text(TICKETS))
    assert (mail["linked"], inc["linked"]) == (["snow:INC1"], ["mail:MAIL-1"])
    assert "linked" not in alone
    assert mail.get("measured_elsewhere") == (["snow:INC1"] if order == "snow" else None)
    assert mail["cycles"][0]["verdict"] == ("excluded" if order == "snow" else "missed")
    assert (alone["cycles"][0]["verdict"], inc["cycles"][0]["verdict"]) == ("missed", "met")
    assert syncd("once", "-c", folder / "syncd.yaml").code == 0
    listed = syncd("tickets", "-c", folder / "syncd.yaml", "--as-of", AS_OF, "--output", "json")
    by_ticket = {line["ticket"]: line for line in listed.lines}
    assert by_ticket == {"MAIL-1": mail, "INC2": alone, "INC1": inc}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_other_half_may_stand_on_any_line(folder: Path, place: int) -> None:
    moved = [ALONE, INC]
    moved.insert(place, MAIL)
    by_ticket = {line["ticket"]: line for line in measured(folder, text(moved))}
    assert by_ticket == {line["ticket"]: line for line in measured(folder, text(TICKETS))}


def test_a_role_written_with_escapes_is_read_as_well(folder: Path) -> None:
    escaped = text(TICKETS).replace("same_incident", "same\\u005fincident")
    assert escaped != text(TICKETS)
    assert measured(folder, escaped) == measured(folder, text(TICKETS))


def test_a_pipe_is_read_as_a_file_is(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "syncd", "measure", "--contracts", folder / "contracts", "--as-of", AS_OF],
        input=text(TICKETS).encode(), capture_output=True, check=True,
    )  # fmt: skip
    assert [json.loads(line) for line in done.stdout.splitlines()] == measured(folder, text(TICKETS))


def test_a_bad_line_keeps_its_number(folder: Path) -> None:
    done = syncd("measure", "--contracts", folder / "contracts", stdin=f"{text([MAIL])}\nnonsense\n{text([INC, MAIL])}")
    assert done.code == 1
    assert [line["error"].partition(":")[0] for line in done.lines if "error" in line] == ["line 3", "line 5"]


def test_a_scorecard_counts_an_incident_once(folder: Path, order: str) -> None:
    done = syncd(
        "scorecard", "compute", "--contracts", folder / "contracts", "--period", "2026-03", "--as-of", AS_OF,
        stdin=text(TICKETS),
    )  # fmt: skip
    assert done.code == 0, done.err
    (card,) = [row for row in json.loads(done.out) if row["priority"] is None]
    counted = (card["met"], card["missed"], card["excluded"])
    assert counted == ((1, 1, 1) if order == "snow" else (1, 2, 0))
    if order == "snow":
        assert (card["raw_met"], card["raw_missed"]) == (1, 1), "before exclusions it counts once as well"


def test_an_explanation_shows_both_and_which_counts(folder: Path, order: str) -> None:
    syncd("once", "-c", folder / "syncd.yaml")
    mail = syncd("explain", "MAIL-1", "-c", folder / "syncd.yaml", "--as-of", AS_OF)
    assert mail.code == 0, mail.err
    expected = ["linked to CS5 (event l1): no ticket is known by that name", "snow:INC1", "met, elapsed 2h of 4h"]
    if order == "snow":
        expected += [
            "the clock of snow:INC1 counts instead", "system of record: snow",
            "target fix: the clock of snow:INC1 counts", "by itself: missed, elapsed 5h",
        ]  # fmt: skip
    else:
        expected += ["names no system_of_record: each of these tickets counts"]
    assert [part for part in expected if part not in mail.out] == []
    inc = syncd("explain", "INC1", "-c", folder / "syncd.yaml", "--as-of", AS_OF)
    assert "mail:MAIL-1" in inc.out
    assert ("measured elsewhere: snow:INC1" in inc.out) is (order == "snow")
    alone = syncd("explain", "INC2", "-c", folder / "syncd.yaml", "--as-of", AS_OF)
    assert "elsewhere" not in alone.out


def test_tickets_of_one_incident_are_listed_together(folder: Path) -> None:
    syncd("once", "-c", folder / "syncd.yaml")
    listed = syncd("tickets", "-c", folder / "syncd.yaml", "--as-of", AS_OF, environ={**os.environ, "COLUMNS": "200"})
    cells = [[cell.strip() for cell in line.split("│")] for line in listed.out.splitlines() if "acme" in line]
    assert [(row[1], row[-2]) for row in cells] == [("MAIL-1", "snow:INC1"), ("INC1", "mail:MAIL-1"), ("INC2", "")]


def test_other_terms_are_compared_with_their_own_system_of_record(folder: Path, order: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.yaml").write_text(CONTRACT.replace("SYSTEM", "system_of_record: [mail]"))
    (other / "k.yaml").write_text(CALENDAR)
    done = syncd(
        "measure", "--contracts", folder / "contracts", "--against", other, "--as-of", AS_OF, "--output", "json",
        stdin=text(TICKETS),
    )  # fmt: skip
    why = [f"system_of_record is mail instead of {order}"]
    found = {line["ticket"]: line["why"] for line in done.lines}
    assert found == ({"MAIL-1": why} if order == "snow" else {}) | {"INC1": why}
