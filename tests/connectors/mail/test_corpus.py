"""A corpus of our own in nine languages: every machine is known as what it is, no person's mail is lost.

`corpus/LANGUAGE.json` holds subjects and words; the headers, which speak no language, are put around them here, so that
each text comes as several programs would send it.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.mail.letters import judged, mail

FOLDER = Path(__file__).parent / "corpus"
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja")
CORPUS: Mapping[str, Mapping[str, Any]] = {
    language: json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")) for language in LANGUAGES
}
Frame = Mapping[str, Any]

BY_HAND: Mapping[str, Frame] = {
    "plain": {},
    "from Exchange, which suppresses answers": {"X_Auto_Response_Suppress": "All"},
    "on a mailing list": {
        "Precedence": "list", "List_Id": "<noc.vendor.example>", "List_Post": "<mailto:noc@vendor.example>",
        "List_Unsubscribe": "<mailto:leave@vendor.example>",
    },
    "said not to be automatic": {"Auto_Submitted": "no"},
    "as an answer": {"answers": "q@c"},
}  # fmt: skip
AWAY: Mapping[str, Frame] = {
    "without a sign": {},
    "by the standard": {"Auto_Submitted": "auto-replied", "answers": "q@c"},
    "from Exchange": {"X_Auto_Response_Suppress": "All", "Auto_Submitted": "auto-generated", "Return_Path": "<>"},
    "by the inbox rules of Exchange": {"X_Auto_Response_Suppress": "All", "X_MS_Exchange_Inbox_Rules_Loop": "v@v.ex"},
    "from an old server": {"Precedence": "auto_reply", "X_Autoreply": "yes"},
    "as bulk": {"Precedence": "junk", "X_Autorespond": "Line down"},
}  # fmt: skip
RECEIVED: Mapping[str, Frame] = {
    "by the standard": {"Auto_Submitted": "auto-replied", "answers": "q@c"},
    "as generated": {"Auto_Submitted": "auto-generated", "Precedence": "bulk"},
    "from an address that takes no answers": {"sender": "no-reply@vendor.example"},
}  # fmt: skip
REPORT = "multipart/report; report-type=delivery-status; boundary=b"
BOUNCED: Mapping[str, Frame] = {
    "by a mail server": {"sender": "MAILER-DAEMON@mx.vendor.example"},
    "by a postmaster": {"sender": "Postmaster <postmaster@vendor.example>", "Auto_Submitted": "auto-replied"},
    "under nobody's name": {"sender": "<>", "Return_Path": "<>"},
    "without a return path": {"sender": "system@vendor.example", "Return_Path": "<>"},
    "with a field of its own": {"sender": "system@vendor.example", "X_Failed_Recipients": "vera@vendor.example"},
}  # fmt: skip
SYSTEMS: Mapping[str, Frame] = {
    "servicenow": {"X_ServiceNow_Generated": "true", "Auto_Submitted": "auto-generated", "Precedence": "bulk"},
    "jira": {"X_JIRA_FingerPrint": "f00", "Auto_Submitted": "auto-generated", "Precedence": "bulk"},
    "zendesk": {"X_Mailer": "Zendesk Mailer", "Auto_Submitted": "auto-generated"},
    "freshdesk": {"sender": "help@vendor.freshdesk.com", "Auto_Submitted": "auto-generated"},
    "salesforce": {"X_SFDC_LK": "00D", "X_Mail_Abuse_Inquiries": "x", "Auto_Submitted": "auto-generated"},
}  # fmt: skip


def letters(kind: str, frames: Mapping[str, Frame]) -> Iterator[Any]:
    """Every text of a kind in every language, in every frame."""
    for language, texts in CORPUS.items():
        for number, (subject, words) in enumerate(texts[kind], 1):
            for name, frame in frames.items():
                made = {"subject": subject, "body": words, **frame}
                yield pytest.param(language, made, id=f"{language} {number} {name}")


def relayed(kind: str) -> Iterator[Any]:
    """Every system's mail of a kind in every language."""
    for language, texts in CORPUS.items():
        for system, (subject, words) in texts[kind].items():
            made = {"subject": subject, "body": words, **SYSTEMS[system]}
            yield pytest.param(language, made, id=f"{language} {system}")


def both_ways(language: str, made: Frame) -> Iterator[Any]:
    """Who wrote it, by the mail in UTF-8 and by the same in the language's older charset, encoded throughout."""
    yield judged(mail("m@v", **made)).authorship
    charset = str(CORPUS[language]["charset"])

    def encoded(text: str) -> str:
        return base64.b64encode(text.encode(charset)).decode()

    older = {**made, "subject": f"=?{charset}?B?{encoded(made['subject'])}?=", "body": encoded(made["body"])}
    kind = f"text/plain; charset={charset}"
    yield judged(mail("m@v", **older, Content_Type=kind, Content_Transfer_Encoding="base64")).authorship


@pytest.mark.parametrize(("language", "made"), [*letters("people", BY_HAND)])
def test_no_persons_mail_is_taken_for_a_machines(language: str, made: Frame) -> None:
    for found in both_ways(language, made):
        assert (found.author, found.speaks) == ("human", True), found


@pytest.mark.parametrize(("language", "made"), [*letters("away", AWAY)])
def test_an_absence_is_an_automatic_reply(language: str, made: Frame) -> None:
    for found in both_ways(language, made):
        assert (found.author, found.kind, found.speaks) == ("machine", "auto_reply", False), found


@pytest.mark.parametrize(("language", "made"), [*letters("received", RECEIVED)])
def test_a_receipt_is_an_acknowledgement(language: str, made: Frame) -> None:
    for found in both_ways(language, made):
        assert (found.author, found.kind, found.speaks) == ("machine", "acknowledgement", False), found


@pytest.mark.parametrize(("language", "made"), [*letters("bounced", BOUNCED)])
def test_a_returned_mail_is_a_bounce(language: str, made: Frame) -> None:
    for found in both_ways(language, made):
        assert (found.author, found.kind, found.speaks) == ("machine", "bounce", False), found


@pytest.mark.parametrize(("language", "made"), [*letters("bounced", {"as a report": {"sender": "mta@vendor.example"}})])
def test_a_delivery_report_is_a_bounce_whoever_sends_it(language: str, made: Frame) -> None:
    words = f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{made['body']}\r\n"
    report = (
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\n--b--\r\n"
    )
    found = judged(mail("m@v", **{**made, "body": words + report}, Content_Type=REPORT)).authorship
    assert (language in LANGUAGES, found.author, found.kind) == (True, "machine", "bounce"), found


@pytest.mark.parametrize(("language", "made"), [*relayed("comment")])
def test_what_a_person_wrote_into_a_ticket_system_is_relayed_and_counts(language: str, made: Frame) -> None:
    for found in both_ways(language, made):
        assert (found.author, found.topic, found.speaks) == ("relayed", "comment", True), found


@pytest.mark.parametrize(("language", "made"), [*relayed("opened")])
def test_what_a_ticket_system_says_of_a_new_ticket_is_an_acknowledgement(language: str, made: Frame) -> None:
    for found in both_ways(language, made):
        assert (found.author, found.kind, found.speaks) == ("machine", "acknowledgement", False), found
