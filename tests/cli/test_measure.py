"""`syncd measure` and `syncd scorecard compute`: design.md section 8."""

import json
from pathlib import Path

from tests.cli.command import syncd_command as syncd

AS_OF = "2026-04-01T00:00:00Z"

FIX = {
    "source": "snow", "ticket": "INC0012345", "vendor": "acme", "contract": "acme-msp", "revision": "2026-01-01",
    "target": "fix", "metric": "resolution", "as_of": AS_OF,
    "cycles": [{
        "number": 1, "priority": "P1", "started_at": "2026-03-02T08:00:00Z", "stopped_at": "2026-03-03T09:00:00Z",
        "stage": "completed", "goal_seconds": 14400, "elapsed_seconds": 63000, "remaining_seconds": -48600,
        # Berlin is an hour ahead: 8 h from 09:00 are used up at 17:30 the same day but for half an hour of lunch.
        "first_due_at": "2026-03-03T07:30:00Z", "due_at": "2026-03-02T19:30:00Z", "due_if_resumed": None,
        "late_from": "2026-03-02T19:30:00Z", "breached_at": "2026-03-02T19:30:00Z", "verdict": "missed",
        "period": "2026-03",
        "pauses": [{"from": "2026-03-02T10:00:00Z", "until": "2026-03-02T15:00:00Z", "cause": "customer"}],
        "started_by": "a1", "stopped_by": "a7", "false_resolves": 0, "flags": [],
    }],
}  # fmt: skip


def test_the_example_of_the_design_is_measured_to_the_letter(agreements: Path, example: str) -> None:
    done = syncd("measure", "--contracts", agreements, "--as-of", AS_OF, stdin=example)
    assert done.code == 0, done.err
    assert [line["target"] for line in done.lines] == ["response", "fix"]
    assert done.lines[1] == FIX
    response = done.lines[0]["cycles"][0]
    assert response["stopped_by"] == "a3"
    assert response["elapsed_seconds"] == 3600
    assert response["verdict"] == "missed"


def test_timelines_may_come_from_a_file_and_contracts_from_single_files(
    agreements: Path, example: str, tmp_path: Path
) -> None:
    (tmp_path / "t.jsonl").write_text(example)
    done = syncd(
        "measure", "--contracts", agreements / "acme-msp.yaml", "--contracts", agreements / "calendars.yaml",
        "--as-of", AS_OF, "--timelines", tmp_path / "t.jsonl",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.lines[1] == FIX


def test_each_bad_line_has_its_error_and_the_others_are_measured(agreements: Path, example: str) -> None:
    bad = '{"format": 1, "source": "snow", "ticket": "X", "events": [{"id": "1", "at": "yesterday", "kind": "opened"}]}'
    done = syncd(
        "measure", "--contracts", agreements, "--as-of", AS_OF, stdin=f"not json\n{bad}\n\n{example}{example}[]\n"
    )
    assert done.code == 1
    errors = [line["error"] for line in done.lines if "error" in line]
    assert [error.partition(":")[0] for error in errors] == ["line 1", "line 2", "line 5", "line 6"]
    assert "events[0].at" in errors[1]
    assert "has had a line before" in errors[2]
    assert [line.get("target") for line in done.lines if "error" not in line] == ["response", "fix"]


def test_an_uncovered_ticket_says_why_and_has_no_cycles(agreements: Path, example: str) -> None:
    elsewhere = json.loads(example) | {"source": "jira"}
    done = syncd("measure", "--contracts", agreements, "--as-of", AS_OF, stdin=json.dumps(elsewhere))
    assert done.code == 0
    assert done.lines == [
        {"source": "jira", "ticket": "INC0012345", "vendor": "acme", "as_of": AS_OF, "uncovered": "not_in_covers"}
    ]


def test_events_after_the_instant_asked_for_are_not_seen(agreements: Path, example: str) -> None:
    done = syncd("measure", "--contracts", agreements, "--as-of", "2026-03-02T12:00:00Z", stdin=example)
    cycle = done.lines[1]["cycles"][0]
    assert (cycle["stage"], cycle["verdict"], cycle["due_at"]) == ("paused", "pending", None)
    assert cycle["due_if_resumed"] is not None
    assert cycle["pauses"] == [{"from": "2026-03-02T10:00:00Z", "until": None, "cause": "customer"}]


def test_instants_have_microsecond_precision(agreements: Path, example: str) -> None:
    done = syncd("measure", "--contracts", agreements, "--as-of", "2026-03-02T09:00:00.000001Z", stdin=example)
    cycle = done.lines[1]["cycles"][0]
    assert cycle["elapsed_seconds"] == 3600.000001
    assert done.lines[0]["as_of"] == "2026-03-02T09:00:00.000001Z"


def test_bad_contracts_are_refused_with_file_and_line_and_exit_code_2(agreements: Path, example: str) -> None:
    path = agreements / "acme-msp.yaml"
    path.write_text(path.read_text().replace("15m", "1d"))
    done = syncd("measure", "--contracts", agreements, "--as-of", AS_OF, stdin=example)
    assert done.code == 2
    assert done.out == ""
    assert f"{path}:12" in done.err
    assert "goals.P1" in done.err


def test_an_instant_without_a_zone_is_a_usage_error(agreements: Path, example: str) -> None:
    done = syncd("measure", "--contracts", agreements, "--as-of", "2026-04-01T00:00:00", stdin=example)
    assert done.code == 2
    assert "zone" in done.err


def test_a_scorecard_is_computed_from_timelines(agreements: Path, example: str) -> None:
    arguments = ("scorecard", "compute", "--contracts", agreements, "--period", "2026-03", "--as-of", AS_OF)
    done = syncd(*arguments, stdin=example)
    assert done.code == 0, done.err
    rows = {(row["target"], row["priority"]): row for row in json.loads(done.out)}
    fix = rows["fix", None]
    assert (fix["n"], fix["met"], fix["missed"], fix["attainment"], fix["attained"]) == (1, 0, 1, 0.0, False)
    assert rows["fix", "P1"]["missed"] == 1
    later = syncd(*arguments[:5], "2026-04", *arguments[6:], stdin=example)
    assert [row["attainment"] for row in json.loads(later.out)] == [None, None]


def test_a_scorecard_of_no_period_is_a_usage_error(agreements: Path, example: str) -> None:
    done = syncd("scorecard", "compute", "--contracts", agreements, "--period", "March", stdin=example)
    assert done.code == 2
    assert "2026-03" in done.err
