"""One round of everything, in the foreground: every source to its end, then deadlines and deliveries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from syncd.daemon.renewal import Renewing
from syncd.daemon.source_poll import SourcePoll
from syncd.daemon.step import Step
from syncd.ports.now import Now


@dataclass(slots=True)
class OnceReport:
    """What a round came to: the sources that failed, with the reason."""

    failures: dict[str, str] = field(default_factory=dict)


def settle(renewal: Renewing, now: Now, *, progress: Callable[[int], None]) -> None:
    """Measure every stored ticket by the rules in force, where other rules measured it."""
    while True:
        before = renewal.measured
        following = renewal.step(now.utc())
        progress(renewal.measured - before)
        if following > now.utc():
            return


def run_once(
    polls: Mapping[str, SourcePoll], timers: Sequence[Step], now: Now, *, progress: Callable[[int], None]
) -> OnceReport:
    """Read every source to its end, past included, then call each timer until it has nothing due."""
    report = OnceReport()
    for name, poll in polls.items():
        while True:
            before = poll.records
            following = poll.step(now.utc())
            progress(poll.records - before)
            if poll.last_error is not None:
                report.failures[name] = poll.last_error
                break
            if following > now.utc() and not poll.behind:
                break
    for timer in timers:
        while timer.step(now.utc()) <= now.utc():
            continue
    return report
