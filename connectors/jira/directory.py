"""What the site calls things: fields, statuses, and who is in the groups that matter; refreshed every hour."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.jira.api import JiraApi
from connectors.jira.cells import Row, inner, is_object, text
from connectors.jira.fields import ORGANISATION, RATED_ON, RATING, REQUEST_TYPE, SLA, SYSTEM, Fields, described
from connectors.jira.settings import JiraOptions
from syncd.domain.problem import Problem
from syncd.errors import SourceRefused
from syncd.ports.connector import Parties

KEPT_SECONDS = 3600.0
"""How long a directory is believed."""

ALWAYS = (
    "created", "updated", "creator", "reporter", "status", "resolution", "resolutiondate", "statuscategorychangedate",
    "priority", "assignee", "project", "parent", "issuelinks", "archiveddate", "issuetype", "comment",
)  # fmt: skip
"""Fields that every record has, whatever is configured."""

_PAGE = 50
_ACCOUNTS = ("accountId", "name", "key")
_ENDS = ("from", "to")


@dataclass(frozen=True, slots=True)
class Known:
    """A directory as of one refresh."""

    asked: tuple[str, ...]
    """The fields to ask every issue for."""
    fields: Mapping[str, Row]
    """Name and type of those that mapping needs to know."""
    statuses: Mapping[str, Row]
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    members: Mapping[str, Row] = field(default_factory=dict)
    """By account: users of groups that tell a party or a vendor."""
    problems: tuple[Problem, ...] = ()

    def part(self, people: Iterable[str]) -> dict[str, object]:
        """Return what a record needs of it: the people are those whom the ticket names."""
        found = {text(self.members[who], "id"): self.members[who] for who in people if who in self.members}
        users = [found[ident]["user"] for ident in sorted(found)]
        return {"fields": self.fields, "statuses": self.statuses, **({"users": users} if users else {})}


class Directory:
    """Asks for names, once an hour."""

    def __init__(self, api: JiraApi, options: JiraOptions, parties: Parties) -> None:
        self._api = api
        self._options = options
        self._groups = _groups(options, parties)
        self._known: tuple[float, Known] | None = None

    def known(self) -> Known:
        """Return the directory; raises `SourceRefused(configuration)` for a field's name that several fields have."""
        now = self._api.toolkit.now.monotonic()
        if self._known is None or now - self._known[0] > KEPT_SECONDS:
            self._known = (now, self.read())
        known = self._known[1]
        if known.ambiguous:
            self._known = None
            listed = "; ".join(f"{name}: {', '.join(ids)}" for name, ids in sorted(known.ambiguous.items()))
            raise SourceRefused(
                self._api.source, "configuration", f"several fields have one name, so give the id instead ({listed})"
            )
        return known

    def read(self) -> Known:
        """Ask for everything, ambiguous names included."""
        described_ = {text(row, "id"): described(row) for row in self._fields() if text(row, "id")}
        fields = Fields(self._options.configured, described_)
        native = [ident for ident in sorted(described_) if fields.kind(ident) in (*SLA, RATING, RATED_ON)]
        wanted = [key for key in sorted(fields.tracked) if key in described_ or key in SYSTEM.values()]
        asked = (*ALWAYS, *(["summary"] if self._options.titles else []), *wanted, *native)
        rating = [ident for ident in native if fields.kind(ident) in (RATING, RATED_ON)]
        members, problems = self._members()
        return Known(
            asked=tuple(name for name in dict.fromkeys(asked) if name not in ("key", "remotelinks")),
            fields={ident: described_[ident] for ident in dict.fromkeys((*fields.relevant(), *rating))},
            statuses={text(row, "id"): _status(row) for row in self._api.listed("status") if text(row, "id")},
            ambiguous=dict(fields.ambiguous),
            unknown=tuple(name for name in self._options.configured if self._nowhere(name, fields, described_)),
            members=members,
            problems=problems,
        )

    def _fields(self) -> Iterator[Row]:
        """Yield every field; the two lists of Cloud hold different sets. Copies for projects we do not read are not."""
        listed = self._api.listed("field")
        if self._api.product().cloud:
            try:
                for page, _ in self._api.paged("field/search", "values", {}, _PAGE):
                    listed.extend(page)
            except SourceRefused as refused:  # the search of fields needs a right of its own
                if refused.reason == "auth":
                    raise
        ours = self._our_projects() if any("scope" in row for row in listed) else frozenset()
        for row in listed:
            owner = text(inner(inner(row, "scope"), "project"), "id")
            if not owner or not ours or owner in ours:
                yield row

    def _our_projects(self) -> frozenset[str]:
        wanted = {key.casefold() for key in self._options.scope.projects}
        return frozenset(text(row, "id") for row in self.projects() if wanted and text(row, "key").casefold() in wanted)

    def projects(self) -> list[Row]:
        """Return the projects that can be seen."""
        if not self._api.product().cloud:
            return self._api.listed("project")
        return [row for page, _ in self._api.paged("project/search", "values", {}, _PAGE) for row in page]

    def _nowhere(self, name: str, fields: Fields, described_: Mapping[str, Row]) -> bool:
        key = fields.key(name)
        stock = (REQUEST_TYPE, ORGANISATION)  # of Service Management, which a site need not have
        return bool(key) and key not in described_ and key not in SYSTEM.values() and key not in stock

    def _members(self) -> tuple[dict[str, Row], tuple[Problem, ...]]:
        """Return the people of the configured groups, by every account of theirs, and what could not be read."""
        groups: dict[str, set[str]] = {}
        users: dict[str, Row] = {}
        problems = []
        for group in self._groups:
            try:
                for page, _ in self._api.paged("group/member", "values", {"groupname": group}, _PAGE):
                    for user in page:
                        ident = next((told for key in _ACCOUNTS if (told := text(user, key))), "")
                        users[ident] = user
                        groups.setdefault(ident, set()).add(group)
            except SourceRefused as refused:
                if refused.reason == "auth":
                    raise
                problems.append(Problem("group_unreadable", f"the members of {group} cannot be read"))
        found: dict[str, Row] = {}
        for ident in sorted(groups):
            kept = {key: users[ident][key] for key in (*_ACCOUNTS, "accountType") if key in users[ident]}
            entry: Row = {"id": ident, "user": {**kept, "groups": sorted(groups[ident])}}
            found.update({text(kept, key): entry for key in _ACCOUNTS if text(kept, key)})
        return found, tuple(problems)


def _groups(options: JiraOptions, parties: Parties) -> Sequence[str]:
    """Return the groups whose members must be known."""
    named = [group for vendor in parties.vendors for group in vendor.groups]
    looked = [name for rule in options.vendor_from if rule.look_at == "group" for name in rule.values]
    return tuple(sorted({*named, *parties.customer_groups, *looked}))


def _status(row: Row) -> Row:
    return {"name": text(row, "name"), "statusCategory": {"key": text(inner(row, "statusCategory"), "key")}}


def mentioned(issue: Row, histories: Sequence[Row], comments: Sequence[Row]) -> set[str]:
    """Return every account that a ticket names, in whichever place, and other texts that stand in such places."""
    values = inner(issue, "fields")
    users = [inner(values, key) for key in values]
    users += [inner(row, "author") for row in (*histories, *comments)]
    told = [user[key] for user in users for key in _ACCOUNTS if key in user]
    for history in histories:  # by the hundred a ticket
        items = history.get("items")
        told += [item.get(end) for item in items if is_object(item) for end in _ENDS] if isinstance(items, list) else ()
    return {name for name in told if isinstance(name, str)}
