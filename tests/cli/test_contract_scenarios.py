"""`syncd contract test`: scenarios of contracts, agreed by both parties."""

import json
from pathlib import Path

import pytest

from tests.cli.command import Outcome
from tests.cli.command import syncd_command as syncd

EVENTS = """\
times in: Europe/Berlin
timeline: {source: snow, ticket: INC7}
events:
  - {at: 2026-03-02 09:00, kind: opened, by: customer, vendor: acme, priority: P2}
  - {at: 2026-03-02 11:00, kind: phase, by: vendor, to: pending, awaiting: customer}
  - {at: 2026-03-02 16:00, kind: phase, by: customer, to: active}
  - {at: 2026-03-03 09:00, kind: phase, by: vendor, to: resolved}
as_of: 2026-03-09 12:00
"""

OWN = """\
target: {metric: resolution, goals: {P2: 4h}}
events:
  - {at: 2026-03-02T08:00Z, kind: opened, by: customer, vendor: acme, priority: P2}
  - {at: 2026-03-02T13:00Z, kind: phase, by: vendor, to: resolved}
as_of: 2026-03-08T00:00Z
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for scenarios."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    return folder


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def tried(agreements: Path, *arguments: str | Path) -> Outcome:
    return syncd("contract", "test", "--contracts", agreements, *arguments)


def test_a_scenario_that_holds_is_one_line_with_its_rule_clause_and_signatures(agreements: Path, folder: Path) -> None:
    text = (
        "title: Lunch and nights do not count\n"
        'clause: "4.3"\n'
        "agreed_by: [Max Sample, {name: Ada Example, of: Example AG, date: 2026-01-12}]\n"
        f"{EVENTS}expect: {{fix: {{cycles: [{{verdict: met, elapsed: 4h30m, remaining: 3h30m}}]}}}}\n"
    )
    written(folder, "waiting-for-us-does-not-count", text)
    done = tried(agreements, folder)
    assert done.code == 0, done.err
    assert done.out == (
        "ok    waiting for us does not count: Lunch and nights do not count (clause 4.3; agreed by Max Sample, "
        "Ada Example for Example AG on 2026-01-12)\n"
        "1 scenario: 1 ok, 0 failed\n"
    )


def test_a_scenario_that_fails_says_what_differs_where_and_why(agreements: Path, folder: Path) -> None:
    path = written(
        folder,
        "waiting-counts",
        f"{EVENTS}expect:\n  fix:\n    cycles:\n      - verdict: missed\n        elapsed: 8h30m\n"
        "        due_at: 2026-03-02 16:30\n        breached_at: 2026-03-02 16:30\n        pauses: []\n",
    )
    done = tried(agreements, folder)
    assert done.code == 1, done.err
    lines = done.out.splitlines()
    assert lines[0] == "FAIL  waiting counts"
    cycle, zone = "expect.fix.cycles[0]", "Europe/Berlin"
    assert lines[1:6] == [
        f"      {path}:12: {cycle}.verdict: expected missed, found met",
        f"      {path}:13: {cycle}.elapsed: expected 8h30m (30600 s), found 4h30m (16200 s)",
        f"      {path}:14: {cycle}.due_at: expected 2026-03-02 16:30:00 {zone}, found 2026-03-03 13:30:00 {zone}",
        f"      {path}:15: {cycle}.breached_at: expected 2026-03-02 16:30:00 {zone}, found null",
        f"      {path}:16: {cycle}.pauses: expected no entries, found 1 entry",
    ]
    why = "\n".join(lines[6:])
    assert "paused    2026-03-02 11:00:00 until 2026-03-02 16:00:00: customer (event e2)" in why
    assert "target fix (resolution)" in why
    assert "target response" not in why, "only what differs is explained"
    assert lines[-1] == "1 scenario: 0 ok, 1 failed"


def test_words_that_differ_are_shown_and_not_counted(folder: Path) -> None:
    path = written(folder, "flags", f"{OWN}expect:\n  cycles:\n  - flags: [born_resolved, late]\n    pauses: [{{}}]\n")
    done = syncd("contract", "test", folder)
    assert done.out.splitlines()[1:3] == [
        f"      {path}:8: expect.cycles[0].flags: expected [born_resolved, late], found no entries",
        f"      {path}:9: expect.cycles[0].pauses: expected 1 entry, found no entries",
    ]


def test_a_scenario_with_a_target_of_its_own_needs_no_contract(folder: Path) -> None:
    written(folder, "own", f"{OWN}expect: {{cycles: [{{verdict: missed, elapsed: 5h}}]}}\n")
    done = syncd("contract", "test", folder)
    assert (done.code, done.out) == (0, "ok    own\n1 scenario: 1 ok, 0 failed\n")


@pytest.mark.parametrize(
    ("expect", "code"),
    [
        pytest.param("{fix: {cycles: [{verdict: met}]}, response: not_measured}", 1, id="not measured but it is"),
        pytest.param("{uncovered: not_in_covers}", 1, id="uncovered but it is not"),
        pytest.param("[{target: fix, cycles: [{stage: completed}]}]", 0, id="a list of targets"),
        pytest.param("[{target: fix, contract: acme-msp, cycles: [{stage: paused}]}]", 1, id="a wrong one in a list"),
        pytest.param("{fix: {cycles: []}}", 1, id="no cycle but there is one"),
        pytest.param("{fix: {cycles: [{flags: []}], flags: []}}", 0, id="flags that are left out are none"),
        pytest.param("{fix: {cycles: [{raw: null, revision: null}]}}", 0, id="what is left out is null"),
        pytest.param("{fix: {cycles: [{misses: 1}]}}", 1, id="what is left out is not one"),
        pytest.param("{fix: {cycles: [{raw: {verdict: met}}]}}", 1, id="what is left out has nothing in it"),
        pytest.param(
            "{fix: {cycles: [{ledger: {vendor: 4h30m, customer: 4h, excluded: 0s}}]}}",
            0,
            id="whose time it was",
        ),
        pytest.param("{fix: {cycles: [{ledger: {customer: 5h}}]}}", 1, id="whose time it was not"),
        pytest.param("{fix: {cycles: [{elapsed_seconds: 16200.000001}]}}", 1, id="a microsecond counts"),
        pytest.param("{fix: {cycles: [{started_at: 2026-03-02T08:00:00Z}]}}", 0, id="an instant with its offset"),
        pytest.param("{fix: {cycles: [{started_at: 2026-03-02 09:00:00.000001}]}}", 1, id="a microsecond later"),
    ],
)
def test_what_is_expected_decides(agreements: Path, folder: Path, expect: str, code: int) -> None:
    written(folder, "one", f"{EVENTS}expect: {expect}\n")
    done = tried(agreements, folder)
    assert done.code == code, done.out + done.err


def test_a_ticket_of_another_source_is_uncovered_for_every_target(agreements: Path, folder: Path) -> None:
    elsewhere = EVENTS.replace("source: snow", "source: jira")
    written(folder, "one", f"{elsewhere}expect: {{uncovered: not_in_covers}}\n")
    written(folder, "four", f"{elsewhere}expect: {{uncovered: no_vendor_told}}\n")
    written(folder, "two", f"{elsewhere}expect: {{fix: not_measured, response: not_measured}}\n")
    written(folder, "three", f"{elsewhere}expect: {{fix: {{cycles: [{{verdict: met}}]}}}}\n")
    done = tried(agreements, folder)
    assert done.code == 1
    assert [line for line in done.out.splitlines() if line.startswith(("ok", "FAIL"))] == [
        "FAIL  four",
        "ok    one",
        "FAIL  three",
        "ok    two",
    ]
    assert "expect.uncovered: expected no_vendor_told, found not_in_covers" in done.out
    assert "expected a clock of this target, found uncovered: not_in_covers" in done.out
    assert "No contract measures this ticket: not_in_covers." in done.out


def test_as_json_instants_and_durations_are_those_of_readings(agreements: Path, folder: Path) -> None:
    written(folder, "good", f"{EVENTS}expect: {{fix: {{cycles: [{{verdict: met}}]}}}}\n")
    path = written(
        folder,
        "wrong",
        f"{EVENTS}agreed_by: [{{name: Ada Example, date: 2026-01-12}}]\n"
        "expect: {fix: {cycles: [{elapsed: 4h, due_at: 2026-03-03 13:00}]}}\n",
    )
    done = tried(agreements, "--output", "json", folder)
    assert done.code == 1
    good, wrong = json.loads(done.out)
    assert (good["rule"], good["ok"], good["differences"], good["why"]) == ("good", True, [], None)
    assert (wrong["rule"], wrong["ok"], wrong["file"]) == ("wrong", False, str(path))
    assert wrong["agreed_by"] == [{"name": "Ada Example", "of": None, "date": "2026-01-12"}]
    cycle = "expect.fix.cycles[0]"
    assert wrong["differences"] == [
        {"path": f"{cycle}.elapsed", "line": 10, "expected": 14400, "found": 16200},
        {
            "path": f"{cycle}.due_at",
            "line": 10,
            "expected": "2026-03-03T12:00:00Z",
            "found": "2026-03-03T12:30:00Z",
        },
    ]
    assert "Contract acme-msp, revision 2026-01-01, target fix" in wrong["why"]


def test_an_exclusion_of_a_scenario_stands_beside_the_contract_that_it_is_about(agreements: Path, folder: Path) -> None:
    excluded = (
        "exclusions:\n"
        "  - {id: X-1, contract: acme-msp, ticket: {source: snow, ticket: INC7}, clause: '9', author: Ada Example,\n"
        "     approver: Max Sample, evidence: 'https://mail.example.com/17'}\n"
    )
    written(folder, "one", f"{EVENTS}{excluded}expect: {{fix: {{cycles: [{{verdict: excluded}}]}}}}\n")
    written(folder, "two", f"{EVENTS}expect: {{fix: {{cycles: [{{verdict: met}}]}}}}\n")
    done = tried(agreements, folder)
    assert done.code == 0, done.out + done.err


def test_an_empty_folder_is_no_success(agreements: Path, folder: Path) -> None:
    done = tried(agreements, folder)
    assert (done.code, done.out) == (2, "")
    assert str(folder) in done.err


def test_one_unreadable_scenario_is_told_before_any_is_tried(agreements: Path, folder: Path) -> None:
    written(folder, "good", f"{EVENTS}expect: {{fix: {{cycles: [{{verdict: met}}]}}}}\n")
    path = written(folder, "unreadable", f"{EVENTS}expect: {{fix: {{cycels: []}}}}\n")
    done = tried(agreements, folder)
    assert (done.code, done.out) == (2, "")
    assert f"{path}:9: expect.fix.cycels: unknown key" in done.err


def test_the_examples_of_this_repository_hold() -> None:
    config = Path(__file__).parents[2] / "config"
    done = syncd(
        "contract", "test", "--contracts", config / "contracts", "--contracts", config / "calendars",
        config / "scenarios",
    )  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert "0 failed" in done.out


def test_the_golden_scenarios_run_as_everybodys_do() -> None:
    golden = Path(__file__).parents[1] / "golden" / "clocks"
    done = syncd("contract", "test", golden / "exactly-the-goal-is-met.yaml")
    assert (done.code, done.out) == (0, "ok    exactly the goal is met\n1 scenario: 1 ok, 0 failed\n")
