"""One incident in several tools: which tickets are one (decision 0029); `counted_once` says whose clock then counts.

Tickets are joined by names: what a `linked` event of role `same_incident` says, until an `unlinked` one takes it back.
A name leads to the ticket that is called so, and joins all that say it. What cannot be told for certain joins nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain, islice
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from syncd.domain.events import Linked, Unlinked
from syncd.domain.names import LinkRole
from syncd.domain.problem import Problem
from syncd.domain.timeline import Timeline

MOST_TICKETS = 100
"""How many tickets one name, or one incident, may join; beyond it the name is no ticket's number."""

_LONGEST = 255
_TOKENS = 32
_TOKEN = re.compile(r"[A-Za-z0-9_.\-]+")

TicketKey = tuple[str, str]
"""A ticket's source and its id there."""


class Outcome(StrEnum):
    """What a name that a ticket says came to."""

    JOINED = "joined"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    TOO_MANY = "too_many"


class Tie(NamedTuple):
    """A name that a ticket says, by which event, and what it came to."""

    name: str
    event: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Incident:
    """What one ticket's incident holds besides it, in order of source and id; `ties` are the names that it says."""

    others: tuple[Timeline, ...] = ()
    ties: tuple[Tie, ...] = ()


ALONE = Incident()


def key_of(timeline: Timeline) -> TicketKey:
    """Return what identifies a ticket among those of all sources."""
    return (timeline.source, timeline.id)


def name_of(timeline: Timeline) -> str:
    """Return how a ticket is named among those of all sources: `source:ticket`."""
    return f"{timeline.source}:{timeline.ticket}"


def said(timeline: Timeline, *, as_of: datetime) -> Mapping[str, str]:
    """Return the names that a ticket says as of an instant, each with the id of the event that says it."""
    names: dict[str, str] = {}
    for event in timeline.events:
        if event.at > as_of:
            break
        if isinstance(event, Linked) and event.role is LinkRole.SAME_INCIDENT:
            names[event.to] = event.id
        elif isinstance(event, Unlinked) and event.role is LinkRole.SAME_INCIDENT:
            names.pop(event.to, None)
    return names


def names_in(timeline: Timeline) -> frozenset[str]:
    """Return every name by which a ticket's links, those to come included, can be found from the other side."""
    names = {
        event.to
        for event in timeline.events
        if isinstance(event, Linked) and event.role is LinkRole.SAME_INCIDENT and _is_usable(event.to)
    }
    return frozenset(chain(names, *map(called_by, names)))


def called_by(name: str) -> frozenset[str]:
    """Return what a ticket may be called, or have as its id, that a name leads to; `calls` says whether it does.

    Names that no store can hold or find lead nowhere.
    """
    if _is_url(name):
        return frozenset(token for token in _tokens(name) if _is_usable(token))
    return frozenset(each for each in (name, name.partition(":")[2]) if _is_usable(each))


def calls(name: str, timeline: Timeline) -> bool:
    """Whether a name leads to a ticket: its key or id, alone or behind `source:`, or an address of it.

    An address is one on the host of the ticket's own that holds its key, or an id of its that is no mere number.
    """
    own = (timeline.ticket, timeline.id)
    if _is_url(name):
        key, number = own
        host = _host(name)
        wanted = {key} if number.isdecimal() else {key, number}
        return host is not None and host == _host(timeline.url or "") and not wanted.isdisjoint(_tokens(name))
    source, colon, rest = name.partition(":")
    return name in own or (bool(colon) and source == timeline.source and rest in own)


def _is_usable(name: str) -> bool:
    return 0 < len(name) <= _LONGEST and name.isprintable()


def _is_url(name: str) -> bool:
    return name.startswith(("https://", "http://"))


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _tokens(url: str) -> frozenset[str]:
    """The words of an address that may name a ticket: those with a digit; an address inside another is read too."""
    words = _TOKEN.findall(unquote(unquote(url.partition("://")[2].partition("/")[2])))
    return frozenset(islice((word for word in words if any(map(str.isdecimal, word))), _TOKENS))


def incidents(timelines: Iterable[Timeline], *, as_of: datetime) -> Mapping[TicketKey, Incident]:
    """Return the incident of every ticket that says a name or is joined to another; each ticket is given once.

    A name joins none if it leads to several tickets that do not say it themselves, or to several of one source, or if
    it leads to none and several of one source say it. The order of the tickets changes nothing.
    """
    tickets = sorted(timelines, key=key_of)
    says = [said(timeline, as_of=as_of) for timeline in tickets]
    sayers: defaultdict[str, set[int]] = defaultdict(set)
    for n, names in enumerate(says):
        for name in names:
            sayers[name].add(n)
    if not sayers:
        return {}
    called: defaultdict[str, set[int]] = defaultdict(set)
    for n, timeline in enumerate(tickets):
        called[timeline.ticket].add(n)
        called[timeline.id].add(n)
    outcomes: dict[str, Outcome] = {}
    parts = list(range(len(tickets)))
    for name, saying in sayers.items():
        reached = {n for text in called_by(name) for n in called[text] if calls(name, tickets[n])}
        outcomes[name] = outcome = _outcome(tickets, saying, reached)
        if outcome is Outcome.JOINED:
            _join(parts, reached | saying)
    together: defaultdict[int, list[int]] = defaultdict(list)
    for n in range(len(tickets)):
        together[_root(parts, n)].append(n)
    found: dict[TicketKey, Incident] = {}
    for members in together.values():
        too_many = len(members) > MOST_TICKETS
        for n in members:
            others = () if too_many else tuple(tickets[other] for other in members if other != n)
            ties = tuple(
                Tie(name, event, Outcome.TOO_MANY if too_many else outcomes[name]) for name, event in says[n].items()
            )
            if others or ties:
                found[key_of(tickets[n])] = Incident(others, ties)
    return found


def _outcome(tickets: Sequence[Timeline], saying: set[int], reached: set[int]) -> Outcome:
    if len(saying | reached) == 1:
        return Outcome.UNKNOWN
    if len(saying) > MOST_TICKETS:
        return Outcome.TOO_MANY
    sources = [tickets[n].source for n in reached or saying]
    if len(reached - saying) > 1 or len(set(sources)) < len(sources):
        return Outcome.AMBIGUOUS
    return Outcome.JOINED


def _root(parts: list[int], n: int) -> int:
    while parts[n] != n:
        parts[n] = parts[parts[n]]
        n = parts[n]
    return n


def _join(parts: list[int], members: set[int]) -> None:
    first, *rest = sorted(members)
    for n in rest:
        low, high = sorted((_root(parts, first), _root(parts, n)))
        parts[high] = low


def incident_of(timeline: Timeline, candidates: Iterable[Timeline], *, as_of: datetime) -> Incident:
    """Return a ticket's incident among candidates: all tickets that names could join to it, directly or over others."""
    others = (each for each in candidates if key_of(each) != key_of(timeline))
    return incidents(chain((timeline,), others), as_of=as_of).get(key_of(timeline), ALONE)


def problems_of(timeline: Timeline, incident: Incident) -> Iterator[Problem]:
    """Yield what keeps a ticket's names from joining it; a name that nobody is called by is none."""
    for tie in incident.ties:
        if tie.outcome in _PROBLEMS:
            yield Problem(AMBIGUOUS_LINK, f"event {tie.event}: {_PROBLEMS[tie.outcome]}", timeline.id)


AMBIGUOUS_LINK = "ambiguous_link"

_PROBLEMS: Mapping[Outcome, str] = {
    Outcome.AMBIGUOUS: "several tickets are meant by the name it links to, so it joins none",
    Outcome.TOO_MANY: f"more than {MOST_TICKETS} tickets hang together by the name it links to, so it joins none",
}
