"""Whose addresses are whose: our side by domains and addresses, vendors by theirs; display names say nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.mail.addresses import ascii_domain, hidden
from connectors.mail.settings import MailOptions
from syncd.domain.names import Party
from syncd.ports.connector import Parties


@dataclass(frozen=True, slots=True)
class Vendor:
    """What is known of one vendor's mail."""

    id: str
    relay: str | None = None
    templates: tuple[str, ...] | None = None


class WhoIsWho:
    """Tells the party behind an address, from `parties` and the source's options; hidden addresses as well."""

    def __init__(self, parties: Parties, options: MailOptions) -> None:
        self._addresses: dict[str, tuple[Party, str | None]] = {}
        self._domains: dict[str, tuple[Party, str | None]] = {}
        self.vendors: dict[str, Vendor] = {vendor.id: Vendor(vendor.id) for vendor in parties.vendors}
        for vendor in parties.vendors:
            self._add(Party.VENDOR, vendor.id, vendor.domains, vendor.accounts)
        for mine in options.vendors:
            self.vendors[mine.id] = Vendor(mine.id, mine.relay, mine.tokens or None)
            self._add(Party.VENDOR, mine.id, mine.domains, mine.addresses)
        self._add(Party.SYSTEM, None, (), parties.automation_accounts)
        self._add(Party.CUSTOMER, None, parties.customer_domains, parties.customer_accounts)
        self._add(Party.CUSTOMER, None, options.our_domains, options.our_addresses)

    def _add(self, party: Party, vendor: str | None, domains: Iterable[str], accounts: Iterable[str]) -> None:
        for domain in domains:
            self._domains[ascii_domain(domain)] = party, vendor
        for account in accounts:
            if "@" in account:
                local, _, domain = account.strip().lower().rpartition("@")
                address = f"{local}@{ascii_domain(domain)}"
                self._addresses[address] = self._addresses[hidden(address)] = party, vendor

    @property
    def configured(self) -> bool:
        """Whether any vendor is known; without one, numbers count between the domains that write to each other."""
        return bool(self.vendors)

    def of(self, address: str) -> tuple[Party, str | None]:
        """Return the party behind an address and which vendor it is: the address itself, else its longest domain."""
        found = self._addresses.get(address)
        domain = address.rpartition("@")[2]
        while found is None and domain:
            found = self._domains.get(domain)
            domain = domain.partition(".")[2]
        return found or (Party.UNKNOWN, None)

    def sender(self, senders: Sequence[str]) -> tuple[Party, str | None]:
        """Return who sent a message; several addresses in From, or none, are nobody."""
        return self.of(senders[0]) if len(senders) == 1 else (Party.UNKNOWN, None)
