"""Transactions, the lease and the fence: the same promises on every engine."""

import pytest

from syncd.errors import Fenced, StoreError
from syncd.ports.store import Fence, Store
from syncd.testing.memory_store import MemoryStore
from tests.store.samples import head, opened, see, with_events, with_tickets, write


def test_what_is_not_committed_is_undone(store: Store, fence: Fence) -> None:
    with store.begin(fence) as work:
        source = work.sources.register("snow", "servicenow")
        work.tickets.lock(source.id, [head()])
        assert work.tickets.count() == 1

    def fails() -> None:
        with store.begin(fence) as work:
            work.sources.register("snow", "servicenow")
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with store.view() as view:
        assert list(view.sources.all()) == []
        assert view.tickets.count() == 0


def test_what_is_committed_stays_though_the_block_fails_after(store: Store, fence: Fence) -> None:
    def fails_late() -> None:
        with store.begin(fence) as work:
            work.sources.register("snow", "servicenow")
            work.commit()
            raise KeyError

    with pytest.raises(KeyError):
        fails_late()
    assert [row.name for row in see(store, lambda view: view.sources.all())] == ["snow"]


def test_nothing_is_read_or_written_after_the_end(store: Store, fence: Fence) -> None:
    with store.begin(fence) as work:
        work.commit()
        with pytest.raises(StoreError, match="ended"):
            work.sources.register("snow", "servicenow")
        with pytest.raises(StoreError, match="ended"):
            work.commit()
    with pytest.raises(StoreError, match="ended"):
        work.sources.all()
    with store.view() as view:
        sources = view.sources
    with pytest.raises(StoreError, match="ended"):
        sources.all()


def test_a_view_writes_nothing(store: Store, fence: Fence) -> None:
    with_tickets(store, fence, "a")
    with store.view() as view, pytest.raises(StoreError):
        view.sources.register("jira", "jira")
    with store.view() as view, pytest.raises(StoreError, match="nothing to commit"):
        view.commit()
    assert len(see(store, lambda view: view.sources.all())) == 1


def test_a_view_sees_one_state_while_others_write(store: Store, fence: Fence) -> None:
    with_tickets(store, fence, "a")
    with store.view() as view:
        assert view.tickets.count() == 1
        write(store, fence, lambda work: work.tickets.lock(1, [head("b")]))
        assert view.tickets.count() == 1
        assert [one.timeline.id for one in view.tickets.stream()] == ["a"]
    assert see(store, lambda view: view.tickets.count()) == 2


def test_a_stream_goes_on_in_the_state_it_began_with(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, *(f"t{n:03}" for n in range(450)))
    with store.view() as view:
        stream = view.tickets.stream()
        assert next(stream).timeline.id == "t000"
        with_tickets(store, fence, "late")
        with_events(store, fence, numbers["t449"], [opened()])
        rest = list(stream)
    assert [one.timeline.id for one in rest] == [f"t{n:03}" for n in range(1, 450)]
    assert not any(one.timeline.events for one in rest)


def test_the_lease_is_one_holders_until_it_is_released(store: Store) -> None:
    first = store.acquire("one")
    assert first is not None
    assert first.holder == "one"
    assert store.acquire("two") is None
    assert store.acquire("one") is None, "not even under the same name"
    store.renew(first)
    store.release(first)
    with pytest.raises(Fenced):
        store.renew(first)
    second = store.acquire("two")
    assert second is not None
    assert second.epoch > first.epoch
    store.release(first)
    store.renew(second)


@pytest.mark.parametrize("stale", ["released", "lost", "forged"])
def test_a_stale_fence_writes_nothing(store: Store, fence: Fence, stale: str) -> None:
    if stale == "released":
        store.release(fence)
    elif stale == "lost":
        store.release(fence)
        assert store.acquire("another") is not None
    bad = Fence("test", fence.epoch + 1) if stale == "forged" else fence
    with pytest.raises(Fenced, match="nothing was written"):
        write(store, bad, lambda work: work.sources.register("snow", "servicenow"))
    assert list(see(store, lambda view: view.sources.all())) == []


def test_a_store_that_is_ready_has_nothing_to_upgrade(store: Store) -> None:
    said: list[str] = []
    store.upgrade(said.append)
    assert store.schema().ready
    assert said == []


def test_the_death_of_a_holder_in_memory_ends_its_lease_at_the_commit() -> None:
    store = MemoryStore()
    fence = store.acquire("one")
    assert fence is not None
    with store.begin(fence) as work:
        work.sources.register("snow", "servicenow")
        store.bury_holder()
        assert store.acquire("two") is not None
        with pytest.raises(Fenced):
            work.commit()
    assert list(see(store, lambda view: view.sources.all())) == []
