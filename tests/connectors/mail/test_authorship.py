"""Who wrote: every machine is told from every person, in nine languages, and nobody's word is taken for more."""

from typing import Any

import pytest

from tests.connectors.mail.letters import judged, mail

MACHINES: dict[str, tuple[str, dict[str, Any]]] = {
    "a vacation reply says so in its header": (
        "auto_reply", {"subject": "Re: Line down", "Auto_Submitted": 'auto-replied; owner-email="a@b.c"',
        "answers": "a@c"},
    ),
    "zimbra adds a comment to the header": ("auto_reply", {"Auto_Submitted": "auto-replied (zimbra; vacation)"}),
    "a vacation reply may have an empty return path": (
        "auto_reply", {"subject": "Automatic reply: Line down", "Return_Path": "<>", "Auto_Submitted": "auto-replied"},
    ),
    "exchange says it with two fields together": (
        "auto_reply", {"X_Auto_Response_Suppress": "All", "X_MS_Exchange_Inbox_Rules_Loop": "vera@vendor.example"},
    ),
    "an old marker is enough": ("auto_reply", {"X_Autoreply": "yes"}),
    "german subject without any header": ("auto_reply", {"subject": "Automatische Antwort: Leitung tot"}),
    "french subject without any header": ("auto_reply",
        {"subject": "=?utf-8?q?R=C3=A9ponse_automatique=C2=A0=3A?= Ligne"}),
    "spanish subject without any header": ("auto_reply", {"subject": "Respuesta automática: Línea"}),
    "portuguese subject without any header": ("auto_reply", {"subject": "Resposta automática: Linha"}),
    "italian subject without any header": ("auto_reply", {"subject": "Risposta automatica: Linea"}),
    "dutch subject without any header": ("auto_reply", {"subject": "Automatisch antwoord: Lijn"}),
    "polish subject without any header": ("auto_reply", {"subject": "Automatyczna odpowiedź: Łącze"}),
    "japanese subject without any header": ("auto_reply", {"subject": "自動応答: 回線"}),
    "turkish subject without any header": ("auto_reply", {"subject": "Otomatik yanıt: Hat"}),  # noqa: RUF001 - Turkish
    "russian subject without any header": ("auto_reply", {"subject": "Автоответ: линия"}),
    "a number and words of receipt make an acknowledgement": (
        "acknowledgement",
        {"subject": "Re: Line down [#4711]", "Auto_Submitted": "auto-replied",
        "body": "We have received your request."},
    ),
    "a german acknowledgement with the number in its text": (
        "acknowledgement",
        {"subject": "Ihre Anfrage", "Auto_Submitted": "auto-generated",
         "body": "Ihre Anfrage wurde unter der Nummer [#4711] erfasst."},
    ),
    "a japanese acknowledgement that says it was sent by a machine": (
        "acknowledgement", {"subject": "受付完了", "body": "このメールは自動送信です。お問い合わせを受け付けました。"},
    ),
    "a polish acknowledgement from an address that takes no answers": (
        "acknowledgement",
        {"sender": "noreply@vendor.example", "subject": "Zgłoszenie", "body": "Zgłoszenie zostało zarejestrowane."},
    ),
    "a delivery report": (
        "bounce",
        {"sender": "MAILER-DAEMON@mx.example", "subject": "Undelivered Mail Returned to Sender",
         "Content_Type": "multipart/report; report-type=delivery-status; boundary=b",
         "body": "--b\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns\r\n\r\n"
                 "Action: failed\r\n\r\n--b--\r\n"},
    ),
    "a report of success is no bounce": (
        "report",
        {"sender": "MAILER-DAEMON@mx.example",
        "Content_Type": "multipart/report; report-type=delivery-status; boundary=b",
         "body": "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns\r\n\r\nAction: delivered\r\n"
                 "--b--\r\n"},
    ),
    "an old bounce without any report": ("bounce", {"sender": "Mail Delivery <mailer-daemon@mx.example>",
        "subject": "hm"}),
    "a bounce by its field": ("bounce", {"X_Failed_Recipients": "vera@vendor.example"}),
    "a german bounce": ("bounce", {"subject": "Unzustellbar: Leitung", "Return_Path": "<>"}),
    "a read receipt": (
        "report", {"subject": "Gelesen: Leitung",
        "Content_Type": "multipart/report; report-type=disposition-notification"},
    ),
    "an abuse report": ("report", {"Content_Type": "multipart/report; report-type=feedback-report; boundary=x"}),
    "an invitation": ("calendar", {"Content_Type": "text/calendar; method=REQUEST"}),
    "an invitation in parts": (
        "calendar",
        {"Content_Type": "multipart/alternative; boundary=b",
         "body": "--b\r\n\r\nwords\r\n--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:\r\n--b--\r\n"},
    ),
    "a newsletter": (
        "list", {"List_Unsubscribe": "<https://x.example>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"},
    ),
    "a mailing of the sort called bulk": ("list", {"Precedence": "bulk", "List_Id": "<news.vendor.example>"}),
    "our own alert": ("report", {"X_Syncd": "notice"}),
}  # fmt: skip

PEOPLE: dict[str, dict[str, Any]] = {
    "a plain answer": {"subject": "Re: Line down"},
    "a person on a mailing list": {
        "Precedence": "list", "List_Id": "<noc.vendor.example>", "List_Post": "<mailto:noc@vendor.example>",
        "List_Unsubscribe": "<mailto:x@vendor.example>",
    },
    "a person who answers on an old list that calls everything bulk": {
        "subject": "Re: Line down", "Precedence": "bulk", "X_Loop": "vendor.example",
    },
    "a person who suppresses automatic answers": {"X_Auto_Response_Suppress": "All"},
    "a header that says that it is not automatic": {"Auto_Submitted": "no", "X_Autoreply": "no"},
    "a person who says that the request was received": {"body": "We have received your request, I am on it. Vera"},
    "a person who quotes an automatic mail": {
        "subject": "Re: Eingangsbestätigung [#4711]",
        "body": "Done.\r\n\r\n> Dies ist eine automatisch generierte Nachricht.\r\n> Ihre Anfrage wurde erfasst.",
    },
    "a person who tells of a vacation": {"body": "I am out of the office next week, Bob takes over. The fix is in."},
    "a person who plans vacations": {"subject": "Urlaub: wer vertritt mich beim Umbau?", "body": "Hallo, wer?"},
    "a person who answers a vacation reply": {"subject": "Re: Automatic reply: Line down"},
    "a person who forwards a bounce": {"subject": "Fwd: Undelivered Mail Returned to Sender", "body": "What is this?"},
    "a person who speaks german": {"subject": "AW: Leitung", "body": "Guten Tag, wir haben Ihre Anfrage geprüft."},
    "a person without any words": {"body": ""},
    "a person who asks for a receipt": {"Disposition_Notification_To": "vera@vendor.example"},
}  # fmt: skip


@pytest.mark.parametrize("case", MACHINES)
def test_a_machine_is_known(case: str) -> None:
    kind, fields = MACHINES[case]
    found = judged(mail("m@v", **fields)).authorship
    assert (found.author, found.kind) == ("machine", kind), found.reason


@pytest.mark.parametrize("case", PEOPLE)
def test_a_person_is_not_taken_for_a_machine(case: str) -> None:
    found = judged(mail("m@v", **PEOPLE[case])).authorship
    assert found.author == "human", found


RELAYS: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "servicenow comment": (
        "relayed", None,
        {"subject": "INC0012345 -- comments added", "X_ServiceNow_Generated": "true", "Precedence": "bulk",
         "Auto_Submitted": "auto-generated", "body": "Additional comments:\r\nWe replaced the card."},
    ),
    "servicenow receipt": (
        "machine", "acknowledgement",
        {"subject": "Incident INC0012345 has been opened on your behalf", "X_ServiceNow_Generated": "true"},
    ),
    "servicenow state": (
        "relayed", None, {"subject": "Incident INC0012345 has been assigned", "X_ServiceNow_Generated": "true"},
    ),
    "servicenow mail that no pattern knows": (
        "unknown", None, {"subject": "INC0012345", "X_ServiceNow_Generated": "true", "body": "Lorem"},
    ),
    "jira comment": (
        "relayed", None,
        {"subject": "[JIRA] (ABC-1) Line down", "X_JIRA_FingerPrint": "abc", "Auto_Submitted": "auto-generated",
         "body": "Vera commented on ABC-1:\r\nYour log has been received, looking."},
    ),
    "jira receipt": (
        "machine", "acknowledgement",
        {"subject": "ABC-1 Line down", "sender": "jira@vendor.atlassian.net",
         "body": "Just confirming that we got your request. We're on it."},
    ),
    "zendesk update": (
        "relayed", None,
        {"subject": "[Vendor] Re: Line down", "X_Mailer": "Zendesk Mailer", "Auto_Submitted": "auto-generated",
         "body": "##- Please type your reply above this line -##\r\nYour request (#4711) has been updated.\r\nHi"},
    ),
    "zendesk receipt": (
        "machine", "acknowledgement",
        {"subject": "[Request received] Line down", "X_Mailer": "Zendesk Mailer",
         "body": "Your request (#4711) has been received and is being reviewed. To add additional comments, reply."},
    ),
    "freshdesk receipt": (
        "machine", "acknowledgement",
        {"subject": "Ticket Received - Line down", "sender": "support@vendor.freshdesk.com", "body": "Dear Ina,"},
    ),
    "freshdesk agent": (
        "relayed", None,
        {"subject": "Re: [#4711] Line down", "sender": "support@vendor.freshdesk.com", "answers": "a@c",
        "body": "Fixed."},
    ),
    "salesforce receipt": (
        "machine", "acknowledgement",
        {"subject": "Case 00012345 has been created", "X_SFDC_LK": "00D", "body": "Thank you for contacting us."},
    ),
    "salesforce comment": (
        "relayed", None,
        {"subject": "Case 00012345: line", "X_SFDC_LK": "00D", "Auto_Submitted": "auto-generated",
         "body": "A new comment has been added to your case.\r\nWe replaced it.\r\nref:_00D123456._500abcdef:ref"},
    ),
    "a vacation reply through a ticket system": (
        "machine", "auto_reply",
        {"subject": "Automatic reply: [#4711]", "sender": "support@vendor.freshdesk.com", "answers": "a@c"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RELAYS)
def test_ticket_systems_are_read_by_their_profile(case: str) -> None:
    author, kind, fields = RELAYS[case]
    found = judged(mail("m@v", **fields), vendors=[{"id": "acme", "domains": ["vendor.example"]}]).authorship
    assert (found.author, found.kind) == (author, kind), found


def test_a_configured_ticket_system_is_known_by_a_machines_signs_alone() -> None:
    raw = mail("m@v", subject="INC0012345 -- comments added", Auto_Submitted="auto-generated")
    vendor = {"id": "acme", "domains": ["vendor.example"]}
    assert judged(raw, vendors=[vendor]).authorship.author == "machine"
    assert judged(raw, vendors=[{**vendor, "relay": "servicenow"}]).authorship.author == "relayed"


def test_our_own_answer_below_a_ticket_systems_mark_is_ours() -> None:
    raw = mail("m@c", sender="ina@customer.example", body="##- Please type your reply above this line -##\r\nThanks")
    assert judged(raw).authorship.author == "human"


@pytest.mark.parametrize(("subject", "speaks"), [("-- comments added", True), ("assigned to Vera", False)])
def test_of_relayed_mail_only_comments_are_a_persons_words(subject: str, speaks: bool) -> None:
    found = judged(mail("m@v", subject=f"INC0012345 {subject}", X_ServiceNow_Generated="true")).authorship
    assert (found.author, found.speaks) == ("relayed", speaks)
