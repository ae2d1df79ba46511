"""Lives of made-up incidents: desk and vendors, holds, priorities, hand-overs, resolves, reopenings, odd endings."""

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.servicenow.simulator.cast import ACME, GLOBEX, US, VENDORS, Side, company_id, group_id, user_id
from connectors.servicenow.simulator.changes import Change
from connectors.servicenow.simulator.choices import RESOLUTION_GOALS, RESPONSE_GOALS
from connectors.servicenow.simulator.stamps import dice, stamp
from connectors.servicenow.simulator.ticket import IMPACT_AND_URGENCY, Habits, Ticket

_TOPICS = (
    ("network", "wan", "No connection to the data centre"), ("network", "wifi", "Wireless drops in meeting rooms"),
    ("software", "email", "Mail is not delivered"), ("software", "erp", "Month-end posting fails"),
    ("hardware", "printer", "Label printer offline"), ("inquiry", "access", "Access to shared drive"),
)  # fmt: skip
_OFTEN = 0.5
_BY_PHONE = 0.25
_STRAIGHT_TO_VENDOR = 0.3
_AUTO_REPLIED = 0.35
_NOTED_FIRST = 0.2
_REOPENED = 0.12
_CANCELLED, _DELETED, _RECLASSIFIED = 0.03, 0.04, 0.05
"""Upper ends of the shares of odd endings."""


class _Life:
    """The people of one ticket, and what they do in turn."""

    def __init__(self, ticket: Ticket, vendor: Side | None) -> None:
        self.ticket = ticket
        self.chances = ticket.chances
        self.vendor = vendor
        self.side = vendor or US
        self.caller = self.chances.choice(US.people[4:])[0]
        self.agent = self.chances.choice(US.people[:4])[0]
        self.engineer = self.chances.choice(self.side.people)[0] if vendor else self.agent

    def begin(self, number: str, parent: str, created: datetime) -> None:
        priority = self.chances.choices("12345", (6, 16, 48, 25, 5))[0]
        impact, urgency = IMPACT_AND_URGENCY[priority]
        category, subcategory, title = self.chances.choice(_TOPICS)
        phoned = self.chances.random() < _BY_PHONE
        opened = created - timedelta(minutes=self.chances.randint(1, 40)) if phoned else created
        direct = self.vendor is not None and self.chances.random() < _STRAIGHT_TO_VENDOR
        group = self.side.groups[0] if direct else US.groups[0]
        self.ticket.create(
            self.agent if phoned else self.caller,
            {
                "number": number, "short_description": title, "category": category, "subcategory": subcategory,
                "contact_type": "phone" if phoned else "self-service", "state": "1", "hold_reason": "",
                "active": "true",
                "impact": impact, "urgency": urgency, "priority": priority, "opened_at": stamp(opened),
                "opened_by": user_id(self.agent if phoned else self.caller), "caller_id": user_id(self.caller),
                "company": company_id(US.name), "assignment_group": group_id(group), "assigned_to": "",
                "reassignment_count": "0", "reopen_count": "0", "parent_incident": parent, "made_sla": "true",
                **({"comments": "It stopped working this morning."} if self.chances.random() < _OFTEN else {}),
            },
        )  # fmt: skip
        if not direct:
            self._pass(5, 25)
            self._assign(self.agent, self.side.groups[-1 if self.vendor is None else 0])

    def answer(self) -> None:
        goal = RESPONSE_GOALS[self.ticket.values["priority"]]
        if self.side.auto_reply and self.chances.random() < _AUTO_REPLIED:
            self._pass(0.1, 1)
            self.ticket.write(self.side.auto_reply, comments="Automatic reply: we have received your request.")
        if self.chances.random() < _NOTED_FIRST:
            self.ticket.wait(goal * 0.05)
            self.ticket.write(self.engineer, work_notes="Looking at the monitoring first.")
        self.ticket.wait(goal * self.chances.lognormvariate(-1.0, 0.8))
        self.ticket.write(
            self.engineer, state="2", assigned_to=user_id(self.engineer), comments="We are working on it."
        )

    def work(self) -> None:
        budget = RESOLUTION_GOALS[self.ticket.values["priority"]] * self.chances.lognormvariate(-0.7, 0.6)
        steps = self.chances.choices(self._steps(), k=self.chances.choice((0, 1, 1, 2, 3)))
        for step in steps:
            self.ticket.wait(budget / (len(steps) + 1))
            step()
        self.ticket.wait(budget / (len(steps) + 1))
        self.resolve()

    def _steps(self) -> list[Callable[[], None]]:
        own: list[Callable[[], None]] = [self.ask_caller, self.await_third_party, self.change_priority, self.note]
        return [*own, self.hand_back, self.swap_vendor] if self.vendor else own

    def ask_caller(self) -> None:
        self.ticket.write(self.engineer, state="3", hold_reason="1", comments="Which room is it, please?")
        self._pass(20, 600)
        self.ticket.write(self.caller, state="2", hold_reason="", comments="Second floor, all of it.")

    def await_third_party(self) -> None:
        self.ticket.write(self.engineer, state="3", hold_reason="4", work_notes="Spare part ordered.")
        self._pass(60, 900)
        self.ticket.write(self.engineer, state="2", hold_reason="")

    def change_priority(self) -> None:
        up = self.chances.random() < _OFTEN
        priority = min(5, max(1, int(self.ticket.values["priority"]) + (-1 if up else 1)))
        self.ticket.prioritise(self.agent, str(priority), "More people affected." if up else "A way around exists.")

    def note(self) -> None:
        self.ticket.write(self.engineer, comments="Still analysing, next update follows.")

    def hand_back(self) -> None:
        self._assign(self.engineer, US.groups[0])
        self._pass(15, 240)
        self._assign(self.agent, self.side.groups[0])

    def swap_vendor(self) -> None:
        self.side = GLOBEX if self.side is ACME else ACME
        self._assign(self.engineer, self.side.groups[0])
        self.engineer = self.chances.choice(self.side.people)[0]
        self._pass(10, 90)
        self.ticket.write(self.engineer, assigned_to=user_id(self.engineer), comments="Taken over.")

    def resolve(self) -> None:
        self.ticket.write(
            self.engineer, state="6", hold_reason="", close_code="Solved (Permanently)", close_notes="Fixed.",
            resolved_at=self.ticket.stamp(), resolved_by=user_id(self.engineer), comments="Fixed, please confirm.",
        )  # fmt: skip

    def reopen(self) -> None:
        self._pass(30, 2400)
        self.ticket.write(
            self.caller, state="2", resolved_at="", resolved_by="", close_code="", comments="It is back.",
            reopen_count=self.ticket.count("reopen_count"), reopened_time=self.ticket.stamp(),
        )  # fmt: skip

    def end(self) -> None:
        self.ticket.wait(5 * 24 * 60)
        self.ticket.write(
            "system", state="7", active="false", closed_at=self.ticket.stamp(), closed_by=user_id("system")
        )

    def odd_end(self) -> bool:
        """Tell one of the rare endings before any work, and say whether it was told."""
        fate = self.chances.random()
        if fate < _CANCELLED:
            self._pass(5, 90)
            self.ticket.write(self.caller, state="8", active="false", comments="Not needed any more.")
        elif fate < _DELETED:
            self._pass(5, 60)
            self.ticket.delete("admin")
        elif fate < _RECLASSIFIED:
            self._pass(5, 60)
            self.ticket.write(self.agent, sys_class_name="sc_req_item", work_notes="This is a request.")
        return fate < _RECLASSIFIED

    def _assign(self, by: str, group: str) -> None:
        count = self.ticket.count("reassignment_count")
        self.ticket.write(by, assignment_group=group_id(group), assigned_to="", reassignment_count=count)

    def _pass(self, least: float, most: float) -> None:
        self.ticket.wait(self.chances.uniform(least, most))


def life(sys_id: str, number: str, at: datetime, *, parent: str = "", habits: Habits) -> list[Change]:
    """Return every change of one ticket's life, its creation first; all of it follows from the sys_id."""
    ticket = Ticket(sys_id, at, dice("life", sys_id), habits)
    vendor = ticket.chances.choices((*VENDORS, None), (45, 35, 20))[0]
    told = _Life(ticket, vendor)
    told.begin(number, parent, ticket.now)
    if told.odd_end():
        return ticket.changes
    told.answer()
    told.work()
    while ticket.chances.random() < _REOPENED:
        told.reopen()
        told.work()
    told.end()
    return ticket.changes
