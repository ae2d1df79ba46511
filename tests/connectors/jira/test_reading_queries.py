"""Queries say what is meant, whatever stands in the settings; cursors of another make are refused."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.jira import cursor as cursors
from connectors.jira.jql import Question, Span, quoted, scope_of
from connectors.jira.settings.rules import ScopeRule
from connectors.jira.simulator.jql import Clause, parse
from syncd.errors import SourceMisunderstood

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["VND", "TO", "and", 'a"b', "a\\", 'a\\" OR key = "B', "two words", "a\nb", "(x)"])
def test_an_operand_is_one_operand_whatever_is_in_it(text: str) -> None:
    where = parse(f"project = {quoted(text)}").where
    assert isinstance(where, Clause)
    assert [value.text for value in where.values] == [text]


def test_the_scope_is_projects_and_types() -> None:
    rule = ScopeRule(projects=("VND", "AND"), issue_types=("[System] Incident", "10002"))
    assert scope_of(rule) == 'project in ("VND", "AND") AND issuetype in ("[System] Incident", "10002")'
    assert scope_of(ScopeRule(projects=(), issue_types=())) == ""


def test_a_lower_bound_is_plain_milliseconds_without_quotes() -> None:
    jql = Question("", (Span("updated", NOW - timedelta(minutes=15)),)).jql(relative=False, now=NOW)
    assert jql == "updated >= 1772451930000 ORDER BY id ASC"


@pytest.mark.parametrize(
    ("span", "clauses"),
    [
        (Span("updated", NOW - timedelta(seconds=61)), "updated >= -3m"),
        (Span("updated", NOW + timedelta(hours=1)), "updated >= -1m"),
        (Span("created", NOW - timedelta(hours=2), NOW - timedelta(hours=1)), "created >= -121m AND created <= -59m"),
        (Span("created", NOW - timedelta(hours=2), NOW), "created >= -121m"),
    ],
)
def test_periods_are_wide_enough_for_whole_minutes(span: Span, clauses: str) -> None:
    assert span.clauses(relative=True, now=NOW) == clauses


def test_an_upper_bound_is_wide_enough_for_whole_minutes() -> None:
    told = Span("created", NOW, NOW).clauses(relative=False, now=NOW)
    assert told == "created >= 1772452830000 AND created <= 1772452860000"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"v":2,"at":1}', '{"v":1,"at":1,"more":2}', '{"v":1,"at":99999999999999999}']
)
def test_a_cursor_that_no_release_wrote_moves_nothing(text: str) -> None:
    with pytest.raises(SourceMisunderstood):
        cursors.live(text, NOW, "jira")


def test_a_place_never_moves_back() -> None:
    place = cursors.live(None, NOW, "jira")
    assert place.reaching(NOW - timedelta(days=1)) == place
