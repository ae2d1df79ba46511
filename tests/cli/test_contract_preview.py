"""`syncd contract preview`: which tickets each target covers, over given and stored timelines."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import syncd_command as syncd
from tests.cli.conftest import EXAMPLE
from tests.cli.test_measure import AS_OF

OPENED: dict[str, Any] = json.loads(json.dumps(EXAMPLE))["events"][0]


def ticket(name: str, *, source: str = "snow", **opened: object) -> str:
    event = {key: value for key, value in (OPENED | opened).items() if value is not None}
    return json.dumps({"source": source, "ticket": name, "events": [event]}) + "\n"


@pytest.fixture
def tickets() -> str:
    return (
        ticket("INC1")
        + ticket("INC2", source="jira")
        + ticket("INC3", priority="P9")
        + ticket("INC4", vendor="globex")
        + ticket("INC5", attributes={"service": "telephony"})
    )


@pytest.fixture
def conditional(agreements: Path) -> Path:
    """The agreements, with targets for tickets of one service only, and a second one to fix them."""
    path = agreements / "acme-msp.yaml"
    text = path.read_text().replace("        metric: first_response\n", "        metric: first_response\n" + WHEN)
    text = text.replace("        metric: resolution\n", "        metric: resolution\n" + WHEN)
    path.write_text(text + SECOND)
    return agreements


WHEN = "        when: {service: wan}\n"
SECOND = """\
      - name: mend
        metric: resolution
        goals: {P1: 1h, P2: 2h}
        calendar: always
        when: {service: wan, site: pune}
"""


def test_every_target_says_how_many_tickets_it_covers_and_names_some(agreements: Path, tickets: str) -> None:
    done = syncd(
        "contract", "preview", "--contracts", agreements, "--as-of", AS_OF, "--output", "json", "--examples", "2",
        stdin=tickets,
    )  # fmt: skip
    assert done.code == 0, done.err
    summary = done.lines[-1]["summary"]
    assert summary["tickets"] == 5
    assert [(each["target"], each["tickets"], each["examples"]) for each in summary["targets"]] == [
        ("response", 3, ["snow:INC1", "snow:INC3"]),
        ("fix", 3, ["snow:INC1", "snow:INC3"]),
    ]
    assert summary["targets"][1]["no_goal"] == {"tickets": 1, "examples": ["snow:INC3"]}
    assert summary["uncovered"] == [
        {"reason": "not_in_covers", "tickets": 1, "examples": ["jira:INC2"]},
        {"reason": "no_contract_with_vendor", "tickets": 1, "examples": ["snow:INC4"]},
    ]
    assert (summary["no_target"], summary["twice"]) == ([], [])


def test_every_ticket_says_of_every_target_whether_it_is_covered_and_why_not(conditional: Path, tickets: str) -> None:
    done = syncd("contract", "preview", "--contracts", conditional, "--as-of", AS_OF, "--output", "json", stdin=tickets)
    assert done.code == 0, done.err
    lines = {line["ticket"]: line for line in done.lines[:-1]}
    assert list(lines) == ["INC1", "INC2", "INC3", "INC4", "INC5"]
    assert lines["INC1"]["targets"][1:] == [
        {"contract": "acme-msp", "target": "fix", "metric": "resolution", "covered": True, "revision": "2026-01-01",
         "no_goal": False},
        {"contract": "acme-msp", "target": "mend", "metric": "resolution", "covered": False,
         "reason": "no_target_matches"},
    ]  # fmt: skip
    assert [target["reason"] for target in lines["INC2"]["targets"]] == ["not_in_covers"] * 3
    assert lines["INC4"]["uncovered"] == "no_contract_with_vendor"
    assert (lines["INC5"]["uncovered"], lines["INC5"]["no_target"]) == ("no_target_matches", ["acme-msp"])
    summary = done.lines[-1]["summary"]
    assert summary["no_target"] == [{"contract": "acme-msp", "tickets": 1, "examples": ["snow:INC5"]}]
    assert [(each["target"], each["tickets"]) for each in summary["targets"]] == [
        ("response", 2), ("fix", 2), ("mend", 0),
    ]  # fmt: skip


def test_a_ticket_of_two_targets_of_one_metric_is_found(conditional: Path) -> None:
    both = ticket("INC1") + ticket("INC6", attributes={"service": "wan", "site": "pune"})
    done = syncd("contract", "preview", "--contracts", conditional, "--as-of", AS_OF, "--output", "json", stdin=both)
    assert done.code == 1
    assert [line["twice"] for line in done.lines[:-1]] == [[], [["acme-msp/fix", "acme-msp/mend"]]]
    assert done.lines[-1]["summary"]["twice"] == [
        {"metric": "resolution", "targets": ["acme-msp/fix", "acme-msp/mend"], "tickets": 1, "examples": ["snow:INC6"]}
    ]


def test_a_clock_without_a_cycle_does_not_lack_a_goal(agreements: Path) -> None:
    done = syncd(
        "contract", "preview", "--contracts", agreements, "--as-of", AS_OF, "--output", "json",
        stdin=ticket("INC1", by="vendor"),
    )  # fmt: skip
    assert [(each["target"], each["covered"], each["no_goal"]) for each in done.lines[0]["targets"]] == [
        ("response", True, False), ("fix", True, False),
    ]  # fmt: skip


def test_each_contract_has_a_reason_of_its_own(agreements: Path) -> None:
    text = (agreements / "acme-msp.yaml").read_text()
    (agreements / "globex.yaml").write_text(text.replace("acme", "globex"))
    (agreements / "other.yaml").write_text(text.replace("acme-msp", "other").replace("source: snow", "source: jira"))
    done = syncd(
        "contract", "preview", "--contracts", agreements, "--as-of", AS_OF, "--output", "json", stdin=ticket("INC1")
    )
    assert done.code == 0, done.err
    assert [(each["contract"], each.get("reason")) for each in done.lines[0]["targets"] if each["target"] == "fix"] == [
        ("acme-msp", None), ("globex-msp", "no_contract_with_vendor"), ("other", "not_in_covers"),
    ]  # fmt: skip


def test_people_are_told_the_reasons_in_words(conditional: Path, tickets: str, tmp_path: Path) -> None:
    path = tmp_path / "march.jsonl"
    path.write_text(tickets)
    done = syncd(
        "contract", "preview", "--contracts", conditional, "--as-of", AS_OF, "--timelines", path,
        environ={"COLUMNS": "200"},
    )  # fmt: skip
    assert done.code == 0, done.err
    for part in (
        "Targets, over 5 ticket(s) as of 2026-04-01T00:00:00Z",
        "1: snow:INC3",
        "the contract's covers do not name it",
        "the vendor that was told has no contract here",
        "In covers, but no target matches",
    ):
        assert part in done.out, part


def test_what_cannot_be_read_is_told_and_the_rest_is_looked_at(agreements: Path, tickets: str) -> None:
    done = syncd(
        "contract", "preview", "--contracts", agreements, "--as-of", AS_OF, "--output", "json",
        stdin=f"nonsense\n{tickets}",
    )  # fmt: skip
    assert done.code == 1
    assert done.lines[0]["error"].startswith("line 1: not JSON")
    assert done.lines[-1]["summary"]["tickets"] == 5


def test_a_ticket_of_which_nothing_had_happened_yet_is_none(agreements: Path, tickets: str) -> None:
    done = syncd(
        "contract", "preview", "--contracts", agreements, "--as-of", "2026-03-01T00:00:00Z", "--output", "json",
        stdin=tickets,
    )  # fmt: skip
    assert done.code == 0
    assert [list(line) for line in done.lines] == [["summary"]]
    assert done.lines[0]["summary"]["tickets"] == 0


def test_a_draft_can_be_tried_over_stored_tickets(config: Path, conditional: Path, tmp_path: Path) -> None:
    assert syncd("once", "-c", config).code == 0
    draft = tmp_path / "draft"
    draft.mkdir()
    (draft / "calendars.yaml").write_text((conditional / "calendars.yaml").read_text())
    (draft / "contract.yaml").write_text((conditional / "acme-msp.yaml").read_text().replace("wan", "telephony"))
    stored = syncd("contract", "preview", "-c", config, "--as-of", AS_OF, "--output", "json")
    drafted = syncd("contract", "preview", "-c", config, "--contracts", draft, "--as-of", AS_OF, "--output", "json")
    assert (stored.code, drafted.code) == (0, 0), stored.err + drafted.err
    assert [line["uncovered"] for line in stored.lines[:-1]] == [None]
    assert [line["uncovered"] for line in drafted.lines[:-1]] == ["no_target_matches"]


def test_an_empty_store_says_what_to_run(config: Path) -> None:
    done = syncd("contract", "preview", "-c", config)
    assert done.code == 3
    assert "syncd once" in done.err


def test_tickets_come_from_one_place_and_contracts_from_somewhere(config: Path, tmp_path: Path) -> None:
    for arguments in (("-c", config, "--timelines", tmp_path / "timelines.jsonl"), ()):
        done = syncd("contract", "preview", *arguments)
        assert (done.code, done.out) == (2, "")
