"""Two desks on one store: incidents in `snow`, the mail about them in `mail`, and a contract about both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from syncd.domain.contract import Agreements, Cover
from syncd.domain.names import Verdict
from syncd.domain.reading import Reading
from syncd.ports.connector import Page, RawRecord
from syncd.ports.store import Work
from syncd.services.deadlines import DeadlineReport
from syncd.services.ingest import store_page
from syncd.services.intake import PageReport
from syncd.services.rules import Rules
from tests.services.desk import LATER, Desk, a_target, agreed

Said = dict[str, list[tuple[str, tuple[str, ...]]]]


def both(*order: str, **terms: Any) -> Agreements:
    """One contract with ACME about every ticket of both sources; `order` is its system of record."""
    found = agreed(a_target(**terms))
    (contract,) = found.contracts
    (revision,) = contract.revisions
    revision = replace(revision, covers=(Cover("snow"), Cover("mail")))
    return replace(found, contracts=(replace(contract, revisions=(revision,), system_of_record=order),))


def link(to: str, at: datetime, key: str = "link", kind: str = "linked") -> Mapping[str, object]:
    return {"id": key, "at": at.isoformat(), "kind": kind, "by": "system", "to": to, "role": "same_incident"}


@dataclass(frozen=True)
class Pair:
    """Two sources of one store."""

    snow: Desk
    mail: Desk

    def under(self, agreements: Agreements) -> "Pair":
        return Pair(self.snow.under(agreements), self.mail.under(agreements))

    def take(self, source: str, *records: RawRecord, now: datetime = LATER, **more: Any) -> PageReport:
        """Store one page of a source; its cursor stays where it is."""
        desk: Desk = getattr(self, source)
        return store_page(desk.intake, Page(records, "c"), stream="live", expected="c", now=now, **more)

    def meet(self, now: datetime) -> list[DeadlineReport]:
        """Look at the deadlines until nothing is due."""
        reports = [self.snow.meet(now)]
        while reports[-1].looked_at:
            reports.append(self.snow.meet(now))
        return reports[:-1]

    def said(self) -> Said:
        """Of every stored ticket, each cycle's verdict and where it is measured instead."""

        def look(view: Work) -> Said:
            tickets = {each.number: each.timeline for each in view.tickets.stream()}
            read: Mapping[int, Sequence[Reading]] = view.readings.of(list(tickets))
            return {
                tickets[number].id: [(cycle.verdict.value, each.elsewhere) for each in found for cycle in each.cycles]
                for number, found in read.items()
            }

        return self.snow.see(look)

    def notes(self) -> int:
        """How many notes wait to be taken up."""
        return self.snow.see(lambda view: len(view.links.marks(1000)))


MET, MISSED, PENDING = ((verdict.value, ()) for verdict in (Verdict.MET, Verdict.MISSED, Verdict.PENDING))
ELSEWHERE = (Verdict.EXCLUDED.value, ("snow:INC",))


def pair_on(desk: Desk, *order: str) -> Pair:
    """A pair on a desk's store, under a contract with a system of record."""
    with desk.store.begin(desk.fence) as work:
        row = work.sources.register("mail", "fake")
        work.sources.activate_generation(row.id, row.generation, 1)
        work.commit()
    rules = Rules(both(*order), ("oncall",))
    snow = replace(desk, intake=replace(desk.intake, rules=rules))
    return Pair(snow, replace(snow, intake=replace(snow.intake, source=row.id, source_name="mail")))
