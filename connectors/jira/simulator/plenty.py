"""Many issues of equal length, for measuring: `plenty: {issues, histories, comments, days}`."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from connectors.jira.simulator.cast import ACME, US
from connectors.jira.simulator.catalogue import VENDOR
from connectors.jira.simulator.changes import Change
from connectors.jira.simulator.script import Script
from connectors.jira.simulator.world import World


class Plenty:
    """Issues spread evenly over the days before the first instant asked for, each with as many histories."""

    def __init__(self, values: Mapping[str, object]) -> None:
        script = Script(values, ("issues", "histories", "comments", "days"), "plenty")
        self._issues = int(script.number("issues", 1000))
        self._histories = int(script.number("histories", 30))
        self._comments = int(script.number("comments", 0))
        self._days = script.number("days", 30.0)
        self._planned = False

    def reach(self, world: World, now: datetime) -> None:
        """Plan everything, once."""
        if self._planned:
            return
        self._planned = True
        span = timedelta(days=self._days) / max(1, self._issues)
        for place in range(self._issues):
            world.plan(*self._life(10_000 + place, now - span * (self._issues - place), span))

    def _life(self, number: int, at: datetime, span: timedelta) -> Iterator[Change]:
        agent, engineer = US.people[0].login, ACME.people[number % len(ACME.people)].login
        values = {
            "key": f"VND-{number}", "project": "VND", "issuetype": "10001", "status": "1", "priority": "3",
            "summary": "One of many", "reporter": US.customers[0].login, VENDOR: ACME.option,
        }  # fmt: skip
        begun = at.replace(microsecond=0)
        yield Change("create", number, begun, agent, values)
        step = min(span, timedelta(hours=1)) / (self._histories + self._comments + 1)
        step = max(timedelta(milliseconds=1), step - step % timedelta(milliseconds=1))
        for turn in range(self._histories):
            status = {"status": "3" if turn % 2 == 0 else "10100"}
            told = status if turn + 1 < self._histories else {"status": "5", "resolution": "10000"}
            yield Change("edit", number, begun + step * (turn + 1), engineer, told)
        for turn in range(self._comments):
            comment = {"id": f"c{turn}", "body": "We are on it.", "internal": "", "role": ""}
            yield Change("comment", number, begun + step * (self._histories + turn + 1), engineer, comment)
