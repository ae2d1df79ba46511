"""Headers and bodies that real programs write, and those that nobody should."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.mail.letter import Letter
from connectors.mail.limits import Limits
from connectors.mail.parsing import parse
from connectors.mail.rules import shipped
from tests.connectors.mail.letters import judge, mail


def read(raw: bytes, **limits: int) -> Letter:
    return parse(raw, shipped(), Limits(**limits))


SUBJECTS: dict[str, tuple[str | bytes, str]] = {
    "encoded words": ("=?iso-8859-1?Q?St=F6rung?= =?utf-8?B?IGhpZXI=?=", "Störung hier"),
    "bytes of one character in two words": ("=?utf-8?q?=C3?= =?utf-8?q?=B6l?=", "öl"),
    "utf-8 as it is": ("Störung", "Störung"),
    "an unknown charset": ("=?x-nowhere?q?caf=C3=A9?=", "café"),
    "a codec that is no charset": ("=?zlib?q?abc?=", "abc"),
    "japanese": ("=?iso-2022-jp?b?GyRCMnNAfhsoQg==?=", "回線"),
    "folding": ("Line\r\n\tdown", "Line down"),
    "control and direction characters": ("a\x00b\u202ec\u200bd", "abcd"),
    "latin bytes": (b"St\xf6rung", "Störung"),
    "an encoded word without an end": ("=?utf-8?q?abc", "=?utf-8?q?abc"),
}  # fmt: skip


@pytest.mark.parametrize("case", SUBJECTS)
def test_subjects_are_decoded(case: str) -> None:
    written, expected = SUBJECTS[case]
    raw = b"Subject: " + (written if isinstance(written, bytes) else written.encode()) + b"\r\n\r\n"
    assert read(raw).subject == expected


FROMS = {
    "a plain address": ("a@B.Example", ("a@b.example",)),
    "a name that holds another address": ('"boss@customer.example" <eve@evil.example>', ("eve@evil.example",)),
    "an encoded name with a comma": ("=?utf-8?q?M=2C_A?= <a@b.example>", ("a@b.example",)),
    "comments": ("a@b.example (A (nested) comment)", ("a@b.example",)),
    "two authors": ("a@b.example, c@d.example", ("a@b.example", "c@d.example")),
    "an international domain": ("a@bücher.example", ("a@xn--bcher-kva.example",)),
    "nobody": ("undisclosed-recipients:;", ()),
    "a quoted local part": ('"Vera V"@vendor.example', ('"vera v"@vendor.example',)),
    "a quoted local part in brackets": ('"Eve <a@b.example>" <"Vera V"@vendor.example>', ('"vera v"@vendor.example',)),
    "a quotation before another address": ('"boss"@customer.example <eve@evil.example>', ("eve@evil.example",)),
    "an unclosed quote": ('"Vera <vera@vendor.example>', ("vera@vendor.example",)),
}  # fmt: skip


@pytest.mark.parametrize("case", FROMS)
def test_senders_are_found(case: str) -> None:
    written, expected = FROMS[case]
    assert read(f"From: {written}\r\n\r\n".encode()).senders == expected


NAMES = {
    "plain": ('attachment; filename="a.pdf"', ["a.pdf"]),
    "rfc 2231": ("attachment; filename*=utf-8''St%C3%B6rung.pdf", ["Störung.pdf"]),
    "rfc 2231 in pieces": ("attachment; filename*0*=utf-8''St%C3%B6; filename*1=rung.pdf", ["Störung.pdf"]),
    "an encoded word where none may be": ('attachment; filename="=?utf-8?q?St=C3=B6rung=2Epdf?="', ["Störung.pdf"]),
    "bytes as they are": ('attachment; filename="Störung.pdf"', ["Störung.pdf"]),
    "a path": ('attachment; filename="C:\\temp\\a.pdf"', ["a.pdf"]),
    "none": ("attachment", ["application/pdf"]),
    "a bad charset": ("attachment; filename*=nonsense''%ff.pdf", None),
}  # fmt: skip


MISPLACED = {
    "in the media type": ("Content-Type: image/png; name=a.png\r\n", ["a.png"]),
    "in the media type, under the other word": ("Content-Type: image/png; filename=a.png\r\n", ["a.png"]),
    "in the disposition, under the other word": (
        "Content-Type: image/png\r\nContent-Disposition: inline; name=a.png\r\n", ["a.png"],
    ),
    "where it belongs, and another elsewhere": (
        "Content-Type: image/png; name=b.png\r\nContent-Disposition: inline; filename=a.png\r\n", ["a.png"],
    ),
    "on a line that is not indented": ("Content-Type: image/png;\r\nname=a.png\r\n", ["a.png"]),
}  # fmt: skip


@pytest.mark.parametrize("case", MISPLACED)
def test_a_file_is_named_wherever_its_name_stands(case: str) -> None:
    head, expected = MISPLACED[case]
    raw = f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n{head}\r\nxx\r\n--b--\r\n"
    assert list(read(raw.encode()).attachments) == expected


def test_an_inner_multipart_without_its_boundary_is_no_file() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/related\r\n\r\nx\r\n--b--\r\n"
    )
    letter = read(raw)
    assert letter.attachments == ()
    assert "broken_multipart" in letter.problems


TYPES = {
    "text/html Content-Transfer-Encoding: 8bit": "text/html",
    "text/html charset=utf-8": "text/html",
    "TEXT/HTML": "text/html",
    "multipart; boundary=b": "multipart/mixed",
    "text": "text/plain",
    "text/html/x": "application/octet-stream",
    "nonsense/ /": "application/octet-stream",
}


@pytest.mark.parametrize("stated", TYPES)
def test_a_media_type_is_read_as_far_as_it_is_one(stated: str) -> None:
    assert read(f"Content-Type: {stated}\r\n\r\nhello".encode()).content_type == TYPES[stated]


@pytest.mark.parametrize("start", [b"\n", b"\r\n\r\n"])
def test_blank_lines_before_a_header_are_passed_over(start: bytes) -> None:
    assert read(start + b"Subject: hello\r\nMessage-ID: <a@c>\r\n\r\nx").message_id == "a@c"


def test_a_blank_line_before_anything_else_says_that_there_is_no_header() -> None:
    letter = read(b"\r\nhello there: no field\r\n")
    assert (letter.subject, letter.text.strip()) == ("", "hello there: no field")


def test_lines_that_end_as_on_old_macintoshes_are_lines() -> None:
    raw = b"Subject: old\rContent-Type: multipart/mixed; boundary=b\r\r--b\r\rhello\r--b\r"
    letter = read(raw + b"Content-Type: image/gif; name=a.gif\r\rx\r--b--\r")
    assert (letter.subject, letter.text.strip(), letter.attachments) == ("old", "hello", ("a.gif",))


@pytest.mark.parametrize("case", NAMES)
def test_attachments_are_named(case: str) -> None:
    written, expected = NAMES[case]
    raw = (
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/pdf\r\n"
        f"Content-Disposition: {written}\r\n\r\nxxxx\r\n--b--\r\n"
    )
    letter = read(raw.encode())
    assert letter.text.strip() == "hello"
    assert list(letter.attachments) == expected if expected is not None else len(letter.attachments) == 1


def test_an_enclosed_message_keeps_its_files_and_words_to_itself() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nouter\r\n--b\r\n"
        b"Content-Type: message/rfc822\r\n\r\n"
        b"Subject: inner\r\nMessage-ID: <i@x>\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n"
        b"inner words\r\n"
        b"--c\r\nContent-Type: image/png; name=i.png\r\n\r\nx\r\n--c--\r\n--b\r\n"
        b"Content-Type: image/png; name=o.png\r\n\r\n"
        b"x\r\n--b--\r\n"
    )
    letter = read(raw)
    assert (letter.text.strip(), letter.attachments, letter.about) == ("outer", ("o.png",), ("i@x",))


BODIES = {
    "base64": (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ==",
        "Grüße"),
    "quoted-printable": (
        b"Content-Type: text/plain; charset=l1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DF=\r\ne",
        "Grüße",
    ),
    "broken base64": (b"Content-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ=!=R", "Grüße"),
    "html only": (b"Content-Type: text/html\r\n\r\n<style>x</style><p>Hello</p><p>there &amp; back</p>",
        "Hello\nthere & back"),
    "html that quotes": (b'Content-Type: text/html\r\n\r\nNew<br><div class="gmail_quote">old</div>', "New"),
    "no header": (b"\r\nhello", "hello"),
    "a charset that is none": (b"Content-Type: text/plain; charset=\x00foo\r\n\r\nGr\xc3\xbc\xc3\x9fe", "Grüße"),
    "a multipart without its boundary": (b"Content-Type: multipart/mixed\r\n\r\nhello", "hello"),
    "a boundary that goes on": (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--bx hello", "--bx hello"),
    "a boundary right after another": (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n\r\nhi", "hi"),
    "a multipart that never ends": (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello", "hello"),
}  # fmt: skip


@pytest.mark.parametrize("case", BODIES)
def test_words_are_found(case: str) -> None:
    raw, expected = BODIES[case]
    assert read(raw).text.strip() == expected


PROBLEMS = {
    "no id": (b"From: a@b.c\r\n\r\n", "no_message_id"),
    "no date": (b"From: a@b.c\r\n\r\n", "no_date"),
    "a date in the year 99999": (b"Date: Mon, 02 Mar 99999 08:00:00 +0000\r\n\r\n", "bad_date"),
    "a date before mail": (b"Date: Mon, 02 Mar 1970 08:00:00 +0000\r\n\r\n", "bad_date"),
    "words for a date": (b"Date: yesterday\r\n\r\n", "bad_date"),
    "two subjects": (b"Subject: a\r\nSubject: b\r\n\r\n", "repeated_field"),
    "a line that is no field": (b"Subject: a\r\nnonsense\r\nFrom: a@b.c\r\n\r\n", "bad_header_line"),
    "a megabyte of header": (b"X: " + b"y" * 1_000_000 + b"\r\n\r\n", "header_too_large"),
    "many fields": (b"X: y\r\n" * 5_000 + b"\r\n", "too_many_fields"),
    "two senders": (b"From: a@b.c, d@e.f\r\n\r\n", "no_single_sender"),
    "a hundred thousand parts": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000, "too_many_parts",
    ),
    "a thousand levels": (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1_000)),
        "too_deep",
    ),
    "a thousand enclosed messages": (b"Content-Type: message/rfc822\r\n\r\n" * 1_000, "too_deep"),
    "too much text": (b"\r\n" + b"words " * 100_000, "text_too_large"),
    "a charset that is unknown": (b"Content-Type: text/plain; charset=nowhere\r\n\r\nx", "unknown_charset"),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_is_odd_is_a_problem(case: str) -> None:
    raw, code = PROBLEMS[case]
    assert code in read(raw).problems


def test_of_repeated_fields_the_first_counts() -> None:
    letter = read(b"Subject: first\r\nSubject: second\r\nFrom: a@b.c\r\nFrom: d@e.f\r\n\r\n")
    assert (letter.subject, letter.senders) == ("first", ("a@b.c",))


def test_of_many_references_the_first_and_the_last_are_kept() -> None:
    found = read(b"References: " + b" ".join(b"<%d@x>" % n for n in range(300)) + b"\r\n\r\n").references
    assert (len(found), found[0], found[-1]) == (100, "0@x", "299@x")


def test_copies_have_one_fingerprint_and_other_mails_under_the_same_id_another() -> None:
    copy = b"Received: from a by mx.customer.example; Mon, 02 Mar 2026 08:00:02 +0000\r\n" + mail("a@v")
    tagged = mail("a@v", subject="[EXTERN] Line down")
    assert read(copy).fingerprint == read(tagged).fingerprint == read(mail("a@v")).fingerprint
    others = [mail("a@v", body="Another."), mail("a@v", minute=1), mail("a@v", subject="Else"), mail("b@v")]
    assert len({read(raw).fingerprint for raw in [mail("a@v"), *others]}) == 5


def test_two_mails_without_ids_are_two() -> None:
    assert read(mail("", X_Tag="1")).fingerprint != read(mail("", X_Tag="2")).fingerprint


_PIECES = st.sampled_from([
    b"From: ", b"Subject: ", b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: text/html", b"\r\n", b"\n\n",
    b"--b", b"--b--", b"=?utf-8?q?", b"?=", b"<", b">", b"@", b"\0", b'"', b"(", b"Received: x;", b"Date: Mon, 02 Mar",
    b"Content-Type: message/rfc822", b"filename*0*=", b"charset=", b"\xff\xfe", b" ",
        b"ref:_00D1234567._5001234567:ref",
])  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.binary(max_size=2_000), st.lists(_PIECES, max_size=60).map(b"".join)))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    by = judge()
    letter = read(raw)
    by.leaf(by.judge(letter, by.hints(letter), []))
