"""Queries, built so that nothing from outside can change what they ask.

Instants are unquoted milliseconds since 1970: no time zone, no repeated hour in autumn. Sites that refuse them are
asked by periods back from now. Quoted wall-clock texts would mean the searching account's own zone and are never
written.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.jira.settings.rules import ScopeRule
from connectors.jira.stamps import millis

_MINUTE = timedelta(minutes=1)
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
"""Earlier than any ticket."""


def quoted(text: str) -> str:
    """Return a text as one operand, whatever is in it; reserved words need it, and quotes harm nobody."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def among(field: str, values: tuple[str, ...]) -> str:
    """Return the comparison with any of some values; empty without any."""
    return f"{field} in ({', '.join(quoted(value) for value in values)})" if values else ""


def scope_of(rule: ScopeRule) -> str:
    """Return the clauses that bound what is read: by project and type only.

    A ticket that left a clause on anything that changes would be gone before its leaving was seen.
    """
    return all_of(among("project", rule.projects), among("issuetype", rule.issue_types))


def all_of(*clauses: str) -> str:
    """Return clauses joined by AND; empty ones are left out."""
    return " AND ".join(clause for clause in clauses if clause)


@dataclass(frozen=True, slots=True)
class Span:
    """Bounds on a dated field: `[since, until)`, until open if None; a site may take either as whole minutes."""

    field: str
    since: datetime
    until: datetime | None = None

    def clauses(self, *, relative: bool, now: datetime) -> str:
        """Return the clauses, wide enough for a site that cuts to minutes; `now` is the site's."""
        if not relative:
            lower = f"{self.field} >= {millis(self.since)}"
            if self.until is None:
                return lower
            return f"{lower} AND {self.field} <= {millis(_next_minute(self.until))}"
        lower = f"{self.field} >= -{max(0, -((self.since - now) // _MINUTE)) + 1}m"
        back = 0 if self.until is None else (now - self.until) // _MINUTE - 1
        return lower if back <= 0 else f"{lower} AND {self.field} <= -{back}m"


def _next_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + _MINUTE


@dataclass(frozen=True, slots=True)
class Question:
    """One query: the scope, and spans of time."""

    scope: str
    spans: tuple[Span, ...]
    order: str = "id ASC"

    def jql(self, *, relative: bool, now: datetime) -> str:
        """Return the query's text."""
        where = all_of(self.scope, *(span.clauses(relative=relative, now=now) for span in self.spans))
        return f"{where} ORDER BY {self.order}"
