"""The reading half: live passes, the past newest first, tickets by id; of an agent's Jira, or of a vendor's portal."""

from collections.abc import Iterator, Sequence

from connectors.jira.api import JiraApi
from connectors.jira.desk import DeskReader
from connectors.jira.directory import Directory
from connectors.jira.dossiers import Dossiers
from connectors.jira.gone import Finder
from connectors.jira.lanes import Lanes
from connectors.jira.settings import JiraOptions
from connectors.jira.slices import Slices
from connectors.jira.walks import Walks
from syncd.ports.connector import CheckLine, Connector, Cursor, Page, Rechecked, Site
from syncd.ports.toolkit import Toolkit


class JiraReader:
    """Reads one site as an agent; see `syncd.ports.connector.Connector` and `Backfills`."""

    def __init__(self, site: Site, options: JiraOptions, toolkit: Toolkit) -> None:
        self._options = options
        self._toolkit = toolkit
        self._api = JiraApi(options, toolkit)
        self._directory = Directory(self._api, options, site.parties)
        dossiers = Dossiers(self._api, self._directory, options)
        walks = Walks(self._api, options)
        self._lanes = Lanes(self._api, walks, dossiers, options)
        self._slices = Slices(self._api, walks, dossiers, options, site.backfill_from)
        self._finder = Finder(self._api, dossiers, options)

    def check(self) -> Sequence[CheckLine]:
        """Try the identity, the rights and every configured name, with the `jira` package: a second opinion."""
        from connectors.jira.selftest import checked  # noqa: PLC0415 - the package takes a second to import

        return checked(self._api, self._directory, self._options)

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield what changed since a cursor, oldest change first."""
        return self._lanes.pages(since)

    def backfill(self, before: Cursor | None) -> Iterator[Page]:
        """Yield older and older tickets, by month of creation, down to the site's `backfill_from`."""
        return self._slices.pages(before)

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Re-read tickets by id, wherever they are now."""
        return self._finder.recheck(ids) if ids else Rechecked(())

    def close(self) -> None:
        """Let go of nothing: connections are the toolkit's."""


def build(site: Site, options: JiraOptions, toolkit: Toolkit) -> Connector:
    """Return the reader of one configured source."""
    if options.view == "customer":
        return DeskReader(site, options, toolkit)
    return JiraReader(site, options, toolkit)
