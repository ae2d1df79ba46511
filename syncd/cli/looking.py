"""`syncd tickets`, `explain` and `status`: what the store knows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Annotated, NamedTuple

import typer

from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.storage import standing_by
from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.options import DEFAULT_CONFIG, AsOf, Config, Ledger, Output, OutputOption, instant
from syncd.cli.printing import json_line, say, tell
from syncd.cli.tables import show
from syncd.daemon.facts import explain_stored
from syncd.daemon.system_now import SystemNow
from syncd.domain.counted_once import measure_in
from syncd.domain.instant_text import instant_text
from syncd.domain.linking import ALONE, Incident, key_of, name_of
from syncd.domain.measure import Measurement
from syncd.domain.timeline import Timeline
from syncd.ports.repositories import StoredTimeline
from syncd.ports.store import Work
from syncd.report.durations import duration_text
from syncd.report.readings import optional_instant, ticket_as_json
from syncd.services.incidents import incidents_of
from syncd.settings import Settings

_LOOKED_UP = 200
"""How many tickets' links are looked up at a time."""


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(tickets)
    app.command(name="explain")(explain_ticket)
    app.command()(status)


def tickets(
    config: Config = DEFAULT_CONFIG,
    as_of: AsOf = None,
    source: Annotated[str | None, typer.Option("--source", help="Only tickets of this source.")] = None,
    ledger: Ledger = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List every stored ticket's clocks as of an instant, measured anew from its events.

    Tickets of one incident stand together and name each other. As JSON, the lines are those of `syncd measure`, in the
    order in which the store came to know the tickets.
    """
    settings = settings_of(config)
    at = instant(as_of)
    failed = False
    listed: list[_Listed] = []
    with _view(settings) as view:
        ids = {row.name: row.id for row in view.sources.all()}
        if source is not None and source not in ids:
            raise typer.BadParameter(f"there is no source {source!r}; there are {', '.join(ids) or 'none'}")
        for stored, incident in _with_incidents(view, view.tickets.stream(None if source is None else ids[source]), at):
            timeline = stored.believed
            try:
                if output is Output.JSON:
                    for line in ticket_as_json(
                        timeline, settings.agreements, as_of=at, ledger=ledger, incident=incident
                    ):
                        json_line(line)
                else:
                    found = measure_in(timeline, incident, settings.agreements, as_of=at)
                    listed.append(_Listed(timeline, incident, list(_rows(timeline.ticket, found))))
            except ValueError as refused:
                failed = True
                json_line({"error": f"ticket {stored.timeline.ticket}: {refused}"})
    if output is Output.TABLE:
        rows = _together(listed)
        show(rows, output, title=f"Clocks as of {instant_text(at)}", empty="The store holds no ticket.")
    if failed:
        raise typer.Exit(FOUND_SOMETHING)


def _with_incidents(
    view: Work, tickets: Iterator[StoredTimeline], at: datetime
) -> Iterator[tuple[StoredTimeline, Incident]]:
    while some := list(islice(tickets, _LOOKED_UP)):
        incidents = incidents_of(view, {stored.number: stored for stored in some}, as_of=at)
        yield from ((stored, incidents.get(stored.number, ALONE)) for stored in some)


class _Listed(NamedTuple):
    """A ticket's rows."""

    timeline: Timeline
    incident: Incident
    rows: list[dict[str, object]]


def _together(listed: Sequence[_Listed]) -> list[dict[str, object]]:
    """The rows of tickets, those of one incident behind the first of them; what names the others only where any are."""
    by_key = {key_of(each.timeline): each for each in listed}
    linked = any(each.incident.others for each in listed)
    rows: list[dict[str, object]] = []
    for first in listed:
        for key in (key_of(first.timeline), *map(key_of, first.incident.others)):
            each = by_key.pop(key, None)
            if each is not None:
                others = ", ".join(map(name_of, each.incident.others))
                rows += [{**row, "same incident": others} for row in each.rows] if linked else each.rows
    return rows


def _rows(ticket: str, found: Measurement) -> Iterator[dict[str, object]]:
    if found.uncovered is not None:
        yield _row(ticket, verdict=f"uncovered: {found.uncovered.reason}")
    for reading in found.readings:
        if not reading.cycles:
            yield _row(ticket, target=reading.target, vendor=reading.vendor, verdict="not started")
        for cycle in reading.cycles:
            yield _row(
                ticket,
                vendor=reading.vendor,
                target=reading.target,
                priority=cycle.priority or "",
                stage=cycle.stage.value,
                verdict=cycle.verdict.value,
                elapsed=duration_text(cycle.elapsed_us),
                goal="" if cycle.goal_us is None else duration_text(cycle.goal_us),
                due=optional_instant(cycle.due_at) or "",
            )


def _row(ticket: str, **facts: str) -> dict[str, object]:
    columns = ("vendor", "target", "priority", "stage", "verdict", "elapsed", "goal", "due")
    return {"ticket": ticket, **{column: facts.get(column, "") for column in columns}}


def explain_ticket(
    ticket: Annotated[str, typer.Argument(help="What people call the ticket, or source:ticket.")],
    config: Config = DEFAULT_CONFIG,
    as_of: AsOf = None,
) -> None:
    """Show why a ticket's clocks say what they say: timeline, stretches, pauses, promises, contract, verdict."""
    settings = settings_of(config)
    at = instant(as_of)
    try:
        with _view(settings) as view:
            text = explain_stored(view, settings.agreements, ticket, as_of=at)
    except ValueError as refused:
        say(f"ticket {ticket}: {refused}")
        raise typer.Exit(FOUND_SOMETHING) from refused
    if text is None:
        say(f"the store knows no ticket {ticket}")
        raise typer.Exit(FOUND_SOMETHING)
    tell(text.splitlines())


def status(config: Config = DEFAULT_CONFIG, output: OutputOption = Output.TABLE) -> None:
    """Show how the sources and the store stand, from the store alone: the daemon need not run."""
    settings = settings_of(config)
    with _view(settings) as view:
        quarantined = view.quarantine.all()
        rows: list[dict[str, object]] = [
            {
                "source": row.name,
                "kind": row.kind,
                "last_success": _whole(row.last_success_at),
                "failures": row.failures,
                "last_error": row.last_error,
                "newest_change": _whole(row.watermark),
                "past_read": _whole(row.backfilled_at),
                "quarantined": sum(each.source == row.name for each in quarantined),
            }
            for row in view.sources.all()
        ]
        count = view.tickets.count()
    show(rows, output, title=f"Sources; {count} ticket(s) stored", empty="No source has been polled yet.")


def _whole(instant: datetime | None) -> str | None:
    """An instant without fractions of a second, which say nothing here."""
    return None if instant is None else instant_text(instant.replace(microsecond=0))


@contextmanager
def _view(settings: Settings) -> Iterator[Work]:
    with standing_by(settings, SystemNow()) as store, store.view() as view:
        yield view
