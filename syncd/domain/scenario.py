"""A worked example of a contract: events in, expected verdicts out; what both parties agreed that it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from syncd.domain.contract import Agreements
from syncd.domain.linking import Incident, incident_of
from syncd.domain.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Span:
    """An expected duration, in microseconds; readings state them in seconds. Negative where a goal is exceeded."""

    us: int


Plain = str | int | bool | datetime | Span | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a place of a reading must be: a plain value, a list, or an object of which only the named keys matter.

    `path` is the place in the scenario as it is written there, `line` its line.
    """

    value: "Plain | tuple[Expected, ...] | Mapping[str, Expected]"
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one clock must say; without `target` the only one there is.

    With `measured` False the target must not measure the ticket; with `uncovered` no target may, for that reason.
    """

    keys: Expected
    target: str | None = None
    contract: str | None = None
    measured: bool = True
    uncovered: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """Who agreed that a scenario is right, for whom, and when."""

    name: str
    party: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One example. `rule` is its file's name in words; `zone` is the time zone that its times are told in.

    `others` are tickets that are known beside the one that it is about.
    """

    rule: str
    file: str
    timeline: Timeline
    agreements: Agreements
    as_of: datetime
    expectations: tuple[Expectation, ...]
    zone: str = "UTC"
    title: str | None = None
    clause: str | None = None
    agreed_by: tuple[Agreed, ...] = ()
    others: tuple[Timeline, ...] = ()

    @property
    def incident(self) -> Incident:
        """What the ticket's incident holds besides it."""
        return incident_of(self.timeline, self.others, as_of=self.as_of)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a reading is not what was expected.

    `found` is as readings are printed; `expected` a plain value, or words where a whole clock or list is at odds.
    """

    path: str
    line: int
    expected: Plain
    found: object


@dataclass(frozen=True, slots=True)
class Tried:
    """A scenario and what came of it; it holds where nothing differs. `targets` are those that differ, by name."""

    scenario: Scenario
    differences: tuple[Difference, ...]
    targets: frozenset[str] = frozenset()

    @property
    def ok(self) -> bool:
        """Whether everything is as expected."""
        return not self.differences
