"""What must hold between the parts of the daemon's own file, and between it and the contracts."""

from collections.abc import Iterator

from syncd.domain.contract import Agreements
from syncd.ports.connector import Parties, VendorIdentity
from syncd.settings.daemon_section import DaemonFile, PartiesSection, PartySection
from syncd.settings.document import Spot
from syncd.settings.finding import Place


def check_names(section: DaemonFile, spot: Spot) -> None:
    """Refuse two sources, or two notifiers, of one name."""
    for key, names in (
        ("sources", [source.name for source in section.sources]),
        ("notifiers", [notifier.name for notifier in section.notifiers]),
    ):
        for n, name in enumerate(names):
            if name in names[:n]:
                spot.at(key, n, "name").refuse(f'"{name}" is already the name of {key}[{names.index(name)}]')


def check_reload(section: DaemonFile, spot: Spot) -> None:
    """Refuse a reload that anybody on the network could ask for."""
    if section.http.reload and not section.http.listen.is_loopback:
        spot.refuse(f"listen is {section.http.listen}, where nobody is asked who they are; send SIGHUP instead")


def check_routes(section: DaemonFile, agreements: Agreements, spot: Spot) -> None:
    """Refuse routes to notifiers that there are not, and escalations to nobody: such a page would leave to no one."""
    vendors = {notifier.name: notifier.vendors for notifier in section.notifiers}
    for route, names in section.routes.items():
        if route in vendors:
            spot.at("routes", route).refuse(f'"{route}" is a notifier already; give the route a name of its own')
        for n, name in enumerate(names):
            if name not in vendors:
                spot.at("routes", route, n).refuse(f'there is no notifier "{name}"')
    for n, notifier in enumerate(section.notifiers):
        for m, vendor in enumerate(notifier.vendors):
            if vendor not in section.parties.vendors:
                spot.at("notifiers", n, "vendors", m).refuse(f'"{vendor}" is not among parties.vendors')
    for contract in agreements.contracts:
        rows = [row for revision in contract.revisions for row in revision.escalation]
        for name in dict.fromkeys(name for row in rows for name in row.to):
            told = section.routes.get(name, (name,))
            if name not in section.routes and name not in vendors:
                spot.at("notifiers").refuse(
                    f'contract {contract.id} escalates to "{name}", which is neither a notifier nor a route'
                )
            elif not any(contract.vendor.id in (vendors.get(each) or (contract.vendor.id,)) for each in told):
                spot.at("notifiers").refuse(
                    f'contract {contract.id} escalates to "{name}", who is not told of vendor {contract.vendor.id}'
                )


def check_parties(section: PartiesSection, spot: Spot) -> None:
    """Refuse a domain, group or account that belongs to two parties: nobody could say who acted."""
    first: dict[tuple[str, str], Place] = {}
    for place, party in _parties(section):
        for key in ("domains", "groups", "accounts"):
            for n, value in enumerate(getattr(party, key)):
                here = spot.at(*place, key, n)
                owner = first.setdefault((key, value.casefold()), place)
                if owner != place:
                    here.refuse(f'"{value}" belongs to {".".join(map(str, owner))} already; it may belong to one party')


def _parties(section: PartiesSection) -> Iterator[tuple[Place, PartySection]]:
    yield ("customer",), section.customer
    for vendor, party in section.vendors.items():
        yield ("vendors", vendor), party


def parties_of(section: PartiesSection) -> Parties:
    """Return who is who."""
    return Parties(
        customer_domains=section.customer.domains,
        customer_groups=section.customer.groups,
        customer_accounts=section.customer.accounts,
        vendors=tuple(
            VendorIdentity(vendor, party.name or vendor, party.domains, party.groups, party.accounts)
            for vendor, party in section.vendors.items()
        ),
        automation_accounts=section.automation.accounts,
    )


def warn_of_readers(section: DaemonFile, spot: Spot) -> None:
    """Warn of pages that everybody on the network can read."""
    if not section.http.listen.is_loopback:
        spot.refuse(
            f"{section.http.listen} is no loopback address, and nobody is asked who they are: put a proxy before it"
        )


def warn_of_strangers(section: DaemonFile, agreements: Agreements, spot: Spot) -> None:
    """Warn of contracts that can never measure a ticket: their source or their vendor is not configured here."""
    sources = {source.name for source in section.sources}
    for contract in agreements.contracts:
        if contract.vendor.id not in section.parties.vendors:
            spot.at("parties", "vendors").refuse(
                f'vendor "{contract.vendor.id}" of contract {contract.id} is not among them: no ticket can be its own'
            )
        covered = {cover.source for revision in contract.revisions for cover in revision.covers}
        for source in sorted(covered - sources):
            spot.at("sources").refuse(f'contract {contract.id} covers the source "{source}", which is not configured')
