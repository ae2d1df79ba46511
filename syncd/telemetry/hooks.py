"""The transport's hooks, counting.

Rooms do not import each other: what the transport passes is described here by the facts that are read from it, and
`bootstrap`, which may see both, is where the type checker compares the two.
"""

from collections.abc import Mapping
from typing import Literal, Protocol

from syncd.errors import SourceReason
from syncd.telemetry.metrics import Metrics

UNKNOWN_CONNECTOR = "unknown"
"""The label value for a source that nobody announced."""


class Ended(Protocol):
    """A call that ended: a status class, `ok` or `error`."""

    @property
    def source(self) -> str:
        """The source's name."""
        ...

    @property
    def outcome(self) -> str:
        """How it ended."""
        ...

    @property
    def seconds(self) -> float:
        """How long."""
        ...


class Retry(Protocol):
    """A call that failed and is tried again after `seconds`."""

    @property
    def source(self) -> str:
        """The source's name."""
        ...

    @property
    def reason(self) -> SourceReason:
        """Why it failed."""
        ...

    @property
    def seconds(self) -> float:
        """How long."""
        ...


class Wait(Protocol):
    """A call that waited `seconds`: for our own pace, or because the source asked."""

    @property
    def source(self) -> str:
        """The source's name."""
        ...

    @property
    def cause(self) -> Literal["pace", "source"]:
        """Why it waited."""
        ...

    @property
    def seconds(self) -> float:
        """How long."""
        ...


class Skew(Protocol):
    """The source's clock less ours."""

    @property
    def source(self) -> str:
        """The source's name."""
        ...

    @property
    def seconds(self) -> float:
        """How long."""
        ...


class Budget(Protocol):
    """What a source told of a budget of calls; None where it did not say."""

    @property
    def source(self) -> str:
        """The source's name."""
        ...

    @property
    def limit(self) -> float | None:
        """How many there are."""
        ...

    @property
    def remaining(self) -> float | None:
        """How many are left."""
        ...

    @property
    def near(self) -> bool:
        """Less than a fifth is left."""
        ...

    @property
    def enforced(self) -> bool:
        """False for limits that are only announced."""
        ...


class CountingHooks:
    """Turns what the transport tells into metrics; `connectors` maps sources to the kind of their connector."""

    def __init__(self, metrics: Metrics, connectors: Mapping[str, str]) -> None:
        self._metrics = metrics
        self._connectors = connectors
        self._skews: dict[str, float] = {}

    def skew(self, source: str) -> float | None:
        """Return how many seconds a source's clock was last seen to be ahead of ours; None before its first answer."""
        return self._skews.get(source)

    def request_finished(self, detail: Ended) -> None:
        """A call ended."""
        connector = self._connectors.get(detail.source, UNKNOWN_CONNECTOR)
        self._metrics.request_ended(connector, detail.outcome, detail.seconds)

    def retry_planned(self, detail: Retry) -> None:
        """A call is tried again; the wait is the source's doing only if it named one."""
        self._metrics.request_retried(detail.source, detail.reason)
        if detail.reason == "rate_limited":
            self._metrics.rate_limited(detail.source, detail.seconds)

    def throttled(self, detail: Wait) -> None:
        """A call had to wait."""
        if detail.cause == "source":
            self._metrics.rate_limited(detail.source, detail.seconds)
        else:
            self._metrics.throttled(detail.source, detail.seconds)

    def skew_measured(self, detail: Skew) -> None:
        """An answer said what the source's clock shows."""
        self._skews[detail.source] = detail.seconds
        self._metrics.clock_skew(detail.source, detail.seconds)

    def budget_told(self, detail: Budget) -> None:
        """An answer told how much may still be asked."""
        self._metrics.budget_told(
            detail.source, "enforced" if detail.enforced else "announced",
            limit=detail.limit, remaining=detail.remaining, near=detail.near,
        )  # fmt: skip
