"""What a store looks up is enough: every ticket that links join is reached, whatever batch is asked for."""

from collections.abc import Collection, Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.linking import ALONE, MOST_TICKETS, incident_of, incidents, key_of, names_in
from syncd.domain.reach import Called, reach
from syncd.domain.timeline import Timeline
from tests.domain.incident_samples import SUNDAY, a_ticket, linked, worlds


class Names:
    """Tickets by their place; counts how many names were looked up."""

    def __init__(self, tickets: Sequence[Timeline]) -> None:
        self._tickets = tickets
        self._said = [names_in(ticket) for ticket in tickets]

    def said_by(self, tickets: Collection[int]) -> Iterator[Called]:
        return ((n, name) for n in tickets for name in self._said[n])

    def saying(self, names: Collection[str]) -> Iterator[Called]:
        return ((n, name) for n, said in enumerate(self._said) for name in said if name in names)

    def called(self, names: Collection[str]) -> Iterator[Called]:
        return ((n, name) for n, name in self.names_of(range(len(self._tickets))) if name in names)

    def names_of(self, tickets: Collection[int]) -> Iterator[Called]:
        return ((n, name) for n in tickets for name in (self._tickets[n].ticket, self._tickets[n].id))


@given(worlds(), st.data())
def test_an_incident_among_what_is_reached_is_the_incident(world: Sequence[Timeline], data: st.DataObject) -> None:
    found = incidents(world, as_of=SUNDAY)
    asked = data.draw(st.lists(st.sampled_from(range(len(world))), unique=True))
    reached = reach(asked, Names(world))
    for n in asked:
        near = [world[other] for other in reached.get(n, ())]
        alone = incident_of(world[n], (), as_of=SUNDAY)
        assert incident_of(world[n], near, as_of=SUNDAY) == found.get(key_of(world[n]), alone)
        assert n not in reached.get(n, ())


def test_tickets_that_no_link_touches_are_absent() -> None:
    assert reach([0, 1], Names([a_ticket("snow", "I"), a_ticket("snow", "K")])) == {}


def test_a_name_that_very_many_say_leads_nowhere() -> None:
    crowd = [a_ticket("snow", f"I{n}", linked("NAGIOS")) for n in range(MOST_TICKETS + 1)]
    pair = [a_ticket("mail", "M", linked("I0"), linked("NAGIOS"))]
    assert reach([len(crowd)], Names([*crowd, *pair])) == {len(crowd): [0]}


def test_a_chain_without_end_is_cut_off_and_hides_no_other_incident() -> None:
    chain = [a_ticket("jira", f"J{n}", linked(f"J{n + 1}")) for n in range(1000)]
    pair = [a_ticket("mail", "M", linked("I")), a_ticket("snow", "I")]
    world = [*pair, *chain]
    reached = reach([2, 0, 500], Names(world))
    assert reached[0] == [1]
    assert MOST_TICKETS <= len(reached[500]) < 300
    assert incident_of(world[500], [world[n] for n in reached[500]], as_of=SUNDAY).others == ALONE.others
