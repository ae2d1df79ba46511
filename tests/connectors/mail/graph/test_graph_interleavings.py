"""Mail that comes, moves, is marked, goes, while a reader starts, fails and stops anywhere: what it keeps is right.

Whatever happened, once a pass got through, the copies are those in the mailbox, each with its own letter and its flags;
no memory reads a message that it knows. Where changes are told as Graph tells them, after everything was listed; where
moves were told on both sides, by changes alone.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from connectors.mail.graph import GraphMailbox
from connectors.mail.graph.sweep import key_of
from connectors.mail.simulator.box import Change
from syncd.errors import SourceError
from tests.connectors.mail.graph.desk import Desk
from tests.connectors.mail.letters import mail

FOLDERS = ["inbox", "inbox/Done"]
PLACES = st.sampled_from(["inbox", "inbox/Done", "sentitems", "archive"])
CHANCES = {
    "429": 0.02, "500": 0.02, "drop": 0.02, "cut": 0.02, "truncate": 0.02, "html": 0.02, "revoke": 0.03, "repeat": 0.1,
    "partial": 0.05, "missing_link": 0.05, "state_gone": 0.02, "foreign_link": 0.02,
}  # fmt: skip


LOSING = frozenset({"missing_link", "state_gone"})
"""Faults that only a listing heals."""


class Mailbox(RuleBasedStateMachine):
    """One mailbox and one reader that may be stopped behind any look."""

    listed = True

    def __init__(self) -> None:
        super().__init__()
        chances = {kind: share for kind, share in CHANCES.items() if self.listed or kind not in LOSING}
        script = {"conversations_per_day": 0.0, "faults": chances, "silent_moves": self.listed}
        relist_after = 600 if self.listed else 604_800
        self.desk = Desk(script, {"folders": FOLDERS}, {"batch": 10, "relist_after": relist_after})
        self.count = 0
        self.source: GraphMailbox = self.desk.mailbox()

    def happens(self, op: Any, name: str, **more: Any) -> None:
        """Let something happen now."""
        now = self.desk.now.utc()
        self.desk.box.plan(Change(now, op, name, **more))
        self.desk.box.advance(now)

    @rule(number=st.integers(1, 15), folder=PLACES)
    def mail_comes(self, number: int, folder: str) -> None:
        """Some messages arrive, a second apart."""
        for _ in range(number):
            name = f"m{self.count}"
            self.desk.now.advance(1)
            self.happens("deliver", name, folder=folder, raw=mail(f"{name}@v", minute=self.count % 600))
            self.count += 1

    @rule(pick=st.integers(0, 10_000), folder=PLACES)
    def one_is_moved(self, pick: int, folder: str) -> None:
        """Somebody moves a message, perhaps to where it is."""
        if self.count:
            self.happens("move", f"m{pick % self.count}", folder=folder)

    @rule(pick=st.integers(0, 10_000))
    def one_is_marked(self, pick: int) -> None:
        """Somebody marks a message."""
        if self.count:
            self.happens("mark", f"m{pick % self.count}", categories=(f"c{pick % 3}",))

    @rule(pick=st.integers(0, 10_000))
    def one_is_deleted(self, pick: int) -> None:
        """Somebody deletes a message."""
        if self.count:
            self.happens("delete", f"m{pick % self.count}")

    @rule(looks=st.integers(1, 4))
    def a_pass_is_begun(self, looks: int) -> None:
        """A pass that is stopped, or fails, anywhere."""
        self.pass_through(looks)

    @rule()
    def the_process_starts_anew(self) -> None:
        """What is not stored is forgotten."""
        self.desk.restart()
        self.source = self.desk.mailbox()

    @rule(seconds=st.integers(1, 2000))
    def time_passes(self, seconds: int) -> None:
        """Nothing happens for a while."""
        self.desk.now.advance(seconds)

    def pass_through(self, looks: int | None = None) -> bool:
        """One pass; whether it got through."""
        try:
            self.desk.read(self.source, looks=looks)
        except SourceError:
            self.desk.now.advance(60)
            return False
        return True

    def teardown(self) -> None:
        """In the end, and in peace: the copies are what the mailbox holds."""
        self.desk.simulator.inner.heal()
        self.desk.now.advance(7200)
        assert self.pass_through(), "a round that was begun before is gone through to its end"
        assert self.pass_through(), "and then what happened since"
        box = self.desk.box
        read = {box.folder(name).id for name in (*FOLDERS, "sentitems")}
        expected = {key_of(each.folder, each.immutable) for each in box.messages.values() if each.folder in read}
        assert set(self.desk.shelf.copies) == expected
        for key, copy in self.desk.shelf.copies.items():
            number = box.numbers[key.partition(":")[2]]
            assert set(copy.flags) == set(box.messages[number].categories)
            assert self.desk.shelf.letters[key].message_id == f"m{number - 1}@v"
        assert self.desk.simulator.inner.violations == []
        self.desk.close()


class Told(Mailbox):
    """A mailbox whose moves are told on both sides, never listed again."""

    listed = False


FEW = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TestMailbox = Mailbox.TestCase
TestMailbox.settings = FEW
TestTold = Told.TestCase
TestTold.settings = FEW
