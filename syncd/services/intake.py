"""Where a source's records go, and what storing them came to."""

from dataclasses import dataclass, field
from datetime import timedelta

from syncd.ports.connector import Mapped, Mapper, RawRecord
from syncd.ports.repositories import SourceId
from syncd.ports.store import Fence, Store
from syncd.services.assess import Assessment
from syncd.services.gone import GONE_PART, map_gone
from syncd.services.rules import Rules


@dataclass(frozen=True, slots=True)
class Intake:
    """Where a source's records go and what they are measured by."""

    store: Store
    fence: Fence
    source: SourceId
    source_name: str
    mapper: Mapper
    rules: Rules


@dataclass(slots=True)
class PageReport:
    """What storing records came to."""

    records: int = 0
    created: int = 0
    changed: int = 0
    new_events: int = 0
    withdrawn: int = 0
    delays: list[timedelta] = field(default_factory=list)
    """How long after it happened each new event was learned, of records that are not read from the past."""
    problems: int = 0
    quarantined: dict[str, str] = field(default_factory=dict)
    assessments: list[Assessment] = field(default_factory=list)

    def add(self, other: "PageReport") -> None:
        """Count what another part of the page came to."""
        self.new_events += other.new_events
        self.withdrawn += other.withdrawn
        self.delays += other.delays
        self.problems += other.problems
        self.assessments += other.assessments

    @property
    def unchanged(self) -> int:
        """Records that said nothing new."""
        return self.records - self.changed


def map_record(mapper: Mapper, source_name: str, record: RawRecord) -> Mapped:
    """Return what a redacted record says; records that a ticket is gone are the core's own."""
    return map_gone(source_name, record) if record.part == GONE_PART else mapper.map(record)
