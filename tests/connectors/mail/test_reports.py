"""Reports: which message came back, however its header is enclosed."""

import pytest

from connectors.mail.limits import Limits
from connectors.mail.parsing import parse
from connectors.mail.rules import shipped
from tests.connectors.mail.letters import mail

_HEADER = "Received: from a by b\r\n\twith SMTP\r\nMessage-ID:<q@c>\r\nSubject: Line down"


def returning(kind: str, header: str) -> bytes:
    """Return a delivery report that encloses a header under a media type."""
    parts = (
        "\r\n\r\nsorry", "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: x\r\n\r\nAction: failed",
        f"Content-Type: {kind}\r\n\r\n{header}",
    )  # fmt: skip
    return mail(
        "m@v", Content_Type="multipart/report; report-type=delivery-status; boundary=b",
        body="".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "text/rfc822-headers", "text/rfc822", "text/rfc822-header", "message/rfc822-headers"]
)
def test_a_report_tells_which_message_came_back_under_every_name_of_its_header(kind: str) -> None:
    letter = parse(returning(kind, f"{_HEADER}\r\n\r\nHello"), shipped(), Limits())
    assert (letter.about, letter.delivery, letter.attachments) == (("q@c",), "failed", ())


def test_a_returned_header_may_be_indented_as_a_whole() -> None:
    indented = "\r\n" + "".join(f" {line}\r\n" for line in _HEADER.split("\r\n"))
    assert parse(returning("text/rfc822", indented), shipped(), Limits()).about == ("q@c",)


def test_what_a_returned_message_quotes_is_not_what_came_back() -> None:
    quoting = "Subject: Line down\r\n\r\nMessage-ID: <other@c>"
    assert parse(returning("message/rfc822", quoting), shipped(), Limits()).about == ()
