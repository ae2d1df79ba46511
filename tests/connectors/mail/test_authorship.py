"""Who wrote: every machine is told from every person, in nine languages, and nobody's word is taken for more."""

from typing import Any

import pytest

from tests.connectors.mail.letters import judged, mail
from tests.connectors.mail.samples import MACHINES, PEOPLE


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
    "request tracker comment": (
        "relayed", None,
        {"subject": "[acme #12] Re: Line down", "RT_Ticket": "acme #12", "Precedence": "bulk", "answers": "a@c",
         "body": "We swapped the card."},
    ),
    "request tracker receipt": (
        "machine", "acknowledgement",
        {"subject": "[acme #12] AutoReply: Line down", "RT_Originator": "ina@customer.example", "answers": "a@c"},
    ),
    "request tracker resolution": (
        "relayed", None,
        {"subject": "[acme #12] Resolved: Line down", "X_Managed_By": "RT 4.4.3", "Precedence": "bulk"},
    ),
    "request tracker receipt in words of the vendor's own": (
        "unknown", None,
        {"subject": "[acme #12] Re: Line down", "Managed_By": "RT 5.0.1", "Precedence": "bulk", "answers": "a@c",
         "body": "We have received your request."},
    ),
    "request tracker mail that answers nothing": (
        "unknown", None,
        {"subject": "[acme #12] Line down", "X_RT_Ticket": "acme #12", "Precedence": "bulk", "answers": "a@c"},
    ),
    "freshdesk notice called bulk": (
        "unknown", None,
        {"subject": "Re: [#4711] Line down", "sender": "support@vendor.freshdesk.com", "answers": "a@c",
         "Precedence": "bulk"},
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
    "an answer in a tracker that sends from one address": (
        "relayed", None,
        {"sender": "Vera Vendor <notifications@tracker.example>", "subject": "Re: [app] Line down (Issue 7)",
         "answers": "a@c", "Precedence": "list", "List_Id": "<app.tracker.example>",
         "List_Post": "<mailto:reply@tracker.example>", "List_Unsubscribe": "<https://tracker.example/u>",
         "body": "We saw it too."},
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


@pytest.mark.parametrize(("id_of", "author"), [("rt-4.4.3-9-12-0@v", "relayed"), ("part-4.4@v", "human")])
def test_a_ticket_system_is_known_by_how_its_message_ids_begin(id_of: str, author: str) -> None:
    found = judged(mail(id_of, subject="[acme #12] Resolved: Line down")).authorship
    assert (found.author, found.speaks) == (author, author == "human")


def test_a_configured_ticket_system_is_known_by_a_machines_signs_alone() -> None:
    raw = mail("m@v", subject="INC0012345 -- comments added", Auto_Submitted="auto-generated")
    vendor = {"id": "acme", "domains": ["vendor.example"]}
    assert judged(raw, vendors=[vendor]).authorship.author == "machine"
    assert judged(raw, vendors=[{**vendor, "relay": "servicenow"}]).authorship.author == "relayed"


def test_our_own_answer_below_a_ticket_systems_mark_is_ours() -> None:
    raw = mail("m@c", sender="ina@customer.example", body="##- Please type your reply above this line -##\r\nThanks")
    assert judged(raw).authorship.author == "human"


def test_an_answer_that_a_tracker_passes_on_is_a_persons_word() -> None:
    found = judged(mail("m@v", **RELAYS["an answer in a tracker that sends from one address"][2])).authorship
    assert found.speaks


@pytest.mark.parametrize(("subject", "speaks"), [("-- comments added", True), ("assigned to Vera", False)])
def test_of_relayed_mail_only_comments_are_a_persons_words(subject: str, speaks: bool) -> None:
    found = judged(mail("m@v", subject=f"INC0012345 {subject}", X_ServiceNow_Generated="true")).authorship
    assert (found.author, found.speaks) == ("relayed", speaks)
