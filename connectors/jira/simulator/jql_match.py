"""A query turned into a test of documents, with the refusals of the site: unknown fields, values and operators."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import ge, gt, le, lt
from zoneinfo import ZoneInfo

from connectors.jira.simulator.cast import PEOPLE
from connectors.jira.simulator.catalogue import PRIORITIES, PROJECTS, RESOLUTIONS, STATUSES, TYPES, Project
from connectors.jira.simulator.dates import bound
from connectors.jira.simulator.index import Document
from connectors.jira.simulator.jql import Clause, JqlError, Node, Value

Test = Callable[[Document], bool]
Sort = Callable[[Document], tuple[object, ...]]

_NAMES = {
    "project": "project", "issuetype": "issuetype", "type": "issuetype", "status": "status", "priority": "priority",
    "resolution": "resolution", "assignee": "assignee", "reporter": "reporter", "id": "issue", "key": "issue",
    "issue": "issue", "issuekey": "issue", "created": "created", "createddate": "created", "updated": "updated",
    "updateddate": "updated", "resolved": "resolved", "resolutiondate": "resolved",
}  # fmt: skip
_INSTANTS = frozenset({"created", "updated", "resolved"})
_RANGES: Mapping[str, Callable[[int, int], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}
_EMPTY = ("empty", "null")
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


@dataclass(frozen=True, slots=True)
class Asker:
    """Who searches, when, and what the site lets them name."""

    now: datetime
    zone: ZoneInfo
    projects: Mapping[str, Project]
    """Those that may be browsed, by key."""
    exists: Callable[[str], int | None]
    """Returns the id of the issue behind an id or key that the asker may see."""
    epoch: bool = True


def compiled(node: Node, asker: Asker) -> Test:
    """Return the test that a query is; raises JqlError for what this asker may not say."""
    if isinstance(node, Clause):
        return _clause(node, asker)
    tests = [compiled(part, asker) for part in node.parts]
    return _joined(node.word, tests)


def _joined(word: str, tests: list[Test]) -> Test:
    if word == "not":
        return lambda found: not tests[0](found)
    together = all if word == "and" else any
    return lambda found: together(test(found) for test in tests)


def _clause(clause: Clause, asker: Asker) -> Test:
    name = _known(clause.field)
    if name in _INSTANTS:
        return _instant(clause, name, asker)
    if clause.operator in _RANGES:
        raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
    negated = clause.operator in ("!=", "not in", "is not")
    if name == "issue":
        numbers = {_issue(clause.field, value, asker) for value in clause.values}
        return lambda found: (found.id in numbers) != negated
    wanted = {_raw(clause.field, name, value, asker) for value in clause.values}
    return lambda found: (found.values[name] in wanted) != negated


def _known(field: str) -> str:
    name = _NAMES.get(field.lower())
    if name is None:
        raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.")
    return name


def _instant(clause: Clause, name: str, asker: Asker) -> Test:
    value = clause.values[0]
    if not value.quoted and value.text.lower() in _EMPTY:
        emptied = clause.operator in ("=", "is")
        return lambda found: (getattr(found, name) is None) == emptied
    test = _RANGES.get(clause.operator)
    if test is None:
        raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
    limit = bound(clause.field, value, now=asker.now, zone=asker.zone, epoch=asker.epoch)

    def within(found: Document) -> bool:
        instant: int | None = getattr(found, name)
        return instant is not None and test(instant, limit)

    return within


def _issue(field: str, value: Value, asker: Asker) -> int:
    number = asker.exists(value.text)
    if number is not None:
        return number
    if value.text.isdigit():
        raise JqlError(f"A value with ID '{value.text}' does not exist for the field '{field}'.")
    raise JqlError(f"An issue with key '{value.text}' does not exist for field '{field}'.")


def _raw(field: str, name: str, value: Value, asker: Asker) -> str:
    """Return the raw value that an operand names, by id or name, letters' case aside."""
    text = value.text.lower()
    if not value.quoted and text in _EMPTY:
        return ""
    for raw, names in _choices(name, asker).items():
        if text in names:
            return raw
    raise JqlError(f"The value '{value.text}' does not exist for the field '{field}'.")


def _choices(name: str, asker: Asker) -> Mapping[str, set[str]]:
    if name == "project":
        return {key: {key.lower(), each.id, each.name.lower()} for key, each in asker.projects.items()}
    if name == "status":
        return {raw: {raw, status.name.lower()} for raw, status in STATUSES.items()}
    if name in ("assignee", "reporter"):
        return {login: {login, each.account_id, each.name.lower()} for login, each in PEOPLE.items()}
    listed = {"priority": PRIORITIES, "resolution": RESOLUTIONS, "issuetype": TYPES}[name]
    return {raw: {raw, label.lower()} for raw, label in listed.items()}


def sorting(order: tuple[tuple[str, bool | None], ...]) -> Sort:
    """Return the key by which rows stand in order; ids decide last. Raises JqlError."""
    parts = []
    for field, descends in order or (("created", True),):
        name = field.lower() if field.lower() in ("id", "key", "issuekey") else _known(field)
        parts.append((name, descends if descends is not None else name in (*_INSTANTS, "priority")))

    def key(found: Document) -> tuple[object, ...]:
        return (*(_place(found, name, descends=descends) for name, descends in parts), found.id)

    return key


def _place(found: Document, name: str, *, descends: bool) -> tuple[object, ...]:
    """Return where a row stands by one field, as numbers and texts that JSON can hold."""
    sign = -1 if descends else 1
    if name in _INSTANTS:
        return (sign * (getattr(found, name) or 0),)
    if name == "id":
        return (sign * found.id,)
    if name in ("issue", "issuekey", "key"):
        project, _, number = found.key.rpartition("-")
        return (_spelt(project, sign), sign * int(number))
    if name == "priority":
        return (-sign * int(found.values[name] or 9),)
    return (_spelt(found.values[name], sign),)


def _spelt(text: str, sign: int) -> tuple[int, ...]:
    return (*(sign * ord(letter) for letter in text), 1 if sign < 0 else 0)


def visible_projects(keys: Callable[[str], bool]) -> dict[str, Project]:
    """Return the projects whose keys pass a test."""
    return {key: project for key, project in PROJECTS.items() if keys(key)}
