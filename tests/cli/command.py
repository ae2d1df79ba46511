"""Runs syncd as its users do, in a process of its own; forked from this one, which has loaded everything already."""

import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import syncd.cli

for _home in set(syncd.cli.HOMES.values()):
    importlib.import_module(f"syncd.cli.{_home}")


@dataclass(frozen=True)
class Outcome:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def syncd_command(*arguments: str | Path, stdin: str = "", environ: Mapping[str, str] | None = None) -> Outcome:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        child = os.fork()
        if child == 0:
            _become(["syncd", *map(str, arguments)], given, out, err, environ)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return Outcome(os.waitstatus_to_exitcode(status), out.read().decode(), err.read().decode())


def _become(
    argv: list[str], given: BinaryIO, out: BinaryIO, err: BinaryIO, environ: Mapping[str, str] | None
) -> NoReturn:
    code = 70
    try:
        for number, stream in enumerate((given, out, err)):
            os.dup2(stream.fileno(), number)
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(0, encoding="utf-8"), os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8"),
        )  # fmt: skip
        if environ is not None:
            os.environ.clear()
            os.environ.update(environ)
        sys.argv = argv
        syncd.cli.main()
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, it must not run on as a second pytest
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
