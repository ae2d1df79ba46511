"""The examination that makes code a connector; whoever writes one runs it in two lines (connectors/README.md).

Each check is a function of an `Examinee`, which says how to connect to a source that lives on a clock of the test's.
A check returns nothing, and raises AssertionError with a sentence.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from syncd.domain.digest import digest
from syncd.domain.timeline import Timeline, in_order
from syncd.errors import SyncdError
from syncd.ports.connector import Backfills, CheckLine, Connector, Cursor, Page, RawRecord
from syncd.testing.examinee import Examinee, Key, keys_of, newest, stored, text_of, validated
from syncd.testing.offline import offline

__all__ = ["CHECKS", "Check", "Examinee"]

Check = Callable[[Examinee[Any]], None]


def settings_are_closed_and_described(examinee: Examinee[Any]) -> None:
    """Settings refuse unknown keys and describe every key."""
    options = examinee.plugin.options
    try:
        validated(options, {**examinee.options, "surely_no_option": 1})
    except ValueError:
        refused = True
    else:
        refused = False
    _require(refused, "an unknown option is accepted")
    schema = options.model_json_schema()
    models = {"options": schema, **schema.get("$defs", {})}
    for name, model in models.items():
        if name == "SecretRef":
            continue
        for key, described in model.get("properties", {}).items():
            _require("description" in described, f"{name}.{key} has no description")
        if "properties" in model:
            _require(model.get("additionalProperties") is False, f"{name} accepts unknown keys")


def check_answers_in_lines(examinee: Examinee[Any]) -> None:
    """`check` answers in lines that say something; it may raise our own errors only, also when the source is down."""
    _require_lines(examinee.connect().check())
    if examinee.broken is not None:
        try:
            lines = examinee.broken().check()
        except SyncdError:
            return
        _require(any(not line.ok for line in _require_lines(lines)), "a source that is down passes the check")


def records_are_complete(examinee: Examinee[Any]) -> None:
    """A record maps without network, and its payload alone tells which record it is."""
    mapper = examinee.mapper()
    for record in examinee.everything():
        with offline():
            again = mapper.record(stored(record.payload))
            mapper.map(mapper.redact(again))
        _require((again.ticket, again.part) == (record.ticket, record.part), "a payload tells another identity")
        _require(again.updated_at == record.updated_at, "a payload tells another instant of its last update")


def mapping_is_deterministic(examinee: Examinee[Any]) -> None:
    """The same record maps to the same timeline, redacted or not, by any mapper of the same options."""
    one, other = examinee.mapper(), examinee.mapper()
    for record in examinee.everything():
        with offline():
            mapped = one.map(one.redact(record))
            _require(mapped == one.map(one.redact(record)), "mapping twice gives two results")
            _require(mapped == other.map(other.redact(record)), "two mappers give two results")
            _require(mapped == one.map(record), "mapping needs what redaction takes away")


def timelines_are_well_formed(examinee: Examinee[Any]) -> None:
    """Ids are unique, instants aware UTC, events in order, names those of the record and the site."""
    mapper = examinee.mapper()
    for record in examinee.everything():
        timeline = mapper.map(mapper.redact(record)).timeline
        ids = [event.id for event in timeline.events]
        _require(len(set(ids)) == len(ids), "two events have one id")
        _require(bool(ids) or record.part != "", "a ticket has no events")
        _require(timeline.events == in_order(timeline.events), "events are not in order")
        _require(timeline.id == record.ticket, "the timeline has another id than its record")
        _require(timeline.source == examinee.site.source, "the timeline has another source than its site")
        for instant in (record.updated_at, *_instants(timeline)):
            _require(instant.tzinfo is not None and not instant.utcoffset(), "an instant is not aware UTC")


def event_ids_stay(examinee: Examinee[Any]) -> None:
    """What happened keeps its id, its kind and its instant while a ticket goes on."""
    mapper = examinee.mapper()
    before = newest(examinee.everything())
    examinee.wait(_A_DAY)
    for ticket in examinee.rechecked(before):
        mapped, earlier = mapper.map(mapper.redact(ticket)), before[ticket.ticket, ticket.part]
        if mapped.complete:
            now = {(event.id, type(event), event.at) for event in mapped.timeline.events}
            then = mapper.map(mapper.redact(earlier)).timeline.events
            _require({(each.id, type(each), each.at) for each in then} <= now, "an event lost its id, kind or instant")


def reading_resumes_from_every_cursor(examinee: Examinee[Any]) -> None:
    """A reader that is stopped behind any page and begins again there loses nothing."""
    connector = examinee.connect()
    if isinstance(connector, Backfills):
        _require_resumable(examinee, _backfilled, None)
    first = [page.cursor for page in connector.pages(None)]
    _require(bool(first), "the first pass yields no page, and so no cursor to go on from")
    examinee.wait(_A_DAY)
    _require_resumable(examinee, lambda source, at: source.pages(at), first[-1])
    if not isinstance(connector, Backfills):
        _require_resumable(examinee, lambda source, at: source.pages(at), None)


def an_unchanged_ticket_is_one_record(examinee: Examinee[Any]) -> None:
    """Reading a ticket again, by id or in a pass, makes no other digest while nothing happened."""
    mapper = examinee.mapper()

    def digests(records: Iterable[RawRecord]) -> dict[Key, bytes]:
        return {(each.ticket, each.part): digest(mapper.redact(each).payload, mapper.volatile) for each in records}

    before = newest(examinee.everything())
    once = digests(before.values())
    _require(once == digests(newest(examinee.everything()).values()), "reading everything again makes other digests")
    _require(once == digests(examinee.rechecked(before)), "re-reading by id makes other digests")


def rechecking_answers_for_every_id(examinee: Examinee[Any]) -> None:
    """`recheck` returns every ticket asked for, or says why it is gone; never an error for a missing one."""
    asked = [*sorted({record.ticket for record in examinee.everything()})[:5], examinee.unknown_id]
    answer = examinee.connect().recheck(asked)
    told = {record.ticket for record in answer.records} | set(answer.gone)
    _require(told == set(asked), "a ticket is neither found nor gone, or was not asked for")
    _require(examinee.unknown_id in answer.gone, "a ticket that never was is not gone")
    _require(not examinee.connect().recheck(()).records, "asking for nothing returns something")


def redaction_takes_text_away(examinee: Examinee[Any]) -> None:
    """Redaction is idempotent, and what people wrote does not survive it."""
    mapper = examinee.mapper()
    written = False
    for record in examinee.everything():
        redacted = mapper.redact(record)
        written = written or examinee.text in text_of(record.payload)
        _require(examinee.text not in text_of(redacted.payload), "text of a ticket survives redaction")
        _require(mapper.redact(redacted) == redacted, "redacting twice changes more than redacting once")
    _require(written, "no record holds the text, so nothing was proven")


def unknown_statuses_are_problems(examinee: Examinee[Any]) -> None:
    """A status that nobody configured is a finding, with a code and the ticket's id, and no exception."""
    if examinee.strange is None:
        return
    mapper = examinee.mapper()
    record = examinee.strange(next(iter(examinee.everything())))
    problems = mapper.map(mapper.redact(record)).problems
    _require(bool(problems), "an unknown status goes unnoticed")
    for problem in problems:
        _require(problem.code.replace("_", "").isalpha() and problem.code.islower(), "a code is not in snake_case")
        _require(problem.ticket == record.ticket, "a finding does not name its ticket")


def sources_are_only_read(examinee: Examinee[Any]) -> None:
    """Whatever a connector does, it asks by GET and HEAD, or by POST where that only asks."""
    connector = examinee.connect()
    connector.check()
    records = list(examinee.everything())
    connector.recheck([*(record.ticket for record in records[:3]), examinee.unknown_id])
    connector.close()
    connector.close()
    for request in examinee.requests():
        asking = request.method in ("GET", "HEAD") or request.path in examinee.asks_by_post
        _require(asking, f"{request.method} {request.path} may change something")
        _require("x-http-method-override" not in request.headers, "a method hides behind another")


CHECKS: tuple[Check, ...] = (
    settings_are_closed_and_described,
    check_answers_in_lines,
    records_are_complete,
    mapping_is_deterministic,
    timelines_are_well_formed,
    event_ids_stay,
    reading_resumes_from_every_cursor,
    an_unchanged_ticket_is_one_record,
    rechecking_answers_for_every_id,
    redaction_takes_text_away,
    unknown_statuses_are_problems,
    sources_are_only_read,
)
"""The whole examination, in the order in which failures are easiest to understand."""

_A_DAY = 86_400.0


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def _require_lines(lines: Sequence[CheckLine]) -> Sequence[CheckLine]:
    _require(bool(lines), "the check says nothing")
    _require(all(line.subject and line.detail for line in lines), "a line of the check is empty")
    return lines


def _require_resumable(
    examinee: Examinee[Any], read: Callable[[Connector, Cursor | None], Iterator[Page]], start: Cursor | None
) -> None:
    pages = list(read(examinee.connect(), start))
    whole = keys_of(pages)
    for place, page in enumerate(pages):
        rest = list(read(examinee.connect(), page.cursor))
        lost = whole - keys_of(pages[: place + 1]) - keys_of(rest)
        _require(not lost, f"going on from page {place + 1} of {len(pages)} loses {len(lost)} records")


def _backfilled(connector: Connector, before: Cursor | None) -> Iterator[Page]:
    _require(isinstance(connector, Backfills), "one connector of this plugin reads the past, another does not")
    return connector.backfill(before) if isinstance(connector, Backfills) else iter(())


def _instants(timeline: Timeline) -> Iterator[datetime]:
    for event in timeline.events:
        values = (getattr(event, each.name) for each in fields(event))
        yield from (value for value in values if isinstance(value, datetime))
    for gap in timeline.gaps:
        yield from (gap.start, gap.end)
