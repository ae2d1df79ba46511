"""`syncd once`: loads nothing of the web."""

import typer

from syncd.bootstrap.configuration import ready_settings_of
from syncd.bootstrap.rounds import once_of
from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.observing import LogLevel, log_work, prepare
from syncd.cli.options import DEFAULT_CONFIG, Config
from syncd.cli.printing import say
from syncd.cli.tables import progress
from syncd.daemon.once import run_once, settle
from syncd.daemon.step import Step
from syncd.daemon.system_now import SystemNow


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(once)


def once(config: Config = DEFAULT_CONFIG, log_level: LogLevel = "warning") -> None:
    """Read every source once to its end, the past included, measure, deliver what is due, and stop.

    The exit code is 1 if a source could not be read.
    """
    metrics, learn = prepare(log_level)
    settings = ready_settings_of(config)
    now = SystemNow()
    with once_of(settings, now=now, metrics=metrics, say=log_work, learn=learn) as round_:
        with progress("applying changed rules", None, now.monotonic) as advance:
            settle(round_.renewal, now, progress=advance)
        with progress("reading sources", None, now.monotonic) as advance:
            # Sources again after the deadlines: what is in breach is read once more before it is told.
            timers: list[Step] = [
                round_.deadlines,
                *round_.polls.values(),
                round_.gate,
                round_.periods,
                *(each.step for each in round_.drains),
            ]
            report = run_once(round_.polls, [*timers, *round_.reminders], now, progress=advance)
        for name, poll in round_.polls.items():
            say(f"{name}: {poll.records} record(s) read")
    for name, reason in report.failures.items():
        say(f"{name}: {reason}")
    if report.failures:
        raise typer.Exit(FOUND_SOMETHING)
