"""The incidents that a batch of stored tickets belongs to, and what their clocks say beside each other's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from syncd.domain.contract import Agreements
from syncd.domain.counted_once import Beside, counted_once
from syncd.domain.linking import AMBIGUOUS_LINK, Incident, TicketKey, incident_of, key_of, names_in, problems_of
from syncd.domain.measure import Measurement, measure
from syncd.domain.reading import Reading
from syncd.domain.timeline import Timeline
from syncd.ports.repositories import StoredTimeline, TicketNo
from syncd.ports.store import Work


def incidents_of(
    work: Work, stored: Mapping[TicketNo, StoredTimeline], *, as_of: datetime
) -> Mapping[TicketNo, Incident]:
    """Return the incidents of those of the tickets that links lead to or from."""
    beside = work.links.beside(list(stored))
    missing = {number for others in beside.values() for number in others} - stored.keys()
    known = {**stored, **work.tickets.timelines(sorted(missing))}
    return {
        number: incident_of(known[number].believed, [known[other].believed for other in others], as_of=as_of)
        for number, others in beside.items()
    }


@dataclass(slots=True)
class Together:
    """Measures a batch of tickets as of an instant, each beside those of its incident, where a contract asks for it."""

    agreements: Agreements
    as_of: datetime
    incidents: Mapping[TicketNo, Incident] = field(default_factory=dict)
    _alone: dict[TicketKey, Sequence[Reading]] = field(default_factory=dict)

    def measured(self, ticket: StoredTimeline) -> Measurement:
        """Return what a ticket's clocks say; whatever makes it impossible to measure is raised."""
        timeline = ticket.believed
        found = measure(timeline, self.agreements, as_of=self.as_of, spent=True)
        incident = self.incidents.get(ticket.number)
        if incident is None or not incident.others or not found.readings:
            return found
        self._alone[key_of(timeline)] = found.readings
        others = [Beside(other, self._readings(other)) for other in incident.others]
        return found._replace(readings=counted_once(found.readings, others, self.agreements))

    def _readings(self, timeline: Timeline) -> Sequence[Reading]:
        key = key_of(timeline)
        if key not in self._alone:
            try:
                self._alone[key] = measure(timeline, self.agreements, as_of=self.as_of).readings
            except Exception:  # noqa: BLE001 - another ticket's poison is told where that ticket is measured
                self._alone[key] = ()
        return self._alone[key]


def together(
    work: Work, stored: Mapping[TicketNo, StoredTimeline], agreements: Agreements, *, as_of: datetime
) -> Together:
    """Return what measures these tickets, their links kept and what is wrong with those noted.

    Other tickets of their incidents are read without being locked: who changes one leaves a note (`settle`).
    """
    said = {number: names for number, each in stored.items() if (names := names_in(each.timeline))}
    if said:
        work.links.say(said)
    if not agreements.have_records:
        return Together(agreements, as_of)
    found = incidents_of(work, stored, as_of=as_of)
    for number, incident in found.items():
        if incident.ties:
            ticket = stored[number]
            problems = list(problems_of(ticket.timeline, incident))
            work.problems.restate(ticket.source, ticket.timeline.id, AMBIGUOUS_LINK, problems, as_of)
    return Together(agreements, as_of, found)
