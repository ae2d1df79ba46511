"""The command line: one file per group of commands; prints, exit codes and progress, no logic."""

import gc
import importlib
import sys

import typer

from syncd.cli.exits import BAD_USAGE, FOUND_SOMETHING, INTERRUPTED, STORE_MISMATCH
from syncd.cli.printing import say
from syncd.cli.streams import harden, written
from syncd.errors import ConfigError, StoreMismatch, SyncdError

HOMES = {
    "run": "running",
    "once": "once",
    "demo": "demonstrating",
    "check": "checking",
    "schema": "checking",
    "tickets": "looking",
    "explain": "looking",
    "status": "looking",
    "measure": "measuring",
    "contract": "contracting",
    "scorecard": "scoring",
    "calendar": "timetable",
    "map": "mapping",
    "simulate": "mapping",
    "import": "rebuilding",
    "replay": "rebuilding",
    "db": "rebuilding",
    "notices": "telling",
}
"""The module of each command, so that one command loads no other's libraries: `measure` needs no web server."""


GARBAGE = 50_000
"""How many more objects than were let go of make the collector look for cycles."""


def application(*homes: str) -> typer.Typer:
    """Return the command line with the commands of these modules."""
    app = typer.Typer(
        name="syncd",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        # Else lines of docstrings are kept as they are in the source, and broken once more at the terminal's width.
        rich_markup_mode="markdown",
        help=(
            "The buyer's independent meter for IT vendors. Reads tickets from their sources, measures every promise of "
            "every contract, and shows the evidence behind each number. Exit codes: 0 done, 1 found something, "
            "2 bad configuration or usage, 3 the store is of another release."
        ),
    )

    @app.callback()
    def everything() -> None:
        """Keep a single command a command, not the whole program."""

    for home in homes:
        importlib.import_module(f"syncd.cli.{home}").add_to(app)
    return app


def main() -> None:
    """Run a command and exit with its code."""
    harden()
    try:
        with written():
            _run()
    except ConfigError as refused:
        for finding in refused.findings:
            say(finding)
        sys.exit(BAD_USAGE)
    except StoreMismatch as mismatch:
        say(str(mismatch))
        sys.exit(STORE_MISMATCH)
    except SyncdError as failure:
        say(str(failure))
        sys.exit(FOUND_SOMETHING)
    except BrokenPipeError:
        # Whoever read our output has gone; that is no mistake of theirs or ours.
        sys.exit(FOUND_SOMETHING)
    except OSError as refused:
        # The machine refused something: a disk is full or read-only, an address is taken, a file cannot be read.
        say(str(refused))
        sys.exit(FOUND_SOMETHING)
    except KeyboardInterrupt:
        # Ctrl-C before the command began; of later ones the command line library makes the same.
        sys.exit(INTERRUPTED)


def _run() -> None:
    gc.disable()
    home = HOMES.get(sys.argv[1]) if len(sys.argv) > 1 else None
    app = application(*([home] if home else dict.fromkeys(HOMES.values())))
    # What is loaded by now stays until the end, so the collector slept meanwhile. A page or a batch makes tens of
    # thousands of values that do not refer to each other: with its own thresholds it would take a fifth of the time.
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()
    app(prog_name="syncd")
