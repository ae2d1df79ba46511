"""What every reader of JSON answers does with text that was cut in the middle of an emoji, or nested without end."""

from collections.abc import Callable

import pytest

from connectors.jira import wire as jira
from connectors.mail.graph import wire as graph
from connectors.servicenow import wire as servicenow
from syncd.errors import SourceMisunderstood, SourceUnavailable
from syncd.ports.toolkit import HttpResponse

READERS: list[Callable[[HttpResponse], object]] = [
    jira.object_of("here"), servicenow.row_of("here"), graph.object_of("here"),
]  # fmt: skip
everywhere = pytest.mark.parametrize("read", READERS, ids=["jira", "servicenow", "graph"])


def answer(written: str) -> HttpResponse:
    """A JSON answer; the Table API wraps its result."""
    return HttpResponse(200, {"content-type": "application/json"}, f'{{"result": {{{written}}}, {written}}}'.encode())


@everywhere
def test_half_an_emoji_costs_its_own_character_and_not_the_page(read: Callable[[HttpResponse], object]) -> None:
    told = read(answer(r'"title": "on fire \ud83d"'))
    assert isinstance(told, dict)
    assert told["title"] == "on fire \ufffd"


@everywhere
@pytest.mark.parametrize("written", ['"a": ' + "[" * 100_000, r'"a": "\ud83d'], ids=["nested", "cut"])
def test_what_cannot_be_read_is_the_sources_fault(read: Callable[[HttpResponse], object], written: str) -> None:
    with pytest.raises((SourceUnavailable, SourceMisunderstood), match="breaks off"):
        read(answer(written))


@everywhere
def test_bytes_that_are_no_text_are_the_sources_fault(read: Callable[[HttpResponse], object]) -> None:
    broken = HttpResponse(200, {"content-type": "application/json"}, b'{"result": {"a": "\xff"}}')
    with pytest.raises((SourceUnavailable, SourceMisunderstood), match="breaks off"):
        read(broken)
