"""Which targets measure a ticket, which do not and why; what a contract would take in, before it is in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syncd.domain.contract import Agreements, Contract
from syncd.domain.history import fold
from syncd.domain.matching import uncovered_reason
from syncd.domain.measure import measure
from syncd.domain.names import Metric
from syncd.domain.reading import Reading
from syncd.domain.timeline import Timeline

IN_COVERS = "no_target_matches"
"""The reason that says that a contract is about a ticket, and none of its targets is."""


@dataclass(frozen=True, slots=True)
class TargetOfContract:
    """A target by name, over all revisions of its contract."""

    vendor: str
    contract: str
    name: str
    metric: Metric


@dataclass(frozen=True, slots=True)
class Fit:
    """One target and one ticket.

    `reason` says why the target does not measure it, None where it does; then `revision` is the contract's that
    governs. `no_goal` is True of a ticket that is measured though its priority has no goal.
    """

    target: TargetOfContract
    reason: str | None
    revision: str | None = None
    no_goal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What all targets make of one ticket.

    `uncovered` says why none measures it. `no_target` are contracts that cover it by their `covers` though none of
    their targets measures it. `twice` are targets of one vendor and one metric that measure it together.
    """

    source: str
    ticket: str
    ticket_id: str
    vendor: str | None
    fits: tuple[Fit, ...]
    uncovered: str | None
    no_target: tuple[str, ...]
    twice: tuple[tuple[TargetOfContract, ...], ...]


class Coverer:
    """Says of tickets which targets measure them as of an instant."""

    def __init__(self, agreements: Agreements, *, as_of: datetime) -> None:
        self._agreements = agreements
        self._as_of = as_of
        self._alone = {contract.id: replace(agreements, contracts=(contract,)) for contract in agreements.contracts}
        self._only = {
            target: replace(agreements, contracts=(_only(contract, target.name),))
            for contract in agreements.contracts
            for target in _targets(contract)
        }

    @property
    def targets(self) -> Sequence[TargetOfContract]:
        """Every target, contracts and targets in the order given."""
        return tuple(self._only)

    def of(self, timeline: Timeline) -> Coverage | None:
        """Return what all targets make of a ticket; None for one of which nothing had happened yet.

        Raises ValueError for a ticket that cannot be measured.
        """
        history = fold(timeline, as_of=self._as_of)
        if not history.moments:
            return None
        found = measure(timeline, self._agreements, as_of=self._as_of)
        readings = {(reading.contract, reading.target): reading for reading in found.readings}
        fits = []
        for target, only in self._only.items():
            reading = readings.get((target.contract, target.name))
            if reading is None:
                fits.append(Fit(target, uncovered_reason(history, only)))
            else:
                fits.append(Fit(target, None, reading.revision, no_goal=_has_no_goal(reading)))
        measuring = {fit.target.contract for fit in fits if fit.reason is None}
        return Coverage(
            source=timeline.source,
            ticket=timeline.ticket,
            ticket_id=timeline.id,
            vendor=history.vendor,
            fits=tuple(fits),
            uncovered=None if found.uncovered is None else found.uncovered.reason,
            no_target=tuple(
                contract
                for contract, alone in self._alone.items()
                if contract not in measuring and uncovered_reason(history, alone) == IN_COVERS
            ),
            twice=_twice([fit.target for fit in fits if fit.reason is None]),
        )


def _targets(contract: Contract) -> list[TargetOfContract]:
    """Return a contract's targets by name; the metric is that of the newest revision that has the target."""
    metrics = {target.name: target.metric for revision in contract.revisions for target in revision.targets}
    return [TargetOfContract(contract.vendor.id, contract.id, name, metric) for name, metric in metrics.items()]


def _only(contract: Contract, name: str) -> Contract:
    revisions = tuple(
        replace(revision, targets=tuple(target for target in revision.targets if target.name == name))
        for revision in contract.revisions
    )
    return replace(contract, revisions=revisions)


def _has_no_goal(reading: Reading) -> bool:
    return bool(reading.cycles) and all(cycle.goal_us is None for cycle in reading.cycles)


def _twice(measuring: Sequence[TargetOfContract]) -> tuple[tuple[TargetOfContract, ...], ...]:
    together: dict[tuple[str, Metric], list[TargetOfContract]] = {}
    for target in measuring:
        together.setdefault((target.vendor, target.metric), []).append(target)
    return tuple(tuple(targets) for targets in together.values() if len(targets) > 1)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tickets there are of a kind, and the first few of them as `source:ticket`."""

    count: int = 0
    examples: tuple[str, ...] = ()

    def plus(self, coverage: Coverage, most: int) -> "Tally":
        """Return the tally with one more ticket; at most `most` are named."""
        named = (f"{coverage.source}:{coverage.ticket}",) if len(self.examples) < most else ()
        return Tally(self.count + 1, self.examples + named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What targets make of many tickets.

    `covered` are, by target, the tickets that it measures, `no_goal` those of them whose priority has no goal. The
    others are by reason, by contract, and by the targets that measure them together; see `Coverage`.
    """

    tickets: int
    covered: Mapping[TargetOfContract, Tally]
    no_goal: Mapping[TargetOfContract, Tally]
    uncovered: Mapping[str, Tally]
    no_target: Mapping[str, Tally]
    twice: Mapping[tuple[TargetOfContract, ...], Tally]
