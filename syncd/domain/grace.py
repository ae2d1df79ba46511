"""How long a stop can be undone, and when a resolve counts as confirmed: what calendars say of a clock's runs."""

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import DEFAULT, Goal
from syncd.domain.history import History
from syncd.domain.judgement import Standing
from syncd.domain.matching import Match
from syncd.domain.run import Stop
from syncd.domain.segments import terms_of


class Grace:
    """Counts what follows a stop: on the clock's own calendar for it, else on that of the binding promise."""

    __slots__ = ("_history", "_known", "_match", "_standing")

    def __init__(self, history: History, match: Match) -> None:
        self._history, self._match = history, match
        self._standing: Standing | None = None
        self._known: tuple[Stop, ServiceCalendar] | None = None

    def in_time(self, stop: Stop, at: int, span: Goal) -> bool:
        """Whether an instant is no later than `span` counted from a stop."""
        # Which promise binds matters only where calendars disagree: that spares judging a run at every reopening.
        answers = {at <= _after(calendar, stop.at, span) for calendar in self._calendars()}
        return answers.pop() if len(answers) == 1 else at <= self.last_in_time(stop, span)

    def last_in_time(self, stop: Stop, span: Goal) -> int:
        """Return the last instant that is, in microseconds."""
        return _after(self._calendar(stop), stop.at, span)

    def _calendars(self) -> list[ServiceCalendar]:
        target = self._match.target
        if target.reopen_calendar is not None:
            return [target.reopen_calendar]
        stated = [*target.calendars.values()]
        for each in self._match.amendments:
            stated += each.target.calendars.values()
        return list({id(calendar): calendar for calendar in stated}.values())

    def _calendar(self, stop: Stop) -> ServiceCalendar:
        target = self._match.target
        if target.reopen_calendar is not None:
            return target.reopen_calendar
        known = self._known
        if known is not None and known[0].run is stop.run and known[0].place == stop.place:
            return known[1]
        if self._standing is None or self._standing.run is not stop.run:
            self._standing = Standing(self._history, stop.run, self._match)
        binding = self._standing.binding_at(stop)
        calendar = self._unpromised(stop) if binding is None else binding.calendar
        self._known = (stop, calendar)
        return calendar

    def _unpromised(self, stop: Stop) -> ServiceCalendar:
        """The calendar for any priority under the terms by which a run was judged at a stop where no promise binds."""
        began = stop.run.started_at
        *_, terms = (terms for since, terms in terms_of(stop.run, self._match) if since < stop.at or since <= began)
        return terms.calendars.get(DEFAULT) or next(iter(terms.calendars.values()))


def _after(calendar: ServiceCalendar, start: int, span: Goal) -> int:
    return calendar.due_us(start, calendar.goal_us(span, start))
