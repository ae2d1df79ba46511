"""The reading half: live passes, the past newest first, tickets by id."""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta

from connectors.servicenow import cursor as cursors
from connectors.servicenow.canary import try_queries
from connectors.servicenow.cells import Row, rows, text
from connectors.servicenow.cursor import Places, Stream
from connectors.servicenow.dossier import Completed, Dossiers, is_about_native, native_unreadable
from connectors.servicenow.keyset import FIRST, Batch, Keyset, Place
from connectors.servicenow.native import TABLE as NATIVE
from connectors.servicenow.native_poll import STREAM, NativePoll
from connectors.servicenow.recheck import Finder
from connectors.servicenow.rights import PROBE_SECONDS, Prober, Rights
from connectors.servicenow.selftest import checked
from connectors.servicenow.settings import BasicLogin, ServiceNowOptions
from connectors.servicenow.stamps import instant, stamp
from connectors.servicenow.table_api import TableApi
from syncd.domain.problem import Problem
from syncd.errors import SourceMisunderstood, SourceRefused
from syncd.ports.connector import CheckLine, Cursor, Page, RawRecord, Rechecked, Site
from syncd.ports.toolkit import Auth, BasicAuth, ClientCredentials, Toolkit

NATIVE_SLICE = 5
"""Pages of news from `task_sla` that one pass takes up beyond the overlap: a backlog must not keep tickets waiting."""

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
        self._prober = Prober(self._api, toolkit, native=options.native_sla)
        self._finder = Finder(self._api, self._dossiers, options)
        self._poll = NativePoll(self._api, options)
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
        told: dict[str, list[Row]] = {}
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
                page = self._page(stream, batch, places, watermark)
                told.update((record.ticket, rows(record.payload, NATIVE)) for record in page.records)
                yield page
            places = places.moved(stream, Place(stamp(upper)))
        if self._options.native_sla:
            places = yield from self._native_news(places, told, watermark)
        yield Page((), places.text(), watermark)

    def _native_news(
        self, places: Places, told: dict[str, list[Row]], watermark: datetime | None
    ) -> Generator[Page, None, Places]:
        """Yield tickets of which the instance's own SLA clocks say something new; return how far those are read.

        Where they show nothing the place stays, so that what begins to be shown is read from there on.
        """
        upper = self._time() - timedelta(seconds=self._options.lag)
        known = places.at(STREAM)
        reached = upper if known is None else min(instant(known.at) or upper, upper)
        if not self._prober.native():
            return places.moved(STREAM, Place(stamp(reached)))
        start = reached - timedelta(seconds=self._options.overlap + 1)
        left = NATIVE_SLICE
        try:
            for news in self._poll.news(start, upper, told):
                for stream in cursors.streams(self._options) if news.tickets else ():
                    found = self._poll.tickets(stream, news.tickets, self._dossiers.fields, self._site.backfill_from)
                    if found:
                        # The place moves only with the page behind: another stream may hold tickets of this news too.
                        yield self._page(stream, Batch(tuple(found), news.place), places, watermark)
                place = Place(max(news.place.at, stamp(reached)))
                places = places.moved(STREAM, place)
                left -= bool(news.tickets) and place.at > stamp(reached)
                if left <= 0:
                    return places
        except (SourceRefused, SourceMisunderstood) as broken:
            if not is_about_native(broken):
                raise
            self._prober.close_native()
            yield Page((), places.text(), watermark, (native_unreadable(str(broken)),))
            return places
        return places.moved(STREAM, Place(stamp(upper)))

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
        for table, found in self._finder.find(ids).items():
            records.extend(self._complete(first, table, found)[0].records)
        seen = {record.ticket for record in records}
        missing = [sys_id for sys_id in dict.fromkeys(ids) if sys_id not in seen]
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

    def _complete(self, stream: Stream, table: str, tickets: Sequence[Row]) -> tuple[Completed, Rights]:
        """Return rows completed with what may be read of their history, even if less may be than a while ago."""
        rights = self._prober.rights(stream.table, stream.filter)
        if not tickets:
            return Completed(()), rights
        try:
            done = self._dossiers.complete(table, tickets, rights)
        except SourceRefused as refused:
            if refused.reason != "forbidden":
                raise
            self._prober.forget(stream.table)
            rights = self._prober.rights(stream.table, stream.filter)
            done = self._dossiers.complete(table, tickets, rights)
        if done.native_refused:
            self._prober.close_native()
        return done, rights

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
