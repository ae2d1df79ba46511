"""How long a stop can be undone, and when a resolve counts as confirmed: what calendars say of a clock's runs."""

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import DEFAULT, Goal
from syncd.domain.history import History
from syncd.domain.judgement import judge
from syncd.domain.matching import Match
from syncd.domain.run import Run


class Grace:
    """Counts what follows a stop: on the clock's own calendar for it, else on that of the binding promise."""

    __slots__ = ("_history", "_match")

    def __init__(self, history: History, match: Match) -> None:
        self._history, self._match = history, match

    def in_time(self, run: Run, at: int, span: Goal) -> bool:
        """Whether an instant is no later than `span` counted from a run's stop."""
        stopped = run.ended_at
        if stopped is None:
            return False
        # Which promise binds matters only where calendars disagree: that spares judging a run at every reopening.
        answers = {at <= _after(calendar, stopped, span) for calendar in self._calendars()}
        return answers.pop() if len(answers) == 1 else at <= self.last_in_time(run, span)

    def last_in_time(self, run: Run, span: Goal) -> int:
        """Return the last instant that is, in microseconds."""
        return _after(self._calendar(run), run.spans[-1].end or 0, span)

    def _calendars(self) -> list[ServiceCalendar]:
        target = self._match.target
        if target.reopen_calendar is not None:
            return [target.reopen_calendar]
        stated = [*target.calendars.values()]
        for each in self._match.amendments:
            stated += each.target.calendars.values()
        return list({id(calendar): calendar for calendar in stated}.values())

    def _calendar(self, run: Run) -> ServiceCalendar:
        target = self._match.target
        if target.reopen_calendar is not None:
            return target.reopen_calendar
        binding = judge(self._history, run, self._match).binding
        if binding is not None:
            return binding.calendar
        return target.calendars.get(DEFAULT) or next(iter(target.calendars.values()))


def _after(calendar: ServiceCalendar, start: int, span: Goal) -> int:
    return calendar.due_us(start, calendar.goal_us(span, start))
