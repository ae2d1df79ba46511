"""The timer of deadlines wakes whoever has something to do about them."""

from syncd.daemon.step import Wake
from syncd.daemon.timers import DeadlineTimer
from syncd.telemetry.metrics import Metrics
from syncd.testing.virtual_now import VirtualNow
from tests.services.desk import HOUR, MINUTE, MORNING, in_memory, record


def test_a_deadline_that_passed_wakes_who_tells_it_and_the_source_that_is_to_be_read_again() -> None:
    desk = in_memory()
    desk.take(record("t1"), now=MORNING)
    told, snow, other = Wake(), Wake(), Wake()
    late = MORNING + 4 * HOUR + MINUTE
    timer = DeadlineTimer(
        desk.store, desk.fence, desk.rules, VirtualNow(late), Metrics(), told, {"snow": snow, "jira": other}
    )  # fmt: skip
    assert timer.step(MORNING + HOUR) > MORNING + HOUR
    assert (told.rung(), snow.rung(), other.rung()) == (False, False, False)
    assert timer.step(late) == late, "there may be more"
    assert (told.rung(), snow.rung(), other.rung()) == (True, True, False)
