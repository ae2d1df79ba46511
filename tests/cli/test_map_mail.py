"""`syncd map mail`: message files, Maildirs and mbox files to timelines, or, with `--messages`, one line a message."""

from pathlib import Path

import pytest

from tests.cli.command import syncd_command as syncd
from tests.connectors.mail.letters import THEM, US, mail

KEYS = [
    "file", "message_id", "in_reply_to", "references", "from", "subject", "author", "machine_kind", "tokens",
    "conversation", "attachments", "problems",
]  # fmt: skip
FILED = (
    "--b\r\nContent-Type: text/plain\r\n\r\nSee the log.\r\n--b\r\nContent-Type: application/pdf\r\n"
    "Content-Disposition: attachment; filename=log.pdf\r\n\r\nx\r\n--b--\r\n"
)
LETTERS = {
    "1.eml": mail("a@c", sender=US, to=THEM, subject="[P1] Line down"),
    "2.eml": mail("b@v", minute=2, answers="a@c", subject="Request received: Line down [#4711]",
                  body="We have received your request.", Auto_Submitted="auto-replied"),
    "3.eml": mail("c@v", minute=9, answers="b@v", refs="a@c b@v", subject="Re: Line down [#4711]", body=FILED,
                  Content_Type="multipart/mixed; boundary=b"),
    "4.eml": mail("d@v", minute=20, subject="INC0012345 -- comments added", X_ServiceNow_Generated="true"),
    "5.eml": mail("e@v", minute=30, subject="INC0012345", X_ServiceNow_Generated="true", body="Lorem"),
    "6.eml": b"nonsense",
}  # fmt: skip
OPTIONS = """
our_domains: [customer.example]
vendors:
  - {id: acme, domains: [vendor.example]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six messages of one mailbox."""
    place = tmp_path / "letters"
    place.mkdir()
    for name, raw in LETTERS.items():
        (place / name).write_bytes(raw)
    (tmp_path / "options.yaml").write_text(OPTIONS)
    return place


def test_each_message_is_one_line_with_these_keys_in_this_order(folder: Path) -> None:
    done = syncd("map", "mail", folder, "--messages", "--options", folder.parent / "options.yaml")
    assert done.code == 0, done.err
    assert [list(line) for line in done.lines] == [KEYS] * len(LETTERS)
    assert [line["file"] for line in done.lines] == [str(folder / name) for name in LETTERS]
    assert [(line["author"], line["machine_kind"]) for line in done.lines] == [
        ("human", None), ("machine", "acknowledgement"), ("human", None), ("relayed", None), ("unknown", None),
        ("human", None),
    ]  # fmt: skip


def test_a_line_holds_these_values(folder: Path) -> None:
    done = syncd("map", "mail", folder, "--messages", "--options", folder.parent / "options.yaml")
    question, _, answer, note, _, broken = done.lines
    assert answer == {
        "file": str(folder / "3.eml"), "message_id": "c@v", "in_reply_to": "b@v", "references": ["a@c", "b@v"],
        "from": "vera@vendor.example", "subject": "Re: Line down [#4711]", "author": "human", "machine_kind": None,
        "tokens": ["#4711"], "conversation": question["conversation"], "attachments": ["log.pdf"], "problems": [],
    }  # fmt: skip
    assert (question["in_reply_to"], question["references"], question["tokens"]) == (None, [], [])
    assert note["tokens"] == ["INC0012345"]
    assert note["conversation"] != question["conversation"]
    assert len({line["conversation"] for line in done.lines}) == 3
    assert (broken["message_id"], broken["from"]) == (None, None)
    assert {"no_message_id", "no_date", "no_single_sender"} < {problem["code"] for problem in broken["problems"]}
    assert [set(problem) for problem in broken["problems"]] == [{"code", "detail"}] * len(broken["problems"])


def test_a_mailbox_in_one_file_and_a_maildir_are_told_alike(folder: Path, tmp_path: Path) -> None:
    box = tmp_path / "letters.mbox"
    lines = b"".join(
        b"From x Mon Mar  2 08:00:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n\n" for raw in LETTERS.values()
    )
    box.write_bytes(lines)
    maildir = tmp_path / "maildir"
    for place in ("cur", "new", "tmp"):
        (maildir / place).mkdir(parents=True)
    for number, raw in enumerate(LETTERS.values()):
        (maildir / "cur" / f"{1772438400 + number}.M{number}P1.host:2,S").write_bytes(raw)
    found = []
    for source in (folder, box, maildir):
        done = syncd("map", "mail", source, "--messages", "--options", tmp_path / "options.yaml")
        assert done.code == 0, done.err
        found.append([{key: line[key] for key in KEYS[1:9]} for line in done.lines])
    assert len(found[0]) == len(LETTERS)
    assert found[0] == found[1] == found[2]


def test_without_the_option_conversations_are_timelines_that_measure_reads(folder: Path, agreements: Path) -> None:
    done = syncd("map", "mail", folder, "--source", "snow", "--options", folder.parent / "options.yaml")
    assert done.code == 0, done.err
    kinds = {line["ticket"]: [event["kind"] for event in line["events"]] for line in done.lines}
    (ours,) = [events for events in kinds.values() if "opened" in events and "notified" in events]
    assert ours.count("message") == 3
    assert syncd("measure", "--contracts", agreements, stdin=done.out).code == 0


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = syncd("map", "mail", tmp_path / "nowhere.eml", "--messages")
    told = done.err.translate(dict.fromkeys(map(ord, " │\n")))  # a long path is wrapped in its frame
    assert (done.code, "nowhere.eml" in told) == (2, True)
