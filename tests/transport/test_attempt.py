import pytest

from syncd.errors import SourceRefused, SourceThrottled, SourceUnavailable
from syncd.transport.hooks import RequestFinished
from syncd.transport.limits import Limits
from tests.transport.scripted import Desk, LongestDraw, Scripted, desk, said


class LibraryError(Exception):
    """What a foreign client raises."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}, headers: canary")
        self.status = status


def translate(error: Exception) -> Exception | None:
    if not isinstance(error, LibraryError):
        return None
    if error.status == 429:
        return SourceThrottled("snow", 40)
    return SourceUnavailable("snow", "server") if error.status >= 500 else SourceRefused("snow", "auth")


class ForeignClient:
    """Fails as its script says, then answers."""

    def __init__(self, source: Desk, *failures: Exception) -> None:
        self._source = source
        self._failures = list(failures)
        self.calls: list[float] = []

    def ask(self) -> str:
        self.calls.append(self._source.now.monotonic())
        self._source.now.advance(2)
        if self._failures:
            raise self._failures.pop(0)
        return "answer"


@pytest.fixture
def source() -> Desk:
    return desk(Scripted(said("{}")), jitter=LongestDraw(), limits=Limits(requests_per_second=10))


def test_a_foreign_call_is_retried_throttled_and_measured_like_our_own(source: Desk) -> None:
    client = ForeignClient(source, LibraryError(503), LibraryError(429))
    assert source.toolkit.attempt(client.ask, translate=translate) == "answer"
    source.toolkit.close()
    assert client.calls == [0, 3, 45]
    assert source.hooks.finished == [RequestFinished("snow", outcome, 2) for outcome in ("error", "error", "ok")]
    assert [detail.reason for detail in source.hooks.retries] == ["server", "rate_limited"]


def test_its_refusal_leaves_at_once_with_the_cause_behind_it(source: Desk) -> None:
    client = ForeignClient(source, LibraryError(401))
    with pytest.raises(SourceRefused) as caught:
        source.toolkit.attempt(client.ask, translate=translate)
    source.toolkit.close()
    assert isinstance(caught.value.__cause__, LibraryError)
    assert len(client.calls) == 1


def test_what_is_not_translated_is_a_bug_and_passes_through_untouched(source: Desk) -> None:
    bug = AttributeError("no such thing")
    client = ForeignClient(source, bug)
    with pytest.raises(AttributeError) as caught:
        source.toolkit.attempt(client.ask, translate=translate)
    source.toolkit.close()
    assert caught.value is bug
    assert len(client.calls) == 1


def test_foreign_calls_and_our_own_share_one_pace(source: Desk) -> None:
    instants: list[float] = []
    for _ in range(3):
        source.toolkit.attempt(lambda: instants.append(source.now.monotonic()), translate=translate)
    source.toolkit.http("https://source.example").get("/", read=lambda _: instants.append(source.now.monotonic()))
    source.toolkit.close()
    assert instants == pytest.approx([0, 0.1, 0.2, 0.3], abs=1e-5)


def test_calling_the_source_inside_a_foreign_call_is_told_instead_of_hanging(source: Desk) -> None:
    api = source.toolkit.http("https://source.example")
    with pytest.raises(RuntimeError, match="within another"):
        source.toolkit.attempt(lambda: api.get("/", read=lambda _: None), translate=translate)
    source.toolkit.close()
