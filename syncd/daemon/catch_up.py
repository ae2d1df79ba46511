"""Before the workers start: what another version of a mapper mapped is mapped again, and nobody is told of it."""

from collections.abc import Callable, Sequence

from syncd.ports.now import Now
from syncd.ports.store import Fence, Store
from syncd.services.intake import Intake
from syncd.services.remap import remap
from syncd.services.rules import Rules


def catch_up(
    store: Store, fence: Fence, intakes: Sequence[Intake], rules: Rules, *, now: Now, say: Callable[[str], None]
) -> None:
    """Map records again that another version of their mapper mapped; what follows is measured while the daemon runs."""
    with store.view() as view:
        versions = {row.id: row.mapper_version for row in view.sources.all()}
        empty = view.tickets.count() == 0
    stale = [intake for intake in intakes if versions[intake.source] != intake.mapper.version]
    if stale or empty:
        # Killed between mapping and measuring, the next start must find that the readings are not of these events.
        with store.begin(fence) as work:
            work.readings.set_basis(rules.basis if empty else "")
            work.commit()
    for intake in stale:
        say(f"{intake.source_name}: mapping stored records again for mapper version {intake.mapper.version}")
        remap(intake, now=now.utc(), progress=_unseen)


def _unseen(done: int) -> None:
    del done
