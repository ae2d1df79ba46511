"""`syncd notices`: what nobody has got yet, trying it again, dropping it, and a test of every receiver."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from syncd.bootstrap.configuration import Learn, settings_of
from syncd.bootstrap.storage import standing_by
from syncd.bootstrap.workers import notifier_of
from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.observing import prepare
from syncd.cli.options import DEFAULT_CONFIG, Config, Output, OutputOption
from syncd.cli.printing import say
from syncd.cli.tables import show
from syncd.daemon.system_now import SystemNow
from syncd.errors import ConfigError
from syncd.ports.outbox import Letter, LetterState
from syncd.report.letters import for_people, held_rows, letter_row, outcome_for_people, outcome_row
from syncd.services.announce import hand_over, trial
from syncd.services.letters import Outcome, Wanted, drop, held_of, letters_of, try_again
from syncd.settings import NotifierSettings, Settings
from syncd.telemetry.logs import logger

notices = typer.Typer(no_args_is_help=True, help="Notices that nobody has got yet, and tests of those who get them.")

Key = Annotated[
    str | None,
    typer.Argument(help="A notice's key, or the 16 digits that `list` and Alertmanager's label show for it."),
]
All = Annotated[bool, typer.Option("--all", help="Every one, instead of a key.")]
Channel = Annotated[str | None, typer.Option("--channel", help="Only for the notifier of this name.")]

_HINTS: Mapping[str, str] = {
    "auth": "are its token, key or password right and still valid?",
    "network": "is its address right, and can this machine reach it (name, proxy, firewall, certificate)?",
    "rate_limited": "it wants to be asked less often: try again later",
    "rejected": "are its address and options right? it refuses this for good",
    "server": "the trouble is the receiver's own: look there",
    "timeout": "is it up, and is timeout_seconds long enough for it?",
}
_TAKEN: Mapping[str, str] = {
    "alertmanager": "taken: the alert SyncdTest ends by itself in five minutes",
    "pagerduty": "taken: an incident is open, which somebody has to resolve there",
}
"""What follows from a test by kind of notifier; for the others, nothing."""

_log = logger("notices")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(notices, name="notices")


@notices.command(name="list")
def list_notices(
    config: Config = DEFAULT_CONFIG,
    *,
    dead: Annotated[bool, typer.Option("--dead", help="Given up: nothing happens until somebody decides.")] = False,
    pending: Annotated[bool, typer.Option("--pending", help="Tried, or tried again, at `next try`.")] = False,
    held: Annotated[bool, typer.Option("--held", help="Decided, and kept back for a reason.")] = False,
    channel: Channel = None,
    vendor: Annotated[str | None, typer.Option("--vendor", help="Only about this vendor's tickets.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List notices that have not arrived: dead letters, those that wait for a try, and those that are held back.

    Held ones wait for: `recheck`, their ticket is read once more; `source_stale`, their source is read again;
    `clock_skew`, clocks agree again; `storm` and `too_old`, their vendor's next digest; `release`, nothing any more.
    """
    settings = settings_of(config)
    wanted, now = Wanted(channel=channel, vendor=vendor), SystemNow()
    every = not (dead or pending or held)
    states: list[LetterState] = []
    states += ["dead"] if dead or every else []
    states += ["pending"] if pending or every else []
    with standing_by(settings, now) as store, store.view() as view:
        at = now.utc()
        rows = [letter_row(each, at) for state in states for each in letters_of(view, wanted, state)]
        if held or every:
            rows += [
                row
                for each in held_of(view, wanted)
                for row in held_rows(each, at)
                if channel in {None, row["channel"]}
            ]
    _show(
        rows, [for_people(row) for row in rows], output, title="Notices that have not arrived", empty="None is missing."
    )


@notices.command()
def retry(
    key: Key = None,
    config: Config = DEFAULT_CONFIG,
    *,
    all_: All = False,
    channel: Channel = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Try dead letters again, as if they had never been tried: mend the receiver first, and `notices test` it.

    May be done beside a running daemon, which tries them within half a minute; else the next start does. What is over
    meanwhile (the clock has stopped, the source is read again) is not told. Exit code 1 if there is nothing to try.
    """
    settings = settings_of(config)
    wanted, now = _wanted(key, channel, all_=all_), SystemNow()
    with standing_by(settings, now, reading=False) as store:
        with store.view() as view:
            letters = letters_of(view, wanted, "dead")
            waiting = [] if letters else letters_of(view, wanted, "pending")
        outcomes = try_again(store, letters, {each.name for each in settings.notifiers}, now=now.utc())
    _tell(letters, outcomes, output)
    if waiting:
        say(f"{len(waiting)} such notice(s) are not dead: the daemon tries them by itself")
    if "no such notifier" in outcomes:
        say("for a notifier that is not configured nobody tries anything: drop these, or configure it")
    if "over" in outcomes:
        say("what is over is not told any more: drop these")
    if "to be tried again" not in outcomes:
        raise typer.Exit(FOUND_SOMETHING)


@notices.command(name="drop")
def drop_notices(
    key: Key = None,
    config: Config = DEFAULT_CONFIG,
    *,
    all_: All = False,
    channel: Channel = None,
    pending: Annotated[bool, typer.Option("--pending", help="Also those that are still to be tried.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Give up on dead letters for good. They are logged, and their keys are kept, so that nobody is ever told of them.

    May be done beside a running daemon; what it has in hand at that moment may still arrive. --all needs --channel.
    """
    if all_ and channel is None:
        raise typer.BadParameter("--all drops everything of one notifier: name it with --channel")
    prepare("info")
    settings = settings_of(config)
    wanted, now = _wanted(key, channel, all_=all_), SystemNow()
    states: list[LetterState] = ["dead", "pending"] if pending else ["dead"]
    with standing_by(settings, now, reading=False) as store:
        with store.view() as view:
            letters = [each for state in states for each in letters_of(view, wanted, state)]
        if letters and not yes:
            if output is Output.TABLE:
                at = now.utc()
                show([for_people(letter_row(each, at)) for each in letters], output, title="To be dropped", empty="")
            typer.confirm(f"Drop {len(letters)} notice(s), so that nobody is ever told?", abort=True, err=True)
        outcomes = drop(store, letters, _note_dropped, now=now.utc())
    _tell(letters, outcomes, output)
    if "dropped" not in outcomes:
        raise typer.Exit(FOUND_SOMETHING)


@notices.command(name="test")
def try_receivers(
    config: Config = DEFAULT_CONFIG, channel: Channel = None, output: OutputOption = Output.TABLE
) -> None:
    """Send each notifier one notice that is marked as a test, now, past the outbox. Exit code 1 if one did not take it.

    The daemon need not run and the store is not touched. Receivers know it by its step or alert name, `test` and
    `SyncdTest`; Alertmanager forgets it after five minutes, an incident at PagerDuty has to be resolved there.
    """
    _, learn = prepare("error")
    settings = settings_of(config)
    chosen = [each for each in settings.notifiers if channel in {None, each.name}]
    if not chosen:
        names = ", ".join(each.name for each in settings.notifiers) or "none"
        raise typer.BadParameter(f"there is no such notifier; there are: {names}")
    now = SystemNow()
    rows: list[dict[str, object]] = [_tried(settings, each, now, learn) for each in chosen]
    show(rows, output, title="Test notices", empty="")
    if any(row["delivered"] != "yes" for row in rows):
        raise typer.Exit(FOUND_SOMETHING)


def _tried(settings: Settings, notifier: NotifierSettings, now: SystemNow, learn: Learn) -> dict[str, object]:
    row = {"notifier": notifier.name, "kind": notifier.kind}
    try:
        built = notifier_of(settings, notifier, now, learn)
    except ConfigError as refused:
        return {**row, "delivered": "no", "detail": f"configuration: {refused}"}
    try:
        failed = hand_over(built, trial(notifier.name, at=now.utc()))
    finally:
        built.close()
    if failed is None:
        return {**row, "delivered": "yes", "detail": _TAKEN.get(notifier.kind, "taken")}
    return {**row, "delivered": "no", "detail": f"{failed.reason}: {failed}; {_HINTS[failed.reason]}"}


def _wanted(key: str | None, channel: str | None, *, all_: bool) -> Wanted:
    if (key is None) is not all_:
        raise typer.BadParameter("give either a key or --all")
    return Wanted(key=key, channel=channel)


def _note_dropped(letter: Letter) -> None:
    _log.warning(
        "notice_dropped", key=letter.key, notifier=letter.channel, state=letter.state, attempts=letter.attempts,
        error=letter.error,
    )  # fmt: skip


def _tell(letters: Sequence[Letter], outcomes: Sequence[Outcome], output: Output) -> None:
    rows = [outcome_row(each, outcome) for each, outcome in zip(letters, outcomes, strict=True)]
    short = [outcome_for_people(row) for row in rows]
    _show(rows, short, output, title="Notices", empty="No such dead letter; `syncd notices list` shows what there is.")


def _show(
    rows: Sequence[Mapping[str, object]],
    short: Sequence[Mapping[str, object]],
    output: Output,
    *,
    title: str,
    empty: str,
) -> None:
    show(rows if output is Output.JSON else short, output, title=title, empty=empty)
