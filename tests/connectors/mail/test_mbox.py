"""mbox files as programs write them: with and without dates, lengths, quotation and blank lines."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from connectors.mail.limits import Limits
from connectors.mail.mapping import MailMapper
from connectors.mail.mbox import messages_of
from syncd.ports.connector import Site
from tests.connectors.mail.letters import THEM, US, mail, options

DATED = "From vera@vendor.example Mon Mar  2 08:00:00 2026\n"
A, B, C = (mail(f"{each}@c", sender=US, to=THEM).decode().replace("\r\n", "\n") for each in "abc")


def details(path: Path) -> Sequence[Mapping[str, object]]:
    return MailMapper(Site("mail"), options()).files([path]).details


def written(folder: Path, text: str) -> Path:
    path = folder / "box"
    path.write_bytes(text.encode())
    return path


def sized(message: str, body: str) -> str:
    """A message with another body, and the body's length in its header."""
    head = message.partition("\n\n")[0]
    return f"{head}\nContent-Length: {len(body)}\n\n{body}"


BOXES = {
    "with dates": f"{DATED}{A}\n\n{DATED}{B}\n\n{DATED}{C}\n",
    "as netscape wrote them": f"From - \n{A}\n\nFrom - Mon Mar  2 08:00:00 2026\n{B}\n\nFrom - \n{C}\n",
    "with addresses alone": f"From a@b.example\n{A}\n\nFrom a@b.example\n{B}\n\nFrom MAILER-DAEMON\n{C}\n",
    "without blank lines between them": f"{DATED}{A}\n{DATED}{B}\nFrom - \n{C}\n",
    "with lines ended as in a mail": f"{DATED}{A}\n\n{DATED}{B}\n\n{DATED}{C}\n".replace("\n", "\r\n"),
    "with lengths": "".join(
        f"{DATED}{sized(each, f'Look:{chr(10)}{chr(10)}{DATED}Subject: not this{chr(10)}')}\n" for each in (A, B, C)
    ),
    "with lengths that are wrong": "".join(
        f"{DATED}{sized(each, 'hello')}, and more\n\n" for each in (A, B, C)
    ),
    "with lengths beyond the file": "".join(
        f"{DATED}{each.replace('To: ', 'Content-Length: 99999' + chr(10) + 'To: ', 1)}\n\n" for each in (A, B, C)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BOXES)
def test_no_message_of_a_box_is_lost_and_none_is_made_up(case: str, tmp_path: Path) -> None:
    path = written(tmp_path, BOXES[case])
    assert [each["message_id"] for each in details(path)] == ["a@c", "b@c", "c@c"]
    assert [each["file"] for each in details(path)] == [f"{path}#{number}" for number in (1, 2, 3)]


@pytest.mark.parametrize("start", [DATED, "From a@b.example\n", "From - \n"])
def test_one_message_with_the_line_of_its_delivery_is_a_message_file(start: str, tmp_path: Path) -> None:
    path = written(tmp_path, start + A)
    assert [(each["file"], each["message_id"]) for each in details(path)] == [(str(path), "a@c")]


def test_a_mail_that_begins_with_a_sentence_is_no_box(tmp_path: Path) -> None:
    path = written(tmp_path, f"From now on\nall is well\n\n{DATED}{A}")
    assert len(details(path)) == 1


def test_quoted_lines_are_unquoted_once_with_and_without_lengths(tmp_path: Path) -> None:
    body = ">From here\n>>From there\n> From far\nFrom me to you\n"
    for message in (f"{A}\n{body}", sized(A, body)):
        ((_, raw),) = messages_of(written(tmp_path, DATED + message), Limits())
        assert raw.endswith(b"\nFrom here\n>From there\n> From far\nFrom me to you\n")


def test_a_large_message_is_cut_and_those_behind_it_are_read(tmp_path: Path) -> None:
    large = f"{A}\n" + "x" * 4_000 + "\n"
    path = written(tmp_path, f"{DATED}{large}\n{DATED}{sized(B, large)}{DATED}{C}\n")
    sizes = [len(raw) for _, raw in messages_of(path, Limits(message_bytes=1_000))]
    assert sizes[:2] == [1_001, 1_001]
    assert sizes[2] < 1_000
