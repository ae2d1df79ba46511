import random

import httpx
import pytest

from syncd.errors import (
    SourceError,
    SourceMisunderstood,
    SourceReason,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.hooks import RetryPlanned
from syncd.transport.limits import Limits
from syncd.transport.policy import Persistence, judged, translated
from syncd.transport.throttle import Throttle
from tests.transport.scripted import START, LongestDraw, Remembered


class Patient:
    """A persistence on a virtual clock, and a call that fails as a script says before it answers."""

    def __init__(self, *failures: Exception, limits: Limits | None = None, jitter: random.Random | None = None) -> None:
        self.now = VirtualNow(START)
        self.hooks = Remembered()
        self.gate = Throttle("snow", now=self.now, limits=limits or Limits(), hooks=self.hooks)
        self.tries: list[float] = []
        self._failures = list(failures)
        self._persistence = Persistence(
            "snow", now=self.now, limits=limits or Limits(), throttle=self.gate, hooks=self.hooks,
            jitter=jitter or LongestDraw(),
        )  # fmt: skip

    def call(self) -> str:
        return self._persistence.call(self._attempt)

    def _attempt(self) -> str:
        self.tries.append(self.now.monotonic())
        if self._failures:
            raise self._failures.pop(0)
        return "answer"


def down() -> SourceUnavailable:
    return SourceUnavailable("snow", "server", "down")


def test_a_call_that_works_is_made_once() -> None:
    patient = Patient()
    assert patient.call() == "answer"
    assert patient.tries == [0]
    assert patient.hooks.retries == []


def test_what_is_unavailable_is_tried_again_after_bounds_that_double() -> None:
    patient = Patient(down(), down(), down(), down())
    assert patient.call() == "answer"
    assert patient.tries == [0, 1, 3, 7, 15]
    assert patient.hooks.retries == [
        RetryPlanned("snow", "server", seconds, attempt) for attempt, seconds in [(1, 1), (2, 2), (3, 4), (4, 8)]
    ]


def test_the_bounds_stop_doubling_at_the_longest() -> None:
    patient = Patient(*[down() for _ in range(6)], limits=Limits(tries=7, longest_backoff=5))
    patient.call()
    assert patient.tries == [0, 1, 3, 7, 12, 17, 22]


def test_after_the_last_try_the_last_error_leaves_as_it_is() -> None:
    errors = [down() for _ in range(5)]
    patient = Patient(*errors)
    with pytest.raises(SourceUnavailable) as caught:
        patient.call()
    assert caught.value is errors[-1]
    assert len(patient.tries) == 5
    assert len(patient.hooks.retries) == 4


def test_the_jitter_is_full_and_comes_from_the_seed() -> None:
    first, again, other = (
        Patient(*[down() for _ in range(4)], jitter=random.Random(seed))  # noqa: S311  seeded on purpose
        for seed in (1, 1, 2)
    )
    for patient in (first, again, other):
        patient.call()
    assert first.tries == again.tries != other.tries
    waits = [planned.seconds for planned in first.hooks.retries + other.hooks.retries]
    assert all(0 <= wait <= bound for wait, bound in zip(waits, [1, 2, 4, 8] * 2, strict=True))
    assert any(wait < bound / 2 for wait, bound in zip(waits, [1, 2, 4, 8] * 2, strict=True))


def test_no_try_begins_that_our_patience_would_not_see() -> None:
    patient = Patient(*[down() for _ in range(9)], limits=Limits(tries=10, patience=8))
    with pytest.raises(SourceUnavailable):
        patient.call()
    assert patient.tries == [0, 1, 3, 7]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(SourceRefused("snow", "auth"), id="a refusal"),
        pytest.param(SourceMisunderstood("snow", "protocol"), id="an answer that cannot be trusted"),
        pytest.param(ZeroDivisionError(), id="a bug"),
    ],
)
def test_what_leaves_at_once(error: Exception) -> None:
    patient = Patient(error)
    with pytest.raises(type(error)) as caught:
        patient.call()
    assert caught.value is error
    assert patient.tries == [0]


def test_a_throttling_source_is_left_alone_as_long_as_it_says_exactly_once() -> None:
    patient = Patient(SourceThrottled("snow", 40), jitter=random.Random(3))  # noqa: S311  the draw must not matter
    assert patient.call() == "answer"
    assert patient.tries == [0, 40]
    assert patient.hooks.retries == [RetryPlanned("snow", "rate_limited", 40, 1)]
    assert patient.gate.held() == 0


def test_back_off_longer_than_what_the_source_says_stands() -> None:
    patient = Patient(down(), down(), SourceThrottled("snow", 2))
    patient.call()
    assert patient.tries == [0, 1, 3, 7]


def test_longer_than_our_patience_is_left_to_the_worker_with_the_seconds() -> None:
    patient = Patient(SourceThrottled("snow", 1847))
    with pytest.raises(SourceThrottled) as caught:
        patient.call()
    assert caught.value.retry_after == 1847
    assert patient.tries == [0]
    assert patient.now.slept == []
    assert patient.gate.held() == 1847


@pytest.mark.parametrize("said", [-3.0, float("nan"), 0.0])
def test_a_throttling_source_that_says_nothing_sensible_is_backed_off_from(said: float) -> None:
    patient = Patient(SourceThrottled("snow", said))
    assert patient.call() == "answer"
    assert patient.tries == [0, 1]


def test_waits_are_cut_into_sleeps_of_half_a_minute() -> None:
    patient = Patient(SourceThrottled("snow", 100))
    patient.call()
    assert max(patient.now.slept) == 30
    assert sum(patient.now.slept) == 100


def test_a_stop_while_waiting_lets_the_error_leave() -> None:
    error = SourceThrottled("snow", 40)
    patient = Patient(error)
    patient.now.stop()
    with pytest.raises(SourceThrottled) as caught:
        patient.call()
    assert caught.value is error
    assert patient.tries == [0]
    assert len(patient.now.slept) == 1


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (200, None, None),
        (202, None, None),
        (204, None, None),
        (301, SourceMisunderstood, "protocol"),
        (302, SourceMisunderstood, "protocol"),
        (304, SourceMisunderstood, "protocol"),
        (400, SourceRefused, "configuration"),
        (401, SourceRefused, "auth"),
        (403, SourceRefused, "forbidden"),
        (404, SourceRefused, "gone"),
        (406, SourceRefused, "configuration"),
        (408, SourceUnavailable, "timeout"),
        (410, SourceRefused, "gone"),
        (415, SourceRefused, "configuration"),
        (425, SourceUnavailable, "server"),
        (429, SourceThrottled, "rate_limited"),
        (499, SourceUnavailable, "timeout"),
        (500, SourceUnavailable, "server"),
        (503, SourceUnavailable, "server"),
        (599, SourceUnavailable, "server"),
        (700, SourceMisunderstood, "protocol"),
    ],
)
def test_a_status_means(status: int, error: type[SourceError] | None, reason: SourceReason | None) -> None:
    found = judged("snow", "GET /x", status, retry_after=12)
    assert type(found) is (error or type(None))
    if found is not None:
        assert found.reason == reason
        assert found.source == "snow"
        assert f"GET /x: status {status}" in str(found)
    if isinstance(found, SourceThrottled):
        assert found.retry_after == 12


def test_a_redirect_names_where_it_leads() -> None:
    found = judged("snow", "GET /x", 302, retry_after=0, location="https://sso.example/login")
    assert "https://sso.example/login" in str(found)
    assert "login page" in str(found)


@pytest.mark.parametrize(
    ("error", "answering", "kind", "reason"),
    [
        (httpx.ConnectError("refused"), False, SourceUnavailable, "network"),
        (httpx.ConnectTimeout("slow"), False, SourceUnavailable, "network"),
        (httpx.ProxyError("no"), False, SourceUnavailable, "network"),
        (httpx.WriteError("broken"), False, SourceUnavailable, "network"),
        (httpx.ReadError("reset"), False, SourceUnavailable, "network"),
        (httpx.RemoteProtocolError("gone"), False, SourceUnavailable, "network"),
        (httpx.ReadError("reset"), True, SourceUnavailable, "truncated"),
        (httpx.RemoteProtocolError("short"), True, SourceUnavailable, "truncated"),
        (httpx.DecodingError("no gzip"), True, SourceUnavailable, "truncated"),
        (httpx.ReadTimeout("silent"), False, SourceUnavailable, "timeout"),
        (httpx.ReadTimeout("silent"), True, SourceUnavailable, "timeout"),
        (httpx.WriteTimeout("stuck"), False, SourceUnavailable, "timeout"),
        (httpx.PoolTimeout("full"), False, SourceUnavailable, "timeout"),
        (httpx.LocalProtocolError("Illegal header value b'canary'"), False, SourceRefused, "configuration"),
        (httpx.UnsupportedProtocol("ftp"), False, SourceRefused, "configuration"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_the_librarys_exceptions_become_ours(
    error: httpx.RequestError, answering: bool, kind: type[SourceError], reason: SourceReason
) -> None:
    found = translated("snow", "GET /x", error, answering=answering)
    assert type(found) is kind
    assert found.reason == reason
    assert "GET /x" in str(found)
    assert "canary" not in str(found)


def test_every_exception_a_request_can_raise_has_a_translation() -> None:
    def below(kind: type[httpx.RequestError]) -> list[type[httpx.RequestError]]:
        return [kind, *(deeper for direct in kind.__subclasses__() for deeper in below(direct))]

    for kind in below(httpx.RequestError):
        assert isinstance(translated("snow", "GET /x", kind("text"), answering=False), SourceError)
