"""Keyset reading against answers written by hand: what the simulator's instance never does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
import pytest

from connectors.servicenow.keyset import Keyset, Place
from connectors.servicenow.query import Filter, Pin
from connectors.servicenow.table_api import TableApi
from syncd.errors import SourceMisunderstood, SourceRefused, SourceUnavailable
from syncd.ports.toolkit import HttpResponse
from tests.connectors.servicenow.instance import Instance, ident

T = TypeVar("T")

START, END = "2026-03-02 08:00:00", "2026-03-02 18:00:00"
BEGIN = Place(START)


def row(number: int, clock: str, **more: str) -> dict[str, str]:
    return {"sys_id": ident(number), "sys_updated_on": f"2026-03-02 {clock}:00", **more}


@dataclass
class Scripted:
    """Answers in turn: rows, rows with a total, or an error; statistics are refused unless counted."""

    answers: list[Any]
    counts: list[int] = field(default_factory=list)
    asked: list[Mapping[str, str]] = field(default_factory=list)

    def get(
        self, path: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
        read: Callable[[HttpResponse], T],
    ) -> T:  # fmt: skip
        del headers
        json = {"content-type": "application/json"}
        if "/stats/" in path:
            if not self.counts:
                raise SourceRefused("snow", "forbidden", "statistics")
            counted = {"result": {"stats": {"count": str(self.counts.pop(0))}}}
            return read(HttpResponse(200, json, msgspec.json.encode(counted)))
        self.asked.append(params or {})
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        rows, total = answer if isinstance(answer, tuple) else (answer, None)
        headed = json if total is None else {**json, "x-total-count": str(total)}
        return read(HttpResponse(200, headed, msgspec.json.encode({"result": rows})))

    def post(self, path: str, **_: Any) -> Any:
        raise AssertionError(path)


def keyset(api: Scripted, **more: Any) -> Keyset:
    tables = TableApi(Instance({"rows": {}}).toolkit(), api, page_size=10)
    return Keyset(tables, "incident", ("sys_id",), **more)


def read(answers: Sequence[Any], *, counts: Sequence[int] = (), start: Place = BEGIN, **more: Any) -> list[str]:
    api = Scripted(list(answers), list(counts))
    found = [str(each["sys_id"]) for batch in keyset(api, **more).read(start, END) for each in batch.rows]
    assert api.answers == [], "not everything was asked for"
    return found


def test_without_any_count_only_an_empty_widest_page_proves_the_end() -> None:
    answers = [[row(1, "09:00")], [], [], [row(2, "10:00")], [], [], [], []]
    assert read(answers) == [ident(1), ident(2)]


def test_a_count_says_when_a_page_was_the_last() -> None:
    assert read([([row(1, "09:00"), row(2, "09:00")], 2)]) == [ident(1), ident(2)]


def test_statistics_stand_in_where_an_empty_page_has_no_count() -> None:
    assert read([[row(1, "09:00")], ([], 0), []], counts=[0], counted=False) == [ident(1)]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        pytest.param([row(1, "08:00")], "outside", id="the bound itself, which was excluded"),
        pytest.param([row(1, "07:00")], "begin too soon", id="before the bound"),
        pytest.param([row(1, "19:00")], "beyond", id="behind the other bound"),
        pytest.param([row(2, "10:00"), row(1, "09:00")], "not in order", id="out of order"),
        pytest.param([row(2, "09:00"), row(1, "09:00")], "not in order", id="out of order within one second"),
        pytest.param([row(1, "09:00"), row(1, "09:00")], "not in order", id="twice the same"),
        pytest.param([{**row(1, "09:00"), "sys_updated_on": "02/03/2026 09:00"}], "no raw", id="a display value"),
        pytest.param([row(1, "09:00", vendor="globex")], "filter on vendor", id="another vendor than asked for"),
        pytest.param([row(1, "09:00", vendor="")], "filter on vendor", id="no vendor at all"),
    ],
)
def test_a_page_that_breaks_what_was_asked_is_not_believed(rows: list[dict[str, str]], complaint: str) -> None:
    wanted = Filter("vendor=ACME", ("vendor",), (Pin("vendor", frozenset({"acme"})),))
    with pytest.raises(SourceMisunderstood, match=complaint) as caught:
        read([(rows, 1)], filter=wanted)
    assert caught.value.reason == "query_not_honoured"


def test_a_filter_is_compared_as_the_platform_does_and_not_where_it_cannot_be_seen() -> None:
    wanted = Filter("vendor=ACME", ("vendor",), (Pin("vendor", frozenset({"acme"})),))
    assert read([([row(1, "09:00", vendor="Acme"), row(2, "10:00")], 2)], filter=wanted) == [ident(1), ident(2)]


def test_descending_mirrors_everything() -> None:
    answers = [[row(3, "17:00"), row(2, "17:00")], ([row(1, "17:00")], 1), ([], 0), []]
    start, bound = Place(END), START
    api = Scripted(answers, [0])
    found = [
        each["sys_id"]
        for batch in keyset(api, descending=True, counted=False).read(start, bound)
        for each in batch.rows
    ]
    assert found == [ident(3), ident(2), ident(1)]
    with pytest.raises(SourceMisunderstood, match="not in order"):
        list(keyset(Scripted([[row(1, "10:00"), row(2, "10:00")]]), descending=True).read(start, bound))


def test_a_page_that_times_out_fails_the_pass_and_halves_the_next_one() -> None:
    api = Scripted([SourceUnavailable("snow", "timeout"), ([], 0)])
    pages = keyset(api)
    with pytest.raises(SourceUnavailable):
        list(pages.read(Place(START), END))
    list(pages.read(Place(START), END))
    assert [params["sysparm_limit"] for params in api.asked] == ["10", "10"], "never below the fewest"
    pages.api.limit.now = 1000
    api.answers = [SourceUnavailable("snow", "timeout"), ([], 0)]
    with pytest.raises(SourceUnavailable):
        list(pages.read(Place(START), END))
    list(pages.read(Place(START), END))
    assert api.asked[-1]["sysparm_limit"] == "500"
