"""Acceptance: no machine's mail is ever a first response; a person's words through a ticket system are one."""

from typing import Any

import pytest

from connectors.mail.limits import Limits
from connectors.mail.mapping import MailMapper
from connectors.mail.parsing import parse
from connectors.mail.recording import Found, group, unique
from connectors.mail.rules import shipped
from syncd.domain.measure import measure
from syncd.domain.names import Metric
from syncd.domain.timeline import Timeline, in_order
from syncd.ports.connector import Site
from tests.connectors.mail.letters import THEM, US, judge, mail, options
from tests.connectors.mail.samples import MACHINES, PEOPLE
from tests.connectors.mail.test_corpus import AWAY, BOUNCED, RECEIVED, SYSTEMS, letters, relayed
from tests.domain.clock_samples import a_target, agreed, at

TERMS = agreed(a_target(name="response", metric=Metric.FIRST_RESPONSE))
QUESTION = mail("q@c", sender=US, to=THEM, subject="Line down")
NOTE: dict[str, Any] = {
    "subject": "INC0012345 -- work notes added", "body": "Work notes: we replaced the card.",
    "Auto_Submitted": "auto-generated", "Precedence": "bulk",
}  # fmt: skip


def answered_by(sample: dict[str, Any], **more: Any) -> list[str | None]:
    """What stopped the clocks of first response that our question started, once half an hour later a mail came."""
    answers = "" if "List_Unsubscribe_Post" in sample else "q@c"  # mailings answer nobody
    raw = mail("m@v", **{"minute": 30, "answers": answers, **sample})
    found = unique(Found(parse(each, shipped(), Limits())) for each in (QUESTION, raw))
    grouped = group(found, judge(**more), by_subject=False)
    mapper = MailMapper(Site("desk"), options(**more))
    tickets: dict[str, list[Timeline]] = {}
    for record in grouped.records:
        tickets.setdefault(record.ticket, []).append(mapper.map(mapper.redact(record)).timeline)
    stopped: list[str | None] = []
    for parts in tickets.values():
        events = in_order(event for part in parts for event in part.events)
        timeline = Timeline(source="desk", ticket="T-1", id=parts[0].id, events=events)
        cycles = [cycle for each in measure(timeline, TERMS, as_of=at(400)).readings for cycle in each.cycles]
        stopped += [cycle.stopped_by for cycle in cycles if cycle.stage.value == "completed"]
    return stopped


@pytest.mark.parametrize("case", MACHINES)
def test_a_machines_mail_is_never_a_first_response(case: str) -> None:
    assert answered_by(MACHINES[case][1]) == []


@pytest.mark.parametrize(
    ("language", "made"),
    [
        *letters("away", AWAY),
        *letters("received", RECEIVED),
        *letters("bounced", BOUNCED),
        *relayed("opened"),
    ],
)
def test_a_machines_mail_in_any_language_is_never_a_first_response(language: str, made: dict[str, Any]) -> None:
    assert answered_by(dict(made)) == [], language


@pytest.mark.parametrize("case", PEOPLE)
def test_a_persons_mail_is_a_first_response(case: str) -> None:
    assert len(answered_by(PEOPLE[case])) == 1


def test_a_work_note_of_servicenow_is_a_first_response_once_its_profile_is_on() -> None:
    vendor = {"id": "acme", "domains": ["vendor.example"]}
    assert answered_by(NOTE, vendors=[vendor]) == []
    assert len(answered_by(NOTE, vendors=[{**vendor, "relay": "servicenow"}])) == 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_comment_that_a_ticket_system_relays_is_a_first_response_in_every_language(system: str) -> None:
    vendors = [{"id": "acme", "domains": ["vendor.example", "vendor.freshdesk.com"]}]
    for parameters in relayed("comment"):
        language, made = parameters.values
        if parameters.id == f"{language} {system}":
            assert len(answered_by(dict(made), vendors=vendors)) == 1, language
