"""The exceptions of syncd, named by what happens next.

SyncdError
├─ ConfigError                  the configuration is wrong: exit code 2
├─ SourceError                  a source did not give what was asked
│  ├─ SourceUnavailable         try again later, with back-off
│  ├─ SourceThrottled           wait as long as the source says
│  ├─ SourceRefused             pause the source: a person has to act
│  └─ SourceMisunderstood       drop the page, keep the cursor
├─ StoreError                   the store did not do what was asked
│  ├─ StoreBusy                 run the unit of work again
│  ├─ StoreMismatch             the schema is of another release: exit code 3
│  ├─ Fenced                    another process holds the lease: stop writing
│  └─ CursorMoved               somebody else moved the cursor: read it again
└─ DeliveryError                a notice did not arrive; the outbox decides

Bad data is never an exception: it is a `syncd.domain.problem.Problem`. Everything that is not in this tree is a bug,
caught only at the worker boundary.
"""

from collections.abc import Sequence
from typing import Literal

SourceReason = Literal[
    "timeout", "network", "server", "sleeping", "truncated", "rate_limited", "auth", "forbidden", "gone", "protocol",
    "query_not_honoured", "configuration",
]  # fmt: skip
"""Why a source failed: a closed set, because it labels metrics."""

StoreReason = Literal[
    "busy", "unreachable", "full", "read_only", "missing", "damaged", "schema", "fenced", "cursor", "failed",
]  # fmt: skip
"""Why the store did not do what was asked: a closed set, because it labels metrics."""

DeliveryReason = Literal["network", "timeout", "server", "rate_limited", "auth", "rejected"]
"""Why a notice did not arrive: a closed set, because it labels metrics."""


class SyncdError(Exception):
    """Something outside syncd is not as it must be."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().partition("\n")[0])


class ConfigError(SyncdError):
    """The configuration cannot be used."""

    def __init__(self, message: str = "", *, findings: Sequence[str] = ()) -> None:
        super().__init__(message or "\n".join(findings))
        self.findings = tuple(findings) or (str(self),)


class SourceError(SyncdError):
    """A source did not give what was asked of it."""

    def __init__(self, source: str, reason: SourceReason, message: str = "") -> None:
        super().__init__(message)
        self.source = source
        self.reason: SourceReason = reason


class SourceUnavailable(SourceError):
    """The source cannot be reached or is down; it is tried again later."""


class SourceThrottled(SourceError):
    """The source asked us to slow down."""

    def __init__(self, source: str, retry_after: float, message: str = "") -> None:
        super().__init__(source, "rate_limited", message)
        self.retry_after = retry_after
        """Seconds to wait at least."""


class SourceRefused(SourceError):
    """The source refuses us; a person has to change rights or configuration."""


class SourceMisunderstood(SourceError):
    """The source answered something that cannot be trusted; the cursor stays where it is."""


class StoreError(SyncdError):
    """The store did not do what was asked of it."""

    reason: StoreReason = "failed"

    def __init__(self, message: str = "", reason: StoreReason | None = None) -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason


class StoreBusy(StoreError):
    """The store is busy; the unit of work is run again."""

    reason = "busy"


class StoreMismatch(StoreError):
    """The store's schema is of another release; run `syncd db upgrade`."""

    reason = "schema"


class Fenced(StoreError):
    """Another process holds the lease of this store; nothing was written."""

    reason = "fenced"


class CursorMoved(StoreError):
    """The checkpoint was changed by somebody else; nothing was written."""

    reason = "cursor"


class DeliveryError(SyncdError):
    """A notice did not arrive."""

    def __init__(
        self, notifier: str, reason: DeliveryReason, message: str = "", *, permanent: bool = False,
        retry_after: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.notifier = notifier
        self.reason: DeliveryReason = reason
        self.permanent = permanent
        """Trying again cannot help."""
        self.retry_after = retry_after
        """Seconds to wait at least, when the receiver said so."""
