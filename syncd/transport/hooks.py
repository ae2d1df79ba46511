"""What the transport tells whoever counts: one call and one frozen value for each kind of thing that happens.

Every value names its source, so that one implementation serves all of them. Hooks are called on the thread that did
the work, several of them at once, and must neither block nor raise.
"""

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from syncd.errors import SourceReason

Outcome = Literal["2xx", "3xx", "4xx", "5xx", "ok", "error"]
"""How a call ended: a status class, `ok` for a foreign client's call, `error` for anything without a usable answer."""

Cause = Literal["pace", "source"]
"""Why a call had to wait: for our own pace, or because the source asked."""


@dataclass(frozen=True, slots=True)
class RequestFinished:
    """One call to a source ended, well or not; `seconds` without any waiting before it."""

    source: str
    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True)
class RetryPlanned:
    """A call failed and is tried again after `seconds`; `attempt` is the one that failed, from 1."""

    source: str
    reason: SourceReason
    seconds: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Throttled:
    """A call waited `seconds` before it was sent. The waits of `RetryPlanned` are not in it."""

    source: str
    cause: Cause
    seconds: float


@dataclass(frozen=True, slots=True)
class SkewMeasured:
    """The source's clock minus ours: the smallest difference that its answer allows, 0 when they may agree."""

    source: str
    seconds: float


@dataclass(frozen=True, slots=True)
class BudgetTold:
    """What an answer said about a budget of calls; None where it did not say."""

    source: str
    limit: float | None
    remaining: float | None
    near: bool = False
    """The source says that less than a fifth is left."""
    enforced: bool = True
    """False for limits that the source only announces."""


@runtime_checkable
class WatchesBudgets(Protocol):
    """Hooks that want to know about budgets as well; others are not told."""

    def budget_told(self, detail: BudgetTold) -> None:
        """An answer told how much may still be asked."""
        ...


class Hooks(Protocol):
    """Whoever wants to know; telemetry does."""

    def request_finished(self, detail: RequestFinished) -> None:
        """A call ended."""
        ...

    def retry_planned(self, detail: RetryPlanned) -> None:
        """A call is tried again."""
        ...

    def throttled(self, detail: Throttled) -> None:
        """A call had to wait."""
        ...

    def skew_measured(self, detail: SkewMeasured) -> None:
        """An answer said what the source's clock shows."""
        ...


class NoHooks:
    """Nobody wants to know."""

    def request_finished(self, detail: RequestFinished) -> None:
        """Pass over it."""

    def retry_planned(self, detail: RetryPlanned) -> None:
        """Pass over it."""

    def throttled(self, detail: Throttled) -> None:
        """Pass over it."""

    def skew_measured(self, detail: SkewMeasured) -> None:
        """Pass over it."""


SILENT: Hooks = NoHooks()
"""The hooks of a transport that nobody watches."""
