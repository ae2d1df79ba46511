"""Mail whose structure or header no honest program writes, made on the spot: name, and what makes its bytes."""

from collections.abc import Callable

MEGABYTE = 1_000_000
CRLF = b"\r\n"
FROM = b"From: a@b.c\r\n"
HEAD = b"From: Vera <vera@vendor.example>\r\nTo: ina@customer.example\r\nMessage-ID: <t@v>\r\nMIME-Version: 1.0\r\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def _nested(levels: int, inner: bytes, *, one_boundary: bool = False) -> bytes:
    """Multiparts within multiparts around something."""
    names = [b"b" if one_boundary else b"b%d" % level for level in range(levels)]
    return (
        b"".join(b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n" % (name, name) for name in names) + inner
    )


def _alike(levels: int, inner: bytes) -> bytes:
    """Multiparts whose boundaries begin with those of the others."""
    names = [b"b" * (levels - level) for level in range(levels)]
    return (
        b"".join(b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n" % (name, name) for name in names) + inner
    )


def _enclosed(levels: int, inner: bytes) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * levels + inner


def _either(levels: int) -> bytes:
    return b"".join(
        b"Content-Type: message/rfc822\r\n\r\n"
        if level % 2
        else b"Content-Type: multipart/digest; boundary=%d\r\n\r\n--%d\r\n" % (level, level)
        for level in range(levels)
    )


def _parts(count: int, each: bytes) -> bytes:
    return MIXED + (b"--b\r\n" + each + CRLF) * count + b"--b--\r\n"


def text(words: bytes, kind: bytes = b"text/plain; charset=utf-8", encoding: bytes = b"8bit") -> bytes:
    """Return the end of a header, and words."""
    return b"Content-Type: %b\r\nContent-Transfer-Encoding: %b\r\n\r\n%b" % (kind, encoding, words)


LARGE = 24 * MEGABYTE

STRUCTURES: dict[str, Callable[[], bytes]] = {
    "100,000 parts": lambda: _parts(100_000, b"\r\nx"),
    "100,000 parts without a line end": lambda: MIXED + b"--b\n\n" * 100_000,
    "200 parts of 100 kB each": lambda: _parts(200, text(b"words " * 16_000)),
    "200 parts with fields of 8 kB": lambda: _parts(
        200,
        b'Content-Type: text/plain; x="'
        + b";a=1" * 2_000
        + b"\r\nContent-Disposition: attachment; "
        + b'n=";' * 2_600
        + b"\r\n\r\nx",
    ),
    "200 parts with thousands of pieces of a name": lambda: _parts(
        200,
        b"Content-Type: text/plain\r\nContent-Disposition: attachment"
        + b"".join(b"; filename*%d*=a" % n for n in range(450))
        + b"\r\n\r\nx",
    ),
    "24 MB of boundaries that go on": lambda: MIXED + b"--bx\n" * (LARGE // 5),
    "24 MB of line ends and dashes": lambda: MIXED + b"\n--" * (LARGE // 3),
    "30 levels around 24 MB": lambda: _nested(30, b"\r\n" + b"x" * LARGE),
    "30 enclosed messages around 24 MB": lambda: _enclosed(30, b"\r\n" + b"x" * LARGE),
    "30 levels around 24 MB of boundaries that go on": lambda: _alike(30, b"\r\n" + b"\n--bx" * (LARGE // 5)),
    "1,000 levels": lambda: _nested(1_000, b"\r\nx"),
    "1,000 levels of one boundary": lambda: _nested(1_000, b"\r\nx", one_boundary=True),
    "1,000 levels of boundaries that begin alike": lambda: _alike(1_000, b"\r\nx"),
    "1,000 enclosed messages": lambda: _enclosed(1_000, b"\r\nx"),
    "1,000 levels of either": lambda: _either(1_000),
    "100,000 levels": lambda: _nested(100_000, b"\r\nx"),
    "a boundary of a kilobyte": lambda: (
        b"Content-Type: multipart/mixed; boundary=" + b"-" * 1_000 + b"\r\n\r\n" + (b"-" * 1_002 + b"\n") * 20_000
    ),
    "a boundary with NUL": lambda: b"Content-Type: multipart/mixed; boundary=\x00\r\n\r\n" + b"--\x00\r\n" * 1_000,
    "24 MB of NUL": lambda: b"\0" * LARGE,
    "24 MB of NUL as text": lambda: HEAD + text(b"\0" * LARGE),
    "24 MB on one line": lambda: HEAD + text(b"x" * LARGE),
    "24 MB of empty lines": lambda: HEAD + text(b"\n" * LARGE),
    "24 MB of carriage returns": lambda: b"\r" * LARGE,
    "26 MB, which is more than is read": lambda: HEAD + text(b"words " * (26_300_000 // 6)),
    "a delivery report of a million blocks": lambda: (
        b"Content-Type: multipart/report; report-type=delivery-status; "
        b"boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + b"Action: failed\n\n" * MEGABYTE
    ),
    "200 delivery reports": lambda: (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        + (b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + b"Action: x\n\n" * 5_900) * 199
    ),
    "100,000 files in uuencode": lambda: HEAD + text(b"begin 644 name\r\n" * 100_000),
}

HEADERS: dict[str, Callable[[], bytes]] = {
    "a field of a megabyte": lambda: HEAD + b"Subject: " + b"y" * MEGABYTE + b"\r\n\r\nx",
    "a subject of a megabyte of words": lambda: b"Subject: " + b"word " * (MEGABYTE // 5) + CRLF + HEAD + CRLF,
    "24 MB of header": lambda: HEAD + b"X-Y: z\r\n" * (LARGE // 8),
    "100,000 fields": lambda: b"X: y\r\n" * 100_000 + HEAD + CRLF,
    "a field folded 100,000 times": lambda: b"Subject: a\r\n" + b" b\r\n" * 100_000 + CRLF,
    "lines that are no fields": lambda: b"nonsense\r\n" * 100_000,
    "colons": lambda: b":" * MEGABYTE,
    "blanks before a colon": lambda: (b"Subject" + b" " * 60_000 + b"x\r\n") + HEAD + CRLF,
    "references of a megabyte": lambda: HEAD + b"References: " + b"<a@b> " * (MEGABYTE // 6) + b"\r\n\r\n",
    "references without brackets": lambda: HEAD + b"References: " + b"a@b," * 16_000 + b"\r\n\r\n",
    "references that never close": lambda: HEAD + b"References: " + b"<" * 60_000 + b"\r\n\r\n",
    "500 fields of references": lambda: (b"References: " + b"<a@b> " * 10 + CRLF) * 500 + CRLF,
    "an id of 100 kB that never closes": lambda: b"From: a@b.c\r\nMessage-ID: <" + b"a" * 100_000 + b"\r\n\r\n",
    "an id in brackets of two kinds": lambda: b"From: a@b.c\r\nMessage-ID: <[x@y]>\r\n\r\n",
    "20,000 addresses": lambda: FROM + b"To: " + b", ".join(b"p%d@q.example" % n for n in range(20_000)) + b"\r\n\r\n",
    "20,000 senders": lambda: b"From: " + b", ".join(b"p%d@q.example" % n for n in range(20_000)) + b"\r\n\r\n",
    "500 fields of addresses": lambda: (b"To: " + b"a@b.c, " * 12 + b"y@z.example\r\n") * 500 + CRLF,
    "5,000 comments within comments": lambda: b"From: " + b"(" * 5_000 + b"a@b.c" + b")" * 5_000 + b"\r\n\r\n",
    "comments that never close": lambda: b"From: " + b"(" * 16_000 + b"\r\n\r\n",
    "quotes that never close": lambda: b"From: " + b'"' * 15_999 + b" a@b.c\r\n\r\n",
    "backslashes": lambda: b"From: " + b"\\" * 16_000 + b"@b.c\r\n\r\n",
    "a sender of letters alone": lambda: b"From: " + b"a" * 16_000 + b"\r\n\r\n",
    "a sender of signs alone": lambda: b"From: " + b"@" * 16_000 + b"\r\n\r\n",
    "groups within groups": lambda: b"To: " + b"a:" * 8_000 + b";" * 8_000 + b"\r\nFrom: a@b.c\r\n\r\n",
    "a domain of 16,000 labels": lambda: b"From: a@" + b"x." * 8_000 + b"y\r\n\r\n",
    "a domain that is no IDNA": lambda: (
        b"From: a@\xd9\xa1\xdb\xb1\xcc\x80.\xc3\x9f\xe2\x80\x8d\xe2\x81\xa6.example\r\n\r\n"
    ),
    "encoded words without end": lambda: FROM + b"Subject: " + b"=?utf-8?q?" * 1_600 + b"\r\n\r\n",
    "1,600 encoded words": lambda: FROM + b"Subject: " + b"=?a?q?b?= " * 1_600 + b"\r\n\r\n",
    "encoded words of unknown charsets": lambda: (
        FROM + b"Subject: " + b"".join(b"=?x-%d?b?////?=" % n for n in range(900)) + b"\r\n\r\n"
    ),
    "16 kB of Re:": lambda: FROM + b"Subject: " + b"Re: " * 4_000 + b"\r\n\r\n",
    "16 kB of opening brackets": lambda: FROM + b"Subject: " + b"[" * 16_000 + b"\r\n\r\n",
    "16 kB of ticket numbers": lambda: b"From: a@vendor.example\r\nSubject: " + b"[#1] INC00001 " * 1_100 + b"\r\n\r\n",
    "16 kB of digits": lambda: b"From: a@vendor.example\r\nSubject: #" + b"1" * 16_000 + b"\r\n\r\n",
    "20,000 parameters": lambda: b"Content-Type: text/plain" + b"; a=b" * 20_000 + b"\r\n\r\nx",
    "parameters in quotes that never close": lambda: b"Content-Type: text/plain" + b'; a="' * 3_000 + b"\r\n\r\nx",
    "a parameter in pieces with gaps": lambda: (
        b"Content-Type: x/y; name*0*=utf-8''a; name*7=b; name*999999999=c; name*x=d; name*0=e\r\n\r\n"
    ),
    "a piece with a number of 5,000 digits": lambda: b"Content-Type: x/y; name*" + b"9" * 5_000 + b"*=utf-8''a\r\n\r\n",
    "a name in a charset that is none": lambda: b"Content-Type: x/y; name*=\x00zlib'x'%ff%fe\r\n\r\n",
    "16 kB of Received": lambda: b"From: a@b.c\r\n" + b"Received: by by by by ; ; ; Mon\r\n" * 450 + CRLF,
    "results of checks without end": lambda: (
        FROM + b"Authentication-Results: mx.customer.example; " + b"dmarc=" * 2_600 + b"\r\n\r\n"
    ),
    "results of checks in comments": lambda: FROM + b"Authentication-Results: " + b"(" * 16_000 + b"\r\n\r\n",
    "every byte in every field": lambda: (
        b"".join(
            name + b": " + bytes(range(256)).replace(b"\n", b"").replace(b"\r", b"") * 8 + CRLF
            for name in (
                b"From",
                b"To",
                b"Subject",
                b"Date",
                b"Message-ID",
                b"References",
                b"Content-Type",
                b"Received",
                b"Auto-Submitted",
                b"Content-Disposition",
                b"Authentication-Results",
            )
        )
        + CRLF
        + bytes(range(256))
    ),
    "NUL in every field": lambda: (
        b"From: \0a@b.c\0\r\nSubject: \0\r\nDate: \0\r\n" + b"Message-ID: <\0>\r\nContent-Type: \0/\0\r\n\r\n\0"
    ),
}
