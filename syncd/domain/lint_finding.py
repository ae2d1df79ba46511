"""What lint finds in contracts: one doubt each, where it stands, what it means and how to end it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from syncd.domain.contract import Contract, Revision, Target
from syncd.domain.instant import SECOND_US, to_us

Place = tuple[str | int, ...]
"""A way into a contract as it is written: keys and list positions, outermost first."""

_HOUR_US = 3600 * SECOND_US
_SAMPLED = timedelta(days=14)


class Severity(StrEnum):
    """How bad a finding is.

    An error could not be decided in a dispute; a warning is probably not what was meant; a note is worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """One doubt. `code` is stable; `what` is wrong, what it `means` in tickets or money, and what would `fix` it.

    `place` is where in the contract's file it is written, or around there; for a finding about a calendar, in that
    calendar's entry. `target` names the promise it is about, `revision` the version; None where it is about more.
    `file` and `line` are known only once somebody who has the files has looked them up.
    """

    severity: Severity
    code: str
    what: str
    means: str
    fix: str
    contract: str | None = None
    revision: str | None = None
    target: str | None = None
    calendar: str | None = None
    place: Place = ()
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What a contract's file says that its value does not show.

    `keys` are those written on each target, by the numbers of revision and target from 0.
    """

    keys: Mapping[tuple[int, int], frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class RevisionClause:
    """One revision of a contract under examination, as of an instant (aware UTC)."""

    contract: Contract
    number: int
    as_of: datetime
    written: Written | None = None

    @property
    def revision(self) -> Revision:
        """The revision itself."""
        return self.contract.revisions[self.number]

    @property
    def starts(self) -> datetime:
        """The first instant at which it is in force."""
        return self.revision.effective_from

    @property
    def ends(self) -> datetime | None:
        """The first instant at which it no longer is: the next one's date or the contract's end; None without end."""
        later = self.contract.revisions[self.number + 1 :]
        ends = [found for found in (later[0].effective_from if later else None, self.contract.until) if found]
        return min(ends, default=None)

    @cached_property
    def targets(self) -> tuple["TargetClause", ...]:
        """Its targets under examination."""
        return tuple(TargetClause(self, number) for number in range(len(self.revision.targets)))

    @property
    def looked_at_from(self) -> datetime:
        """The instant from which to look at it: now, or its beginning where that is later or it is over already."""
        over = self.ends is not None and self.ends <= self.as_of
        return self.starts if over else max(self.starts, self.as_of)

    @cached_property
    def samples(self) -> tuple[int, ...]:
        """Starts to compare goals at, in microseconds: every full hour of two weeks that begin on a Monday (UTC)."""
        day = self.looked_at_from.replace(hour=0, minute=0, second=0, microsecond=0)
        monday = to_us(day + timedelta(days=-day.weekday() % 7))
        return tuple(monday + n * _HOUR_US for n in range(int(_SAMPLED.total_seconds()) // 3600))

    def find(self, severity: Severity, code: str, *inner: str | int, what: str, means: str, fix: str) -> LintFinding:
        """Return a finding about this revision; `inner` leads from it to what is meant."""
        return LintFinding(
            severity=severity,
            code=code,
            what=what,
            means=means,
            fix=fix,
            contract=self.contract.id,
            revision=self.revision.name,
            place=("revisions", self.number, *inner),
        )


@dataclass(frozen=True)
class TargetClause:
    """One target of a revision under examination."""

    of: RevisionClause
    number: int

    @property
    def target(self) -> Target:
        """The promise itself."""
        return self.of.revision.targets[self.number]

    @property
    def keys(self) -> frozenset[str] | None:
        """The keys that are written on it; None where that is not known."""
        written = self.of.written
        return None if written is None else written.keys.get((self.of.number, self.number))

    def find(self, severity: Severity, code: str, *inner: str | int, what: str, means: str, fix: str) -> LintFinding:
        """Return a finding about this target; `inner` leads from it to what is meant."""
        return LintFinding(
            severity=severity,
            code=code,
            what=what,
            means=means,
            fix=fix,
            contract=self.of.contract.id,
            revision=self.of.revision.name,
            target=self.target.name,
            place=("revisions", self.of.number, "targets", self.number, *inner),
        )
