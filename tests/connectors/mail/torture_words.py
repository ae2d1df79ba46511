"""Mail whose words, charsets and dates no honest program writes, or that lacks everything; and all torture in one."""

from collections.abc import Callable, Iterator
from functools import partial

from tests.connectors.mail.torture import CRLF, HEAD, HEADERS, MEGABYTE, STRUCTURES, text

DATED = b"Date: Mon, 02 Mar 2026 08:00:00 +0000\r\n"

CHARSETS = (
    "zlib",
    "idna",
    "punycode",
    "rot13",
    "hex",
    "base64",
    "bz2",
    "unicode_escape",
    "raw_unicode_escape",
    "undefined",
    "utf-7",
    "mbcs",
    "\0",
    "x" * 10_000,
    "utf-16",
    "utf-32",
    "iso-2022-kr",
    "hz",
    "../../etc/passwd",
    "utf-8\0",
    "",
    "*",
    "\udcff",
)
DATES = (
    "Mon, 02 Mar 99999 08:00:00 +0000",
    "Mon, 02 Mar 0000 08:00:00 +0000",
    "9" * 5_000,
    "Mon, 02 Mar 2026 99:99:99 +9999",
    "Mon, 02 Mar 2026 08:00:00 +999999999999",
    "Mon, 31 Feb 2026 08:00:00 +0000",
    "\0",
    "1 Jan 1 1:1:1 1",
    "," * 16_000,
    "Mon, " * 3_000,
    "-1 -1 -1 -1:-1:-1 -1",
    "02 Mar 2026 " + "9" * 4_400,
    "Mon, 02 Mar 2026 24:00:60 -2400",
    "Thu, 1 Jan 1970",
    "\u0661\u0662 Mar \u0662\u0660\u0662\u0666 08:00:00 +0000",
)

BODIES: dict[str, Callable[[], bytes]] = {
    "base64 that is none": lambda: text(b"\xff=*?" * MEGABYTE, encoding=b"base64"),
    "base64 of one character too many": lambda: text(b"QUFBQ" * 10_000, encoding=b"base64"),
    "quoted-printable of equal signs": lambda: text(b"=" * MEGABYTE, encoding=b"quoted-printable"),
    "uuencode that is none": lambda: text(b"begin 644 x\n" + b"\xff" * MEGABYTE, encoding=b"x-uuencode"),
    "an encoding that is none": lambda: text(b"words", encoding=b"\0" * 100),
    "tags that never close": lambda: text(b"<" * MEGABYTE, b"text/html"),
    "tags within tags": lambda: text(b"<div <div " * 100_000, b"text/html"),
    "quotes of a mail program within tags": lambda: text((b"<div" + b"gmail_quote" * 70) * 80, b"text/html"),
    "scripts that never close": lambda: text(b"<script><script " * 60_000, b"text/html"),
    "styles between scripts": lambda: text(b"<script></style><head" * 50_000, b"text/html"),
    "references to characters": lambda: text(b"&#99999999999;&amp" * 50_000, b"text/html"),
    "letters that have no lower case of one character": lambda: text("\u0130".encode() * 30_000, b"text/html"),
    "letters that fold to eighteen": lambda: text("\ufdfa".encode() * 21_000),
    "a letter with 60,000 marks": lambda: text(b"a" + "\u0301".encode() * 30_000),
    "marks of direction": lambda: text("\u202e\u2066\u200b".encode() * 20_000),
    "signs of quotation": lambda: text(b"> " * 500_000),
    "On On On": lambda: text(b"On " * 300_000),
    "20,000 lines of On": lambda: text(b"On a\n" * 20_000),
    "lines that end in colons": lambda: text(b"On 2 wrote:\n" * 6_000),
    "fields of a quotation": lambda: text(b"From: \n" * 9_000),
    "a phrase and its denial": lambda: text(b"not has been resolved, " * 3_000),
    "questions": lambda: text(b"has been resolved? " * 3_400),
    "every phrase at once": lambda: text(b"we have received your is resolved please reopen out of the office " * 1_000),
    "reference marks": lambda: text(b"ref:_00D" * 8_000),
    "reference marks that nearly close": lambda: text(b"ref:_00Dabcdef._500abcdef:re " * 2_200),
    "watermarks": lambda: text(b"Ref:MSG123_" * 6_000),
    "text in UTF-16 of odd length": lambda: text(b"\xff\xfea", b"text/plain; charset=utf-16"),
    "escapes of a Japanese charset": lambda: text(b"\x1b$B" * 20_000, b"text/plain; charset=iso-2022-jp"),
}

BARE: dict[str, bytes] = {
    "nothing": b"",
    "one line end": b"\n",
    "line ends": b"\r\n\r\n\r\n",
    "one byte": b"\xff",
    "a colon": b":",
    "a blank": b" ",
    "a header without a body": b"From: a@b.c",
    "a body without a header": b"\r\nwords",
    "a separator line": b"From x y\n",
    "fields without values": b"From:\r\nTo:\r\nSubject:\r\nDate:\r\nMessage-ID:\r\nContent-Type:\r\n\r\n",
    "brackets for ids": b"Message-ID: <>\r\nReferences: <> <> <@>\r\nIn-Reply-To: >\r\n\r\n",
    "a continuation line first": b" words\r\nFrom: a@b.c\r\n\r\n",
}


def torture() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield every one of them."""
    yield from STRUCTURES.items()
    yield from HEADERS.items()
    for name, make in BODIES.items():
        yield name, partial(_headed, make)
    for name, raw in BARE.items():
        yield name, partial(bytes, raw)
    for charset in CHARSETS:
        word = charset.encode("utf-8", "surrogateescape")
        subject = b"Subject: =?%b?b?/////w==?=\r\n" % word
        raw = HEAD + subject + text(b"Gr\xfc\xdfe \xff\xfe", b"text/plain; charset=" + word)
        yield f"the charset {charset[:20]!r}", partial(bytes, raw)
    for date in DATES:
        received = b"Received: by mx.customer.example; " + date.encode()
        raw = HEAD + b"Date: " + date.encode() + CRLF + received + CRLF + CRLF
        yield f"the date {date[:40]!r}", partial(bytes, raw)


def _headed(make: Callable[[], bytes]) -> bytes:
    return HEAD + DATED + make()
