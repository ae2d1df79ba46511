"""The examination fails connectors that are wrong: each mistake is caught by the check meant for it."""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from syncd.domain.problem import Problem
from syncd.ports.connector import CheckLine, Connector, Cursor, Mapped, Mapper, Page, Plugin, RawRecord, Rechecked, Site
from syncd.ports.toolkit import HttpRequest
from syncd.testing import conformance
from syncd.testing.conformance import Examinee
from syncd.testing.offline import offline
from tests.connectors.examinees import EXAMINEES

_ticks = count()


@dataclass
class Wrapped:
    """A reader whose answers are changed on their way."""

    inner: Connector
    page: Callable[[Page], Page] = lambda page: page
    answer: Callable[[Rechecked], Rechecked] = lambda answer: answer
    lines: Sequence[CheckLine] | None = None

    def check(self) -> Sequence[CheckLine]:
        return self.inner.check() if self.lines is None else self.lines

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        return (self.page(page) for page in self.inner.pages(since))

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        return self.answer(self.inner.recheck(ids))

    def close(self) -> None:
        self.inner.close()


@dataclass
class WrappedMapper:
    """A mapper whose results are changed on their way."""

    inner: Mapper
    result: Callable[[Mapped], Mapped] = lambda mapped: mapped
    redaction: Callable[[RawRecord, Mapper], RawRecord] = lambda record, inner: inner.redact(record)
    identity: Callable[[RawRecord], RawRecord] = lambda record: record
    version: int = 1
    volatile: frozenset[str] = frozenset()

    def record(self, payload: Mapping[str, object]) -> RawRecord:
        return self.identity(self.inner.record(payload))

    def redact(self, record: RawRecord) -> RawRecord:
        return self.redaction(record, self.inner)

    def map(self, record: RawRecord) -> Mapped:
        return self.result(self.inner.map(record))


def reading(**wrong: Any) -> Callable[[Examinee[Any]], Examinee[Any]]:
    return lambda right: replace(right, connect=lambda: Wrapped(right.connect(), **wrong))


def mapping(**wrong: Any) -> Callable[[Examinee[Any]], Examinee[Any]]:
    def change(right: Examinee[Any]) -> Examinee[Any]:
        def mapper(site: Site, options: Any) -> Mapper:
            return WrappedMapper(right.plugin.mapper(site, options), **wrong)

        return replace(right, plugin=replace(right.plugin, mapper=mapper))

    return change


def events(mapped: Mapped, change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Mapped:
    return replace(mapped, timeline=replace(mapped.timeline, events=change(mapped.timeline.events)))


def calls_home(mapped: Mapped) -> Mapped:
    socket.create_connection(("127.0.0.1", 9), timeout=1).close()
    return mapped


class OpenOptions:
    """Options that take anything."""

    @classmethod
    def model_validate(cls, values: Mapping[str, object]) -> Mapping[str, object]:
        return values

    @classmethod
    def model_json_schema(cls) -> Mapping[str, object]:
        return {"properties": {"path": {"type": "string"}}}


def with_open_options(right: Examinee[Any]) -> Examinee[Any]:
    plugin: Plugin[Any] = replace(right.plugin, options=OpenOptions)
    return replace(right, plugin=plugin)


WRONG: Mapping[str, tuple[conformance.Check, Callable[[Examinee[Any]], Examinee[Any]], str]] = {
    "options take unknown keys": (
        conformance.settings_are_closed_and_described, with_open_options, "unknown option"),
    "a check that says nothing": (conformance.check_answers_in_lines, reading(lines=[]), "says nothing"),
    "a check with an empty line": (
        conformance.check_answers_in_lines, reading(lines=[CheckLine("login", ok=True, detail="")]), "empty"),
    "a source that is down and passes": (
        conformance.check_answers_in_lines,
        lambda right: replace(right, broken=lambda: Wrapped(right.connect(), lines=[CheckLine("all", True, "fine")])),
        "passes the check"),
    "a mapper that asks the network": (conformance.records_are_complete, mapping(result=calls_home), "network"),
    "a payload without its identity": (
        conformance.records_are_complete,
        mapping(identity=lambda record: replace(record, ticket="other")), "another identity"),
    "a mapper that is never the same": (
        conformance.mapping_is_deterministic,
        mapping(result=lambda mapped: replace(mapped, problems=[Problem("seen", str(next(_ticks)))])), "two results"),
    "a mapper that needs what is redacted": (
        conformance.mapping_is_deterministic,
        mapping(redaction=lambda record, inner: replace(
            inner.redact(record), payload={**inner.redact(record).payload, "title": "gone"})), "takes away"),
    "two events of one id": (
        conformance.timelines_are_well_formed,
        mapping(result=lambda mapped: events(mapped, lambda each: (*each, each[0]))), "one id"),
    "events out of order": (
        conformance.timelines_are_well_formed,
        mapping(result=lambda mapped: events(mapped, lambda each: each[::-1])), "in order"),
    "instants without a zone": (
        conformance.timelines_are_well_formed,
        mapping(result=lambda mapped: events(
            mapped, lambda each: tuple(replace(event, at=event.at.replace(tzinfo=None)) for event in each))),
        "aware UTC"),
    "a timeline of another source": (
        conformance.timelines_are_well_formed,
        mapping(result=lambda mapped: replace(mapped, timeline=replace(mapped.timeline, source="mine"))),
        "another source"),
    "ids that depend on how many events there are": (
        conformance.event_ids_stay,
        mapping(result=lambda mapped: events(
            mapped, lambda each: tuple(replace(event, id=f"{len(each)}-{event.id}") for event in each))),
        "lost its id"),
    "a record that is new each time": (
        conformance.an_unchanged_ticket_is_one_record,
        mapping(redaction=lambda record, inner: replace(
            inner.redact(record), payload={**inner.redact(record).payload, "read": next(_ticks)})), "other digests"),
    "a missing ticket that is not mentioned": (
        conformance.rechecking_answers_for_every_id,
        reading(answer=lambda answer: replace(answer, gone={})), "neither found nor gone"),
    "text that stays": (
        conformance.redaction_takes_text_away, mapping(redaction=lambda record, _: record), "survives"),
    "redaction that goes on and on": (
        conformance.redaction_takes_text_away,
        mapping(redaction=lambda record, inner: replace(
            inner.redact(record), payload={**inner.redact(record).payload, "url": f"x{record.payload.get('url')}"})),
        "redacting twice"),
    "text that was never there": (
        conformance.redaction_takes_text_away, lambda right: replace(right, text="Dear none,"), "nothing was proven"),
    "an unknown status that goes unnoticed": (
        conformance.unknown_statuses_are_problems,
        lambda right: replace(right, strange=lambda record: record), "unnoticed"),
    "a source that is written to": (
        conformance.sources_are_only_read,
        lambda right: replace(right, requests=lambda: [HttpRequest("PATCH", "/ticket")]), "may change something"),
    "a method behind another": (
        conformance.sources_are_only_read,
        lambda right: replace(right, requests=lambda: [
            HttpRequest("GET", "/ticket", headers={"x-http-method-override": "DELETE"})]), "hides"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_connector_fails(name: str, tmp_path: Path) -> None:
    check, spoil, complaint = WRONG[name]
    _, build = EXAMINEES["timeline"]
    with pytest.raises(AssertionError, match=complaint):
        check(spoil(build(tmp_path)))


def test_a_cursor_that_skips_what_was_not_read_fails(tmp_path: Path) -> None:
    _, build = EXAMINEES["timeline"]
    right = build(tmp_path)
    final = list(right.connect().pages(None))[-1].cursor
    wrong = replace(right, connect=lambda: Wrapped(right.connect(), page=lambda page: replace(page, cursor=final)))
    with pytest.raises(AssertionError, match="loses 3"):
        conformance.reading_resumes_from_every_cursor(replace(wrong, wait=lambda _: None))


def test_offline_is_over_when_it_is_over() -> None:
    with pytest.raises(AssertionError, match="network"), offline():
        socket.socket()
    socket.socket().close()
