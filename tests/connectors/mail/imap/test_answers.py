"""What servers answer is read whole or refused, whatever it is; what is asked of them is of a size they take."""

import imaplib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail.imap.answers import code, internal_date, rows, values
from connectors.mail.imap.names import Folder, listed, plain_name, sent_folder, wire_name
from connectors.mail.imap.parts import composed, joined, leaves, wanted, words_part
from connectors.mail.imap.refusals import refusal, translated
from connectors.mail.imap.uids import batches, ranges, text_of, uids_in
from connectors.mail.imap.wire import LyingServer, Wire
from connectors.mail.limits import Limits
from connectors.mail.parsing import parse
from connectors.mail.rules import shipped
from syncd.errors import SourceMisunderstood, SourceUnavailable

ROW = [(b'1 (UID 7 FLAGS (\\Seen $X) INTERNALDATE "02-Mar-2026 09:05:00 +0100" BODY[HEADER]<0> {5}', b"A: b)"), b")"]


def test_a_row_is_its_items_by_name_and_a_literal_may_hold_anything() -> None:
    (row,) = rows({"FETCH": ROW})
    assert (row["UID"], row["BODY[HEADER]"], row["FLAGS"]) == (7, b"A: b)", [b"\\Seen", b"$X"])
    assert internal_date(row["INTERNALDATE"]) == datetime(2026, 3, 2, 8, 5, tzinfo=UTC)


def test_strings_are_unquoted_nil_is_nothing_and_lists_are_lists() -> None:
    assert values([rb'("a \"b\" \\" NIL (x ()) "NIL")']) == [[rb'a "b" ' + b"\\", None, [b"x", []], b"NIL"]]


@pytest.mark.parametrize(
    "row",
    [
        b"1 (UID 0)",
        b"1 (UID x)",
        b"1 (UID)",
        b"(UID 1)",
        b"1 (UID 4294967296)",
        b"1 (UID 1",
        b"1 (UID %b)" % (b"9" * 5_000),
    ],
)
def test_rows_that_cannot_be_are_refused(row: bytes) -> None:
    with pytest.raises(LyingServer):
        list(rows({"FETCH": [row]}))


def test_a_size_of_thousands_of_digits_is_no_crash() -> None:
    said = b'("text" "plain" NIL NIL NIL "7bit" %b)' % (b"9" * 5_000)
    (leaf,) = leaves(values([said])[0], Limits())
    assert leaf.size > 10**17


@given(st.lists(st.one_of(st.binary(max_size=60), st.tuples(st.binary(max_size=60), st.binary(max_size=20)))))
def test_whatever_comes_is_read_or_refused_and_nothing_else(data: list[object]) -> None:
    with suppress(LyingServer):
        for row in rows({"FETCH": data}):
            leaves(row.get("BODYSTRUCTURE"), Limits())


@given(st.binary(max_size=200))
def test_whatever_a_structure_says_a_message_comes_out_of_it(said: bytes) -> None:
    try:
        parts = leaves(values([b"(" + said.replace(b'"', b"").replace(b"{", b"") + b")"])[0], Limits())
    except LyingServer:
        return
    header = b'From: a@b\r\nContent-Type: multipart/mixed; boundary="q"\r\n\r\n'
    letter = parse(composed(header, parts, words_part(parts), b"Hello").raw, shipped(), Limits())
    assert letter.senders == ("a@b",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"02-Mar-2026 09:05:00 +0100", datetime(2026, 3, 2, 8, 5, tzinfo=UTC)),
        (b" 2-Mar-2026 00:00:60 -0330", datetime(2026, 3, 2, 3, 30, 59, tzinfo=UTC)),
        (b"32-Mar-2026 00:00:00 +0000", None), (b"02-Xyz-2026 00:00:00 +0000", None), (b"yesterday", None),
        (b"01-Jan-0001 00:00:00 +2300", None), (b"02-Mar-2026 00:00:00 +9999", None), (None, None),
    ],
)  # fmt: skip
def test_the_internal_date_is_an_instant_or_nothing(text: bytes | None, expected: datetime | None) -> None:
    assert internal_date(text) == expected


@given(st.sets(st.integers(1, 5000), max_size=300), st.integers(1, 50))
def test_sets_of_uids_are_written_whole_in_pieces_that_servers_take(uids: set[int], most: int) -> None:
    pieces = list(batches(uids, most))
    assert set[int]().union(*map(uids_in, pieces)) == uids
    assert all(len(uids_in(piece)) <= most and len(piece) < 4_100 for piece in pieces)
    assert uids_in(text_of(ranges(uids))) == uids


def test_a_hundred_thousand_uids_in_a_row_are_short_and_scattered_ones_many_commands() -> None:
    assert list(batches(range(1, 5001))) == ["1:5000"]
    assert max(map(len, batches(range(1, 100_000, 2)))) < 4_100


@pytest.mark.parametrize("text", ["0", "1:0", "5:4294967296", "x", "1:99999999", "1,,2"])
def test_a_set_of_uids_that_cannot_be_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"no set|invalid literal"):
        uids_in(text)


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=30))
def test_folders_keep_their_names_over_the_wire(name: str) -> None:
    quoted = wire_name(name)
    assert b"\r" not in quoted
    assert b"\n" not in quoted
    (folder,) = listed({"LIST": [b'(\\HasNoChildren) "/" ' + quoted]})
    assert folder.name == name


def test_names_are_written_as_the_rfc_has_them_and_literals_are_read() -> None:
    assert wire_name("~peter/mail/台北/日本語") == b'"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'
    assert plain_name(b"&Jjo-!") == "☺!"
    assert plain_name(b"&U,BTF") == "&U,BTF"
    assert [each.name for each in listed({"LIST": [(b'(\\Sent) "/" {4}', b"Sent"), b""]})] == ["Sent"]


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ([("Sent", ""), ("Versandt", "\\sent")], "Versandt"),
        ([("INBOX", ""), ("Gesendete Elemente", "")], "Gesendete Elemente"),
        ([("[Gmail]/Sent Mail", "")], "[Gmail]/Sent Mail"),
        ([("送信済みアイテム", ""), ("INBOX", "")], "送信済みアイテム"),
        ([("Elementos enviados", "")], "Elementos enviados"),
        ([("INBOX", ""), ("Absent", "")], None),
    ],
)
def test_sent_mail_is_where_the_server_says_else_where_it_is_usual(
    folders: list[tuple[str, str]], expected: str | None
) -> None:
    assert sent_folder([Folder(name, frozenset({attribute}), "/") for name, attribute in folders]) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Subject: x\r\n\r\n", "TEXT"), (b"Content-Type: text/html\r\n\r\n", "TEXT"),
        (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n", None), (b"Content-Type: multipart/mixed\r\n\r\n", ""),
        (b"Content-Type: multipart/report; boundary=x\r\n\r\n", ""), (b"Content-Type: message/rfc822\r\n\r\n", ""),
        (b"Content-Type: application/pdf\r\n\r\n", "none"),
    ],
)  # fmt: skip
def test_what_is_fetched_beside_the_header_depends_on_what_it_says(header: bytes, expected: str | None) -> None:
    found = wanted(header, Limits())
    assert found == (expected if expected != "none" else "NONE")


def test_a_header_that_was_cut_off_is_a_header_all_the_same() -> None:
    assert joined(b"From: a@b\r\nSubject: cut o", b"text").raw == b"From: a@b\r\nSubject: cut o\r\n\r\ntext"
    assert joined(b"From: a@b\r\n\r\n", b"").raw == b"From: a@b\r\n\r\n"


def test_only_commands_that_ask_can_be_sent() -> None:
    wire = Wire.__new__(Wire)
    fetch = (b"FETCH", b"1", b"(BODY[])")
    for name, words in (("SELECT", (b"INBOX",)), ("STORE", (b"1",)), ("UID", (b"STORE",)), ("UID", fetch)):
        with pytest.raises(ValueError, match="not sent"):
            wire.ask(name, *words)


def test_what_the_server_says_in_words_stays_out_of_our_errors() -> None:
    for said in (b"[ALERT] ina@customer.example is locked", b"ina@customer.example", b"[NOPERM] ina@customer.example"):
        assert "ina@" not in str(refusal("mail", "login", said))
    aborted = translated("mail", "x", imaplib.IMAP4.abort("unexpected response: b'ina@customer.example'"))
    assert isinstance(aborted, SourceMisunderstood)
    assert "ina@" not in str(aborted)
    assert translated("mail", "x", SourceUnavailable("mail", "network")) is None
    assert translated("mail", "x", KeyError()) is None
    assert code(b" [UNAVAILABLE] x") == "UNAVAILABLE"
