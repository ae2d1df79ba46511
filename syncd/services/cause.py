"""Why a ticket was set apart, in words that hold none of its own (law 12): reasons are logged, stored and shown."""

import sys
import traceback

from syncd.domain.calendar import CalendarExhausted


def cause_of(error: Exception) -> str:
    """Return an exception's type and the line of code it comes from: `KeyError at connectors.jira.story:41`.

    Its message may quote the ticket and is left out. A calendar that cannot answer is named: that is configuration.
    """
    if isinstance(error, CalendarExhausted):
        return str(error)
    places = [
        f"{module}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if (module := str(frame.f_globals.get("__name__"))).partition(".")[0] not in sys.stdlib_module_names
    ]
    return " at ".join((type(error).__name__, *places[-1:]))
