"""Lives of made-up issues: desk and vendors, waits, priorities, hand-overs, resolves, reopenings, odd endings."""

from collections.abc import Callable
from datetime import datetime

from connectors.jira.simulator.cast import ACME, ADMIN, AUTOMATION, GLOBEX, US, VENDORS, Side
from connectors.jira.simulator.catalogue import ORGANIZATION
from connectors.jira.simulator.changes import Change
from connectors.jira.simulator.native_sla import RESOLUTION_GOALS, RESPONSE_GOALS
from connectors.jira.simulator.stamps import dice
from connectors.jira.simulator.ticket import Manner, Ticket

WRITTEN = "We have started to work on this."
"""What a vendor's first human answer always says."""

_TOPICS = ("VPN is down in the branch", "Order import hangs", "Phones have no line", "Backup job failed",
           "Access to the archive", "Label printer prints blanks")  # fmt: skip
_BY_AGENT, _DIRECT, _AUTO_REPLIED, _NOTED_FIRST, _REOPENED, _OFTEN = 0.25, 0.3, 0.35, 0.2, 0.15, 0.5
_CANCELLED, _DELETED, _HIDDEN, _MOVED = 0.03, 0.06, 0.09, 0.13
"""Upper ends of the shares of odd turns."""


class _Life:
    """The people of one issue, and what they do in turn."""

    def __init__(self, ticket: Ticket, vendor: Side | None) -> None:
        self.ticket = ticket
        self.chances = ticket.chances
        self.vendor = vendor
        self.side = vendor or US
        self.caller = self.chances.choice(US.customers).login
        self.agent = self.chances.choice(US.people).login
        self.engineer = self.chances.choice(self.side.people).login if vendor else self.agent

    def begin(self, key: str) -> None:
        phoned = self.chances.random() < _BY_AGENT
        direct = self.vendor is not None and self.chances.random() < _DIRECT
        ours = self.ticket.held_by(US, "")
        told = self.chances.random() < _OFTEN
        self.ticket.create(
            self.agent if phoned else self.caller,
            {
                "key": key, "project": key.partition("-")[0], "summary": self.chances.choice(_TOPICS),
                "issuetype": self.chances.choice(("10001", "10002")), "status": "1", "reporter": self.caller,
                "priority": self.chances.choices("12345", (6, 16, 48, 25, 5))[0], ORGANIZATION: US.organization,
                "labels": "portal", "description": "It stopped working this morning." if told else "",
                **(self.ticket.held_by(self.side, self.engineer) if direct else ours),
            },
        )  # fmt: skip
        if not direct:
            self._pass(5, 25)
            self.ticket.edit(self.agent, **self.ticket.held_by(self.side, self.engineer))

    def odd_turn(self) -> bool:
        """Tell one of the rare turns before any work, and say whether it was the end."""
        fate = self.chances.random()
        self._pass(5, 60)
        if fate < _CANCELLED:
            self.ticket.edit(self.caller, status=self.ticket.status("cancelled"), resolution="10003")
            self.ticket.comment(self.caller, "Not needed any more.")
        elif fate < _DELETED:
            self.ticket.end("delete", ADMIN.login)
        elif fate < _HIDDEN:
            self.ticket.edit(ADMIN.login, security="10500")
            if self.chances.random() < _OFTEN:
                self._pass(600, 3000)
                self.ticket.edit(ADMIN.login, security="")
                return False
        elif fate < _MOVED and self.ticket.way in ("field", "group", "assignee"):
            self.ticket.edit(
                self.agent, key=f"OPS-{self.ticket.number}", project="OPS", issuetype="10003", status="10200"
            )
            return False
        return fate < _HIDDEN

    def answer(self) -> None:
        goal = RESPONSE_GOALS[self.ticket.values["priority"]]
        if self.side.robot and self.chances.random() < _AUTO_REPLIED:
            self._pass(0.1, 1)
            self.ticket.comment(self.side.robot.login, "Automatic reply: we have received your request.")
        if self.chances.random() < _NOTED_FIRST:
            self.ticket.wait(goal * 0.05)
            self.internal_note()
        self.ticket.wait(goal * self.chances.lognormvariate(-1.0, 0.8))
        self.ticket.edit(self.engineer, status=self.ticket.status("active"), assignee=self.engineer)
        self.ticket.comment(self.engineer, WRITTEN)

    def work(self) -> None:
        budget = RESOLUTION_GOALS[self.ticket.values["priority"]] * self.chances.lognormvariate(-0.7, 0.6)
        steps = self.chances.choices(self._steps(), k=self.chances.choice((0, 1, 1, 2, 3)))
        for step in steps:
            self.ticket.wait(budget / (len(steps) + 1))
            step()
        self.ticket.wait(budget / (len(steps) + 1))
        self.resolve()

    def _steps(self) -> list[Callable[[], None]]:
        own = [self.ask, self.await_third_party, self.prioritise, self.note, self.internal_note, self.take_back]
        return [*own, self.hand_back, self.swap_vendor] if self.vendor else own

    def ask(self) -> None:
        self.ticket.edit(self.engineer, status=self.ticket.status("customer"))
        self.ticket.comment(self.engineer, "Which site is it, please?")
        self._pass(20, 600)
        self.ticket.comment(self.caller, "The branch in the south.")
        self.ticket.edit(AUTOMATION.login, status=self.ticket.status("active"))

    def await_third_party(self) -> None:
        self.ticket.edit(self.engineer, status=self.ticket.status("third_party"))
        self._pass(60, 900)
        self.ticket.edit(self.engineer, status=self.ticket.status("active"))

    def prioritise(self) -> None:
        up = self.chances.random() < _OFTEN
        self.ticket.edit(
            self.agent, priority=str(min(5, max(1, int(self.ticket.values["priority"]) + (-1 if up else 1))))
        )

    def note(self) -> None:
        name = self.ticket.comment(self.engineer, "Still looking, next update follows.")
        if self.chances.random() < _OFTEN:
            self._pass(1, 5)
            self.ticket.change_comment("edit_comment", self.engineer, name, body="Still looking, next update at noon.")

    def internal_note(self) -> None:
        if self.ticket.values["project"] == "OPS":
            return
        restricted = self.chances.random() < _OFTEN
        self.ticket.comment(
            self.engineer, "Looks like the core switch.", internal=not restricted,
            role="Administrators" if restricted else "",
        )  # fmt: skip

    def take_back(self) -> None:
        name = self.ticket.comment(self.engineer, "Wrong ticket, sorry.")
        self._pass(1, 10)
        self.ticket.change_comment("delete_comment", self.engineer, name)

    def hand_back(self) -> None:
        self.ticket.edit(self.engineer, **self.ticket.held_by(US, self.agent))
        self.ticket.comment(self.engineer, "The firewall is yours, please open the port.")
        self._pass(15, 240)
        self.ticket.edit(self.agent, **self.ticket.held_by(self.side, self.engineer))

    def swap_vendor(self) -> None:
        other = GLOBEX if self.side is ACME else ACME
        self.side, self.vendor = other, other
        self.engineer = self.chances.choice(other.people).login
        self.ticket.edit(self.agent, **self.ticket.held_by(other, self.engineer))

    def resolve(self) -> None:
        forgets = self.chances.random() < self.ticket.manner.forgotten_share
        done = {} if forgets else {"resolution": "10000"}
        self.ticket.edit(self.engineer, status=self.ticket.status("resolved"), **done)
        self.ticket.comment(self.engineer, "Fixed, please confirm.")

    def reopen(self) -> None:
        self._pass(30, 2400)
        self.ticket.comment(self.caller, "It is back.")
        forgets = self.chances.random() < self.ticket.manner.forgotten_share
        cleared = {} if forgets or not self.ticket.values.get("resolution") else {"resolution": ""}
        self.ticket.edit(AUTOMATION.login, status=self.ticket.status("active"), **cleared)

    def end(self) -> None:
        self.ticket.wait(5 * 24 * 60)
        self.ticket.edit(AUTOMATION.login, status=self.ticket.status("closed"))

    def _pass(self, least: float, most: float) -> None:
        self.ticket.wait(self.chances.uniform(least, most))


def life(seed: int, number: int, at: datetime, manner: Manner) -> list[Change]:
    """Return every change of one issue's life, its creation first; all of it follows from seed and number."""
    ticket = Ticket(number, at, dice(seed, "life", number), manner)
    vendor = ticket.chances.choices((*VENDORS, None), (45, 35, 20))[0]
    told = _Life(ticket, vendor)
    told.begin(f"{ticket.chances.choice(manner.projects)}-{number}")
    if told.odd_turn():
        return ticket.changes
    told.answer()
    told.work()
    while ticket.chances.random() < _REOPENED:
        told.reopen()
        told.work()
    told.end()
    return ticket.changes
