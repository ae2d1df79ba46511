"""The made-up conversations are read as what they are meant to be: also those that a vendor's ticket system writes."""

from datetime import UTC, datetime

import pytest

from connectors.mail.judging import Judge
from connectors.mail.limits import Limits
from connectors.mail.parsing import parse
from connectors.mail.recording import Found, group, unique
from connectors.mail.rules import shipped
from connectors.mail.settings import MailOptions
from connectors.mail.simulator import build_simulator
from syncd.ports.connector import Site

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

MEANT = {
    True: {
        "1": ("human", None, True), "2": ("machine", "acknowledgement", False), "3": ("relayed", None, True),
        "4": ("human", None, True), "5": ("relayed", None, False), "6": ("machine", "auto_reply", False),
    },
    False: {
        "1": ("human", None, True), "2": ("machine", "acknowledgement", False), "3": ("human", None, True),
        "4": ("human", None, True), "5": ("human", None, True), "6": ("machine", "auto_reply", False),
    },
}  # fmt: skip
"""Author, kind of machine and whether a person speaks, by whether a ticket system relays and the turn in the story."""


@pytest.mark.parametrize("relayed", [False, True])
def test_every_turn_of_every_story_is_known_and_each_story_is_one_conversation(relayed: bool) -> None:
    domains = ["acme.example", "globex.example"] if relayed else []
    simulator = build_simulator(3, {"conversations_per_day": 10, "days": 8, "relayed": domains})
    simulator.advance(NOON)
    judge = Judge(Site("mail"), MailOptions.model_validate(simulator.options("http://127.0.0.1:1")))
    letters = [Found(parse(each.raw, shipped(), Limits())) for each in simulator.box.messages.values()]
    grouped = group(unique(letters), judge, by_subject=False)
    turns = set()
    for found in letters:
        said = grouped.judged[found.letter.fingerprint].authorship
        turn = found.letter.message_id.partition("@")[0].rpartition(".")[2]
        assert (said.author, said.kind, said.speaks) == MEANT[relayed][turn], said
        turns.add(turn)
    assert turns == set("123456")
    stories = [{leaf.message_id.partition(".")[0] for leaf in each.leaves} for each in grouped.conversations]
    assert all(len(words) == 1 for words in stories)
    assert len(stories) == len(set.union(*stories)) > 50
