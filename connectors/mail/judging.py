"""All that a message says by itself: its letter, what its words point to, who wrote it, whether that counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.mail.authorship import Author, Authorship, MachineKind, classify
from connectors.mail.charsets import folded
from connectors.mail.hints import Hints, hints_of
from connectors.mail.leaf import Leaf
from connectors.mail.letter import Letter
from connectors.mail.parties import WhoIsWho
from connectors.mail.phrases import Phrases
from connectors.mail.places import raises
from connectors.mail.references import Reference
from connectors.mail.rules import Rules, shipped
from connectors.mail.settings import MailOptions
from connectors.mail.stamps import Stamp, stamp_of
from connectors.mail.subject import stripped
from connectors.mail.tokens import Token, find
from connectors.mail.trust import Trust, trust_of
from syncd.domain.names import Party
from syncd.ports.connector import Site


@dataclass(frozen=True, slots=True)
class Judged:
    """A message as one mailbox's rules see it."""

    letter: Letter
    hints: Hints
    authorship: Authorship
    party: Party
    vendor: str | None
    stamp: Stamp
    trust: Trust
    doubt: str
    """Why it does not count though a person may have written it; empty where nothing speaks against it."""


class Judge:
    """Reads letters by a source's options."""

    def __init__(self, site: Site, options: MailOptions) -> None:
        self.rules: Rules = shipped()
        self.who = WhoIsWho(site.parties, options)
        self._options = options
        self._phrases = {rule.name: Phrases(map(folded, rule.phrases)) for rule in options.signals if rule.phrases}
        self._tags = {
            rule.name: Phrases(map(folded, rule.subject_tags)) for rule in options.signals if rule.subject_tags
        }
        self._references = tuple(Reference(each.source or "", each.number) for each in options.references)
        self._denials = (*self.rules.denials, *map(folded, options.denials))

    def hints(self, letter: Letter) -> Hints:
        """Return what a letter's words point to."""
        party, vendor = self.who.sender(letter.senders)
        known = self.who.vendors.get(vendor) if vendor is not None else None
        ours = party in (Party.CUSTOMER, Party.SYSTEM)
        return hints_of(
            letter,
            self.rules,
            relay="" if ours else known.relay if known is not None else None,
            templates=None if known is None else self._templates(known.id),
            signals=self._phrases,
            tags=self._tags,
            denials=self._denials,
            references=self._references,
        )

    def judge(self, letter: Letter, hints: Hints, sightings: Sequence[Mapping[str, Any]]) -> Judged:
        """Return a letter with everything that follows from it."""
        party, vendor = self.who.sender(letter.senders)
        ours = party in (Party.CUSTOMER, Party.SYSTEM)
        trust = trust_of(letter, self._options.our_servers)
        doubt = ""
        if trust is Trust.SPOOFED:
            doubt = "unverified: our server says the sender is not who it claims to be"
        elif letter.evidence.get("x-spam-flag", "").strip().lower() == "yes":
            doubt = "ignored: marked as spam"
        elif trust is Trust.UNVERIFIED and not ours and not self._options.count_unverified:
            doubt = "unverified: no server of ours says whose it is"
        return Judged(
            letter, hints, classify(letter, hints, self.rules), party, vendor,
            stamp_of(letter, sightings, ours=ours, hosts=self._options.our_hosts), trust, doubt,
        )  # fmt: skip

    def leaf(self, judged: Judged) -> Leaf:
        """Return what grouping needs of a message."""
        letter, hints, (author, kind, _, relay, _) = judged.letter, judged.hints, judged.authorship
        ours = judged.party in (Party.CUSTOMER, Party.SYSTEM)
        spoofed = judged.trust is Trust.SPOOFED
        told = [self.who.of(address)[1] for address in (*letter.to, *letter.cc)]
        vendors = dict.fromkeys(vendor for vendor in (judged.vendor, *told) if vendor is not None)
        subject = stripped(letter.subject, self.rules) if self._options.join_by_subject else None
        joins = subject is not None and not subject.forward
        return Leaf(
            fingerprint=letter.fingerprint,
            message_id=letter.message_id,
            ancestors=letter.ancestors,
            at=judged.stamp.at,
            ours=ours,
            sender_vendor=None if spoofed else judged.vendor,
            vendors=tuple(vendors),
            tokens={} if spoofed else self._scoped(letter, hints, judged.vendor, told, ours=ours),
            references=() if judged.doubt else hints.references,
            author=author,
            kind=kind,
            about=letter.about if author is Author.MACHINE else (),
            failed=kind is MachineKind.BOUNCE and letter.delivery not in _NOT_FAILED,
            raises=raises(author, kind, reports_on=bool(letter.about or letter.report_type)) and not judged.doubt,
            follows=not letter.ancestors and (hints.reply or bool(relay) or kind in _ANSWERING),
            subject=subject.text if subject is not None and joins else "",
            people=frozenset((*letter.senders, *letter.to, *letter.cc)) if joins else frozenset(),
        )

    def _templates(self, vendor: str) -> tuple[str, ...]:
        known = self.who.vendors[vendor]
        relay = self.rules.relays[known.relay].tokens if known.relay is not None else self.rules.tokens
        return known.templates or relay

    def _scoped(
        self, letter: Letter, hints: Hints, vendor: str | None, told: Sequence[str | None], *, ours: bool
    ) -> Mapping[str, tuple[Token, ...]]:
        """The ticket numbers in a message, each where it is valid: never beyond the vendor that gave it."""
        if vendor is not None:
            return {vendor: hints.tokens} if hints.tokens else {}
        if self.who.configured:
            if not ours:
                return {}
            found = {each: find(letter.subject, self._templates(each)) for each in told if each is not None}
            return {each: tokens for each, tokens in found.items() if tokens}
        if not hints.tokens or len(letter.senders) != 1:
            return {}
        own = letter.senders[0].rpartition("@")[2]
        others = {address.rpartition("@")[2] for address in (*letter.to, *letter.cc)}
        return {"/".join(sorted((own, other))): hints.tokens for other in sorted(others)}


_NOT_FAILED = frozenset({"delayed", "delivered", "relayed", "expanded"})
_ANSWERING = frozenset({MachineKind.ACKNOWLEDGEMENT, MachineKind.AUTO_REPLY, MachineKind.BOUNCE})
