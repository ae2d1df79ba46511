"""One incident is measured once, and no clock is ever dropped: laws over worlds; the golden scenarios are its table."""

from collections.abc import Sequence

from hypothesis import example, given

from syncd.domain.counted_once import measure_in
from syncd.domain.linking import ALONE, Incident, incidents, key_of, name_of
from syncd.domain.measure import measure
from syncd.domain.names import Verdict
from syncd.domain.reading import Cycle, Reading
from syncd.domain.timeline import Timeline
from tests.domain.incident_samples import SUNDAY, a_ticket, agreed, linked, orders, worlds

TOLD = (Verdict.MET, Verdict.MISSED, Verdict.PENDING)
PAIR = [a_ticket("mail", "A-1", linked("B-1"), fate="missed"), a_ticket("snow", "B-1")]
UNKNOWN_HALF = [a_ticket("mail", "A-1", linked("B-1"), fate="missed"), a_ticket("snow", "B-1", fate="unverifiable")]


def readings_of(world: Sequence[Timeline], order: Sequence[str]) -> dict[str, tuple[Timeline, Sequence[Reading]]]:
    found = incidents(world, as_of=SUNDAY)
    return {
        f"{ticket.source}:{ticket.id}": (
            ticket, measure_in(ticket, found.get(key_of(ticket), ALONE), agreed(*order), as_of=SUNDAY).readings
        )
        for ticket in world
    }  # fmt: skip


def cycles_of(readings: Sequence[Reading]) -> list[Cycle]:
    return [cycle for reading in readings for cycle in reading.cycles]


@given(worlds(), orders)
@example(PAIR, ("snow",))
@example(UNKNOWN_HALF, ("snow",))
def test_what_counts_elsewhere_is_excluded_with_its_verdict_and_the_name(
    world: Sequence[Timeline], order: Sequence[str]
) -> None:
    for ticket, readings in readings_of(world, order).values():
        alone = measure(ticket, agreed(*order), as_of=SUNDAY).readings
        for reading, before in zip(readings, alone, strict=True):
            if not reading.elsewhere:
                assert reading == before
                continue
            for cycle, was in zip(reading.cycles, before.cycles, strict=True):
                assert cycle.verdict is Verdict.EXCLUDED
                assert "measured_elsewhere" in cycle.flags
                assert cycle.raw is not None
                assert cycle.raw.verdict is was.verdict
                assert cycle._replace(verdict=was.verdict, flags=was.flags, raw=was.raw) == was


@given(worlds(), orders)
@example(PAIR, ("snow",))
def test_a_clock_that_counts_instead_counts_itself_and_tells(world: Sequence[Timeline], order: Sequence[str]) -> None:
    everything = readings_of(world, order)
    found = incidents(world, as_of=SUNDAY)
    for ticket, readings in everything.values():
        # Two tickets may be called the same; only those of its own incident are meant.
        members = {key_of(other) for other in found.get(key_of(ticket), ALONE).others}
        for reading in readings:
            named = [
                (other, said)
                for other, said in everything.values()
                if key_of(other) in members and name_of(other) in reading.elsewhere
            ]
            assert bool(named) is bool(reading.elsewhere)
            for other, said in named:
                assert order.index(other.source) < (
                    order.index(ticket.source) if ticket.source in order else len(order)
                )
                assert [each.elsewhere for each in said] == [()] * len(said)
                assert any(cycle.verdict in TOLD for cycle in cycles_of(said))


@given(worlds(), orders)
def test_an_incident_that_has_a_verdict_keeps_one(world: Sequence[Timeline], order: Sequence[str]) -> None:
    everything = readings_of(world, order)
    found = incidents(world, as_of=SUNDAY)
    for ticket, _ in everything.values():
        members = [ticket, *found.get(key_of(ticket), Incident()).others]
        alone = [cycle for each in members for cycle in cycles_of(measure(each, agreed(), as_of=SUNDAY).readings)]
        after = [cycle for each in members for cycle in cycles_of(everything[f"{each.source}:{each.id}"][1])]
        assert any(cycle.verdict in TOLD for cycle in alone) is any(cycle.verdict in TOLD for cycle in after)


@given(worlds())
def test_without_a_system_of_record_nothing_changes(world: Sequence[Timeline]) -> None:
    for ticket, readings in readings_of(world, ()).values():
        assert readings == measure(ticket, agreed(), as_of=SUNDAY).readings


def test_two_tickets_of_record_that_tell_leave_one_clock_each() -> None:
    everything = readings_of(PAIR, ("snow",))
    verdicts = {key: [cycle.verdict for cycle in cycles_of(said)] for key, (_, said) in everything.items()}
    assert verdicts == {"mail:mail-A-1": [Verdict.EXCLUDED], "snow:snow-B-1": [Verdict.MET]}
