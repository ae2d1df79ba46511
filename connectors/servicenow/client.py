"""The reading half: live passes, the past newest first, tickets by id."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from connectors.servicenow import cursor as cursors
from connectors.servicenow.canary import try_queries
from connectors.servicenow.cells import Row, text
from connectors.servicenow.cursor import Places, Stream
from connectors.servicenow.dossier import Completed, Dossiers
from connectors.servicenow.keyset import FIRST, Batch, Keyset, Place
from connectors.servicenow.recheck import Finder
from connectors.servicenow.rights import PROBE_SECONDS, Prober, Rights
from connectors.servicenow.selftest import checked
from connectors.servicenow.settings import BasicLogin, ServiceNowOptions
from connectors.servicenow.stamps import instant, stamp
from connectors.servicenow.table_api import TableApi
from syncd.domain.problem import Problem
from syncd.errors import SourceRefused
from syncd.ports.connector import CheckLine, Cursor, Page, RawRecord, Rechecked, Site
from syncd.ports.toolkit import Auth, BasicAuth, ClientCredentials, Toolkit

TOKEN_PATH = "/oauth_token.do"  # noqa: S105  where tokens are asked for


class ServiceNowReader:
    """Reads one instance; see `syncd.ports.connector.Connector` and `Backfills`."""

    def __init__(self, site: Site, options: ServiceNowOptions, toolkit: Toolkit) -> None:
        self._site = site
        self._options = options
        self._toolkit = toolkit
        api = toolkit.http(options.url, auth=_auth(options), headers={"accept": "application/json"})
        self._api = TableApi(toolkit, api, page_size=options.page_size)
        self._dossiers = Dossiers(self._api, toolkit, options)
        self._prober = Prober(self._api, toolkit)
        self._finder = Finder(self._api, self._dossiers, options)
        self._tried: dict[str, float] = {}

    def check(self) -> Sequence[CheckLine]:
        """Try the identity, every table with its history, and every configured field."""
        return checked(self._api, self._prober, self._options, cursors.streams(self._options))

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield what changed since a cursor, up to `lag` before the instance's time.

        The last page is empty: it holds how far reading came. Every pass reads the `overlap` again, for what was
        committed late.
        """
        places = cursors.parse(since, self._toolkit.source)
        watermark: datetime | None = None
        for stream in cursors.streams(self._options):
            self._try(stream)
            upper = self._time() - timedelta(seconds=self._options.lag)
            known = places.at(stream)
            reached = upper if known is None else min(instant(known.at) or upper, upper)
            start = reached - timedelta(seconds=self._options.overlap + 1)
            for batch in self._keyset(stream).read(Place(stamp(start)), stamp(upper)):
                watermark = _newest(watermark, batch)
                # Within the overlap the place stays where the last pass left it: what lies between was read then.
                place = Place(max(batch.place.at, stamp(reached)))
                places = places.moved(stream, place)
                yield self._page(stream, batch, places, watermark)
            places = places.moved(stream, Place(stamp(upper)))
        yield Page((), places.text(), watermark)

    def backfill(self, before: Cursor | None) -> Iterator[Page]:
        """Yield older and older tickets by their last update, stream by stream, down to the site's `backfill_from`."""
        places = cursors.parse(before, self._toolkit.source)
        bound = FIRST if self._site.backfill_from is None else stamp(self._site.backfill_from)
        for stream in cursors.streams(self._options):
            known = places.at(stream)
            if known is not None and not known.at:
                continue
            self._try(stream)
            start = known or Place(stamp(self._time() + timedelta(seconds=1)))
            for batch in self._keyset(stream, backwards=True).read(start, bound):
                places = places.moved(stream, batch.place)
                yield self._page(stream, batch, places, None)
            places = places.moved(stream, Place(""))
            yield Page((), places.text())

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Re-read tickets by id, wherever they are now."""
        if not ids:
            return Rechecked(())
        first = cursors.streams(self._options)[0]
        records: list[RawRecord] = []
        for table, rows in self._finder.find(ids).items():
            records.extend(self._complete(first, table, rows)[0].records)
        found = {record.ticket for record in records}
        missing = [sys_id for sys_id in dict.fromkeys(ids) if sys_id not in found]
        if not missing:
            return Rechecked(tuple(records))
        rights = self._prober.rights(first.table, first.filter)
        return Rechecked(tuple(records), self._finder.why_gone(missing, rights))

    def close(self) -> None:
        """Let go of nothing: connections are the toolkit's."""

    def _keyset(self, stream: Stream, *, backwards: bool = False) -> Keyset:
        return Keyset(
            self._api, stream.table, self._dossiers.fields, stream.filter, descending=backwards, counted=not backwards
        )

    def _page(self, stream: Stream, batch: Batch, places: Places, watermark: datetime | None) -> Page:
        done, rights = self._complete(stream, stream.table, batch.rows)
        problems = list(done.problems)
        if batch.hidden:
            problems.append(Problem("hidden_rows", f"{stream.table}: {batch.hidden} tickets cannot be read"))
        if not rights.audit:
            problems.append(
                Problem("audit_unreadable", f"{stream.table}: no right to sys_audit; histories are snapshots")
            )
        if not rights.journal:
            problems.append(
                Problem("journal_unreadable", f"{stream.table}: no right to sys_journal_field; no messages")
            )
        return Page(done.records, places.text(), watermark, tuple(problems))

    def _complete(self, stream: Stream, table: str, rows: Sequence[Row]) -> tuple[Completed, Rights]:
        """Return rows completed with what may be read of their history, even if less may be than a while ago."""
        rights = self._prober.rights(stream.table, stream.filter)
        if not rows:
            return Completed(()), rights
        try:
            return self._dossiers.complete(table, rows, rights), rights
        except SourceRefused as refused:
            if refused.reason != "forbidden":
                raise
        self._prober.forget(stream.table)
        rights = self._prober.rights(stream.table, stream.filter)
        return self._dossiers.complete(table, rows, rights), rights

    def _try(self, stream: Stream) -> None:
        """Make sure, once and again every hour, that this instance honours queries on a stream."""
        now = self._toolkit.now.monotonic()
        if now - self._tried.get(stream.key, -PROBE_SECONDS * 2) > PROBE_SECONDS:
            try_queries(self._api, stream)
            self._tried[stream.key] = now

    def _time(self) -> datetime:
        """Return the instance's time; ours where it does not tell its own."""
        return self._toolkit.source_time() or self._toolkit.now.utc()


def _auth(options: ServiceNowOptions) -> Auth:
    login = options.auth
    if isinstance(login, BasicLogin):
        return BasicAuth(login.username, login.password)
    return ClientCredentials(TOKEN_PATH, login.client_id, login.client_secret, login.scope)


def _newest(watermark: datetime | None, batch: Batch) -> datetime | None:
    seen = [instant(text(row, "sys_updated_on")) for row in batch.rows]
    return max((each for each in (watermark, *seen) if each is not None), default=None)
