"""Dead letters are told again only while they are true, each is decided about once, and none is overlooked."""

from dataclasses import replace

import pytest

from syncd.ports.outbox import Letter
from syncd.services import letters
from syncd.services.letters import Wanted, drop, letters_of, try_again
from tests.services.desk import HOUR, MINUTE, MORNING, Desk, opened, record, resolved

LATE = MORNING + 5 * HOUR
CONFIGURED = {"oncall"}


def buried(desk: Desk) -> list[Letter]:
    """Give up whatever is queued for `oncall`; return the letters."""
    for one in desk.write(lambda work: work.outbox.claim("oncall", LATE, 500, 30.0)):
        desk.write(lambda work, one=one: work.outbox.bury(one.id, at=LATE, error="rejected"))  # type: ignore[misc]  # mypy cannot type a lambda's default
    return dead(desk)


def dead(desk: Desk) -> list[Letter]:
    return desk.see(lambda view: letters_of(view, Wanted(), "dead"))


def a_breach(desk: Desk) -> None:
    desk.take(record("t1", opened()), now=LATE)
    desk.let_go(LATE)


def test_a_dead_letter_about_a_ticket_that_was_resolved_since_is_not_told(desk: Desk) -> None:
    a_breach(desk)
    (before,) = buried(desk)
    assert not before.over
    desk.take(record("t1", opened(), resolved(LATE + MINUTE)), now=LATE + HOUR, cursor="c2", expected="c1")
    (after,) = dead(desk)
    assert after.over
    assert try_again(desk.store, [after], CONFIGURED, now=LATE + HOUR) == ["over"]
    assert try_again(desk.store, [before], CONFIGURED, now=LATE + HOUR) == ["gone"], "the store looks again itself"
    assert desk.pending() == 0


def test_a_letter_is_decided_about_once_however_many_try(desk: Desk) -> None:
    a_breach(desk)
    found = buried(desk)
    assert try_again(desk.store, found, CONFIGURED, now=LATE) == ["to be tried again"]
    assert try_again(desk.store, found, CONFIGURED, now=LATE) == ["gone"]
    told: list[Letter] = []
    assert drop(desk.store, [*found, *found], told.append, now=LATE) == ["dropped", "gone"]
    assert told == found
    assert try_again(desk.store, found, CONFIGURED, now=LATE) == ["gone"]


def test_no_letter_is_beyond_the_first_page(desk: Desk) -> None:
    a_breach(desk)
    (one,) = buried(desk)
    many = [replace(one.notice, key=replace(one.notice.key, ticket_id=f"t{n}")) for n in range(2, letters.PAGE + 3)]
    desk.write(lambda work: [work.outbox.add(each, ["oncall"], at=LATE) for each in many])
    assert len(desk.see(lambda view: letters_of(view, Wanted(), "pending"))) == letters.PAGE + 1


@pytest.mark.parametrize(("channel", "outcome"), [("oncall", "to be tried again"), ("chat", "no such notifier")])
def test_only_a_notifier_that_is_configured_is_given_its_letters_back(desk: Desk, channel: str, outcome: str) -> None:
    a_breach(desk)
    (one,) = buried(desk)
    assert try_again(desk.store, [replace(one, channel=channel)], CONFIGURED, now=LATE) == [outcome]
