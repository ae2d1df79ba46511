"""Lines that no careful program would write, given to the commands that read them: one sentence each, and no crash."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from syncd.cli.strict_json import read_object
from tests.cli.command import syncd_command as syncd

AS_OF = "2026-04-01T00:00:00Z"
QUESTION = {
    "calendar": {"name": "office", "time_zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}},
    "start": "2026-03-02T13:00:00Z",
    "goal_seconds": 60,
}
WRONG = [
    ("{", "not JSON: Expecting property name enclosed in double quotes at column 2"),
    ("[]", "a question is a JSON object"),
    ('{"x": NaN}', "not JSON: NaN is no number"),
    ('{"x": -Infinity}', "not JSON: -Infinity is no number"),
    ('{"x": 1e400}', "not JSON: 1e400 is too large a number"),
    ('{"x": ' + "1" * 5000 + "}", "not JSON: Exceeds the limit"),
    ('{"x": "\\ud83d"}', "not text: \\ud83d is half a surrogate pair"),
    ('{"x": "\\uDE00\\uD83D"}', "not text: \\ude00 is half a surrogate pair"),
    ('{"\x00": 1}', "not JSON: Invalid control character"),
    ('{"x": ' + "[" * 100_000 + "]" * 100_000 + "}", "not to be read: nested too deeply"),
]


@pytest.mark.parametrize(("line", "reason"), WRONG, ids=[line[:20] for line, _ in WRONG])
def test_a_line_that_is_no_json_object_of_text_and_numbers_says_why(line: str, reason: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is asserted
        read_object(line.encode(), "a question")
    assert str(refused.value).startswith(reason)


def test_bytes_that_are_not_utf_8_are_named() -> None:
    with pytest.raises(ValueError, match="not JSON: byte 7 is not UTF-8"):
        read_object(b'{"x": \xff}', "a question")


@pytest.mark.parametrize(
    "line", [b'\xef\xbb\xbf{"x": "\\ud83d\\ude00"}\r\n', '{"x": "😀"}'.encode(), b'{"x": "\\\\ud83d"}']
)
def test_a_byte_order_mark_whole_pairs_and_escaped_backslashes_are_read(line: bytes) -> None:
    assert read_object(line, "a question")["x"] in {"😀", "\\ud83d"}


def test_hostile_questions_are_refused_one_by_one_and_the_last_is_answered() -> None:
    lines = [line for line, _ in WRONG] + [json.dumps(QUESTION)]
    done = syncd("calendar", "eval", stdin="\n".join(lines) + "\n")
    assert (done.code, done.err) == (1, "")
    assert len(done.lines) == len(lines)
    for number, (told, (_, reason)) in enumerate(zip(done.lines, WRONG, strict=False), start=1):
        assert told["error"].startswith(f"line {number}: {reason}")
    assert done.lines[-1]["due_at"] == "2026-03-02T13:01:00Z"


@pytest.mark.parametrize("goal", [10**18, 10**4000, 1e300, 9007199254740993])
def test_a_goal_of_more_time_than_there_is_names_the_calendar(goal: float) -> None:
    for hours in ({"mon-fri": ["09:00-17:00"]}, "always"):
        calendar = {"name": "office", "time_zone": "UTC", "hours": hours}
        done = syncd(
            "calendar", "eval", stdin=json.dumps(QUESTION | {"calendar": calendar, "goal_seconds": goal}) + "\n"
        )
        assert (done.code, done.err) == (1, "")
        assert 'calendar "office" does not use up' in done.lines[0]["error"]


@pytest.mark.parametrize(
    "command", [["measure"], ["scorecard", "compute", "--period", "2026-03"], ["contract", "preview"]]
)
def test_hostile_timelines_are_refused_one_by_one_and_the_last_is_read(
    command: list[str], agreements: Path, example: str
) -> None:
    lines = [line for line, _ in WRONG]
    done = syncd(*command, "--contracts", agreements, "--as-of", AS_OF, stdin="\n".join(lines) + "\n" + example)
    assert done.code == 1
    assert "Traceback" not in done.err
    said = done.out + done.err
    assert all(f"line {number}: " in said for number in range(1, len(lines) + 1))
    assert "INC0012345" in said or "fix" in said


def test_what_is_refused_is_shown_in_brief(agreements: Path, example: str) -> None:
    told: dict[str, Any] = json.loads(example)
    told["events"][0]["at"] = "z" * 1_000_000
    deep: dict[str, Any] = json.loads(example)
    deep["events"][0]["attributes"] = {"service": json.loads("[" * 500 + "]" * 500)}
    done = syncd(
        "measure", "--contracts", agreements, "--as-of", AS_OF, stdin=f"{json.dumps(told)}\n{json.dumps(deep)}\n"
    )
    assert done.code == 1
    assert all(len(line["error"]) < 200 for line in done.lines)
    assert [line["error"].split(":")[1].strip() for line in done.lines] == [
        "events[0].at", "events[0].attributes.service",
    ]  # fmt: skip


def test_no_answer_holds_what_others_take_for_the_end_of_a_line() -> None:
    asked = QUESTION | {"note": "a\u2028b\u2029c\x85d"}
    done = syncd("calendar", "eval", stdin=json.dumps(asked) + "\n")
    assert len(done.out.splitlines()) == 1
    assert done.lines[0]["note"] == asked["note"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_standard_stream_that_is_closed_is_no_crash(closed: str, tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps(QUESTION) + "\n")
    done = subprocess.run(  # noqa: S602 - closing a stream is the shell's business, and nothing here is from outside
        f"{sys.executable} -m syncd calendar eval < {asked} {closed}", shell=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_device_is_named_without_a_traceback(tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text((json.dumps(QUESTION) + "\n") * 500)
    with asked.open() as given, Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "syncd", "calendar", "eval"], stdin=given, stdout=full, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_half_a_surrogate_pair_in_a_file_is_named_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text('contract: "a\\ud800"\n')
    done = syncd("contract", "lint", tmp_path / "c.yaml", "--output", "json")
    assert done.code == 1
    assert "Traceback" not in done.err
    assert "\\ud800" in done.out


def test_ten_thousand_mistakes_are_ten_thousand_sentences() -> None:
    closed = [{"date": "2026-03-02", "hours": ["x"]} for _ in range(10_000)]
    calendar = {"time_zone": "UTC", "hours": "always", "exceptions": closed}
    done = syncd("calendar", "eval", stdin=json.dumps(QUESTION | {"calendar": calendar}) + "\n")
    assert done.code == 1
    assert done.lines[0]["error"].count("is not a window of hours") == 10_000


@pytest.mark.parametrize(("device", "code"), [("/dev/zero", 2), ("/dev/null", 0)])
def test_a_device_without_end_is_not_read(agreements: Path, device: str, code: int) -> None:
    done = syncd("measure", "--contracts", agreements, "--as-of", "2026-04-01T00:00:00Z", "--timelines", device)
    assert (done.code, done.out) == (code, "")
    assert ("is a device, not a file" in done.err) is (code == 2)
