"""The people whom one ticket names: accounts, kind of account, mail domain, groups; never an address or a name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from connectors.jira.cells import Row, fingerprint, is_fingerprint, is_object, only, text
from connectors.jira.values import Entry, Value, account, account_key

_ACCOUNTS = ("accountId", "name", "key")
_LEFT = ("sha256", "length", "domain")


@dataclass(frozen=True, slots=True)
class Person:
    """One user, as far as the payload tells."""

    accounts: frozenset[str] = frozenset()
    """Every key under which the user may be listed."""
    kind: str = ""
    """Cloud's `accountType`: atlassian, app, customer or unknown."""
    domain: str = ""
    groups: frozenset[str] = frozenset()

    def joined(self, other: "Person") -> "Person":
        """Return what two accounts of one user tell together."""
        return Person(
            self.accounts | other.accounts, max(self.kind, other.kind), max(self.domain, other.domain),
            self.groups | other.groups,
        )  # fmt: skip


NOBODY = Person()


def listed_key(account: str) -> str:
    """Return a configured account as payloads tell it: of a mail address only the hash is known there."""
    folded = account.strip().casefold()
    return f"sha256:{sha256(folded.encode('utf-8', 'surrogatepass')).hexdigest()}" if "@" in folded else folded


def hidden(raw: object) -> object:
    """Return an account that may be kept: a mail address is replaced by its hash, length and domain. Idempotent."""
    if is_fingerprint(raw):
        return only(raw, _LEFT)
    if not isinstance(raw, str) or "@" not in raw:
        return raw if isinstance(raw, str | int) else None
    folded = raw.strip().casefold()
    return {**fingerprint(folded), "domain": folded.rpartition("@")[2]}


def slim(user: object) -> dict[str, object]:
    """Return what is kept of a user. Idempotent."""
    if not is_object(user):
        return {}
    row: Row = user
    kept = {key: known for key in _ACCOUNTS if (known := hidden(row.get(key))) is not None}
    if text(row, "accountType"):
        kept["accountType"] = text(row, "accountType")
    if row.get("emailAddress"):
        address = hidden(row["emailAddress"])
        if is_fingerprint(address):
            kept["emailAddress"] = address
    if groups := _groups(row.get("groups")):
        kept["groups"] = groups
    return kept


def _groups(raw: object) -> list[str]:
    """Return the names of groups, as a list of names or as REST's `{"items": [{"name": ...}]}`."""
    items = raw.get("items") if isinstance(raw, Mapping) else raw
    if not isinstance(items, list | tuple):
        return []
    names = (text(item, "name") if isinstance(item, Mapping) else item for item in items)
    return sorted({name for name in names if isinstance(name, str) and name})


def person(user: Row) -> Person:
    """Return who a user is that was made slim."""
    keys = [account_key(user.get(key)) for key in (*_ACCOUNTS, "emailAddress")]
    domains = [found for key in ("emailAddress", *_ACCOUNTS) if (found := _domain(user.get(key)))]
    groups = frozenset(_groups(user.get("groups")))
    return Person(frozenset(filter(None, keys)), text(user, "accountType"), next(iter(domains), ""), groups)


def _domain(raw: object) -> str:
    return text(raw, "domain") if is_object(raw) else ""


class People:
    """Everybody whom a ticket names, by any of their accounts; what each mention tells is put together."""

    def __init__(self, users: Iterable[Row]) -> None:
        self._by_account: dict[str, Person] = {}
        told: dict[object, Row] = {}
        for each in users:
            mark = each.get("accountId") if isinstance(each.get("accountId"), str) else None
            if mark is None or told.get(mark) != each:  # most mentions tell what another told
                told[mark] = each
                self._learn(person(each))

    def _learn(self, found: Person) -> None:
        for alias in sorted(found.accounts):
            known = self._by_account.get(alias)
            found = found if known is None else found.joined(known)
        for alias in found.accounts:
            self._by_account[alias] = found

    def of(self, user: Row) -> Person:
        """Return everything known of a user."""
        return self.by_account(account(user) or account_key(user.get("emailAddress")))

    def same(self, value: Value) -> Value:
        """Return a value of users with each under one account, whichever of theirs was told."""
        return tuple(Entry(min(self.by_account(entry.id).accounts, default=""), "") for entry in value)

    def by_account(self, account: str) -> Person:
        """Return everything known behind an account; of one never mentioned only that."""
        return self._by_account.get(account) or (Person(frozenset({account})) if account else NOBODY)
