"""What the account may see: projects, security levels, internal comments, agents' views."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from connectors.jira.simulator.catalogue import LEVELS, PROJECTS
from connectors.jira.simulator.issue import Comment, Issue
from connectors.jira.simulator.script import Script
from syncd.errors import ConfigError

KEYS = ("lost", "levels", "agent", "roles")


@dataclass(frozen=True, slots=True)
class _Loss:
    """A project that may not be browsed within `[begins, ends)` seconds after the first request."""

    project: str
    begins: float
    ends: float


class Rights:
    """Rights by script: `lost` projects, `levels` and comment `roles` that are granted, `agent` licence or none.

    Without a word the account has the role Administrators and no level. A customer of the portal (`customer` True)
    sees requests there and nothing by the platform's own API.
    """

    def __init__(self, values: Mapping[str, object], *, customer: bool) -> None:
        script = Script(values, KEYS, "rights")
        self.customer = customer
        self.agent = script.flag("agent", default=True) and not customer
        self._levels = {str(level) for level in script.items("levels")}
        roles = script.items("roles") if script.has("roles") else [] if customer else ["Administrators"]
        self._roles = {str(role) for role in roles}
        self._lost = [_loss(entry) for entry in script.items("lost")]
        if not self._levels <= set(LEVELS):
            raise ConfigError("jira simulator rights.levels: unknown security level")

    def browses(self, project: str, elapsed: timedelta) -> bool:
        """Say whether a project is there for this account."""
        seconds = elapsed.total_seconds()
        lost = any(each.project == project and each.begins <= seconds < each.ends for each in self._lost)
        return project in PROJECTS and not lost and not self.customer

    def sees(self, issue: Issue, elapsed: timedelta) -> bool:
        """Say whether an issue is there for this account."""
        level = issue.values.get("security", "")
        return self.browses(issue.project, elapsed) and (not level or level in self._levels)

    def requests(self, issue: Issue, elapsed: timedelta) -> bool:
        """Say whether the portal shows an issue to this account."""
        desk = PROJECTS[issue.project].type == "service_desk"
        return desk and (self.customer or self.sees(issue, elapsed)) and not issue.archived

    def reads(self, issue: Issue, comment: Comment) -> bool:
        """Say whether a comment is there for this account."""
        desk = PROJECTS[issue.project].type == "service_desk"
        hidden = comment.internal and desk and not self.agent
        return not hidden and (not comment.role or comment.role in self._roles)


def _loss(entry: object) -> _Loss:
    script = Script(entry, ("project", "from", "until"), "rights.lost[]")
    project = script.text("project")
    if project not in PROJECTS:
        raise ConfigError(f"jira simulator rights.lost[]: no project {project!r}")
    return _Loss(project, script.number("from", 0.0), script.number("until", float("inf")))


NOBODY = Rights({"lost": [{"project": key} for key in PROJECTS], "agent": False}, customer=False)
"""What an anonymous request may see: nothing."""
