"""Mail that is meant to break its reader is a letter with problems, within 2 s and 200 MB; no bytes are a crash.

Seconds are the processor's, megabytes those that Python holds beside the bytes of the test itself.
"""

import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.mail.mapping import MailMapper
from syncd.domain.problem import Problem
from syncd.ports.connector import Site
from tests.connectors.mail.letters import THEM, US, mail, options
from tests.connectors.mail.torture_words import torture
from tests.domain.law_samples_long import patience

SECONDS = 2.0
BYTES = 200_000_000

TORTURE = dict(torture())
CALLED = {
    "100,000 parts": "too_many_parts",
    "1,000 levels": "too_deep",
    "1,000 enclosed messages": "too_deep",
    "1,000 levels of either": "too_deep",
    "100,000 levels": "too_tangled",
    "30 levels around 24 MB": "too_tangled",
    "24 MB of boundaries that go on": "too_tangled",
    "26 MB, which is more than is read": "message_too_large",
    "24 MB on one line": "text_too_large",
    "24 MB of header": "header_too_large",
    "a field of a megabyte": "header_too_large",
    "references of a megabyte": "field_too_large",
    "20,000 addresses": "header_too_large",
    "20,000 senders": "no_single_sender",
    "100,000 fields": "too_many_fields",
    "the charset 'zlib'": "unknown_charset",
    "the date 'Mon, 31 Feb 2026 08:00:00 +0000'": "bad_date",
    "nothing": "no_single_sender",
}
"""What some of them must be called."""


def read(path: Path) -> list[Problem]:
    """All that becomes of a message file: letter, conversation, record, what is stored of it, events."""
    mapper = MailMapper(Site("mail"), options())
    found = mapper.files([path])
    (record,) = found.records
    assert len(found.details) == 1
    return list(mapper.map(mapper.redact(mapper.record(record.payload))).problems)


@pytest.mark.parametrize("name", TORTURE)
def test_hostile_mail_is_a_letter_with_problems_within_two_seconds_and_200_megabytes(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.eml"
    path.write_bytes(TORTURE[name]())
    with patience(SECONDS):
        problems = read(path)
    tracemalloc.start(1)
    try:
        read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < BYTES
    assert CALLED.get(name, "") in {"", *(problem.code for problem in problems)}


def test_names_of_expected_problems_are_names_of_torture() -> None:
    assert set(CALLED) <= set(TORTURE)


GOOD = (
    mail("a@c", sender=US, to=THEM, subject="=?utf-8?q?St=C3=B6rung?= [P1]", Content_Type="text/plain; charset=utf-8"),
    mail("b@v", answers="a@c", refs="a@c", subject="Re: Line down [#4711]", Auto_Submitted="auto-replied",
         Received="from a by mx.customer.example; Mon, 02 Mar 2026 08:00:02 +0000", Body_Part="x"),
    mail("c@v", Content_Type="multipart/mixed; boundary=b", body="--b\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n"
         "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n--b\r\nContent-Disposition: attachment; "
         "filename*0*=utf-8''%41; filename*1=b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b--\r\n"),
    mail("", sender="mailer-daemon@a.b", Content_Type="multipart/report; report-type=delivery-status; boundary=b",
         body="--b\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: x\r\n\r\n"
         "Action: failed\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <a@c>\r\n--b--\r\n"),
    mail("d@v", sender="noc@vendor.example", subject="INC0012345 -- comments added", X_ServiceNow_Generated="true",
         body="Additional comments:\r\nDone.\r\nRef:MSG1234_abcdefghijklmnopqrst\r\n> a\r\nOn 2 May Ina wrote:\r\n> x"),
)  # fmt: skip
_DROPS = st.binary(max_size=12) | st.sampled_from([
    b"", b"\0", b"\r", b"\n", b"\r\n\r\n", b"--b", b"--b--\r\n", b"=?", b"?=", b'"', b"<", b">", b"(", b";", b":", b"@",
    b"=?utf-8?b?", b"*0*=", b"charset=utf-7", b"charset=\0", b"message/rfc822", b"\xff\xfe", b"\x1b$B", b"+9999",
])  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good letter with stretches replaced, doubled and taken out."""
    raw = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        stretch = raw[start:end] * draw(st.integers(0, 3))
        raw = raw[:start] + draw(_DROPS) + stretch + raw[end:]
    return raw


FUZZED = 20_000 if os.environ.get("SYNCD_HYPOTHESIS") == "long" else 400


@settings(max_examples=FUZZED, deadline=None)
@given(st.one_of(mutated(), st.binary(max_size=4_000)))
def test_any_bytes_are_a_letter_and_come_out_the_same_from_the_store(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.eml"
    path.write_bytes(raw)
    mapper = MailMapper(Site("mail"), options())
    found = mapper.files([path])
    for record in found.records:
        stored = mapper.redact(mapper.record(record.payload))
        assert mapper.redact(stored) == stored
        assert mapper.map(stored) == mapper.map(record)
    assert {detail["author"] for detail in found.details} <= {"human", "machine", "relayed", "unknown"}
