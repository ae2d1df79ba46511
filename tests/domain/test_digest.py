from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.digest import digest

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def test_the_digest_is_the_sha256_of_canonical_json() -> None:
    assert digest({"b": 1, "a": "ä"}).hex() == "507aab815f2bdfce1c740c0b1ae7b1c874f56b9aa5b9ab109a07b57365148233"


@pytest.mark.parametrize(
    ("one", "other", "volatile", "same"),
    [
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, (), True, id="the order of keys says nothing"),
        pytest.param({"a": [1, 2]}, {"a": [2, 1]}, (), False, id="the order of a list does"),
        pytest.param({"a": 1}, {"a": "1"}, (), False, id="a number is no text"),
        pytest.param({"a": None}, {}, (), False, id="null is not absent"),
        pytest.param({"a": 1, "t": 5}, {"a": 1, "t": 6}, ("t",), True, id="a volatile key"),
        pytest.param({"a": 1, "t": 5}, {"a": 1}, ("t",), True, id="a volatile key that came later"),
        pytest.param({"a": {"t": 5}}, {"a": {"t": 6}}, ("t",), False, id="a path is from the top"),
        pytest.param({"a": {"t": 5, "k": 1}}, {"a": {"t": 6, "k": 1}}, ("a.t",), True, id="a nested path"),
        pytest.param({"a": {"t": 5, "k": 1}}, {"a": {"t": 5, "k": 2}}, ("a.t",), False, id="only what it names"),
        pytest.param({"a": [{"t": 5}, {"t": 6}]}, {"a": [{"t": 1}, {"t": 2}]}, ("a.*.t",), True, id="any list place"),
        pytest.param({"a": [{"t": 5}]}, {"a": [{"t": 5}, {"t": 6}]}, ("a.*.t",), False, id="how many still counts"),
        pytest.param({"a": {"x": {"t": 1}}}, {"a": {"x": {"t": 2}}}, ("a.*.t",), True, id="any key"),
        pytest.param({"a": [1, 2]}, {"a": [1, 3]}, ("a.1",), True, id="one list place"),
        pytest.param({"a": [1, 2]}, {"a": [3, 2]}, ("a.1",), False, id="not its neighbour"),
        pytest.param({"a": "text"}, {"a": "other"}, ("a.*",), False, id="a text has no places"),
    ],
)
def test_two_payloads_have_one_digest_when_they_say_the_same(
    one: Mapping[str, object], other: Mapping[str, object], volatile: tuple[str, ...], *, same: bool
) -> None:
    assert (digest(one, volatile) == digest(other, volatile)) == same


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4), st.lists(st.text(max_size=6), max_size=3))
def test_any_json_has_a_digest_and_is_not_changed_by_it(payload: dict[str, object], volatile: list[str]) -> None:
    before = repr(payload)
    assert digest(payload, volatile) == digest(payload, volatile)
    assert repr(payload) == before


def test_text_that_utf8_cannot_write_still_has_a_digest() -> None:
    assert digest({"a": "\ud800"}) != digest({"a": "\ud801"})


def test_what_json_cannot_write_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        digest({"a": float("nan")})
