"""What is tried again and for how long, and the one place where httpx's words become ours."""

import random
from collections.abc import Callable
from typing import TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from syncd.errors import (
    SourceError,
    SourceMisunderstood,
    SourceReason,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)
from syncd.ports.now import Now
from syncd.transport.hooks import Hooks, RetryPlanned
from syncd.transport.limits import Limits
from syncd.transport.throttle import Throttle
from syncd.transport.waiting import wait_out

T = TypeVar("T")

_REFUSALS: dict[int, SourceReason] = {401: "auth", 403: "forbidden", 404: "gone", 410: "gone"}
_UNANSWERED: dict[int, SourceReason] = {408: "timeout", 425: "server", 499: "timeout"}
"""4xx by number, but nothing that a person could set right: a request timeout, "too early" (RFC 8470), and the status
by which proxies log that the other side was cancelled."""


def translated(source: str, subject: str, error: httpx.RequestError, *, answering: bool) -> SourceError:
    """Return httpx's exception as one of ours; `answering` says that the answer had begun when it was raised."""
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        # Its text quotes the header that cannot be sent, and that may be the credential.
        return SourceRefused(source, "configuration", f"{subject}: the request cannot be sent as it is")
    what = f"{subject}: {type(error).__name__}" + (f", {error}" if str(error) else "")
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        return SourceUnavailable(source, "timeout", what)
    return SourceUnavailable(source, "truncated" if answering else "network", what)


class EndpointThrottled(SourceThrottled):
    """The source asked us to slow down on one of its endpoints; the others go on."""


def judged(
    source: str, subject: str, status: int, *, retry_after: float, location: str = "", said: str = ""
) -> SourceError | None:
    """Return what a status means as an exception, None for 2xx: the table of `syncd.ports.toolkit.HttpApi`.

    `said` is the refusal's own message, `location` is where a redirect points to, without its query. Redirects are not
    followed: credentials stay with the host they were given for, and what an API is redirected to is a login page.
    """
    what = f"{subject}: status {status}"
    if 200 <= status < 300:  # noqa: PLR2004  the classes of RFC 9110 section 15 are clearer as figures
        return None
    if 300 <= status < 400:  # noqa: PLR2004  as above
        return SourceMisunderstood(source, "protocol", f"{what}, redirected to {location or 'nowhere'}: a login page?")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return SourceThrottled(source, retry_after, what)
    if status in _UNANSWERED:
        return SourceUnavailable(source, _UNANSWERED[status], what)
    if 400 <= status < 500:  # noqa: PLR2004  as above
        return SourceRefused(source, _REFUSALS.get(status, "configuration"), f"{what}: {said}" if said else what)
    if 500 <= status < 600:  # noqa: PLR2004  as above
        return SourceUnavailable(source, "server", what)
    return SourceMisunderstood(source, "protocol", what)


class Persistence:
    """Tries a call again while that makes sense.

    `SourceUnavailable` and `SourceThrottled` are tried again, everything else leaves at once. The wait is drawn evenly
    from 0 to a bound that doubles with each failure (full jitter), and never ends before the source wants to be asked
    again. When the tries are used up, or the next wait would end beyond the patience, the last error leaves as it is.
    """

    def __init__(
        self, source: str, *, now: Now, limits: Limits, throttle: Throttle, hooks: Hooks, jitter: random.Random
    ) -> None:
        self._source = source
        self._now = now
        self._limits = limits
        self._throttle = throttle
        self._hooks = hooks
        self._jitter = jitter

    def call(self, attempt: Callable[[], T]) -> T:
        """Return the first answer; raises what the last try raised."""
        started = self._now.monotonic()

        def enough(state: RetryCallState) -> bool:
            spent = self._now.monotonic() - started
            return state.attempt_number >= self._limits.tries or spent + state.upcoming_sleep > self._limits.patience

        # tenacity's own stops read the machine's clock, and its sleep cannot be cut short: hence ours for both. The
        # wait happens in `before_sleep`, because only that is told which error to raise when it was cut short.
        retrying = Retrying(
            retry=retry_if_exception_type((SourceUnavailable, SourceThrottled)),
            wait=self._wait,
            stop=enough,
            before_sleep=self._sit_out,
            sleep=_slept,
            reraise=True,
        )
        return retrying(attempt)

    def _wait(self, state: RetryCallState) -> float:
        error = _error(state)
        asked = 0.0
        if isinstance(error, EndpointThrottled):
            asked = error.retry_after
        elif isinstance(error, SourceThrottled):
            self._throttle.hold(error.retry_after)
        doublings = min(state.attempt_number - 1, 30)
        bound = min(self._limits.longest_backoff, self._limits.first_backoff * 2.0**doublings)
        return max(self._jitter.uniform(0.0, bound), self._throttle.held(), asked)

    def _sit_out(self, state: RetryCallState) -> None:
        error = _error(state)
        planned = RetryPlanned(self._source, error.reason, state.upcoming_sleep, state.attempt_number)
        self._hooks.retry_planned(planned)
        if not wait_out(self._now, state.upcoming_sleep):
            raise error


def _error(state: RetryCallState) -> SourceError:
    error = state.outcome.exception() if state.outcome is not None else None
    if not isinstance(error, SourceError):  # pragma: no cover  retry_if_exception_type lets nothing else through
        message = "tenacity asked how to go on without an error to go on from"
        raise TypeError(message)
    return error


def _slept(_: float) -> None:
    """Return at once: the wait is over."""
