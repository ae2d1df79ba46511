"""Raw records: the newest for ever, older ones until trimmed, on every engine."""

from types import MappingProxyType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.ports.connector import RawRecord
from syncd.ports.repositories import NewRecord
from syncd.ports.store import Fence, Store, Work
from tests.store.samples import DAY, HOUR, NOON, see, write
from tests.store.strategies import texts

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def new(ticket: str, said: object, *, part: str = "", digest: bytes | None = None) -> NewRecord:
    record = RawRecord(ticket, NOON, {"said": said}, part)
    return NewRecord(record, str(said).encode() if digest is None else digest)


def register(work: Work) -> int:
    return work.sources.register("snow", "servicenow").id


def test_the_newest_record_of_each_part_is_kept_and_found(store: Store, fence: Fence) -> None:
    snow = write(store, fence, register)
    other = write(store, fence, lambda work: work.sources.register("jira", "jira").id)
    with store.begin(fence) as work:
        work.records.put(snow, [new("b", 1), new("a", 1, part="2"), new("a", 1, part="10"), new("a", 1)], NOON)
        work.records.put(other, [new("a", "elsewhere")], NOON)
        work.records.put(snow, [new("b", 2), new("b", 3), new("a", 1)], NOON + HOUR)
        work.commit()
    keys = [("a", ""), ("a", "2"), ("b", ""), ("b", "2"), ("c", ""), ("a", "")]
    with store.view() as view:
        assert view.records.digests(snow, keys) == {("a", ""): b"1", ("a", "2"): b"1", ("b", ""): b"3"}
        assert view.records.newest(snow, keys) == {
            ("a", ""): RawRecord("a", NOON, {"said": 1}),
            ("a", "2"): RawRecord("a", NOON, {"said": 1}, "2"),
            ("b", ""): RawRecord("b", NOON, {"said": 3}),
        }
        assert [(one.ticket, one.part) for one in view.records.stream(snow)] == [
            ("a", ""), ("a", "10"), ("a", "2"), ("b", ""),
        ]  # fmt: skip
        assert (view.records.count(snow), view.records.count(other), view.records.count(99)) == (4, 1, 0)
        assert view.records.digests(snow, []) == {}


def test_superseded_records_are_trimmed_by_when_they_were_learned_and_the_newest_never(
    store: Store, fence: Fence
) -> None:
    snow = write(store, fence, register)
    with store.begin(fence) as work:
        for hour, said in enumerate(["one", "two", "two", "one", "three"]):
            work.records.put(snow, [new("a", said)], NOON + hour * HOUR)
        work.records.put(snow, [new("b", "in one"), new("b", "call"), new("b", "in one"), new("b", "in one")], NOON)
        work.commit()
    # Kept: one, two, one, three (the second `two` said nothing new), and three of b, whose last said nothing new.
    with store.begin(fence) as work:
        assert work.records.trim(NOON, 100) == 0, "learned before, not at"
        assert work.records.trim(NOON + 3 * HOUR, 2) == 2, "no more than asked for"
        assert work.records.trim(NOON + 3 * HOUR, 100) == 2
        assert work.records.trim(NOON + DAY, 100) == 1
        assert work.records.trim(NOON + DAY, 100) == 0
        work.commit()
    newest = see(store, lambda view: view.records.newest(snow, [("a", ""), ("b", "")]))
    assert [one.payload for one in newest.values()] == [{"said": "three"}, {"said": "in one"}]


def test_a_stream_longer_than_a_page_misses_and_repeats_nothing(store: Store, fence: Fence) -> None:
    snow = write(store, fence, register)
    records = [new(f"t{ticket:03}", 1, part=f"{part}") for ticket in range(150) for part in range(3)]
    write(store, fence, lambda work: work.records.put(snow, records, NOON))
    streamed = [(one.ticket, one.part) for one in see(store, lambda view: list(view.records.stream(snow)))]
    assert streamed == [(one.record.ticket, one.record.part) for one in records]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(payload=st.dictionaries(texts, values, max_size=4), part=texts)
def test_a_payload_comes_back_as_it_was(store: Store, fence: Fence, payload: dict[str, object], part: str) -> None:
    record = RawRecord("a", NOON, MappingProxyType({"nested": MappingProxyType(payload)}), part)
    with store.begin(fence) as work:
        snow = register(work)
        work.records.put(snow, [NewRecord(record, repr(payload).encode())], NOON)
        back = work.records.newest(snow, [("a", part)])["a", part]
        assert back == RawRecord("a", NOON, {"nested": payload}, part)
