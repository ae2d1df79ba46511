"""What has no column of its own is kept as JSON that later releases can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import msgspec
import pytest

from syncd.store.codec import encoder, rest_of


@dataclass(frozen=True)
class Kept:
    """A value of an earlier release."""

    key: str
    needed: int


@dataclass(frozen=True)
class Grown:
    """The same value, today."""

    key: str
    needed: int
    several: tuple[str, ...]
    perhaps: int | None
    named: Mapping[str, str] = field(default_factory=dict)
    often: bool = True


def test_what_is_as_usual_takes_no_room_and_columns_are_left_out() -> None:
    rest = rest_of(Grown, without=frozenset({"key"}))
    assert encoder.encode(rest(needed=3, several=(), perhaps=None)) == b'{"needed":3}'
    given = rest(needed=3, several=("a",), perhaps=1, named=MappingProxyType({"b": "c"}), often=False)
    assert msgspec.json.decode(encoder.encode(given)) == {
        "needed": 3, "several": ["a"], "perhaps": 1, "named": {"b": "c"}, "often": False,
    }  # fmt: skip


def test_a_row_from_before_a_field_existed_can_be_read() -> None:
    old = encoder.encode(rest_of(Kept, without=frozenset({"key"}))(needed=3))
    today = rest_of(Grown, without=frozenset({"key"}))
    assert msgspec.json.decode(old, type=today) == today(needed=3, several=(), perhaps=None, named={}, often=True)


def test_a_row_without_what_is_needed_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError, match="missing required field `needed`"):
        msgspec.json.decode(b"{}", type=rest_of(Grown, without=frozenset({"key"})))


def test_what_is_no_json_is_an_error() -> None:
    with pytest.raises(NotImplementedError, match="object cannot be kept as JSON"):
        encoder.encode({"a": object()})
