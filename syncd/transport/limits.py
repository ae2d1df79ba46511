"""How hard one source may be asked, and how long it is waited for."""

from dataclasses import dataclass

from syncd.errors import ConfigError

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One source's bounds; times in seconds.

    The read timeout outlasts the 60 s after which ServiceNow gives up a transaction, so that its own error arrives
    instead of our guess. Raises `ConfigError` for a bound that no call could keep.
    """

    requests_per_second: float | None = None
    """Calls are spaced evenly, without bursts; None leaves the pace to the source."""
    concurrency: int = 1
    """Calls under way at once, over all threads that use the source."""
    connect_timeout: float = 10.0
    """Until a connection stands."""
    read_timeout: float = 75.0
    """Of silence while an answer is awaited or read."""
    answer_timeout: float = 300.0
    """For one whole answer, however steadily it drips."""
    answer_bytes: int = 64 * MEBIBYTE
    """Of one answer's decompressed body at most."""
    tries: int = 5
    """Of one call, the first included."""
    patience: float = 120.0
    """For one call with all its waits; longer waits are left to the worker."""
    first_backoff: float = 1.0
    """Upper bound of the wait after the first failure; doubles with each further one."""
    longest_backoff: float = 30.0
    """Upper bound of any such wait."""

    def __post_init__(self) -> None:
        positive = {
            "connect_timeout": self.connect_timeout,
            "read_timeout": self.read_timeout,
            "answer_timeout": self.answer_timeout,
            "answer_bytes": self.answer_bytes,
            "tries": self.tries,
            "concurrency": self.concurrency,
            "first_backoff": self.first_backoff,
            "longest_backoff": self.longest_backoff,
        }
        if self.requests_per_second is not None:
            positive["requests_per_second"] = self.requests_per_second
        findings = [f"{name} must be greater than 0, not {value}" for name, value in positive.items() if not value > 0]
        if not self.patience >= 0:
            findings.append(f"patience must not be negative, and is {self.patience}")
        if findings:
            raise ConfigError(findings=findings)
