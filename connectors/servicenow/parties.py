"""Whose people users are, and which vendor a field's value stands for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.servicenow.cells import Row, text, texts
from connectors.servicenow.query import is_sys_id
from connectors.servicenow.settings import ServiceNowOptions
from syncd.domain.names import US, Party
from syncd.ports.connector import Parties

_PLATFORM = frozenset({"system", "glide.maint", "maint"})
"""Accounts under which the platform's own jobs write."""

_USER = ("user_name", "sys_id", "domain")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something."""

    party: Party
    vendor: str | None = None
    automated: bool = False


_CUSTOMER, _NOBODY = Actor(Party.CUSTOMER), Actor(Party.UNKNOWN)


@dataclass(frozen=True, slots=True)
class People:
    """The users that a ticket's history names: by account, each with its sys_id and mail domain."""

    ids: Mapping[str, str]
    domains: Mapping[str, str]
    accounts: Mapping[str, str]
    """Account by sys_id."""


def people(users: Iterable[Row]) -> People:
    """Return the users of a payload."""
    ids, domains, accounts = {}, {}, {}
    for user in users:
        account, sys_id, domain = texts(user, _USER)
        folded = account.casefold()
        ids[folded], domains[folded], accounts[sys_id] = sys_id, domain, account
    return People(ids, domains, accounts)


class WhoIsWho:
    """Tells actors and vendors from `parties` and the source's options."""

    def __init__(self, parties: Parties, options: ServiceNowOptions) -> None:
        self._options = options
        self._accounts: dict[str, Actor] = {}
        self._domains: list[tuple[str, Actor]] = [
            (d.casefold(), Actor(Party.CUSTOMER)) for d in parties.customer_domains
        ]
        self._names: dict[str, str] = {}
        for account in parties.customer_accounts:
            self._accounts[account.casefold()] = Actor(Party.CUSTOMER)
        for vendor in parties.vendors:
            actor = Actor(Party.VENDOR, vendor.id)
            self._accounts.update((account.casefold(), actor) for account in vendor.accounts)
            self._domains.extend((domain.casefold(), actor) for domain in vendor.domains)
            self._names.update((name.casefold(), vendor.id) for name in (vendor.id, vendor.name, *vendor.groups))
        for account in (*parties.automation_accounts, *_PLATFORM):
            self._accounts[account.casefold()] = Actor(Party.SYSTEM, automated=True)
        # The longest domain first: a vendor may live below one of ours.
        self._domains.sort(key=lambda entry: -len(entry[0]))
        self._only = parties.vendors[0].id if len(parties.vendors) == 1 else None
        self._unlisted = Actor(Party(options.unlisted_users))
        self._relays = frozenset(account.casefold() for account in options.relay_accounts)

    def relays(self, account: str) -> bool:
        """Tell whether an account writes for a vendor's own ticket system."""
        return account.casefold() in self._relays

    def listed(self, account: str, known: People) -> Actor | None:
        """Return who an account is by `parties`: the account itself, else its mail domain."""
        folded = account.casefold()
        found = self._accounts.get(folded)
        if found is not None:
            return found
        domain = (known.domains.get(folded) or folded.rpartition("@")[2] * ("@" in folded)).casefold()
        for suffix, actor in self._domains if domain else ():
            if domain == suffix or domain.endswith(f".{suffix}"):
                return actor
        return None

    def actor(self, account: str, record: Row, known: People) -> Actor:
        """Return who an account is on one ticket; its caller, if nothing else is known of them, is the customer."""
        found = self.listed(account, known)
        if found is not None:
            return found
        if account and _is(account, text(record, "caller_id") or text(record, "opened_by"), known):
            return _CUSTOMER
        return self._unlisted if account else _NOBODY

    def opener(self, record: Row, known: People) -> Actor:
        """Return who raised a ticket: its caller, else who opened it; the customer unless `parties` says otherwise."""
        for who in (text(record, "caller_id"), text(record, "opened_by"), text(record, "sys_created_by")):
            if who:
                return self.listed(known.accounts.get(who, who), known) or _CUSTOMER
        return _CUSTOMER

    def vendor(self, values: Mapping[str, str], shown: Mapping[str, Mapping[str, str]]) -> str | None:
        """Return which vendor holds a ticket whose fields have these raw values; None for ourselves.

        `shown` holds the name of each value, by field. The first rule that tells counts. A hold reason without values
        of its own tells of the only vendor there is, while the reason is "Awaiting Vendor".
        """
        for rule in self._options.vendor_from:
            raw = values.get(rule.field, "")
            if not raw:
                continue
            name = shown.get(rule.field, {}).get(raw, raw)
            found = rule.values.get(raw) or rule.values.get(name) or self._named(raw, name)
            if found is None and rule.field == "hold_reason" and raw == _AWAITING_VENDOR and not rule.values:
                found = self._only
            if found is not None:
                return None if found == US else found
        return self._options.vendor_default

    def _named(self, *texts: str) -> str | None:
        return next((self._names[text.casefold()] for text in texts if text.casefold() in self._names), None)

    def strangers(self, values: Mapping[str, str], shown: Mapping[str, Mapping[str, str]]) -> Sequence[str]:
        """Return the vendor fields that point to a company which is none of ours to measure."""
        tables = self._options.reference_tables
        found = []
        for rule in self._options.vendor_from:
            raw = values.get(rule.field, "")
            name = shown.get(rule.field, {}).get(raw, raw)
            if raw and not is_sys_id(name) and tables.get(rule.field) == "core_company":
                known = rule.values.get(raw) or rule.values.get(name) or self._named(raw, name)
                found += [] if known else [rule.field]
        return found

    def nameless(self, values: Mapping[str, str], shown: Mapping[str, Mapping[str, str]]) -> Sequence[str]:
        """Return the vendor fields that point to a record without a known name: nothing tells whose it is."""
        return [
            rule.field
            for rule in self._options.vendor_from
            for raw in (values.get(rule.field, ""),)
            if is_sys_id(raw)
            and raw not in shown.get(rule.field, {})
            and raw not in rule.values
            and raw not in self._names
        ]


_AWAITING_VENDOR = "4"
"""The stock hold reason."""


def _is(account: str, who: str, known: People) -> bool:
    """Tell whether a reference to a user, by sys_id or by account, is this account."""
    return bool(who) and (who == known.ids.get(account.casefold()) or who.casefold() == account.casefold())
