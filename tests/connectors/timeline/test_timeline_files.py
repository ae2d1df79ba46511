"""Timeline files: read whole when they changed, bad lines apart, names and text as configured."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.timeline import plugin
from connectors.timeline.client import TimelineReader
from connectors.timeline.mapping import TimelineMapper
from connectors.timeline.settings import TimelineOptions
from syncd.domain.names import GoneReason
from syncd.errors import SourceUnavailable
from syncd.ports.connector import Page, Site
from syncd.ports.secret import Secret
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from syncd.transport.toolkit import SourceToolkit
from tests.connectors.servicenow.instance import NOON


def line(ticket: str, **more: Any) -> str:
    events = [{"id": "a", "at": "2026-03-02T08:00:00Z", "kind": "opened", "by": "customer", "vendor": "acme"}]
    return json.dumps({"format": 1, "source": "elsewhere", "ticket": ticket, "events": events, **more})


def reader(folder: Path, path: str = "tickets.jsonl") -> TimelineReader:
    toolkit = SourceToolkit("files", now=VirtualNow(NOON), limits=Limits(), secrets=lambda _: Secret("x"), inline=True)
    toolkit.close()
    return TimelineReader(Site("files", folder=folder), TimelineOptions(path=path), toolkit)


def write(folder: Path, *lines: str, name: str = "tickets.jsonl") -> None:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def tickets(pages: list[Page]) -> list[str]:
    return [record.ticket for page in pages for record in page.records]


def test_every_line_is_a_ticket_of_this_source_whatever_it_calls_itself(tmp_path: Path) -> None:
    write(tmp_path, line("A"), "", line("B", id="b-id"))
    pages = list(reader(tmp_path).pages(None))
    mapper = TimelineMapper(Site("files"), TimelineOptions(path="x"))
    mapped = [mapper.map(record).timeline for page in pages for record in page.records]
    assert [(each.source, each.ticket, each.id) for each in mapped] == [("files", "A", "A"), ("files", "B", "b-id")]


def test_an_unchanged_file_makes_an_empty_pass(tmp_path: Path) -> None:
    write(tmp_path, line("A"))
    cursor = list(reader(tmp_path).pages(None))[-1].cursor
    (again,) = reader(tmp_path).pages(cursor)
    assert (again.records, again.cursor) == ((), cursor)


@pytest.mark.parametrize("other", [line("B"), line("A", title="x")])
def test_a_file_with_another_content_is_read_whole(tmp_path: Path, other: str) -> None:
    write(tmp_path, line("A"))
    cursor = list(reader(tmp_path).pages(None))[-1].cursor
    write(tmp_path, line("A"), other)
    assert "A" in tickets(list(reader(tmp_path).pages(cursor)))


def test_a_change_that_keeps_size_and_date_is_seen(tmp_path: Path) -> None:
    write(tmp_path, line("A"))
    file = tmp_path / "tickets.jsonl"
    stat = file.stat()
    cursor = list(reader(tmp_path).pages(None))[-1].cursor
    write(tmp_path, line("B"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert tickets(list(reader(tmp_path).pages(cursor))) == ["B"]


def test_a_folder_is_all_its_jsonl_files_and_a_renamed_one_counts_as_changed(tmp_path: Path) -> None:
    write(tmp_path, line("B"), name="b.jsonl")
    write(tmp_path, line("A"), name="a.jsonl")
    write(tmp_path, line("C"), name="c.json")
    pages = list(reader(tmp_path, ".").pages(None))
    assert tickets(pages) == ["A", "B"]
    (tmp_path / "b.jsonl").rename(tmp_path / "z.jsonl")
    assert tickets(list(reader(tmp_path, ".").pages(pages[-1].cursor))) == ["A", "B"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param('{"ticket": "A", "eve', "no JSON", id="a line cut short"),
        pytest.param("[]", "not a JSON object", id="a list"),
        pytest.param('{"ticket": "A", "events": []}', "at least one", id="no events"),
        pytest.param(line("A").replace('"opened"', '"opend"'), "kind", id="a kind misspelt"),
        pytest.param(line("A").replace("08:00:00Z", "08:00:00"), "zone", id="an instant without a zone"),
        pytest.param(line("A").replace('"id": "a"', '"id": "a", "phase": "limbo"'), "limbo", id="an unknown phase"),
    ],
)
def test_a_bad_line_is_a_finding_and_the_others_go_on(tmp_path: Path, bad: str, said: str) -> None:
    write(tmp_path, line("1"), bad, line("2"))
    pages = list(reader(tmp_path).pages(None))
    assert tickets(pages) == ["1", "2"]
    ((problem,),) = (page.problems for page in pages)
    assert problem.code == "bad_line"
    assert problem.detail.startswith("tickets.jsonl line 2: ")
    assert said in problem.detail


def test_bytes_that_are_no_text_are_a_bad_line(tmp_path: Path) -> None:
    (tmp_path / "tickets.jsonl").write_bytes(b'{"ticket": "\xff"}\n' + line("1").encode())
    (page,) = reader(tmp_path).pages(None)
    assert (tickets([page]), [problem.code for problem in page.problems]) == (["1"], ["bad_line"])


def test_a_second_line_of_one_ticket_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, line("A"), line("B"), line("A", title="another"))
    (page,) = reader(tmp_path).pages(None)
    assert tickets([page]) == ["A", "B"]
    assert [(problem.code, problem.ticket) for problem in page.problems] == [("repeated_ticket", "A")]


def test_a_pass_cut_short_is_read_again_from_its_beginning(tmp_path: Path) -> None:
    write(tmp_path, *(line(str(n)) for n in range(450)))
    first = next(iter(reader(tmp_path).pages(None)))
    assert len(first.records) == 200
    assert len(tickets(list(reader(tmp_path).pages(first.cursor)))) == 450


def test_findings_of_a_pass_stand_on_its_last_page(tmp_path: Path) -> None:
    write(tmp_path, "nonsense", *(line(str(n)) for n in range(250)), "rubbish")
    pages = list(reader(tmp_path).pages(None))
    assert [len(page.problems) for page in pages] == [0, 2]


@pytest.mark.parametrize("path", ["nowhere.jsonl", "nowhere/"])
def test_files_that_are_not_there_make_the_source_unavailable(tmp_path: Path, path: str) -> None:
    for ask in (lambda: list(reader(tmp_path, path).pages(None)), lambda: reader(tmp_path, path).recheck(["A"])):
        with pytest.raises(SourceUnavailable, match="nowhere"):
            ask()
    assert [check.ok for check in reader(tmp_path, path).check()] == [False]


def test_the_check_counts_tickets_and_bad_lines_by_file(tmp_path: Path) -> None:
    write(tmp_path, line("A"), line("B"), name="a.jsonl")
    write(tmp_path, line("C"), "nonsense", name="b.jsonl")
    good, bad = reader(tmp_path, ".").check()
    assert (good.subject, good.ok, good.detail) == ("a.jsonl", True, "2 tickets")
    assert not bad.ok
    assert bad.detail.startswith("1 tickets, 1 bad lines, first: b.jsonl line 2")


def test_an_empty_folder_fails_the_check(tmp_path: Path) -> None:
    assert [check.ok for check in reader(tmp_path, ".").check()] == [False]


def test_a_line_that_was_taken_out_is_unreachable(tmp_path: Path) -> None:
    write(tmp_path, line("A"))
    answer = reader(tmp_path).recheck(["A", "B"])
    assert [record.ticket for record in answer.records] == ["A"]
    assert answer.gone == {"B": GoneReason.UNREACHABLE}


def test_keys_that_the_format_does_not_know_are_not_kept() -> None:
    mapper = TimelineMapper(Site("files"), TimelineOptions(path="x"))
    redacted = mapper.redact(mapper.record(json.loads(line("A", title="Broken", description="Dear all,"))))
    assert redacted.payload["title"] == "Broken"
    assert "Dear all," not in str(redacted)


@pytest.mark.parametrize("given", [{}, {"path": ""}, {"path": "x", "format": 1}])
def test_options_are_a_path_and_nothing_else(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        plugin.options.model_validate(given)
