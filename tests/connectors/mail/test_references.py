"""Keys of our own tools in mail: which ticket a conversation is about, and when a number is none of ours."""

from itertools import permutations

import pytest

from connectors.mail.references import Reference, references_from, references_in
from syncd.domain.events import Linked
from syncd.domain.instant_text import parse_instant
from syncd.domain.linking import Outcome, incident_of, said
from syncd.domain.timeline import Timeline, in_order
from tests.connectors.mail.letters import THEM, US, grouped, mail
from tests.connectors.mail.test_mapping import mapped
from tests.domain.incident_samples import a_ticket, linked

OURS = [{"number": "INC{digits:7}", "source": "snow"}, "{key}"]
TEMPLATES = (Reference("snow", "INC{digits:7}"), Reference("", "{key}"))
LATE = parse_instant("2026-03-09T00:00:00Z", "")
CS = [{"id": "acme", "domains": ["vendor.example"], "tokens": ["CS{digits:7}"]}]
SERVICENOW = [{"id": "acme", "domains": ["vendor.example"], "relay": "servicenow"}]


def names(*raws: bytes, **more: object) -> list[str]:
    """What the conversation's messages say, in the order of time."""
    given = {"references": OURS, **more}
    events = in_order(
        event for each in mapped(grouped(*raws, **given).records, **given) for event in each.timeline.events
    )
    return [event.to for event in events if isinstance(event, Linked)]


@pytest.mark.parametrize(
    ("subject", "text", "expected", "listed"),
    [
        pytest.param("[INC0012345] Line down", "", ["snow:INC0012345"], False, id="in the subject"),
        pytest.param("Line down", "This is about NET-12.", ["NET-12"], False, id="in the words"),
        pytest.param("Line down (inc0012345)", "", ["snow:INC0012345"], False, id="in small letters"),
        pytest.param("INC0012345", "INC0000001, INC0000002", ["snow:INC0012345"], False, id="the subject first"),
        pytest.param("INC0012345 and inc0012345", "", ["snow:INC0012345"], False, id="twice the same"),
        pytest.param("INC0012345, INC0012346", "", [], True, id="a list"),
        pytest.param("Open: ", "INC0012345, INC0012346, NET-1", ["NET-1"], True, id="a list beside another tool's key"),
        pytest.param("INC0012345 NET-1", "", ["snow:INC0012345", "NET-1"], False, id="one of each tool"),
        pytest.param("XINC0012345 INC00123456 net-12", "", [], False, id="what only looks alike"),
        pytest.param("", "x" * 2048 + " NET-12", [], False, id="far down in the words"),
    ],
)  # fmt: skip
def test_keys_are_found(subject: str, text: str, expected: list[str], listed: bool) -> None:
    found, several = references_in(subject, text[:2048], TEMPLATES)
    assert ([each.name for each in found], several) == (expected, listed)


def test_a_template_in_small_letters_leaves_keys_as_they_are_written() -> None:
    found, _ = references_in("Ref-ab12", "", [Reference("desk", "ref-{word}")])
    assert [each.name for each in found] == ["desk:Ref-ab12"]


@pytest.mark.parametrize("value", [None, 3, [["a"], "x", ["a", "b", "c"]]])
def test_what_is_no_reference_is_left_out(value: object) -> None:
    assert references_from(value) == ()


def test_the_first_message_that_says_a_key_links() -> None:
    story = (
        mail("a@c", sender=US, to=THEM, subject="[INC0012345] Line down"),
        mail("b@v", minute=5, subject="Re: [INC0012345] Line down", answers="a@c"),
        mail("c@v", minute=9, subject="Re: [INC0012345] Line down", answers="b@v", body="And NET-7."),
    )
    assert names(*story) == ["snow:INC0012345", "NET-7"]
    records = grouped(*story, references=OURS).records
    events = [event for each in mapped(records, references=OURS) for event in each.timeline.events]
    ids = [event.id for event in events]
    assert len(ids) == len(set(ids))
    for order in permutations(story):
        assert names(*order) == ["snow:INC0012345", "NET-7"]


@pytest.mark.parametrize(
    ("vendors", "raws", "expected"),
    [
        pytest.param(
            SERVICENOW, [mail("a@v", subject="INC0055555 has been opened", X_ServiceNow_Generated="1")], [],
            id="the vendor's own number looks like ours",
        ),
        pytest.param(
            SERVICENOW,
            [mail("a@v", subject="INC0055555 has been opened", X_ServiceNow_Generated="1"),
             mail("b@c", sender=US, to=THEM, minute=3, subject="Re: INC0055555", answers="a@v")], [],
            id="and stays so in our answer",
        ),
        pytest.param(
            SERVICENOW,
            [mail("b@c", sender=US, to=THEM, subject="INC0055555"),
             mail("a@v", minute=3, subject="Re: INC0055555", answers="b@c")], ["snow:INC0055555"],
            id="a number that we wrote first is ours",
        ),
        pytest.param(
            CS, [mail("a@v", subject="CS0000001: your INC0055555")], ["snow:INC0055555"],
            id="a number that is not of the vendor's kind is ours",
        ),
        pytest.param(
            CS, [mail("a@v", subject="INC0055555", Authentication_Results="mx.customer.example; dmarc=fail")], [],
            id="a spoofed sender links nothing",
        ),
        pytest.param(CS, [mail("a@v", subject="INC0055555", X_Spam_Flag="YES")], [], id="nor does spam"),
    ],
)  # fmt: skip
def test_whose_number_it_is(vendors: object, raws: list[bytes], expected: list[str]) -> None:
    assert names(*raws, vendors=vendors, our_servers=["mx.customer.example"]) == expected


def test_a_list_of_keys_is_a_problem() -> None:
    (found,) = mapped(grouped(mail("a@v", subject="INC0000001, INC0000002"), references=OURS).records, references=OURS)
    assert "several_references" in [problem.code for problem in found.problems]
    assert [event for event in found.timeline.events if isinstance(event, Linked)] == []


def test_nothing_is_looked_for_unless_asked() -> None:
    assert names(mail("a@v", subject="INC0055555 NET-1"), references=[]) == []


def conversation(*raws: bytes) -> Timeline:
    given = {"references": OURS, "vendors": CS}
    parts = [each.timeline for each in mapped(grouped(*raws, **given).records, **given)]
    events = in_order(event for part in parts for event in part.events)
    return Timeline(source="mail", ticket=parts[0].ticket, id=parts[0].id, events=events)


def test_our_key_in_a_mail_joins_the_conversation_to_the_incident() -> None:
    timeline = conversation(mail("a@c", sender=US, to=THEM, subject="[INC0012345] Line down"))
    incident = incident_of(timeline, [a_ticket("snow", "INC0012345")], as_of=LATE)
    assert [tie.outcome for tie in incident.ties] == [Outcome.JOINED]


def test_the_vendors_number_joins_the_conversation_to_the_incident_that_says_it() -> None:
    timeline = conversation(
        mail("a@c", sender=US, to=THEM), mail("b@v", minute=3, subject="[CS0000007] Line down", answers="a@c")
    )
    assert said(timeline, as_of=LATE) == {}
    incident = incident_of(timeline, [a_ticket("snow", "INC0012345", linked("CS0000007"))], as_of=LATE)
    assert [other.ticket for other in incident.others] == ["INC0012345"]
