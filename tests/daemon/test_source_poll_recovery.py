"""What a source's worker must not lose or forget when a connector has a bug, the disk is full, or it was blind."""

from datetime import timedelta

import pytest

from syncd.daemon.source_poll import LEAST_FREE_DISK
from syncd.daemon.step import Wake
from syncd.domain.changes import Withheld
from syncd.domain.problem import Problem
from syncd.ports.connector import Page
from syncd.telemetry.metrics import Metrics
from syncd.testing.fakes import FakeConnector, FakeHistorian
from syncd.testing.memory_store import MemoryStore
from syncd.testing.virtual_now import VirtualNow
from tests.daemon.bench import NOON, Bench, bench, page
from tests.services.desk import HOUR, MORNING, desk_on, record


class Cramped(MemoryStore):
    """A store on a disk of its own."""

    free: float | None = None

    def free_disk_ratio(self) -> float | None:
        return self.free


def test_a_bug_in_the_reading_of_the_past_does_not_end_it() -> None:
    connector = FakeHistorian([page("c1")], past=[page("p1", "t1"), ZeroDivisionError(), page("p2", "t2")])
    found = bench(connector)
    found.step()
    found.step()
    with pytest.raises(ZeroDivisionError):
        found.step()
    while found.poll.behind:
        found.step()
    assert connector.asked_past == [None, "p1"]
    assert set(found.desk.readings()) == {"t1", "t2"}


def test_what_was_wrong_with_a_source_is_forgotten_by_the_pass_that_finds_it_healed_and_by_no_other() -> None:
    amiss = Problem("group_unreadable", "the members of acme-noc may not be read")
    sick = Page([record("t1")], "c1", problems=[amiss])
    found = bench(FakeConnector([sick], [], [page("c1", "t1")]))

    def known() -> list[Problem]:
        return found.desk.see(lambda view: list(view.problems.of(found.desk.intake.source, "")))

    found.step()
    assert known() == [amiss]
    found.pass_on()
    assert known() == [amiss], "a pass that looked at nothing heals nothing"
    found.pass_on()
    assert known() == []


def test_a_source_is_not_read_while_the_disk_is_nearly_full() -> None:
    store = Cramped()
    connector = FakeConnector([page("c1", "t1")])
    found = Bench(desk_on(store), connector, VirtualNow(NOON), Metrics(), Wake(), Wake())
    store.free = LEAST_FREE_DISK - 0.001
    found.step()
    assert (connector.asked, found.failures("store")) == ([], 1)
    assert "4.9% of the store's disk is free" in str(found.row().last_error)
    store.free = LEAST_FREE_DISK
    found.pass_on()
    assert (connector.asked, found.row().last_error) == ([None], None)


def test_what_waited_for_a_source_is_looked_at_as_soon_as_it_was_read_again() -> None:
    found = bench(FakeConnector([page("c1", "t1")]))
    found.step()
    late = MORNING + 4 * HOUR + timedelta(minutes=1)
    found.now.advance((late - found.now.utc()).total_seconds())
    found.desk.meet(late)
    assert found.desk.look(late).withheld == {Withheld.SOURCE_STALE: 1}
    found.told.rung()
    found.pass_on()
    assert found.told.rung()
