"""Histories and comments in whatever shape an answer has them: one list, in order, each once, and whether it is whole.

`expand=changelog` and `fields.comment` are truncated pages: the newest 40 or 100 histories, the newest comments. They
are taken where nothing better is there, and what their `total` says beyond them is missing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from connectors.jira.cells import Row, is_object, number, rows, text
from connectors.jira.stamps import instant

NEWEST: Literal["newest"] = "newest"
"""Only the newest are there."""

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found, in order."""

    rows: tuple[Row, ...]
    state: bool | Literal["newest"]
    """Whether that is everything; `newest`: only the oldest are missing."""
    stray: bool = False
    """The truncated page holds what the list should have held, and does not."""


def listing(whole: object, page: Row, told: object) -> Listing:
    """Return what a list (or the bean that a page of it comes in) and a truncated page beside it hold.

    `told` is what the reader says about completeness: False for incomplete, `newest` where only the newest were read.
    """
    bean = _members(whole) if is_object(whole) else None
    given = bean if bean is not None else _rows(whole)
    beside = _members(page) or []
    found = _once((*(given or ()), *beside))
    known = {text(row, "id") for row in given or ()}
    stray = given is not None and any(text(row, "id") not in known for row in beside)
    total = max(_total(page), _total(whole) if is_object(whole) else 0)
    state: bool | Literal["newest"] = given is not None or bool(beside) or "total" in page
    if is_object(whole) and (whole.get("isLast") is False or whole.get("nextPageToken")):
        state = False  # one page of several
    if total > len(found):
        expanded = is_object(whole) and "histories" in whole
        state = NEWEST if expanded or not given else False
    if told is False or (told == NEWEST and state is True):
        state = NEWEST if told == NEWEST else False
    return Listing(tuple(found), state, stray)


def _rows(value: object) -> list[Row] | None:
    return rows({"": value}, "") if isinstance(value, list | tuple) else None


def _members(bean: object) -> list[Row] | None:
    """Return the rows of a page, by what the expanded field, the ticket's own endpoint or the bulk fetch calls them."""
    if not isinstance(bean, Mapping):
        return None
    return next(
        (rows(bean, key) for key in ("histories", "values", "changeHistories", "comments") if key in bean), None
    )


def _total(bean: object) -> int:
    total = bean.get("total") if isinstance(bean, Mapping) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else 0


def _once(found: Iterable[Row]) -> list[Row]:
    """Return rows by (`created`, id), each id once: the one edited last, of equal ones always the same."""
    chosen: dict[str, Row] = {}
    nameless: list[Row] = []
    for row in found:
        ident = text(row, "id")
        if not ident:
            nameless.append(row)
        elif ident not in chosen or _rank(row) > _rank(chosen[ident]):
            chosen[ident] = row
    return sorted((*chosen.values(), *nameless), key=_place)


def _rank(row: Row) -> tuple[bool, datetime, bool, str]:
    """Return which of two rows of one id is better: edited later, dated to the millisecond."""
    edited = instant(row.get("updated"))
    return edited is not None, edited or _LAST, isinstance(row.get("created"), str), _canonical(row)


def _place(row: Row) -> tuple[bool, datetime, int, str]:
    """Return a row's place; those without id go last, where only their number counts."""
    ident = text(row, "id")
    return not ident, instant(row.get("created")) or _LAST, number(ident), ident


def _canonical(row: Row) -> str:
    return json.dumps(row, sort_keys=True, default=str)
