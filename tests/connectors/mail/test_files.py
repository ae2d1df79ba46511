"""Message files of every kind, and the connector that reads them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.mail import plugin
from connectors.mail.mapping import MailMapper
from syncd.domain.names import GoneReason
from syncd.errors import SourceMisunderstood, SourceUnavailable
from syncd.ports.connector import Connector, FilesRead, RawRecord, ReadsFiles, Site
from syncd.ports.secret import Secret
from syncd.testing.conformance import Examinee
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from syncd.transport.toolkit import SourceToolkit
from tests.connectors.mail.letters import OPTIONS, THEM, US, mail, options
from tests.connectors.servicenow.instance import NOON

A = mail("a@c", sender=US, to=THEM)
B = mail("b@v", minute=5, answers="a@c", subject="Re: Line down [#4711]")


def read(*paths: Path, **more: Any) -> FilesRead:
    mapper = MailMapper(Site("mail"), options(**more))
    assert isinstance(mapper, ReadsFiles)
    return mapper.files(paths)


def a_maildir(folder: Path) -> Path:
    box = folder / "box"
    for place in ("cur", "new", ".Done/cur", ".Done/new"):
        (box / place).mkdir(parents=True)
    (box / "cur" / "1772438400.M1P1.host:2,FS").write_bytes(A)
    (box / ".Done" / "new" / "1772438700.M2P1.host").write_bytes(B)
    return box


def an_mbox(folder: Path) -> Path:
    box = folder / "box.mbox"
    quoted = A.replace(b"\r\n", b"\n") + b"\n>From here on\n"
    lines = b"From ina@c.example Mon Mar  2 08:00:00 2026\n" + quoted + b"\nFrom me to you\n\n"
    box.write_bytes(lines + b"From vera@v.example Mon Mar  2 08:05:00 2026\n" + B.replace(b"\r\n", b"\n"))
    return box


def a_folder(folder: Path) -> Path:
    (folder / "mails" / "deeper").mkdir(parents=True)
    (folder / "mails" / "a.eml").write_bytes(A)
    (folder / "mails" / "deeper" / "b.eml").write_bytes(B)
    return folder / "mails"


BOXES: dict[str, Callable[[Path], Path]] = {"maildir": a_maildir, "mbox": an_mbox, "folder": a_folder}


@pytest.mark.parametrize("kind", BOXES)
def test_every_kind_of_box_holds_the_same_conversation(kind: str, tmp_path: Path) -> None:
    found = read(BOXES[kind](tmp_path))
    assert [detail["message_id"] for detail in found.details] == ["a@c", "b@v"]
    assert len({detail["conversation"] for detail in found.details}) == 1
    assert [record.ticket for record in found.records] == [found.records[0].ticket] * 2


def test_a_maildir_tells_folders_flags_and_when_a_message_came(tmp_path: Path) -> None:
    first, second = read(a_maildir(tmp_path)).records
    assert first.payload["sightings"] == [
        {"folder": "INBOX", "flags": ["\\Flagged", "\\Seen"], "received_at": "2026-03-02T08:00:00Z"}
    ]
    assert second.payload["sightings"] == [{"folder": "Done", "flags": [], "received_at": "2026-03-02T08:05:00Z"}]


def test_what_lies_below_or_beside_the_folders_of_a_maildir_is_read(tmp_path: Path) -> None:
    box = a_maildir(tmp_path)
    for place in ("tmp", "teams/noc/cur", "teams/plain"):
        (box / place).mkdir(parents=True)
    (box / "teams" / "noc" / "cur" / "1:2,S").write_bytes(mail("c@v"))
    (box / "teams" / "plain" / "d").write_bytes(mail("d@v"))
    (box / "5:2,").write_bytes(mail("e@v"))
    (box / "tmp" / "half").write_bytes(b"From")
    (box / "dovecot-uidlist").write_bytes(b"3 V1 N2")
    assert [detail["message_id"] for detail in read(box).details] == ["a@c", "b@v", "e@v", "c@v", "d@v"]


def test_copies_whose_headers_differ_are_each_read_for_themselves(tmp_path: Path) -> None:
    (tmp_path / "by-hand.eml").write_bytes(mail("a@v"))
    (tmp_path / "by-machine.eml").write_bytes(mail("a@v", Auto_Submitted="auto-replied", Received="by x; 1 Jan 2026"))
    found = read(tmp_path).details
    assert [detail["author"] for detail in found] == ["human", "machine"]
    assert len({str(detail["conversation"]) for detail in found}) == 1


def test_an_mbox_file_names_its_messages_by_number_and_unquotes_them(tmp_path: Path) -> None:
    box = an_mbox(tmp_path)
    found = read(box, store_bodies=True)
    assert [detail["file"] for detail in found.details] == [f"{box}#1", f"{box}#2"]
    assert "\nFrom here on" in str(found.records[0].payload["letter"]["text"])  # type: ignore[index]  # a JSON object


def test_a_message_is_told_with_these_keys_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(B)
    (detail,) = read(tmp_path / "a.eml").details
    assert detail == {
        "file": str(tmp_path / "a.eml"), "message_id": "b@v", "in_reply_to": "a@c", "references": [],
        "from": "vera@vendor.example", "subject": "Re: Line down [#4711]", "author": "human", "machine_kind": None,
        "tokens": ["#4711"], "conversation": detail["conversation"], "attachments": [], "problems": [],
    }  # fmt: skip
    assert json.loads(json.dumps(detail)) == detail


def test_our_own_alert_mail_is_shown_and_has_no_conversation(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail("n@c", X_Syncd="notice"))
    (detail,) = read(tmp_path).details
    assert (detail["author"], detail["conversation"]) == ("machine", None)


def reader(folder: Path, path: str = "box", **more: Any) -> Connector:
    toolkit = SourceToolkit("mail", now=VirtualNow(NOON), limits=Limits(), secrets=lambda _: Secret("x"), inline=True)
    toolkit.close()
    return plugin.build(
        Site("mail", folder=folder), options(backend={"kind": "maildir", "path": path}, **more), toolkit
    )


def records(source: Connector, since: str | None = None) -> tuple[list[RawRecord], str]:
    pages = list(source.pages(since))
    return [record for page in pages for record in page.records], pages[-1].cursor


def test_unchanged_files_make_an_empty_pass(tmp_path: Path) -> None:
    a_maildir(tmp_path)
    found, cursor = records(reader(tmp_path))
    assert len(found) == 2
    assert records(reader(tmp_path), cursor) == ([], cursor)


def test_a_new_message_joins_its_conversation_under_the_same_id(tmp_path: Path) -> None:
    box = a_maildir(tmp_path)
    before, cursor = records(reader(tmp_path))
    (box / "new" / "1772439000.M3P1.host").write_bytes(mail("c@v", minute=9, refs="a@c b@v"))
    after, _ = records(reader(tmp_path), cursor)
    assert {record.ticket for record in after} == {record.ticket for record in before}
    assert len(after) == 3


def test_conversations_that_a_later_mail_joins_leave_a_word_where_they_went(tmp_path: Path) -> None:
    box = a_maildir(tmp_path)
    (box / "new" / "1772438460.M3P1.host").write_bytes(mail("x@c", sender=US, to=THEM, minute=1, subject="Other"))
    before, cursor = records(reader(tmp_path))
    assert len({record.ticket for record in before}) == 2
    (box / "new" / "1772439000.M4P1.host").write_bytes(mail("c@v", minute=9, refs="x@c a@c"))
    after, _ = records(reader(tmp_path), cursor)
    (left,) = [record for record in after if record.part == "merged"]
    mapper = MailMapper(Site("mail"), options())
    (event,) = mapper.map(left).timeline.events
    survivor = next(record.ticket for record in after if record.part != "merged")
    assert getattr(event, "into", None) == survivor
    assert left.ticket in {record.ticket for record in before} - {survivor}
    assert min(record.updated_at for record in before if record.ticket == left.ticket) == event.at


def test_of_a_persons_mailbox_only_mail_with_vendors_is_stored(tmp_path: Path) -> None:
    box = a_maildir(tmp_path)
    (box / "new" / "1772438460.M3P1.host").write_bytes(mail("p@f", sender="friend@home.example", subject="Dinner"))
    assert len(records(reader(tmp_path))[0]) == 3
    assert len(records(reader(tmp_path, mailbox="personal"))[0]) == 2


def test_a_place_that_is_not_there_is_a_source_that_is_down(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="there is no such file"):
        list(reader(tmp_path, "nowhere").pages(None))
    assert not reader(tmp_path, "nowhere").check()[0].ok


def test_another_programs_cursor_is_refused(tmp_path: Path) -> None:
    a_maildir(tmp_path)
    with pytest.raises(SourceMisunderstood):
        list(reader(tmp_path).pages("17"))


def test_a_ticket_whose_files_are_gone_is_unreachable(tmp_path: Path) -> None:
    box = a_maildir(tmp_path)
    (ticket,) = {record.ticket for record in records(reader(tmp_path))[0]}
    for file in (*(box / "cur").iterdir(), *(box / ".Done" / "new").iterdir()):
        file.unlink()
    assert reader(tmp_path).recheck([ticket]).gone == {ticket: GoneReason.UNREACHABLE}


def examinee(folder: Path) -> Examinee[Any]:
    """A Maildir of three hundred conversations, which get an answer each when time passes."""
    box = folder / "box"
    for place in ("cur", "new"):
        (box / place).mkdir(parents=True)
    for number in range(300):
        raw = mail(f"{number}@c", sender=US, to=THEM, minute=number, subject=f"Line {number}", body="Dear all,")
        (box / "new" / f"{1772438400 + number}.M1P1.host").write_bytes(raw)

    def wait(_: float) -> None:
        for number in range(300):
            raw = mail(f"{number}@v", minute=number + 9, answers=f"{number}@c")
            (box / "new" / f"{1772448400 + number}.M2P1.host").write_bytes(raw)

    return Examinee(
        plugin=plugin, options={**OPTIONS, "backend": {"kind": "maildir", "path": "box"}},
        site=Site("mail", folder=folder), connect=lambda: reader(folder), wait=wait, text="Dear all,",
        broken=lambda: reader(folder, "nowhere"),
    )  # fmt: skip
