"""Who lives in the simulated instance: companies, groups, people, and the machines that write under an account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.servicenow.simulator.stamps import sys_id_of
from connectors.servicenow.simulator.tables import Row

_FIRST = ("Anna", "Ben", "Carla", "David", "Elif", "Frank", "Grace", "Hugo", "Ines", "Jonas", "Karin", "Liam")
_LAST = ("Berg", "Costa", "Diaz", "Evers", "Fischer", "Garnier", "Hansen", "Ito", "Jansen", "Kovac", "Lindt", "Moreau")


@dataclass(frozen=True, slots=True)
class Side:
    """One company: its groups (the first takes new work), its people, the account of its tools, its auto-reply."""

    id: str
    name: str
    domain: str
    groups: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    """User names with full names."""
    account: str = ""
    auto_reply: str = ""


def _people(prefix: str, offset: int, count: int) -> tuple[tuple[str, str], ...]:
    names = [(_FIRST[(offset + n) % 12], _LAST[(offset * 5 + n * 7) % 12]) for n in range(count)]
    return tuple((f"{prefix}{first}.{last}".lower(), f"{first} {last}") for first, last in names)


US = Side(
    "us", "Example AG", "example.com", ("Service Desk", "Network Team", "Workplace Team"), _people("", 0, 12),
    "svc-portal",
)  # fmt: skip
ACME = Side(
    "acme", "ACME Managed Services", "acme.example", ("ACME NOC",), _people("acme.", 3, 6), "svc-acme", "autoreply.acme"
)  # fmt: skip
GLOBEX = Side(
    "globex", "Globex Corporation", "globex.example", ("Globex Service Desk",), _people("globex.", 7, 5), "svc-globex",
    "autoreply.globex",
)  # fmt: skip
SIDES = (US, ACME, GLOBEX)
VENDORS = (ACME, GLOBEX)


def group_id(name: str) -> str:
    """Return the sys_id of a group."""
    return sys_id_of("sys_user_group", name)


def user_id(user_name: str) -> str:
    """Return the sys_id of a user."""
    return sys_id_of("sys_user", user_name)


def company_id(name: str) -> str:
    """Return the sys_id of a company."""
    return sys_id_of("core_company", name)


def entry(table: str, sys_id: str, values: Mapping[str, str]) -> Row:
    """Return a row that has stood since the instance was set up."""
    made = "2015-01-01 00:00:00"
    return {
        "sys_id": sys_id, "sys_created_on": made, "sys_updated_on": made, "sys_created_by": "admin",
        "sys_updated_by": "admin", "sys_mod_count": "0", **({"active": "true"} if table.startswith("sys_user") else {}),
        **values,
    }  # fmt: skip


def _user(user_name: str, name: str, email: str, company: str) -> tuple[str, Row]:
    first, _, last = name.partition(" ")
    values = {"user_name": user_name, "name": name, "first_name": first, "last_name": last, "email": email}
    return "sys_user", entry("sys_user", user_id(user_name), {**values, "company": company, "time_zone": ""})


def _side(side: Side) -> Iterator[tuple[str, Row]]:
    company = company_id(side.name)
    vendor = side in VENDORS
    kind = {"vendor": str(vendor).lower(), "customer": str(not vendor).lower()}
    yield (
        "core_company",
        entry("core_company", company, {"name": side.name, "website": f"https://{side.domain}", **kind}),
    )
    for name in side.groups:
        owner = {"vendor": company} if vendor else {"vendor": ""}
        yield "sys_user_group", entry("sys_user_group", group_id(name), {"name": name, "company": company, **owner})
    for user_name, name in side.people:
        yield _user(user_name, name, f"{user_name}@{side.domain}", company)
        group, user = group_id(side.groups[0]), user_id(user_name)
        member = entry("sys_user_grmember", sys_id_of("member", group, user), {"user": user, "group": group})
        yield "sys_user_grmember", member
    for account in filter(None, (side.account, side.auto_reply)):
        yield _user(account, account, f"{account}@{side.domain}", company)


def people(reader: str) -> Iterator[tuple[str, Row]]:
    """Yield tables and rows of everybody, the API user `reader` among them."""
    for side in SIDES:
        yield from _side(side)
    for account, name in (
        ("system", "System"),
        ("admin", "System Administrator"),
        ("guest", "Guest"),
        (reader, "syncd"),
    ):
        yield _user(account, name, "", "")
