"""Links between tickets, and notes of what is to be measured again, on every engine."""

import pytest

from syncd.domain.linking import MOST_TICKETS
from syncd.domain.problem import Problem
from syncd.ports.links import Mark
from syncd.ports.repositories import TicketNo
from syncd.ports.store import Fence, Store
from tests.store.samples import NOON, head, see, with_tickets, write


def say(store: Store, fence: Fence, number: TicketNo, *names: str) -> None:
    write(store, fence, lambda work: work.links.say({number: names}))


def beside(store: Store, *numbers: TicketNo) -> dict[TicketNo, list[TicketNo]]:
    found = see(store, lambda view: view.links.beside(numbers))
    return {number: list(others) for number, others in found.items()}


def test_a_ticket_is_found_from_both_ends_of_a_link_and_over_others(store: Store, fence: Fence) -> None:
    snow = with_tickets(store, fence, "a", "b", "c", "d")
    mail = with_tickets(store, fence, "m", source="mail")
    a, b, c, d = snow.values()
    (m,) = mail.values()
    say(store, fence, m, "A")
    say(store, fence, b, "m")  # by its id
    say(store, fence, c, "CS5")
    say(store, fence, a, "CS5")
    everything = sorted([a, b, c, m])
    assert beside(store, a, b, c, d, m) == {
        each: [other for other in everything if other != each] for each in everything
    }
    assert beside(store, d) == {}
    assert beside(store, c) == {c: [a, b, m]}


def test_a_ticket_that_names_nobody_there_is_absent(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b")
    say(store, fence, numbers["a"], "X", "A")
    assert beside(store, *numbers.values(), 99) == {}


def test_what_was_said_once_is_still_found_and_said_twice_is_said_once(store: Store, fence: Fence) -> None:
    a, b, c = with_tickets(store, fence, "a", "b", "c").values()
    say(store, fence, a, "B")
    say(store, fence, a, "C", "B")
    assert beside(store, a) == {a: [b, c]}


def test_a_ticket_is_found_by_the_name_that_it_had_before(store: Store, fence: Fence) -> None:
    a, b = with_tickets(store, fence, "a", "b").values()
    say(store, fence, a, "B")
    write(store, fence, lambda work: work.tickets.lock(1, [head("b", ticket="NEW")]))
    write(store, fence, lambda work: work.tickets.lock(1, [head("b", ticket="NEWER")]))
    assert beside(store, a) == {a: [b]}
    assert beside(store, b) == {b: [a]}


def test_a_name_that_very_many_say_leads_nowhere(store: Store, fence: Fence) -> None:
    crowd = with_tickets(store, fence, *(f"t{n}" for n in range(MOST_TICKETS + 1)))
    a, b = with_tickets(store, fence, "a", "b", source="mail").values()
    write(store, fence, lambda work: work.links.say({number: ["WORN"] for number in crowd.values()}))
    say(store, fence, a, "WORN", "B")
    assert beside(store, a, b, crowd["t0"]) == {a: [b], b: [a]}
    assert beside(store, *crowd.values()) == {}


@pytest.mark.parametrize("many", [3, 1200])
def test_many_tickets_are_looked_up_at_once(store: Store, fence: Fence, many: int) -> None:
    snow = with_tickets(store, fence, *(f"s{n}" for n in range(many)))
    mail = with_tickets(store, fence, *(f"m{n}" for n in range(many)), source="mail")
    said = {mail[f"m{n}"]: [f"S{n}"] for n in range(many)}
    write(store, fence, lambda work: work.links.say(said))
    assert beside(store, *mail.values()) == {mail[f"m{n}"]: [snow[f"s{n}"]] for n in range(many)}


def test_notes_are_taken_oldest_first_and_dropped_one_by_one(store: Store, fence: Fence) -> None:
    write(store, fence, lambda work: work.links.mark({3, 1}))
    write(store, fence, lambda work: work.links.mark([1]))
    first, second, third = see(store, lambda view: view.links.marks(10))
    assert [each.ticket for each in (first, second, third)] == [1, 3, 1]
    assert see(store, lambda view: view.links.marks(1)) == [first]
    write(store, fence, lambda work: work.links.settle([first, Mark(99, 1)]))
    assert see(store, lambda view: view.links.marks(10)) == [second, third]
    write(store, fence, lambda work: work.links.settle([]))
    write(store, fence, lambda work: work.links.mark([]))
    write(store, fence, lambda work: work.links.settle([second, third]))
    write(store, fence, lambda work: work.links.mark([2]))
    (last,) = see(store, lambda view: view.links.marks(10))
    assert last.ticket == 2


def test_findings_of_one_code_are_restated_beside_the_others(store: Store, fence: Fence) -> None:
    with_tickets(store, fence, "a")

    def of() -> list[tuple[str, str]]:
        return [(each.code, each.detail) for each in see(store, lambda view: view.problems.of(1, "a"))]

    write(store, fence, lambda work: work.problems.replace(1, {"a": [Problem("odd", "x")]}, NOON))
    write(store, fence, lambda work: work.problems.restate(1, "a", "link", [Problem("link", "y")], NOON))
    write(store, fence, lambda work: work.problems.restate(1, "a", "link", [Problem("link", "z")], NOON))
    assert of() == [("odd", "x"), ("link", "z")]
    write(store, fence, lambda work: work.problems.restate(1, "a", "link", [], NOON))
    assert of() == [("odd", "x")]
