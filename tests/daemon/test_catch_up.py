"""Before the workers start, what other rules derived is derived again, whenever that is killed."""

from dataclasses import replace

import pytest

from syncd.daemon.catch_up import catch_up
from syncd.testing.fakes import FakeMapper
from syncd.testing.virtual_now import VirtualNow
from tests.services.desk import HOUR, MORNING, Desk, in_memory, record

EVENING = MORNING + 10 * HOUR


class Killed(Exception):
    """The process ended here."""


def started(desk: Desk, *, version: int = 1, basis: str = "one", dies_before: str = "never") -> list[str]:
    """Catch up as a start of the process does; return what was said. `dies_before` names the work it is killed at."""
    said: list[str] = []

    def say(what: str) -> None:
        if dies_before in what:
            raise Killed
        said.append(what)

    rules = replace(desk.rules, basis=basis)
    intake = replace(desk.intake, mapper=FakeMapper(version), rules=rules)
    catch_up(desk.store, desk.fence, [intake], rules, now=VirtualNow(EVENING), say=say)
    return said


@pytest.fixture
def desk() -> Desk:
    """A desk whose readings are of the basis called one."""
    found = in_memory()
    found.take(record("t1"), now=MORNING)
    started(found)
    return found


def test_a_start_like_the_one_before_derives_nothing_again(desk: Desk) -> None:
    assert started(desk) == []


def test_another_contract_measures_again_and_tells_nobody(desk: Desk) -> None:
    desk.take(record("t2"), now=MORNING, cursor="c2", expected="c1")
    (said,) = started(desk, basis="two")
    assert "measuring 2" in said
    assert desk.pending() == 0
    assert started(desk, basis="two") == []


def test_another_mapper_maps_and_measures_again(desk: Desk) -> None:
    assert [said.split()[0] for said in started(desk, version=2)] == ["snow:", "measuring"]
    (row,) = desk.see(lambda view: list(view.sources.all()))
    assert row.mapper_version == 2
    assert started(desk, version=2) == []


@pytest.mark.parametrize("work", ["mapping", "measuring"])
def test_a_start_killed_on_its_way_is_made_good_by_the_next_one(desk: Desk, work: str) -> None:
    with pytest.raises(Killed):
        started(desk, version=2, dies_before=work)
    assert "measuring" in started(desk, version=2)[-1]
    assert started(desk, version=2) == []
