"""What in a mail, or what became of it in the mailbox, says that a ticket changed."""

from typing import Literal

from pydantic import BaseModel, Field, model_validator

from connectors.mail.settings.backends import CLOSED
from syncd.domain.names import Awaiting, Phase

_PRIORITIES = 5


class SignalRule(BaseModel):
    """One signal: where it is seen, who must have sent it, and what it means."""

    model_config = CLOSED

    name: str = Field(pattern=r"^[a-z0-9_-]{1,40}$", description="Its name, shown with every event that it makes.")
    subject_tags: tuple[str, ...] = Field((), description="Tags in the subject, brackets included, such as [P1].")
    phrases: tuple[str, ...] = Field((), description="Words in what the sender wrote now; quotations do not count.")
    folders: tuple[str, ...] = Field((), description="Folders into which our staff move the message.")
    flags: tuple[str, ...] = Field((), description="Flags, keywords or categories that our staff set on the message.")
    topics: tuple[Literal["resolved", "closed"], ...] = Field((), description="What a vendor's ticket system says.")
    by: Literal["vendor", "customer", "anyone"] = Field(
        "anyone", description="Whose mail it must be in; folders and flags are our own staff's."
    )
    priority: str | None = Field(None, description="The priority from then on.")
    phase: Phase | None = Field(None, description="The phase from then on.")
    awaiting: Awaiting | None = Field(None, description="Whose turn it is then; needed with phase pending.")
    workaround: bool = Field(False, description="Whether service is restored, but not solved.")

    @model_validator(mode="after")
    def _means_one_thing(self) -> "SignalRule":
        meanings = (self.priority is not None) + (self.phase is not None) + self.workaround
        if meanings != 1:
            raise ValueError("exactly one of priority, phase and workaround is needed")
        if self.phase is Phase.PENDING and self.awaiting is None:
            raise ValueError("awaiting: needed with phase pending; who is waited for?")
        if not (self.subject_tags or self.phrases or self.folders or self.flags or self.topics):
            raise ValueError("one of subject_tags, phrases, folders, flags and topics is needed")
        return self


_SOLVED = (
    "has been resolved", "is now resolved", "is resolved", "issue resolved", "have resolved the",
    "has been fixed", "is now fixed", "wurde behoben", "ist behoben", "wurde gelöst", "ist gelöst",
    "haben das problem behoben",
    "a été résolu", "a été résolue", "est résolu", "est résolue", "ha sido resuelto",
    "ha sido resuelta", "está resuelta",
    "está resuelto", "foi resolvido", "foi resolvida", "está resolvido", "è stato risolto", "è stata risolta",
    "is opgelost", "is verholpen", "zostało rozwiązane", "został rozwiązany", "została usunięta", "解決しました",
    "解決いたしました", "復旧しました", "復旧いたしました",
)  # fmt: skip

_UNSOLVED = (
    "please reopen", "reopen the ticket", "reopen this ticket", "reopen the case", "still not working",
    "problem persists",
    "issue persists", "is not resolved", "is still not resolved", "not fixed",
    "bitte wieder öffnen", "besteht weiterhin",
    "funktioniert weiterhin nicht", "funktioniert immer noch nicht", "ist nicht gelöst", "le problème persiste",
    "n'est pas résolu", "merci de rouvrir", "el problema persiste", "sigue sin funcionar", "no está resuelto",
    "o problema persiste", "não está resolvido", "il problema persiste", "non è risolto", "werkt nog steeds niet",
    "is niet opgelost", "nadal nie działa", "problem nadal występuje", "解決していません", "再発しました",
)  # fmt: skip


def _rule(name: str, **values: object) -> SignalRule:
    return SignalRule.model_validate({"name": name, **values})


SIGNALS: tuple[SignalRule, ...] = (
    *(
        _rule(f"p{level}", subject_tags=(f"[P{level}]", f"(P{level})", f"[Prio {level}]"), priority=f"P{level}")
        for level in range(1, _PRIORITIES + 1)
    ),
    _rule("resolved", phrases=_SOLVED, topics=("resolved",), by="vendor", phase=Phase.RESOLVED),
    _rule("closed", topics=("closed",), by="vendor", phase=Phase.CLOSED),
    _rule("reopened", phrases=_UNSOLVED, by="customer", phase=Phase.ACTIVE),
)
"""What counts if nothing is configured: tags [P1] to [P5], the vendor's word that it is solved, ours that it is not."""
