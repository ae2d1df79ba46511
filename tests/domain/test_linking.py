"""Which tickets are one incident: by names that they say, whoever says them, and never by a guess."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.linking import (
    MOST_TICKETS,
    Outcome,
    called_by,
    calls,
    incident_of,
    incidents,
    key_of,
    name_of,
    names_in,
    problems_of,
    said,
)
from syncd.domain.timeline import Timeline
from tests.domain.incident_samples import HOUR, MONDAY, SUNDAY, a_ticket, linked, unlinked, worlds

SYS_ID = "9c573169c611228700193229fff72400"
PAGE = f"https://sn.example.com/incident.do?sys_id={SYS_ID}"
INC = a_ticket("snow", "INC0012345", key=SYS_ID, url=PAGE)
NET = a_ticket("jira", "NET-123", key="10023", url="https://jira.example.com/browse/NET-123")


def joined(*tickets: Timeline) -> dict[str, list[str]]:
    """The others of each ticket that has any."""
    found = incidents(tickets, as_of=SUNDAY)
    return {
        name_of(ticket): [name_of(other) for other in found[key_of(ticket)].others]
        for ticket in tickets
        if key_of(ticket) in found and found[key_of(ticket)].others
    }


def outcomes(ticket: Timeline, *others: Timeline) -> list[Outcome]:
    return [tie.outcome for tie in incident_of(ticket, others, as_of=SUNDAY).ties]


@pytest.mark.parametrize(
    ("name", "ticket", "leads"),
    [
        pytest.param("INC0012345", INC, True, id="its key"),
        pytest.param(SYS_ID, INC, True, id="its id"),
        pytest.param("snow:INC0012345", INC, True, id="its key with its source"),
        pytest.param(f"snow:{SYS_ID}", INC, True, id="its id with its source"),
        pytest.param("jira:INC0012345", INC, False, id="its key with another source"),
        pytest.param("inc0012345", INC, False, id="its key in small letters"),
        pytest.param(" INC0012345", INC, False, id="its key with a blank"),
        pytest.param("INC00123456", INC, False, id="a longer key"),
        pytest.param(PAGE, INC, True, id="its own address"),
        pytest.param(f"https://sn.example.com/nav_to.do?uri=incident.do%3Fsys_id%3D{SYS_ID}", INC, True, id="a road"),
        pytest.param("https://sn.example.com/incident.do?sysparm_query=number=INC0012345", INC, True, id="by its key"),
        pytest.param(f"http://SN.example.com:8443/incident.do?sys_id={SYS_ID}", INC, True, id="scheme, port, capitals"),
        pytest.param(f"https://other.example.com/incident.do?sys_id={SYS_ID}", INC, False, id="another instance"),
        pytest.param("https://[broken/INC0012345", INC, False, id="no address at all"),
        pytest.param("https://jira.example.com/browse/NET-123?focusedId=9", NET, True, id="an issue by its key"),
        pytest.param("https://jira.example.com/browse/NET-1234", NET, False, id="an issue of a longer key"),
        pytest.param("https://jira.example.com/secure/attachment/10023/x", NET, False, id="a number is no id"),
        pytest.param("10023", NET, True, id="an id that is a number, by itself"),
        pytest.param("https://jira.example.com/browse/K-1", a_ticket("jira", "K-1"), False, id="no address known"),
    ],
)  # fmt: skip
def test_a_name_leads_to_the_ticket_that_is_called_so(name: str, ticket: Timeline, leads: bool) -> None:
    assert calls(name, ticket) is leads
    if leads:
        assert not called_by(name).isdisjoint((ticket.ticket, ticket.id)), "what leads there must be found there"


@pytest.mark.parametrize("name", ["", "x" * 256, "INC\x001", "INC\n1", "\ud800"])
def test_a_name_that_no_store_can_hold_is_never_looked_up(name: str) -> None:
    assert called_by(name) == frozenset()
    assert names_in(a_ticket("mail", "M", linked(name))) == frozenset()


def test_an_address_of_a_thousand_words_is_not_looked_up_by_each() -> None:
    assert len(called_by("https://x.example.com/" + "/".join(f"w{n}" for n in range(1000)))) == 32


def test_names_are_said_until_they_are_taken_back() -> None:
    ticket = a_ticket("mail", "M", linked("A", 1), linked("B", 1), unlinked("A", 2), linked("A", 3))
    assert set(said(ticket, as_of=MONDAY)) == set()
    assert set(said(ticket, as_of=MONDAY + HOUR)) == {"A", "B"}
    assert set(said(ticket, as_of=MONDAY + 2 * HOUR)) == {"B"}
    assert said(ticket, as_of=MONDAY + 3 * HOUR) == {"B": "to B 1", "A": "to A 3"}


def test_the_names_of_a_ticket_are_all_that_it_ever_says() -> None:
    ticket = a_ticket("mail", "M", linked("snow:INC1"), unlinked("snow:INC1", 1), linked(PAGE, 300))
    assert names_in(ticket) == {"snow:INC1", "INC1", PAGE, SYS_ID}


@pytest.mark.parametrize(
    ("tickets", "expected"),
    [
        pytest.param([a_ticket("mail", "M"), a_ticket("snow", "I")], {}, id="no link at all"),
        pytest.param(
            [a_ticket("mail", "M", linked("I")), a_ticket("snow", "I")],
            {"mail:M": ["snow:I"], "snow:I": ["mail:M"]},
            id="one names the other",
        ),
        pytest.param(
            [
                a_ticket("mail", "M", linked("J")), a_ticket("jira", "J", linked("I")),
                a_ticket("snow", "I", linked("M")),
            ],
            {"mail:M": ["jira:J", "snow:I"], "jira:J": ["mail:M", "snow:I"], "snow:I": ["jira:J", "mail:M"]},
            id="a circle of three",
        ),
        pytest.param([a_ticket("snow", "I", linked("I"), linked("snow:I"))], {}, id="itself"),
        pytest.param(
            [a_ticket("mail", "M", linked("J")), a_ticket("jira", "J"), a_ticket("snow", "J")], {}, id="one of two"
        ),
        pytest.param(
            [a_ticket("mail", "M", linked("J")), a_ticket("jira", "J", linked("J")), a_ticket("snow", "J")],
            {"mail:M": ["jira:J", "snow:J"], "jira:J": ["mail:M", "snow:J"], "snow:J": ["jira:J", "mail:M"]},
            id="one of two, but the other says it too",
        ),
        pytest.param(
            [a_ticket("mail", "C", key="m1"), a_ticket("mail", "C", key="m2"), a_ticket("snow", "I", linked("C"))],
            {},
            id="one of two in one source",
        ),
        pytest.param(
            [a_ticket("mail", "C", linked("C"), key="m1"), a_ticket("mail", "C", linked("C"), key="m2")],
            {},
            id="two of one source that are both called so and say it",
        ),
        pytest.param(
            [a_ticket("mail", "M", linked("C")), a_ticket("snow", "I", linked("C"))],
            {"mail:M": ["snow:I"], "snow:I": ["mail:M"]},
            id="a number that both say",
        ),
        pytest.param(
            [
                a_ticket("mail", "M", linked("C")), a_ticket("snow", "I", linked("C")),
                a_ticket("snow", "K", linked("C")),
            ],
            {},
            id="a number that two of one source say",
        ),
        pytest.param(
            [a_ticket("mail", f"M{n}", linked("I")) for n in range(2)] + [a_ticket("snow", "I")],
            {"mail:M0": ["mail:M1", "snow:I"], "mail:M1": ["mail:M0", "snow:I"], "snow:I": ["mail:M0", "mail:M1"]},
            id="several of one source about one ticket",
        ),
    ],
)  # fmt: skip
def test_tickets_are_joined_by_names(tickets: Sequence[Timeline], expected: dict[str, list[str]]) -> None:
    assert joined(*tickets) == expected


def test_what_a_name_came_to_is_told() -> None:
    inc, net, other = a_ticket("snow", "I"), a_ticket("jira", "N"), a_ticket("snow", "N")
    mail = a_ticket("mail", "M", linked("I"), linked("X", 0.1), linked("N", 0.2))
    assert outcomes(mail, inc, net, other) == [Outcome.JOINED, Outcome.UNKNOWN, Outcome.AMBIGUOUS]
    problems = list(problems_of(mail, incident_of(mail, [inc, net, other], as_of=SUNDAY)))
    assert [(problem.code, problem.ticket) for problem in problems] == [("ambiguous_link", mail.id)]


def test_more_tickets_than_an_incident_can_have_are_none() -> None:
    about = [a_ticket("mail", f"M{n}", linked("I")) for n in range(MOST_TICKETS)]
    assert joined(*about[:-1], a_ticket("snow", "I")).keys() == {*(name_of(each) for each in about[:-1]), "snow:I"}
    assert joined(*about, a_ticket("snow", "I")) == {}
    assert outcomes(about[0], *about[1:], a_ticket("snow", "I")) == [Outcome.TOO_MANY]
    assert outcomes(a_ticket("mail", "X", linked("I")), *about, a_ticket("snow", "I")) == [Outcome.TOO_MANY]


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_tickets_changes_nothing(world: Sequence[Timeline], chance: object) -> None:
    shuffled = list(world)
    getattr(chance, "shuffle")(shuffled)  # noqa: B009 - the strategy's type is not public
    assert incidents(shuffled, as_of=SUNDAY) == incidents(world, as_of=SUNDAY)


@given(worlds())
def test_an_incident_is_the_same_seen_from_each_of_its_tickets(world: Sequence[Timeline]) -> None:
    found = incidents(world, as_of=SUNDAY)
    for ticket in world:
        incident = incident_of(ticket, world, as_of=SUNDAY)
        whole = {key_of(ticket), *map(key_of, incident.others)}
        assert len(whole) == 1 + len(incident.others)
        for other in incident.others:
            assert {key_of(other), *map(key_of, found[key_of(other)].others)} == whole


@given(worlds())
def test_a_ticket_that_nobody_names_joins_nothing(world: Sequence[Timeline]) -> None:
    stranger = a_ticket("snow", "STRANGER")
    assert incidents([*world, stranger], as_of=SUNDAY) == incidents(world, as_of=SUNDAY)


@given(worlds())
def test_only_the_tickets_of_an_incident_and_what_it_could_have_been_decide_it(world: Sequence[Timeline]) -> None:
    """What the stores rest on: tickets that share no name with it, directly or over others, can be left out."""
    found = incidents(world, as_of=SUNDAY)
    for ticket in world:
        near, names = {key_of(ticket)}, set[str]()
        for _ in world:
            names |= {
                name for each in world if key_of(each) in near for name in (*names_in(each), each.ticket, each.id)
            }
            near |= {key_of(each) for each in world if names & {*names_in(each), each.ticket, each.id}}
        candidates = [each for each in world if key_of(each) in near]
        assert incident_of(ticket, candidates, as_of=SUNDAY) == found.get(
            key_of(ticket), incident_of(ticket, (), as_of=SUNDAY)
        )
