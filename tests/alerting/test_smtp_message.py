from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from syncd.alerting import NOTIFIERS
from syncd.alerting.smtp import SmtpNotifier
from syncd.alerting.smtp_message import mail
from syncd.alerting.smtp_options import SmtpOptions, checked
from syncd.alerting.telling import telling
from syncd.domain.notice import Step
from syncd.errors import ConfigError
from syncd.ports.notifier import Envelope
from syncd.ports.secret import Secret, SecretRef
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.notices import BREACHED, KEY, NOTICE, envelope, of_step, of_ticket

SENDER = Address(username="syncd", domain="example.com")
TO = (Address(username="one", domain="example.com"), Address(username="two", domain="example.com"))
GOOD = {"host": "mail.example.com", "sender": "syncd@example.com", "to": ("one@example.com",)}


def read(told: Envelope) -> EmailMessage:
    written = mail(telling(told), sender=SENDER, recipients=TO, at=BREACHED).as_bytes()
    parsed = message_from_bytes(written, policy=default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def test_a_breach_as_a_mail() -> None:
    found = read(envelope())
    assert found["from"] == "syncd@example.com"
    assert found["to"] == "one@example.com, two@example.com"
    assert found["subject"] == "INC0012345 (ACME Managed Sërvices, snow)"
    assert found["date"].datetime == BREACHED
    assert found.get_content_type() == "text/plain"
    lines = found.get_content().splitlines()
    assert lines[0] == "ACME Managed Sërvices: P1 fix of INC0012345 is breached"
    assert "Link:      https://snow.example/INC0012345" in lines


def test_no_machine_answers_it_and_our_own_mail_source_refuses_it() -> None:
    found = read(envelope())
    assert found["auto-submitted"] == "auto-generated"
    assert found["x-auto-response-suppress"] == "All"
    assert found["x-syncd"] == "notice"


def test_filters_can_tell_what_it_says() -> None:
    breach, risk = read(envelope()), read(of_step(Step.AT_RISK))
    assert (breach["x-syncd-step"], breach["x-syncd-priority"], breach["importance"]) == ("breached", "P1", "high")
    assert (risk["x-syncd-step"], risk["x-syncd-priority"], risk["importance"]) == ("at_risk", "P1", None)


def test_all_mails_of_a_ticket_are_one_thread() -> None:
    next_cycle = replace(NOTICE, key=replace(KEY, started_by="a9", target="response", priority="P2"))
    mails = [
        read(told)
        for told in (of_step(Step.AT_RISK), of_step(Step.BREACHED), of_step(Step.RECOVERED), envelope(next_cycle))
    ]
    assert len({found["message-id"] for found in mails}) == 4
    assert {found["references"] for found in mails} == {found["in-reply-to"] for found in mails}
    assert len({found["references"] for found in mails}) == len({found["subject"] for found in mails}) == 1
    assert mails[0]["references"] != read(of_ticket("other"))["references"]


def test_a_repeat_has_the_same_name_and_another_notice_another() -> None:
    assert read(envelope(attempt=1))["message-id"] == read(envelope(attempt=7, confirmed=False))["message-id"]
    assert read(envelope())["message-id"] != read(of_ticket("other"))["message-id"]
    assert read(envelope())["message-id"].endswith("@example.com>")


@given(st.text(st.characters(), min_size=1), st.text(st.characters()))
def test_no_text_from_a_source_makes_a_header_or_a_line_of_its_own(ticket: str, vendor: str) -> None:
    odd = replace(NOTICE, ticket=ticket, vendor_name=vendor)
    found = read(envelope(odd))
    assert list(found.keys()) == list(read(envelope()).keys())
    assert found["to"] == "one@example.com, two@example.com"
    assert len(found.get_content().splitlines()) <= len(read(envelope()).get_content().splitlines())


def test_a_line_end_in_a_name_adds_no_recipient() -> None:
    found = read(envelope(replace(NOTICE, ticket="INC1\r\nBcc: thief@example.org\r\n\r\nbody")))
    assert found["bcc"] is None
    assert "\n" not in found["subject"]


def test_a_long_subject_says_that_it_goes_on() -> None:
    subject = read(envelope(replace(NOTICE, ticket="T" * 500)))["subject"]
    assert (len(subject), subject[-1]) == (200, "…")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(envelope(), id="as they are"),
        pytest.param(
            envelope(replace(NOTICE, ticket="漢" * 500, url="https://a/" + "x" * 3_000, vendor_name="ü" * 500)),
            id="long",
        ),
    ],
)
def test_every_line_is_ascii_and_short_enough_for_any_server(told: Envelope) -> None:
    written = mail(telling(told), sender=SENDER, recipients=TO, at=BREACHED).as_bytes()
    assert written.isascii()
    assert max(len(line) for line in written.split(b"\r\n")) <= 998
    assert b"\n" not in written.replace(b"\r\n", b"")


def test_the_date_is_when_it_leaves() -> None:
    message = mail(telling(envelope()), sender=SENDER, recipients=TO, at=BREACHED + timedelta(hours=5))
    assert message["date"] == "Mon, 02 Mar 2026 17:00:00 +0000"


@pytest.mark.parametrize(
    "address",
    [
        "canary", "@canary.example", "canary@", "a@canary.example\r\nBcc: b@c", "a\n@canary.example",
        "a b@canary.example",
        "<a@canary.example>", "A <a@canary.example>", "a@canary.example,b@canary.example", '"a"@canary.example',
        "ä@canary.example", "a@cänary.example", ".a@canary.example", "a..b@canary.example", "a@.canary",
        "a" * 250 + "@canary.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("option", ["sender", "to"])
def test_an_address_that_could_mean_anything_else_is_refused_without_quoting_it(option: str, address: str) -> None:
    given_ = {**GOOD, option: address if option == "sender" else (*GOOD["to"], address)}
    with pytest.raises(ConfigError, match="must look like") as caught:
        checked("mail", SmtpOptions(**given_))  # type: ignore[arg-type]  # one dictionary of several types
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "finding"),
    [
        pytest.param({"username": "u"}, "belong together", id="no password"),
        pytest.param({"password": SecretRef(env="P")}, "belong together", id="no name"),
        pytest.param(
            {"security": "none", "username": "u", "password": SecretRef(env="P")}, "encryption", id="in the clear"
        ),
        pytest.param({"timeout_seconds": 0}, "timeout_seconds", id="no time"),
        pytest.param({"host": "a b"}, "host", id="an odd host"),
        pytest.param({"to": ()}, "somebody", id="nobody"),
        pytest.param({"ca_file": "/nowhere/at/all"}, "ca_file", id="no certificates"),
    ],
)
def test_what_cannot_work_is_told_at_the_start(options: dict[str, Any], finding: str) -> None:
    with pytest.raises(ConfigError, match=finding) as caught:
        SmtpNotifier("mail", SmtpOptions(**{**GOOD, **options}), VirtualNow(BREACHED), lambda _: Secret("x"))
    assert "notifier mail" in str(caught.value)


def test_a_password_that_cannot_be_sent_is_told_at_the_start_without_quoting_it() -> None:
    options = SmtpOptions(host="h", sender="a@b.c", to=("a@b.c",), username="u", password=SecretRef(env="P"))
    with pytest.raises(ConfigError, match="ASCII") as caught:
        SmtpNotifier("mail", options, VirtualNow(BREACHED), lambda _: Secret("canäry"))
    assert "can" not in str(caught.value)


def test_options_do_not_print_addresses() -> None:
    assert "example.com" not in repr(SmtpOptions(host="h", sender="a@example.com", to=("b@example.com",)))


def test_configuration_builds_it_with_encryption() -> None:
    kind = NOTIFIERS["smtp"]
    options = TypeAdapter(kind.options).validate_python({**GOOD, "to": list(GOOD["to"])})
    assert (options.security, options.port) == ("starttls", None)
    notifier = kind.build("mail", options, VirtualNow(BREACHED), lambda _: Secret("x"))
    assert notifier.name == "mail"
    notifier.close()


@pytest.mark.parametrize(
    "options", [{"to": []}, {"security": "ssl"}, {"port": 0}, {"password": "inline"}, {"hsot": "x"}]
)
def test_configuration_refuses(options: dict[str, object]) -> None:
    kind = NOTIFIERS["smtp"]
    with pytest.raises(ValidationError):
        TypeAdapter(kind.options).validate_python({**GOOD, **options})
