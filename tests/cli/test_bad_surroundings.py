"""What commands do where the terminal, the disk or the input is bad: a sentence and an exit code, never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import syncd_command as syncd

NAMES = {"brackets": "[ops] INC1 [/x]", "accents": "Übel 1"}


def named(example: str, name: str) -> str:
    return json.dumps({**json.loads(example), "ticket": name}) + "\n"


def in_shell(command: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run `syncd ...` where a shell can bend its streams."""
    program = f"{sys.executable} -m syncd {command}"
    return subprocess.run(["sh", "-c", program], capture_output=True, env={**os.environ, **environ}, check=False)


def test_brackets_in_a_ticket_are_shown_as_they_are(config: Path, example: str) -> None:
    (config.parent / "timelines.jsonl").write_text(named(example, NAMES["brackets"]))
    assert syncd("once", "-c", config).code == 0
    done = syncd("tickets", "-c", config, environ={**os.environ, "COLUMNS": "200"})
    assert done.code == 0, done.err
    assert NAMES["brackets"] in done.out


@pytest.mark.parametrize("kind", NAMES)
def test_any_name_can_be_measured_and_stays_what_it_was(kind: str, agreements: Path, example: str) -> None:
    done = syncd("measure", "--contracts", agreements, stdin=named(example, NAMES[kind]))
    assert done.code == 0, done.err
    assert {line["ticket"] for line in done.lines} == {NAMES[kind]}


def test_json_stays_json_where_the_output_knows_ascii_only(config: Path, example: str) -> None:
    (config.parent / "timelines.jsonl").write_text(named(example, NAMES["accents"]))
    assert syncd("once", "-c", config).code == 0
    as_json = in_shell(f"tickets -c {config} --output json", PYTHONIOENCODING="ascii")
    assert as_json.returncode == 0, as_json.stderr
    assert {json.loads(line)["ticket"] for line in as_json.stdout.splitlines()} == {NAMES["accents"]}
    as_text = in_shell(f"explain -c {config} 'Übel 1'", PYTHONIOENCODING="ascii")
    assert as_text.returncode == 0, as_text.stderr
    assert rb"Ticket \xdcbel 1" in as_text.stdout


@pytest.mark.parametrize("command", ["schema", "explain -c {config} INC0012345", "status -c {config}"])
def test_a_full_disk_behind_the_output_is_one_sentence(config: Path, command: str) -> None:
    assert syncd("once", "-c", config).code == 0
    done = in_shell(command.format(config=config) + " > /dev/full")
    assert (done.returncode, done.stderr) == (1, b"[Errno 28] No space left on device\n")


@pytest.mark.parametrize("command", ["schema", "explain -c {config} INC0012345", "import {timelines} -c {config}"])
def test_closed_streams_are_no_mistake(config: Path, command: str) -> None:
    assert syncd("once", "-c", config).code == 0
    whole = command.format(config=config, timelines=config.parent / "timelines.jsonl")
    assert in_shell(f"{whole} >&- <&- 2>&-").returncode == 0


def test_a_closed_input_is_an_empty_one(agreements: Path) -> None:
    done = in_shell(f"measure --contracts {agreements} <&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_reader_that_left_is_no_mistake_of_ours(agreements: Path, example: str) -> None:
    lines = agreements.parent / "many.jsonl"
    lines.write_text("".join(named(example, f"INC{number}") for number in range(300)))
    script = (
        f"{{ {sys.executable} -m syncd measure --contracts {agreements} --timelines {lines}; echo $? >&2; }} | true"
    )
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=False)
    assert done.stderr == b"1\n"


def test_importing_prints_nothing_on_standard_output(config: Path) -> None:
    done = syncd("import", config.parent / "timelines.jsonl", "-c", config)
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[-1] == "import: 1 timeline(s) read"


def test_a_number_too_long_to_read_is_a_bad_line(agreements: Path, example: str) -> None:
    done = syncd("measure", "--contracts", agreements, stdin='{"format": ' + "1" * 5000 + "}\n" + example)
    assert done.code == 1
    assert [("error" in line) for line in done.lines] == [True, False, False]


def test_an_instant_beyond_the_calendars_is_one_sentence(config: Path, example: str) -> None:
    opened = json.loads(example)
    (config.parent / "timelines.jsonl").write_text(json.dumps({**opened, "events": opened["events"][:1]}))
    assert syncd("once", "-c", config).code == 0
    done = syncd("explain", "INC0012345", "-c", config, "--as-of", "9999-12-31T00:00:00Z")
    assert done.code == 1
    assert done.err.startswith("ticket INC0012345: calendar ")
    shown = syncd("calendar", "show", "always", "--contracts", config.parent / "agreements", "--from", "9999-12-31")
    assert shown.code == 2
    assert "no calendar reaches" in shown.err


@pytest.mark.parametrize("listen", ["127.0.0.1:99999", "192.0.2.1:80"])
def test_an_address_that_cannot_be_listened_on_is_named(listen: str) -> None:
    done = syncd("simulate", "servicenow", "--listen", listen)
    assert done.code == 2
    assert listen in done.err


def test_a_demo_whose_folder_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = syncd("demo", "--state", tmp_path / "file")
    assert done.code == 1
    assert done.err.startswith("[Errno 17]")
    (tmp_path / "world.json").write_text('{"beg')
    cut = syncd("demo", "--state", tmp_path)
    assert cut.code == 2
    assert "does not say when the demo began" in cut.err


def test_a_store_that_cannot_be_used_is_named(config: Path) -> None:
    (config.parent / "syncd.db").write_bytes(b"no database" * 1000)
    done = syncd("status", "-c", config)
    named = f"{config.parent / 'syncd.db'}: the database is damaged (file is not a database)\n"
    assert (done.code, done.err) == (1, named)


def test_an_interrupt_before_the_command_began_is_no_traceback() -> None:
    script = """
import sys
import syncd.cli
class Interrupted:
    def find_spec(self, name, path, target=None):
        if name == "syncd.cli.checking":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
sys.argv = ["syncd", "schema"]
syncd.cli.main()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")
