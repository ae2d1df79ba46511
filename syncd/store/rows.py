"""Events as rows, both ways, with as little as possible done for each: a replay reads millions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from inspect import getattr_static
from operator import attrgetter
from typing import Any

import msgspec

from syncd.domain.events import Fact, TicketEvent
from syncd.domain.instant import to_us
from syncd.store.codec import encoder, rest_of
from syncd.store.codes import KIND_NUMBERS, KIND_TYPES, PARTIES, PARTY_NUMBERS
from syncd.store.session import ReadRow

EventRow = tuple[int, int, int, int | None, int, int, int, int, str, bytes | None]
"""at, seq, recorded_at, withdrawn_at, ticket, generation, kind, party, id, payload: as the table's columns."""

_COLUMNS = frozenset({"id", "at", "by", "seq"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
"""Multiplied, it makes a span faster than the constructor does."""
_NONE: frozenset[str] = frozenset()
_REMEMBERED = 20_000
"""How many decoded payloads are kept: most events say one of few things (`to: active, awaiting: vendor`)."""


class _Kind:
    """What is known of one kind of event: which fields go into its payload, and how each is set.

    An event read back is made field by field through its slots, which takes less than half the time of a frozen
    dataclass's constructor; that is why none may have work to do there (`__post_init__`).
    """

    __slots__ = ("decoder", "defaults", "names", "setters", "take", "type", "wrap")

    def __init__(self, kind: type[TicketEvent]) -> None:
        if hasattr(kind, "__post_init__"):
            msg = f"{kind.__name__} has a __post_init__, which events that are read back would miss"
            raise TypeError(msg)
        rest = rest_of(kind, without=_COLUMNS)
        known = {field.name: field for field in fields(kind)}
        self.type = kind
        self.wrap: Callable[..., msgspec.Struct] = rest
        self.names = rest.__struct_fields__
        self.setters = tuple(_setter(kind, name) for name in self.names)
        self.take: Callable[[object], tuple[Any, ...]] = attrgetter(*self.names)
        self.decoder = msgspec.json.Decoder(rest)
        kept = [known[name] for name in self.names]
        self.defaults = tuple(
            field.default_factory() if field.default_factory is not MISSING else field.default for field in kept
        )

    def payload(self, event: Fact) -> bytes | None:
        values = self.take(event)
        if values == self.defaults:
            return None
        return encoder.encode(self.wrap(*values))

    def settings(self, payload: bytes | None) -> "_Settings":
        """Return what to set to which value for a payload."""
        values = self.defaults if payload is None else self.take(self.decoder.decode(payload))
        return tuple(zip(self.setters, values, strict=True))


_Setter = Callable[[object, Any], None]
_Settings = tuple[tuple[_Setter, Any], ...]


def _setter(kind: type[Fact], name: str) -> _Setter:
    setter: _Setter = getattr_static(kind, name).__set__
    return setter


_KINDS = tuple(_Kind(kind) for kind in KIND_TYPES)
_set_id, _set_at, _set_by, _set_seq = (_setter(Fact, name) for name in ("id", "at", "by", "seq"))
_known: dict[tuple[int, bytes | None], tuple[type[TicketEvent], _Settings]] = {}


def event_row(event: TicketEvent, *, ticket: int, generation: int, position: int, recorded_at: int) -> EventRow:
    """Return an event's row. Where it has no `seq`, its `position` among those given with it stands for it."""
    kind = KIND_NUMBERS[type(event)]
    seq = position if event.seq is None else event.seq
    payload = _KINDS[kind].payload(event)
    return (
        to_us(event.at), seq, recorded_at, None, ticket, generation, kind, PARTY_NUMBERS[event.by], event.id, payload,
    )  # fmt: skip


def as_read(row: EventRow) -> ReadRow:
    """Return an event's row as it would be read back."""
    at, seq, _, withdrawn_at, ticket, _, kind, party, key, payload = row
    return (at, seq, key, ticket, kind, party, payload, withdrawn_at)


def _learn(kind: int, payload: bytes | None) -> tuple[type[TicketEvent], _Settings]:
    """Decode a payload met for the first time."""
    if len(_known) >= _REMEMBERED:
        _known.clear()
    found = _known[kind, payload] = (_KINDS[kind].type, _KINDS[kind].settings(payload))
    return found


def events_of(rows: Sequence[ReadRow]) -> tuple[TicketEvent, ...]:
    """Return the events of one ticket's sorted rows."""
    known, epoch, unit, parties, new = _known, _EPOCH, _MICROSECOND, PARTIES, object.__new__
    set_id, set_at, set_by, set_seq = _set_id, _set_at, _set_by, _set_seq
    events: list[TicketEvent] = []
    for at, seq, key, _, kind, party, payload, _ in rows:
        made, settings = known.get((kind, payload)) or _learn(kind, payload)
        event = new(made)
        set_id(event, key)
        set_at(event, epoch + at * unit)
        set_by(event, parties[party])
        set_seq(event, seq)
        for put, value in settings:
            put(event, value)
        events.append(event)
    return tuple(events)


def withdrawn_of(rows: Iterable[ReadRow]) -> frozenset[str]:
    """Return the ids of the events that their source no longer shows."""
    ids = [row[2] for row in rows if row[7] is not None]
    return frozenset(ids) if ids else _NONE
