"""Who lives on the simulated site: companies, groups, organisations, people, and the machines that write."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from connectors.jira.simulator.stamps import ident

_FIRST = ("Mara", "Nils", "Olga", "Piet", "Rosa", "Sven", "Tara", "Udo", "Vera", "Wim", "Yara", "Zeno")
_LAST = ("Adler", "Brandt", "Cohen", "Dumas", "Egger", "Falk", "Gruber", "Holm", "Iversen", "Jung", "Keller", "Lang")

AccountType = Literal["atlassian", "app", "customer"]


@dataclass(frozen=True, slots=True)
class Person:
    """One account; `login` is its user name on Data Center, `key` there never changes."""

    login: str
    name: str
    email: str
    type: AccountType = "atlassian"

    @property
    def account_id(self) -> str:
        """Return the Cloud account id."""
        return f"712020:{ident('account', self.login)[:24]}"

    @property
    def key(self) -> str:
        """Return the Data Center user key."""
        return f"JIRAUSER{int(ident('user', self.login)[:4], 16) + 10000}"


@dataclass(frozen=True, slots=True)
class Side:
    """One company: its groups (the first takes new work), its people, its portal customers, its auto-reply."""

    id: str
    name: str
    domain: str
    groups: tuple[str, ...]
    people: tuple[Person, ...]
    customers: tuple[Person, ...] = ()
    robot: Person | None = None
    option: str = ""
    """The option of the field Vendor that means this company."""
    organization: str = ""
    component: str = ""


def _people(domain: str, prefix: str, offset: int, count: int, kind: AccountType = "atlassian") -> tuple[Person, ...]:
    names = [(_FIRST[(offset + n) % 12], _LAST[(offset * 5 + n * 7) % 12]) for n in range(count)]
    return tuple(
        Person(f"{prefix}{first}.{last}".lower(), f"{first} {last}", f"{first}.{last}@{domain}".lower(), kind)
        for first, last in names
    )


US = Side(
    "us", "Example AG", "example.com", ("service-desk", "network-team"), _people("example.com", "", 0, 4),
    _people("example.com", "", 4, 6, "customer"), organization="1", component="10400",
)  # fmt: skip
ACME = Side(
    "acme", "ACME Managed Services", "acme.example", ("acme-noc",), _people("acme.example", "acme.", 3, 5),
    robot=Person("acme.robot", "ACME Auto-reply", "noreply@acme.example", "app"),
    option="10301", organization="2", component="10401",
)  # fmt: skip
GLOBEX = Side(
    "globex", "Globex Corporation", "globex.example", ("globex-desk",), _people("globex.example", "globex.", 7, 4),
    robot=Person("globex.robot", "Globex Auto-reply", "noreply@globex.example", "app"),
    option="10302", organization="3", component="10402",
)  # fmt: skip
SIDES = (US, ACME, GLOBEX)
VENDORS = (ACME, GLOBEX)
AUTOMATION = Person("automation", "Automation for Jira", "", "app")
ADMIN = Person("admin", "Site Administrator", "admin@example.com")
READER = Person("syncd.reader", "syncd", "syncd@example.com")


def everybody() -> Iterator[Person]:
    """Yield every account of the site."""
    for side in SIDES:
        yield from side.people
        yield from side.customers
        if side.robot is not None:
            yield side.robot
    yield from (AUTOMATION, ADMIN, READER)


PEOPLE = {person.login: person for person in everybody()}
"""By login, which is how the world's own history names who acted; somebody unknown to it was deleted since."""


def members(group: str) -> list[Person] | None:
    """Return who belongs to a group; None for no such group."""
    for side in SIDES:
        if group in side.groups:
            robots = [side.robot] if side.robot is not None else []
            return [*side.people, *robots]
    return None


def groups_of(login: str) -> list[str]:
    """Return the groups that an account belongs to."""
    return [group for side in SIDES for group in side.groups if PEOPLE.get(login) in (members(group) or ())]
