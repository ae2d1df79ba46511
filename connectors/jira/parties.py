"""Whose people users are, and which vendor holds a ticket."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.jira.fields import ORGANISATION, Fields
from connectors.jira.people import People, Person, listed_key
from connectors.jira.settings import JiraOptions
from connectors.jira.values import Entry, Value
from syncd.domain.names import US, Party
from syncd.ports.connector import Parties

_APP, _PORTAL = "app", "customer"
"""Cloud's account types that say by themselves who it is: an integration; a customer without licence."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something."""

    party: Party
    vendor: str | None = None
    automated: bool = False


UNKNOWN = Actor(Party.UNKNOWN)
MACHINE = Actor(Party.SYSTEM, automated=True)


class WhoIsWho:
    """Tells actors and vendors from `parties` and the source's options."""

    def __init__(self, parties: Parties, options: JiraOptions) -> None:
        self._options = options
        ours = Actor(Party.CUSTOMER)
        self._accounts = {listed_key(account): ours for account in parties.customer_accounts}
        self._groups = {group.casefold(): ours for group in parties.customer_groups}
        self._domains = [(domain.casefold(), ours) for domain in parties.customer_domains]
        self._names: dict[str, str] = {}
        for vendor in parties.vendors:
            actor = Actor(Party.VENDOR, vendor.id)
            self._accounts.update((listed_key(account), actor) for account in vendor.accounts)
            self._groups.update((group.casefold(), actor) for group in vendor.groups)
            self._domains.extend((domain.casefold(), actor) for domain in vendor.domains)
            self._names.update((name.casefold(), vendor.id) for name in (vendor.id, vendor.name, *vendor.groups))
        self._accounts.update((listed_key(account), MACHINE) for account in parties.automation_accounts)
        # The longest domain first: a vendor may live below one of ours.
        self._domains.sort(key=lambda entry: -len(entry[0]))
        self.only = parties.vendors[0].id if len(parties.vendors) == 1 else None
        """The only vendor there is."""
        self._relays = frozenset(listed_key(account) for account in options.relay_accounts)
        self._mailers = frozenset(listed_key(account) for account in options.mail_accounts)

    def relays(self, who: Person) -> bool:
        """Tell whether somebody's account writes for a vendor's own ticket system."""
        return not self._relays.isdisjoint(who.accounts)

    def carries_mail(self, who: Person) -> bool:
        """Tell whether somebody's account writes down the mails of others."""
        return not self._mailers.isdisjoint(who.accounts)

    def listed(self, who: Person) -> Actor | None:
        """Return who somebody is by `parties`: by account, else by group, else by mail domain."""
        for account in sorted(who.accounts & self._accounts.keys()):
            return self._accounts[account]
        for group in sorted(who.groups, key=str.casefold):
            if group.casefold() in self._groups:
                return self._groups[group.casefold()]
        domain = who.domain.casefold()
        for suffix, actor in self._domains if domain else ():
            if domain == suffix or domain.endswith(f".{suffix}"):
                return actor
        return None

    def actor(self, who: Person, reporter: Person) -> Actor:
        """Return who somebody is on one ticket; its reporter, if nothing else is known of them, is the customer."""
        found = self.listed(who)
        machine = who.kind == _APP and not self.relays(who)
        if found is not None:
            return Actor(found.party, found.vendor, automated=found.automated or machine)
        if machine:
            return MACHINE
        if who.kind == _PORTAL or not who.accounts.isdisjoint(reporter.accounts):
            return Actor(Party.CUSTOMER)
        return self.stranger() if who.accounts or who.domain else UNKNOWN

    def stranger(self) -> Actor:
        """Return who somebody is of whom nothing is known."""
        return Actor(Party(self._options.unlisted_users))

    def opener(self, creator: Person) -> Actor:
        """Return who raised a ticket: its creator (the reporter is edited), the customer unless more is known."""
        return self.listed(creator) or (MACHINE if creator.kind == _APP else Actor(Party.CUSTOMER))

    def vendor(self, values: Mapping[str, Value], fields: Fields, people: People) -> str | None:
        """Return which vendor holds a ticket whose fields hold these values; None for ourselves.

        The first rule that tells counts.
        """
        for rule in self._options.vendor_from:
            entries = _entries(rule.look_at, values, fields, people)
            own = {key.casefold(): vendor for key, vendor in rule.values.items()}
            found = self._first(entries, own)
            if found is None and rule.look_at == "assignee":
                found = self._holder(values, people)
            if found is not None:
                return None if found == US else found
        return self._options.vendor_default

    def _first(self, entries: Iterable[Entry], own: Mapping[str, str]) -> str | None:
        for entry in entries:
            for word in (entry.id.casefold(), entry.label.casefold()):
                found = own.get(word) or self._names.get(word) if word else None
                if found is not None:
                    return found
        return None

    def _holder(self, values: Mapping[str, Value], people: People) -> str | None:
        for entry in values.get("assignee", ()):
            actor = self.listed(people.by_account(entry.id))
            if actor is not None:
                return actor.vendor or (US if actor.party is Party.CUSTOMER else None)
        return None


def _entries(place: str, values: Mapping[str, Value], fields: Fields, people: People) -> Value:
    """Return what stands in one place to look for the vendor."""
    if place == "group":
        names = {name for entry in values.get("assignee", ()) for name in people.by_account(entry.id).groups}
        return tuple(Entry(name, name) for name in sorted(names))
    if place == "project":
        return (*values.get("project", ()), *(Entry(prefix(e.label), "") for e in values.get("key", ())))
    if place == "component":
        return values.get("components", ())
    if place == "assignee":
        return values.get("assignee", ())
    name = ORGANISATION if place == ORGANISATION else place.removeprefix("field:")
    return values.get(fields.key(name), ())


def prefix(key: str) -> str:
    """Return the project's key in an issue's."""
    return key.rpartition("-")[0]
