"""`syncd check`, `schema`, `map`, `simulate` and the command line itself."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.cli.command import syncd_command as syncd


def test_every_command_teaches_by_its_help() -> None:
    done = syncd("--help")
    assert done.code == 0
    for command in (
        "run", "once", "demo", "check", "import", "tickets", "explain", "measure", "map", "simulate", "calendar",
        "replay", "status", "schema", "db", "scorecard", "notices",
    ):  # fmt: skip
        assert command in done.out, command
        assert syncd(command, "--help").code == 0, command


def test_a_right_configuration_is_said_to_be_right(config: Path) -> None:
    done = syncd("check", "-c", config)
    assert done.code == 0
    assert "1 source(s), 1 contract(s), 2 calendar(s)" in done.err


def test_every_mistake_is_named_at_once_with_exit_code_2(config: Path) -> None:
    config.write_text(config.read_text().replace("every: 60s", "evry: 60s").replace("127.0.0.1:0", "nowhere"))
    done = syncd("check", "-c", config)
    assert done.code == 2
    assert f"{config}:2" in done.err
    assert f"{config}:6" in done.err


def test_a_source_that_cannot_be_reached_is_found_by_connecting(config: Path, tmp_path: Path) -> None:
    (tmp_path / "timelines.jsonl").unlink()
    done = syncd("check", "-c", config, "--connect")
    assert done.code == 1
    assert "no" in done.out


def test_the_schema_is_json_and_knows_the_connectors() -> None:
    done = syncd("schema")
    assert done.code == 0
    assert "servicenow" in json.dumps(json.loads(done.out))


def test_what_map_prints_is_what_measure_reads(agreements: Path, example: str) -> None:
    mapped = syncd("map", "timeline", "--source", "snow", stdin=example)
    assert mapped.code == 0, mapped.err
    measured = syncd("measure", "--contracts", agreements, stdin=mapped.out)
    assert [line["target"] for line in measured.lines] == ["response", "fix"]


def test_a_line_that_is_no_record_is_named(example: str) -> None:
    done = syncd("map", "timeline", stdin=f"{{}}\n{example}")
    assert done.code == 1
    assert "error" in done.lines[0]
    assert done.lines[1]["ticket"] == "INC0012345"


def test_an_unknown_kind_names_those_installed() -> None:
    done = syncd("map", "telex")
    assert done.code == 2
    assert "servicenow" in done.err


def test_a_simulated_source_runs_until_interrupted() -> None:
    command = [sys.executable, "-m", "syncd", "simulate", "servicenow", "--seed", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        refused = httpx.get(told["url"] + "/api/now/table/incident", headers={"accept": "application/json"})
        assert refused.status_code == 401
        assert told["credentials"]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


@pytest.fixture
def jira_record() -> str:
    """One issue without a history."""
    fields = {"created": "2026-03-02T08:00:00.000+0000", "updated": "2026-03-02T08:00:00.000+0000",
              "summary": "Printer", "status": {"id": "1", "statusCategory": {"key": "new"}}}  # fmt: skip
    return json.dumps({"issue": {"id": "4", "key": "OPS-4", "fields": fields}, "changelog": [], "comments": []})


@pytest.mark.parametrize(
    "body", ['{"content":[' * 1500 + "]}" * 1500, "[" * 50_000 + "]" * 50_000], ids=["a document", "lists"]
)
def test_a_record_nested_beyond_reason_is_named_and_the_next_one_is_read(body: str, jira_record: str) -> None:
    deep = jira_record.replace('"comments": []', f'"comments": [{{"id": "1", "body": {body}}}]')
    done = syncd("map", "jira", stdin=f"{deep}\n{jira_record}\n")
    assert done.code == 1
    assert "nested too deep" in done.lines[0]["error"]
    assert done.lines[1]["ticket"] == "OPS-4"


def test_a_title_cut_in_the_middle_of_an_emoji_is_printed(jira_record: str) -> None:
    done = syncd("map", "jira", stdin=jira_record.replace("Printer", "Printer \\ud83d"))
    assert done.code == 0, done.err
    assert done.lines[0]["title"] == "Printer \ufffd"
