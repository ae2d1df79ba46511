"""Tickets re-read by id.

Nothing that the API answers proves a deletion. Cloud says 404 in the same words of what was deleted, was hidden by a
security level, was moved out of sight, or never was; Data Center may say 403 of what is hidden, but is free to say 404;
and that every project in scope can be browsed says nothing of levels, nor of a project that a ticket was moved to.
So what cannot be read is unreachable, never deleted: only the site's own word, `issue_deleted`, would prove it.
"""

from collections.abc import Sequence

from connectors.jira.api import JiraApi
from connectors.jira.dossiers import Dossiers, chunks
from connectors.jira.settings import JiraOptions
from syncd.domain.names import GoneReason
from syncd.ports.connector import RawRecord, Rechecked


class Finder:
    """Finds tickets by id, wherever they are now: moved ones answer with their new key."""

    def __init__(self, api: JiraApi, dossiers: Dossiers, options: JiraOptions) -> None:
        self._api = api
        self._dossiers = dossiers
        self._options = options

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Return the records of tickets as they are now, and that the others cannot be reached."""
        asked = list(dict.fromkeys(ids))
        usable = [each for each in asked if each.isascii() and each.isdigit()]
        records: list[RawRecord] = []
        for some in chunks(usable, self._options.page_size):
            records.extend(self._dossiers.complete(some, sought=True).records)
        told = {record.ticket for record in records}
        missing = [each for each in asked if each not in told]
        if missing:
            self._api.identity()  # without one, everything is missing
        return Rechecked(tuple(records), dict.fromkeys(missing, GoneReason.UNREACHABLE))
