"""Which field a configured name or a change in a history means: by id, and by name only where there is no id.

Data Center's histories have no `fieldId`, and names are not unique: what two fields are called by is refused as a
finding, never guessed.
"""

import re
from collections.abc import Iterable, Mapping

from connectors.jira.cells import Row, inner, text

_BRACKETS = re.compile(r"cf\[(\d+)\]")
_CUSTOM = re.compile(r"customfield_\d+")

SYSTEM: Mapping[str, str] = {
    "status": "status", "resolution": "resolution", "priority": "priority", "assignee": "assignee",
    "project": "project", "key": "key", "issuetype": "issuetype", "issue type": "issuetype", "parent": "parent",
    "issueparentassociation": "parent", "component": "components", "components": "components", "labels": "labels",
    "link": "issuelinks", "remoteissuelink": "remotelinks", "fix version": "fixVersions",
    "fixversions": "fixVersions", "version": "versions", "versions": "versions", "reporter": "reporter",
    "duedate": "duedate", "security": "security", "environment": "environment",
}  # fmt: skip
"""Fields of every Jira, by what histories call them."""

REQUEST_TYPE = "request_type"
ORGANISATION = "organisation"
SLA = ("com.atlassian.servicedesk:sd-sla-field", "sd-servicelevelagreement")
RATING = "com.atlassian.servicedesk:sd-request-feedback"
RATED_ON = "com.atlassian.servicedesk:sd-request-feedback-date"

_BY_TYPE: Mapping[str, tuple[str, frozenset[str]]] = {
    REQUEST_TYPE: (
        "com.atlassian.servicedesk:vp-origin",
        frozenset({"request_type", "request type", "customer request type"}),
    ),
    ORGANISATION: (
        "com.atlassian.servicedesk:sd-customer-organizations",
        frozenset({"organisation", "organisations", "organization", "organizations"}),
    ),
}
"""Fields of Service Management that have one type and several names."""

ALWAYS = ("status", "resolution", "priority", "assignee", "project", "key", "parent", "issuelinks", "remotelinks")
"""Fields whose history every mapping needs."""


class Fields:
    """The fields of one ticket that matter, and what they are called."""

    def __init__(self, configured: Iterable[str], known: Mapping[str, Row]) -> None:
        self._known = known
        self._names: dict[str, list[str]] = {}
        for ident in sorted(known):
            self._names.setdefault(text(known[ident], "name").casefold(), []).append(ident)
        self.ambiguous: dict[str, tuple[str, ...]] = {}
        """Names that several fields have, with their ids."""
        self._keys = {name: self._resolve(name) for name in configured}
        self.tracked = frozenset((*ALWAYS, *(key for key in self._keys.values() if key)))
        self.people = frozenset(
            {"assignee", "reporter"} | {key for key in self.tracked if "userpicker" in self.kind(key)}
        )

    def key(self, configured: str) -> str:
        """Return the key of a configured field; empty where its name is ambiguous."""
        return self._keys.get(configured, "")

    def kind(self, ident: str) -> str:
        """Return a field's type; empty when it is not known."""
        return text(self._known.get(ident, {}), "custom")

    def relevant(self) -> list[str]:
        """Return the known fields that must be known again: those tracked, and those that share a name with them."""
        names = {name.casefold() for name in self._keys} | {
            text(self._known[key], "name").casefold() for key in self.tracked if key in self._known
        }
        return [
            ident for ident in sorted(self._known)
            if ident in self.tracked or text(self._known[ident], "name").casefold() in names
        ]  # fmt: skip

    def of(self, item: Row) -> str:
        """Return the key of the field that an item of a history changed; empty for one that does not matter."""
        ident, name = text(item, "fieldId"), text(item, "field").casefold()
        if ident in self.tracked:
            return ident
        custom = text(item, "fieldtype") == "custom" or ident.startswith("customfield_")
        system = "" if custom else SYSTEM.get(name, "")
        if not ident:
            found = self._names.get(name, [])
            if len(found) > 1 and self.tracked.intersection(found):
                self.ambiguous[name] = tuple(found)
                return ""
            if found and not system:
                return found[0] if found[0] in self.tracked else ""
        named = "" if name in SYSTEM else name  # a field of ours that no directory knows
        return next((key for key in (system, named) if key in self.tracked), "")

    def _resolve(self, configured: str) -> str:
        name = configured.strip()
        brackets = _BRACKETS.fullmatch(name)
        if brackets:
            return f"customfield_{brackets.group(1)}"
        if name in self._known or _CUSTOM.fullmatch(name):
            return name
        folded = name.casefold()
        for custom, names in _BY_TYPE.values():
            if folded in names:
                return self._typed(custom, names) or folded
        if folded in SYSTEM:
            return SYSTEM[folded]
        found = self._names.get(folded, [])
        if len(found) > 1:
            self.ambiguous[folded] = tuple(found)
            return ""
        return found[0] if found else folded

    def _typed(self, custom: str, names: frozenset[str]) -> str:
        typed = [ident for ident in sorted(self._known) if self.kind(ident) == custom]
        named = [ident for name in sorted(names) for ident in self._names.get(name, [])]
        return next(iter((*typed, *named)), "")


def types_of(known: Mapping[str, Row], *kinds: str) -> list[str]:
    """Return the ids of the fields of these types."""
    return [ident for ident in sorted(known) if text(known[ident], "custom") in kinds]


def described(raw: Row) -> dict[str, object]:
    """Return what is kept of a field's description: its name and its type."""
    schema = inner(raw, "schema")
    kind = text(raw, "custom") or text(schema, "custom") or text(schema, "type")
    return {"name": text(raw, "name"), **({"custom": kind} if kind else {})}
