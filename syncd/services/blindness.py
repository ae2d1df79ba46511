"""One page for a source that cannot be seen while clocks fall due, and one that it can be again."""

from collections.abc import Mapping
from datetime import UTC, datetime

from syncd.domain.changes import Withheld
from syncd.domain.instant_text import instant_text
from syncd.domain.notice import Notice, NoticeKey, Step
from syncd.domain.recovery import recovered
from syncd.ports.outbox import NO_TICKET, Outstanding
from syncd.ports.repositories import SourceId
from syncd.ports.store import Fence, Store
from syncd.services.rules import Rules
from syncd.services.sight import Blindness

_SAMPLED = 200
"""Of so many of the breaches that wait, the receivers are those who are told of the blindness."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def tell_blind(
    store: Store,
    fence: Fence,
    rules: Rules,
    blind: Mapping[SourceId, Blindness],
    told: list[str],
    *,
    now: datetime,
) -> None:
    """Queue one notice for each source that was not read for so long that a breach is withheld because of it."""
    lasting = [each for each in blind.values() if each.lasting and each.why is Withheld.SOURCE_STALE]
    if not lasting:
        return
    with store.view() as view:
        known = {one.key for one in view.outbox.outstanding([NO_TICKET]).get(NO_TICKET, ())}
        waits = {each.source.id: view.held.of_source(each.source.id, _SAMPLED) for each in lasting}
        new: list[tuple[Notice, list[str]]] = []
        for each in lasting:
            breaches = [held for held in waits[each.source.id] if held.notice.key.step is not Step.AT_RISK]
            key = _key(each)
            if breaches and key.text() not in known:
                due = view.readings.fallen_due(each.source.id, each.since or _LONG_AGO, now)
                names = dict.fromkeys(name for held in breaches for name in held.channels)
                new.append((_notice(each, key, max(due, len(breaches)), now), list(names)))
    if not new:
        return
    with store.begin(fence) as work:
        for notice, channels in new:
            if work.outbox.add(notice, [one for one in channels if one in rules.channels], at=now):
                told.append(notice.key.text())
        work.commit()


def tell_sighted(
    store: Store, fence: Fence, blind: Mapping[SourceId, Blindness], told: list[str], *, now: datetime
) -> None:
    """End the notices of sources that are read again, and say so to whoever was told."""
    with store.view() as view:
        over = [
            one
            for one in view.outbox.outstanding([NO_TICKET]).get(NO_TICKET, ())
            if one.notice.key.step is Step.SOURCE_BLIND and not _still(one, blind)
        ]
    if not over:
        return
    with store.begin(fence) as work:
        for one in over:
            work.outbox.end([one.key], now)
            notice = recovered([one.notice], now)
            if one.channels and work.outbox.add(notice, one.channels, at=now):
                told.append(notice.key.text())
        work.commit()


def _still(one: Outstanding, blind: Mapping[SourceId, Blindness]) -> bool:
    found = blind.get(one.notice.key.source_id)
    return found is not None and found.why is Withheld.SOURCE_STALE and _key(found).text() == one.key


def _key(blindness: Blindness) -> NoticeKey:
    since = "never" if blindness.since is None else instant_text(blindness.since)
    return NoticeKey(
        source_id=blindness.source.id, ticket_id="", contract="", target="", started_by="", priority="",
        step=Step.SOURCE_BLIND, detail=since,
    )  # fmt: skip


def _notice(blindness: Blindness, key: NoticeKey, count: int, now: datetime) -> Notice:
    return Notice(
        key=key, at=now, source=blindness.source.name, ticket="", url=None, vendor="", vendor_name="", priority="",
        goal_us=0, elapsed_us=0, due_at=None, count=count, since=blindness.since,
    )  # fmt: skip
