"""Tickets re-read by id, and why some cannot be.

Jira answers 404 alike for what was deleted, is hidden, or never was. A deletion is believed only while every project
that we read can be browsed, and not when many tickets vanish at once: else a right was lost.
"""

from collections.abc import Sequence

from connectors.jira.api import JiraApi
from connectors.jira.cells import inner, text
from connectors.jira.directory import Directory
from connectors.jira.dossiers import Dossiers, chunks
from connectors.jira.settings import JiraOptions
from syncd.domain.names import GoneReason
from syncd.errors import SourceRefused
from syncd.ports.connector import RawRecord, Rechecked

MANY = 5
"""As many tickets missing of one question, more than half of them all, are no deletions."""


class Finder:
    """Finds tickets by id, wherever they are now: moved ones answer with their new key."""

    def __init__(self, api: JiraApi, dossiers: Dossiers, directory: Directory, options: JiraOptions) -> None:
        self._api = api
        self._dossiers = dossiers
        self._directory = directory
        self._options = options

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Return the records of tickets as they are now, and why there is none of the others."""
        asked = list(dict.fromkeys(ids))
        usable = [each for each in asked if each.isascii() and each.isdigit()]
        records: list[RawRecord] = []
        for some in chunks(usable, self._options.page_size):
            records.extend(self._dossiers.complete(some).records)
        told = {record.ticket for record in records}
        missing = [each for each in asked if each not in told]
        if not missing:
            return Rechecked(tuple(records))
        self._api.identity()  # without one, everything is missing
        return Rechecked(tuple(records), dict.fromkeys(missing, self._why(len(missing), len(asked))))

    def _why(self, missing: int, asked: int) -> GoneReason:
        if missing >= MANY and missing * 2 > asked:
            return GoneReason.UNREACHABLE
        return GoneReason.DELETED if self.browses() else GoneReason.UNREACHABLE

    def browses(self) -> bool:
        """Tell whether every project of the scope can be browsed; without any configured, whether projects can."""
        wanted = self._options.scope.projects
        visible = {
            name.casefold() for row in self._directory.projects() for name in (text(row, "key"), text(row, "id"))
        }
        if not visible or not all(key.casefold() in visible for key in wanted):
            return False
        return all(self.may_browse(key) for key in wanted or ("",))

    def may_browse(self, project: str) -> bool:
        """Tell what `/mypermissions` says of one project, or of any."""
        params = {"permissions": "BROWSE_PROJECTS", **({"projectKey": project} if project else {})}
        try:
            told = self._api.get("mypermissions", params)
        except SourceRefused as refused:
            if refused.reason == "auth":
                raise
            return False
        return inner(inner(told, "permissions"), "BROWSE_PROJECTS").get("havePermission") is True
