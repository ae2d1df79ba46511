"""Every value that the store must give back as it got it, made from the types: a new field is tried at once."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import UTC, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from syncd.domain.events import KINDS, TicketEvent
from syncd.domain.ledger import OWNERS
from syncd.domain.reading import Cycle, Reading
from syncd.domain.timeline import Gap

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
words = texts.filter(bool)

_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(timezones=st.just(UTC)),
    NoneType: st.none(),
}


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Return any value of a type that the domain uses for a field."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    of, inner = get_origin(kind), get_args(kind)
    if of is UnionType:
        return st.one_of([anything(one) for one in inner])
    if of is tuple:
        return st.lists(anything(inner[0]), max_size=2).map(tuple)
    if of is frozenset:
        return st.frozensets(anything(inner[0]), max_size=3)
    if of is Mapping:
        return st.dictionaries(*map(anything, inner), max_size=3)
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    assert isinstance(kind, type), f"no values of {kind} here yet"
    assert is_dataclass(kind) or issubclass(kind, tuple), f"no values of {kind} here yet"
    return built(kind)


def built(kind: type[Any], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return any value of a dataclass or a named tuple, some fields given."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: anything(hint) for name, hint in hints.items()} | given)


def events_of_kind(kind: str) -> st.SearchStrategy[TicketEvent]:
    """Return any event of a kind, with a `seq`."""
    return built(KINDS[kind], id=words, seq=_PLAIN[int])


events = st.sampled_from(list(KINDS)).flatmap(events_of_kind)
gaps: st.SearchStrategy[Gap] = anything(Gap)


def _cycles(count: int) -> st.SearchStrategy[tuple[Cycle, ...]]:
    some = st.integers(0, 1_000_000)
    spent = st.none() | st.tuples(*[some] * len(OWNERS))
    return st.tuples(
        *(built(Cycle, number=st.just(number), misses=some, begun=some, spent=spent) for number in range(1, count + 1))
    )


def readings(source: str, ticket: str, ticket_id: str) -> st.SearchStrategy[list[Reading]]:
    """Return any readings of one ticket, one for each of some clocks, with none to three cycles each."""
    said = built(
        Reading, source=st.just(source), ticket=st.just(ticket), ticket_id=st.just(ticket_id),
        cycles=st.integers(0, 3).flatmap(_cycles),
    )  # fmt: skip
    return st.lists(
        said, max_size=3, unique_by=lambda one: (one.vendor, one.contract, one.revision, one.target, one.metric)
    )
