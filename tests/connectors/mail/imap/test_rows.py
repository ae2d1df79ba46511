"""The quick ways through an answer to FETCH come to what the slow ones come to."""

import imaplib
import time
from contextlib import suppress
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from connectors.mail.imap.answers import rows, usual_row
from connectors.mail.imap.parts import joined
from connectors.mail.imap.wire import LyingServer, Wire
from connectors.mail.limits import Limits
from connectors.mail.parsing import parse
from connectors.mail.rules import shipped
from tests.connectors.mail.imap.bench import answer
from tests.connectors.mail.imap.scripted import Connection, Scripted

ITEMS = st.sampled_from([
    b"UID 7", b"UID 0", b"UID 4294967296", b"uid 7", b"FLAGS (\\Seen $X)", b"FLAGS ()", b"FLAGS (nil)", b"FLAGS NIL",
    b'INTERNALDATE "02-Mar-2026 09:05:00 +0100"', b'INTERNALDATE "a\\"b"', b"INTERNALDATE NIL", b"RFC822.SIZE 12",
    b"RFC822.SIZE -1", b"MODSEQ (12)", b'BODY[TEXT]<0> "x"', b"BODY[HEADER]<0> {3}", b"BODY[1.2] {3}", b"BODY[] {3+}",
    b"BODY[HEADER.FIELDS (TO)] {3}", b"", b"(", b")", b"UID",
])  # fmt: skip
LITERALS = st.none() | st.binary(max_size=20)
HEADS = st.lists(st.sampled_from([
    b"From: a@b.c", b"Subject: x", b"Message-ID: <a@b>", b" folded", b"no field", b"\r", b"\n", b"\r\n", b"\0", b"To:",
]))  # fmt: skip
TEXTS = st.lists(st.sampled_from([b" UID 7", b"(", b")", b" FLAGS ()", b'"a b"', b" \\", b" \xff", b" * 1 FETCH "]))


@st.composite
def said(draw: st.DrawFn) -> list[Any]:
    """The pieces of one answer as imaplib hands them over, most of them such as servers send."""
    text = b"%d (%b" % (draw(st.integers(0, 99)), b" ".join(draw(st.lists(ITEMS, max_size=6))))
    literal = draw(LITERALS)
    if literal is None:
        return [text + draw(st.sampled_from([b")", b" )", b"", b"))"]))]
    return [(text, literal), draw(st.sampled_from([b")", b" UID 9)", b"", b" )"]))]


@given(said())
@example([b"1 (UID 7 FLAGS (nil))"])
@example([(b"1 (UID 7 BODY[TEXT]<0> {1}", b"x"), b" UID 9)"])
def test_a_usual_row_is_what_the_grammar_says(pieces: list[Any]) -> None:
    # A last item in lower case, which changes nothing, sends the row the slow way.
    *start, end = pieces
    slowly = [*start, end[:-1] + b" x-slow nil)"] if end.endswith(b")") else pieces
    expected: list[dict[str, Any]] | None = None
    with suppress(LyingServer):
        expected = [{name: item for name, item in row.items() if name != "X-SLOW"} for row in rows({"FETCH": slowly})]
    found: list[dict[str, Any]] | None = None
    with suppress(LyingServer):
        found = list(rows({"FETCH": pieces}))
    assert found == expected


def test_what_dovecot_and_others_answer_is_usual() -> None:
    text = b'3 (UID 7 FLAGS (\\Seen) INTERNALDATE "02-Mar-2026 09:05:00 +0100" RFC822.SIZE 9 BODY[HEADER]<0> {3}'
    assert usual_row([(text, b"A:b"), b")"]) == {
        "UID": 7, "FLAGS": [b"\\Seen"], "INTERNALDATE": b"02-Mar-2026 09:05:00 +0100", "RFC822.SIZE": b"9",
        "BODY[HEADER]": b"A:b",
    }  # fmt: skip
    assert usual_row([b'3 (INTERNALDATE "x" UID 7)']) == {"UID": 7, "INTERNALDATE": b"x"}


def test_rows_are_read_off_the_line_as_imaplib_reads_them() -> None:
    sent: list[bytes] = []

    def hook(client: Connection, tag: bytes, command: bytes) -> bool:
        if command.startswith(b"UID FETCH"):
            client.wire.sendall(b"".join(sent) + tag + b" OK done\r\n")
        return command.startswith(b"UID FETCH")

    with Scripted({"INBOX": {1: answer(1)}}, hook=hook) as server:
        plain = imaplib.IMAP4("127.0.0.1", server.port, timeout=20)
        plain.login("a", "b")
        plain.select('"INBOX"', readonly=True)
        ours = Wire("127.0.0.1", server.port, tls=None, seconds=20, clock=time.monotonic)
        ours.enter_plainly(b"a", b"b")
        ours.ask("EXAMINE", b'"INBOX"')

        @given(st.lists(st.lists(st.tuples(TEXTS, st.binary(max_size=9)), max_size=3)))
        def alike(answers: list[list[tuple[list[bytes], bytes]]]) -> None:
            sent.clear()
            for pieces in answers:
                line = b"".join(b"%b{%d}\r\n%b" % (b"".join(text), len(part), part) for text, part in pieces)
                sent.append(b"* 3 FETCH (%b)\r\n" % line)
                sent.append(b"* 4 EXISTS\r\n")
            expected = plain.uid("FETCH", "1:*", "(UID)")[1]
            status, untagged, _ = ours.ask("UID", b"FETCH", b"1:*", b"(UID)")
            assert status == "OK"
            assert [*untagged.get("FETCH", [None])] == expected

        alike()
        plain.logout()
        ours.leave()


@given(HEADS, st.binary(max_size=40))
def test_where_a_header_ends_is_known_and_need_not_be_looked_for(lines: list[bytes], body: bytes) -> None:
    whole = joined(b"\r\n".join(lines), body)
    assert parse(whole.raw, shipped(), Limits(), head=whole.head) == parse(whole.raw, shipped(), Limits())
