"""What a field holds: entries with an id and a label, from the field itself or from a change of it.

A change tells ids in `from` and `to` and labels in `fromString` and `toString`. Fields of several values write them as
`[1, 2]` or with commas, cascading ones as `Parent values: A(1)Level 1 values: B(2)`, components one item at a time.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.jira.cells import Row, is_fingerprint, is_object, plain, text
from connectors.jira.stamps import instant


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: what it is, and what it is called."""

    id: str
    label: str


Value = tuple[Entry, ...]

_CASCADE = re.compile(r"(?:Parent|Level \d+) values: (.*?)\((\d+)\)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LIST = re.compile(r"\[(.*)\]", re.DOTALL)

IN_STEPS = frozenset({"components", "fixVersions", "versions", "issuelinks", "remotelinks"})
"""Fields whose changes say what was added or taken away, one each, not what the field then held."""

_USERS = frozenset({"emailAddress", "displayName", "active", "groups"})
_IDS = ("id", "groupId", "key", "name", "value")
_LABELS = ("value", "name", "title", "key")


def held(raw: object) -> Value:
    """Return what a field holds now."""
    if isinstance(raw, bool):
        return (Entry(str(raw).lower(), str(raw).lower()),)
    if isinstance(raw, str | int | float):
        written = _steady(raw)
        return (Entry(written, written),) if written else ()
    if isinstance(raw, list | tuple):
        return _sorted(entry for item in raw if not isinstance(item, list | tuple) for entry in held(item))
    return _object(raw) if is_object(raw) else ()


def _steady(raw: object) -> str:
    """Return one text for what fields and histories write in several ways: numbers, and instants with any offset."""
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() else str(raw)
    at = instant(raw) if isinstance(raw, str) and "T" in raw else None
    return plain(raw) if at is None else at.isoformat().replace("+00:00", "Z")


def _object(raw: Row) -> Value:
    wrapped = raw.get("requestType")
    if is_object(wrapped):
        return held(_less(wrapped, "requestType"))
    if is_person(raw):
        return held_people(raw)
    entry = Entry(_first(raw, _IDS), _first(raw, _LABELS))
    child = raw.get("child")
    below = held(_less(child, "child")) if is_object(child) else ()
    return (entry, *below) if entry.id or entry.label else below


def _less(raw: object, key: str) -> dict[str, object]:
    """Return an object without a member that Jira nests once, and a hostile answer might nest for ever."""
    return {name: value for name, value in raw.items() if name != key} if isinstance(raw, Mapping) else {}


def _sorted(entries: Iterable[Entry]) -> Value:
    """Return the entries of a field whose order means nothing."""
    return tuple(sorted(set(entries), key=lambda entry: (entry.label, entry.id)))


def _first(row: Row, keys: tuple[str, ...]) -> str:
    return next((shown for key in keys if (shown := text(row, key))), "")


def is_person(raw: Row) -> bool:
    """Tell whether an object is a user: Cloud's have an `accountId`, Data Center's a name beside other things."""
    if "accountId" in raw or "accountType" in raw or any(is_fingerprint(raw.get(key)) for key in ("name", "key")):
        return True
    return not {"name", "groups"}.isdisjoint(raw) and not _USERS.isdisjoint(raw)


def held_people(raw: object) -> Value:
    """Return the accounts that a field of users holds now."""
    users = raw if isinstance(raw, list | tuple) else (raw,)
    found = {key for user in users if is_object(user) and (key := account(user))}
    return tuple(Entry(key, "") for key in sorted(found))


def account(user: Row) -> str:
    """Return the key of a user's account; empty for nobody."""
    return next((key for member in ("accountId", "name", "key") if (key := account_key(user.get(member)))), "")


def account_key(raw: object) -> str:
    """Return an account as it is compared: case does not matter, and of a mail address only the hash is known."""
    if is_fingerprint(raw):
        return f"sha256:{raw['sha256']}"
    return plain(raw).casefold()


def told(item: Row, end: str, *, people: bool = False, several: bool = False) -> Value:
    """Return one end (`from` or `to`) of a change; of `people` only their accounts."""
    raw = item.get(end)
    if people:
        ids = [raw] if is_fingerprint(raw) else _parts(plain(raw))
        return tuple(Entry(key, "") for each in ids if (key := account_key(each)))
    ident, label = plain(raw), text(item, f"{end}String")
    cascade = _CASCADE.findall(ident) or _CASCADE.findall(label)
    if cascade:
        return tuple(Entry(number, name.strip()) for name, number in cascade)
    if several:
        return _sorted(Entry(word, word) for word in label.split())
    listed = _LIST.fullmatch(ident)
    if listed:
        ids, labels = _parts(listed.group(1)), _parts(label)
        together = labels if len(labels) == len(ids) else [""] * len(ids)
        return _sorted(Entry(*each) for each in zip(ids, together, strict=True))
    if _DATE.match(ident):  # the label is written for people, in the account's language
        ident = label = _steady(ident)
    return (Entry(ident or label, label or ident),) if ident or label else ()


def _parts(written: str) -> list[str]:
    return [part for each in written.strip("[]").split(",") if (part := each.strip())]


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are the same, in any order, by ids or else by labels."""
    ids = {entry.id for entry in one}, {entry.id for entry in other}
    labels = {entry.label.casefold() for entry in one}, {entry.label.casefold() for entry in other}
    return ids[0] == ids[1] or (labels[0] == labels[1] and "" not in labels[0])


def shown(value: Value) -> str | None:
    """Return a value as conditions read it: labels, else ids, with commas between; None for nothing."""
    return ", ".join(entry.label or entry.id for entry in value) or None


def changed(before: Value, old: Value, new: Value) -> Value:
    """Return a field of several values after one of its steps."""
    gone = {entry.id for entry in old}
    kept = [entry for entry in before if entry.id not in gone]
    known = {entry.id for entry in kept}
    return _sorted((*kept, *(entry for entry in new if entry.id not in known)))
