"""What other rules derived is derived again, whenever that is killed: mapped before the start, measured beside it."""

from dataclasses import replace

import pytest

import syncd
from syncd.daemon.catch_up import catch_up
from syncd.daemon.once import settle
from syncd.daemon.renewal import Renewing
from syncd.daemon.step import Wake
from syncd.telemetry.metrics import Metrics
from syncd.testing.fakes import FakeMapper
from syncd.testing.virtual_now import VirtualNow
from tests.services.desk import HOUR, MORNING, Desk, in_memory, record

EVENING = MORNING + 10 * HOUR


class Killed(Exception):
    """The process ended here."""


def started(desk: Desk, *, version: int = 1, basis: str = "one", dies_before: str = "never") -> list[str]:
    """Start as a process does; return what was said and measured. `dies_before` names the work it is killed at."""
    said: list[str] = []

    def say(what: str) -> None:
        if dies_before in what:
            raise Killed
        said.append(what)

    now = VirtualNow(EVENING)
    rules = replace(desk.rules, basis=basis)
    intake = replace(desk.intake, mapper=FakeMapper(version), rules=rules)
    catch_up(desk.store, desk.fence, [intake], rules, now=now, say=say)
    renewal = Renewing(desk.store, desk.fence, rules, Metrics(version=syncd.__version__), Wake())
    if dies_before == "measuring":
        raise Killed
    settle(renewal, now, progress=lambda _count: None)
    if renewal.measured:
        said.append(f"measured {renewal.measured}")
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
    assert started(desk, basis="two") == ["measured 2"]
    assert desk.pending() == 0
    assert started(desk, basis="two") == []


def test_another_mapper_maps_and_measures_again(desk: Desk) -> None:
    assert [said.split()[0] for said in started(desk, version=2)] == ["snow:", "measured"]
    (row,) = desk.see(lambda view: list(view.sources.all()))
    assert row.mapper_version == 2
    assert started(desk, version=2) == []


@pytest.mark.parametrize("work", ["mapping", "measuring"])
def test_a_start_killed_on_its_way_is_made_good_by_the_next_one(desk: Desk, work: str) -> None:
    with pytest.raises(Killed):
        started(desk, version=2, dies_before=work)
    assert "measured 1" in started(desk, version=2)[-1]
    assert started(desk, version=2) == []


def test_an_empty_store_has_nothing_to_measure_again() -> None:
    assert started(in_memory(), basis="two") == []
