"""`syncd calendar`: what a service calendar says."""

import sys
from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.measuring import agreements_of
from syncd.cli.options import ContractPaths, Output, OutputOption, instant
from syncd.cli.printing import json_line
from syncd.cli.strict_json import read_object
from syncd.cli.tables import show
from syncd.domain.calendar import CalendarExhausted, ServiceCalendar
from syncd.domain.instant import from_us, to_us
from syncd.domain.instant_text import instant_text, parse_instant
from syncd.errors import ConfigError
from syncd.report.durations import duration_text
from syncd.report.readings import seconds
from syncd.settings import calendar_from_mapping

_WHOLE = 2**53

calendar = typer.Typer(no_args_is_help=True, help="What service calendars say.")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(calendar, name="calendar")


@calendar.command(name="eval")
def evaluate() -> None:
    """Answer questions about calendars: JSON Lines on standard input, the same lines with answers on standard output.

    `{"calendar": {...}, "start": t, "end": t}` gets `elapsed_seconds`; `{"calendar": {...}, "start": t,
    "goal_seconds": n}` gets `due_at` and `late_from`. A line that cannot be answered gets `error`, and the exit code
    is 1.
    """
    failed = False
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        answer = _answer(line, number)
        failed = failed or "error" in answer
        json_line(answer)
    if failed:
        raise typer.Exit(FOUND_SOMETHING)


def _answer(line: bytes, number: int) -> dict[str, object]:
    try:
        asked = read_object(line, "a question")
    except ValueError as refused:
        return {"error": f"line {number}: {refused}"}
    try:
        return {**asked, **_answers(asked)}
    except ConfigError as refused:
        return {**asked, "error": "; ".join(refused.findings)}
    except ValueError as refused:
        return {**asked, "error": str(refused)}


def _answers(asked: dict[str, object]) -> dict[str, object]:
    mapping = asked.get("calendar")
    if not isinstance(mapping, dict):
        raise ValueError("calendar: an object is required")  # noqa: TRY004 - what was found is the user's, not a type
    if ("end" in asked) == ("goal_seconds" in asked):
        raise ValueError("exactly one of end and goal_seconds is required")
    found = calendar_from_mapping(mapping)
    start = to_us(parse_instant(asked.get("start"), "start"))
    if "end" in asked:
        return {"elapsed_seconds": seconds(found.counted_us(start, to_us(parse_instant(asked["end"], "end"))))}
    goal = asked["goal_seconds"]
    if not isinstance(goal, int | float) or isinstance(goal, bool) or not 0 <= goal < float("inf"):
        raise ValueError(f"goal_seconds: {goal!r} is not a number of seconds from 0 up")
    # A float of this size has no fraction, and a million times it may be no float.
    goal_us = round(goal * 1_000_000) if goal < _WHOLE else int(goal) * 1_000_000
    return {
        "due_at": instant_text(from_us(found.due_us(start, goal_us))),
        "late_from": instant_text(from_us(found.late_us(start, goal_us))),
    }


@calendar.command(name="show")
def show_windows(
    name: Annotated[str, typer.Argument(help="The calendar's name.")],
    contracts: ContractPaths,
    begin: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first local date; today by default.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="How many days.")] = 14,
    output: OutputOption = Output.TABLE,
) -> None:
    """List a calendar's hours of service over some days, after holidays, exceptions and closures."""
    calendars = agreements_of(contracts).calendars
    if name not in calendars:
        raise typer.BadParameter(f"there is no calendar {name!r}; there are {', '.join(sorted(calendars)) or 'none'}")
    found = calendars[name]
    zone = ZoneInfo(found.time_zone)
    day = (instant(None).astimezone(zone) if begin is None else begin).date()
    first = datetime.combine(day, time(), zone)
    try:
        last = datetime.combine(day + timedelta(days=days), time(), zone)
        rows = _windows(found, to_us(first), to_us(last), zone)
    except (OverflowError, CalendarExhausted) as refused:
        raise typer.BadParameter(f"no calendar reaches {days} days beyond {day}: {refused}") from refused
    if output is Output.TABLE:
        # The title names the zone of the local times; the same instants once more in UTC would break every line.
        rows = [{key: cell for key, cell in row.items() if not key.endswith("_at")} for row in rows]
    show(rows, output, title=f"{name} ({found.time_zone})", empty="No service in these days.")


def _windows(found: ServiceCalendar, start: int, end: int, zone: ZoneInfo) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for window in found.windows(start, end):
        opens, closes = from_us(window.start), from_us(window.end)
        rows.append(
            {
                "day": f"{opens.astimezone(zone):%a %Y-%m-%d}",
                "opens": f"{opens.astimezone(zone):%H:%M:%S %z}",
                "closes": f"{closes.astimezone(zone):%a %H:%M:%S %z}",
                "service": duration_text(window.end - window.start),
                "opens_at": instant_text(opens),
                "closes_at": instant_text(closes),
            }
        )
    return rows
