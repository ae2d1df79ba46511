"""Which messages are one conversation: by ids first, by the vendor's number then, by nothing else."""

import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connectors.mail.letters import OTHER, THEM, US, grouped, mail, together

A = mail("a@c", sender=US, to=THEM)
B = mail("b@v", minute=10, subject="Re: Line down", answers="a@c")

CASES: dict[str, tuple[list[bytes], list[list[str]]]] = {
    "an answer names what it answers": ([A, B], [["a@c", "b@v"]]),
    "an ancestor that nobody saw joins two": (
        [mail("b@v", minute=1, refs="unseen@c"), mail("c@v", minute=2, subject="Other", refs="unseen@c x@v")],
        [["b@v", "c@v"]],
    ),
    "references without brackets, with commas, folded": (
        [A, mail("b@v", minute=1, References="a@c,\r\n\tz@v")], [["a@c", "b@v"]],
    ),
    "text around an id in In-Reply-To": (
        [A, mail("b@v", minute=1, In_Reply_To='Your message of "Mon" <a@c>')], [["a@c", "b@v"]],
    ),
    "no ids at all join nothing": (
        [mail("a@c", sender=US, to=THEM), mail("b@v", minute=1, In_Reply_To="<>", References="<null>"),
         mail("c@v", minute=2, In_Reply_To="<>", References="<null>")],
        [["a@c"], ["b@v"], ["c@v"]],
    ),
    "equal subjects join nothing": ([A, mail("b@v", minute=1, subject="Re: Line down")], [["a@c"], ["b@v"]]),
    "the vendor's number joins": (
        [mail("a@v", subject="Line down [#4711]"), mail("b@c", sender=US, to=THEM, minute=5,
        subject="RE: [#4711] and?")],
        [["a@v", "b@c"]],
    ),
    "the number in an encoded subject joins": (
        [mail("a@v", subject="=?utf-8?b?TGluZSBkb3duIFsjNDcxMV0=?="), mail("b@v", minute=5, subject="Re: [#4711]")],
        [["a@v", "b@v"]],
    ),
    "another vendor's same number does not": (
        [mail("a@v", subject="[#4711]"), mail("b@o", sender=OTHER, minute=5, subject="[#4711]")], [["a@v"], ["b@o"]],
    ),
    "a stranger who quotes a number joins nothing": (
        [mail("a@v", subject="[#4711]"), mail("e@e", sender="eve@evil.example", minute=5, subject="Re: [#4711]")],
        [["a@v"], ["e@e"]],
    ),
    "two numbers of one vendor in one thread split it": (
        [A, mail("b@v", minute=1, subject="[#4711]", refs="a@c"), mail("c@v", minute=2, subject="[#4712]", refs="a@c"),
         mail("d@c", sender=US, to=THEM, minute=3, subject="Re: x", refs="a@c c@v"),
         mail("e@c", sender=US, to=THEM, minute=4, subject="Re: x", refs="a@c b@v")],
        [["a@c", "b@v", "e@c"], ["c@v", "d@c"]],
    ),
    "a digest of several numbers belongs to none": (
        [mail("a@v", subject="[#4711]"), mail("b@v", minute=1, subject="[#4712]"),
         mail("c@v", minute=2, subject="Open: [#4711] [#4712]")],
        [["a@v"], ["b@v"], ["c@v"]],
    ),
    "a bounce belongs to what it returns": (
        [A, mail("b@m", sender="mailer-daemon@customer.example", minute=1, subject="failure notice",
                 Content_Type="multipart/report; report-type=delivery-status; boundary=b",
                 body="--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <a@c>\r\n\r\nx\r\n--b--")],
        [["a@c", "b@m"]],
    ),
    "one id on two messages keeps both": (
        [mail("same@v", subject="INC0010001"), mail("same@v", minute=9, subject="INC0010001 -- comments added")],
        [["same@v", "same@v"]],
    ),
    "the same mail twice is one": ([A, A.replace(b"From:", b"Received: by mx.customer.example; x\r\nFrom:")],
        [["a@c"]]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_conversations(case: str) -> None:
    raws, expected = CASES[case]
    for order in list(permutations(raws))[:24]:
        assert together(*order) == expected


def test_subjects_join_only_where_that_is_asked_for() -> None:
    first = mail("a@c", sender=US, to=THEM, subject="Line to Pune is down")
    answer = mail("b@v", minute=1, subject="AW: Line  to Pune is down")
    forward = mail("c@v", minute=2, subject="Fwd: Line to Pune is down")
    assert together(first, answer, forward, join_by_subject=True) == [["a@c", "b@v"], ["c@v"]]


def test_a_root_that_more_than_three_vendors_name_is_nobodys() -> None:
    names = ["one", "two", "three", "four"]
    vendors = [{"id": name, "domains": [f"{name}.example"]} for name in names]
    raws = [mail(f"{name}@x", sender=f"n@{name}.example", refs="news@x") for name in names]
    assert len(together(*raws, vendors=vendors)) == 4
    assert len(together(*raws[:3], vendors=vendors[:3])) == 1


def test_without_configured_vendors_a_number_counts_between_the_two_domains_that_write_to_each_other() -> None:
    raws = [
        mail("a@v", subject="[#4711]"),
        mail("b@c", sender=US, to=THEM, minute=1, subject="Re: [#4711]"),
        mail("c@o", sender=OTHER, minute=2, subject="[#4711]"),
    ]
    assert together(*raws, vendors=[], our_domains=[]) == [["a@v", "b@c"], ["c@o"]]


def test_one_conversation_with_two_vendors_is_two_tickets_each_with_its_own() -> None:
    both = mail("a@c", sender=US, to=f"{THEM}, {OTHER}")
    mine = mail("b@v", minute=1, answers="a@c")
    theirs = mail("c@o", sender=OTHER, minute=2, answers="a@c")
    records = grouped(both, mine, theirs).records
    of: dict[str, int] = {}
    for record in records:
        of[record.ticket] = of.get(record.ticket, 0) + 1
    first, second = of
    assert second == f"{first}:other"
    assert list(of.values()) == [2, 2]


def test_a_conversation_keeps_its_id_when_its_beginning_is_seen_later() -> None:
    answer = mail("b@v", minute=1, refs="a@c")
    (before,), (after,) = grouped(answer).conversations, grouped(answer, A).conversations
    assert before.id == after.id


@st.composite
def boxes(draw: st.DrawFn) -> list[bytes]:
    """A mailbox of up to a dozen messages that name each other, or what nobody saw, and carry numbers."""
    count = draw(st.integers(1, 12))
    raws = []
    for number in range(count):
        named = draw(st.lists(st.integers(0, count + 2), max_size=3))
        token = draw(st.sampled_from(["", "", "[#4711]", "[#4712]", "INC0012345", "[#4711] INC0054321"]))
        sender, to = draw(st.sampled_from([(US, THEM), (THEM, US), (OTHER, US), (US, f"{THEM}, {OTHER}")]))
        raws.append(
            mail(
                f"{number}@x", sender=sender, to=to, subject=f"Re: thing {token}", minute=draw(st.integers(0, 300)),
                refs=" ".join(f"{each}@x" for each in named),
            )
        )  # fmt: skip
    return raws


@settings(max_examples=150, deadline=None)
@given(boxes(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(raws: list[bytes], shuffler: random.Random) -> None:
    shuffled = list(raws)
    shuffler.shuffle(shuffled)
    one, other = grouped(*raws), grouped(*shuffled)
    assert one.records == other.records
    assert sorted(leaf.message_id for each in one.conversations for leaf in each.leaves) == sorted(
        f"{number}@x" for number in range(len(raws))
    )
    assert len({each.id for each in one.conversations}) == len(one.conversations)
