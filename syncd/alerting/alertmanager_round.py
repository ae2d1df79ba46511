"""Which alerts a round of reminding sends one by one, which it folds, and which it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syncd.alerting.telling import Action, Telling, telling
from syncd.ports.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """How long and how many alerts are repeated one by one."""

    hold: timedelta
    """How long an alert is kept firing at least: one that ends sooner would never be told to anybody, because
    Alertmanager waits for `group_wait` before it tells."""
    longest: timedelta
    """How long after it was first told an alert is repeated one by one."""
    most_per_vendor: int


@dataclass(slots=True)
class Round:
    """What is to be sent, the most urgent first."""

    firing: list[tuple[Standing, Telling]] = field(default_factory=list)
    folded: dict[str, list[Standing]] = field(default_factory=dict)
    """By vendor; every vendor that has anything standing is there, most with nothing."""
    ending: list[tuple[Standing, Telling]] = field(default_factory=list)
    pointless: set[str] = field(default_factory=set)
    """Keys of notices that are no alerts: nothing to repeat, nothing to end."""


def ends_for_good_at(each: Standing, duties: Duties) -> datetime | None:
    """Return when an alert may be told to be over; None while it is true."""
    return None if each.ended_at is None else max(each.ended_at, each.told_at + duties.hold)


def planned(standing: Iterable[Standing], duties: Duties, *, now: datetime) -> Round:
    """Return the round that is due at `now`; the same alerts are chosen as long as nothing more urgent comes."""
    found, by_vendor = Round(), dict[str, int]()
    for each, told in _by_urgency(standing):
        if told.action is not Action.TRIGGER:
            found.pointless.add(told.key)
            continue
        found.folded.setdefault(told.vendor, [])
        over_at = ends_for_good_at(each, duties)
        if over_at is not None and over_at <= now:
            found.ending.append((each, told))
        elif now - each.told_at >= duties.longest or by_vendor.get(told.vendor, 0) >= duties.most_per_vendor:
            found.folded[told.vendor].append(each)
        else:
            by_vendor[told.vendor] = by_vendor.get(told.vendor, 0) + 1
            found.firing.append((each, told))
    return found


def _by_urgency(standing: Iterable[Standing]) -> Sequence[tuple[Standing, Telling]]:
    """Return the most urgent priority first, within it breaches before risks, and what was told longest ago first.

    So what is chosen under a limit stays chosen: a newcomer pushes out the newest of the least urgent.
    """
    rank = {"critical": 0, "warning": 1, "info": 2}
    pairs = [(each, telling(each.envelope)) for each in standing]
    return sorted(
        pairs,
        key=lambda pair: (
            len(pair[1].priority), pair[1].priority, rank[pair[1].severity], pair[0].told_at, pair[1].key,
        ),
    )  # fmt: skip
