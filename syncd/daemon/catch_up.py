"""Before the workers start: what other rules derived is derived again, and nobody is told of it."""

from collections.abc import Callable, Sequence

from syncd.ports.now import Now
from syncd.ports.store import Fence, Store
from syncd.services.assess import Rules
from syncd.services.ingest import Intake
from syncd.services.remap import remap, remeasure


def catch_up(
    store: Store, fence: Fence, intakes: Sequence[Intake], rules: Rules, *, now: Now, say: Callable[[str], None]
) -> None:
    """Map records again that another version of their mapper mapped; measure again what other rules measured."""
    with store.view() as view:
        versions = {row.id: row.mapper_version for row in view.sources.all()}
        basis = view.readings.basis()
        tickets = view.tickets.count()
    stale = [intake for intake in intakes if versions[intake.source] != intake.mapper.version]
    if stale:
        # Killed between mapping and measuring, the next start must find that the readings are not of these events.
        with store.begin(fence) as work:
            work.readings.set_basis("")
            work.commit()
    for intake in stale:
        say(f"{intake.source_name}: mapping stored records again for mapper version {intake.mapper.version}")
        remap(intake, now=now.utc(), progress=_unseen)
    if basis == rules.basis and not stale:
        return
    if tickets:
        say(f"measuring {tickets} stored tickets again: contracts, calendars, engine or zone data have changed")
        remeasure(store, fence, rules, now=now.utc(), progress=_unseen)
    with store.begin(fence) as work:
        work.readings.set_basis(rules.basis)
        work.commit()


def _unseen(done: int) -> None:
    del done
