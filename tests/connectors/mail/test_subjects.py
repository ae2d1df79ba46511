"""Subjects taken apart: what lists and ticket systems put before the prefix of an answer stays, the prefix goes."""

import pytest

from connectors.mail.rules import shipped
from connectors.mail.subject import stripped, unlabelled


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        pytest.param("[noc] Re: Line down", "[noc] line down", "reply", id="a list's name"),
        pytest.param("Re: [noc] Re: Line down", "[noc] line down", "reply", id="a name between two prefixes"),
        pytest.param("[acme #12] [noc]: AW: Line down", "[acme #12] [noc]: line down", "reply", id="two labels"),
        pytest.param("[acme #12] Fwd: Line down", "[acme #12] line down", "forward", id="a forward"),
        pytest.param("[acme #12] Note: Line down", "[acme #12] note: line down", "", id="a word that is no prefix"),
        pytest.param("[acme #12]", "[acme #12]", "", id="nothing else"),
        pytest.param("[EXT] Re: Line down", "line down", "reply", id="a gateway's tag goes"),
    ],
)
def test_an_answer_is_known_behind_the_label_that_a_system_puts_first(subject: str, text: str, kind: str) -> None:
    found = stripped(subject, shipped())
    assert (found.text, found.reply, found.forward) == (text, kind == "reply", kind == "forward")


@pytest.mark.parametrize(
    ("text", "bare"),
    [("[acme #12] done", "done"), ("[noc] done", "[noc] done"), ("done [12]", "done [12]"), ("[acme #12]", "")],
)
def test_only_a_tickets_number_is_left_out_where_a_subject_begins(text: str, bare: str) -> None:
    assert unlabelled(text) == bare
