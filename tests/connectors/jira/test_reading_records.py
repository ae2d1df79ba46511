"""Records are whole, whatever the endpoints cut: histories, comments, names, people."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.jira.cells import inner, rows
from connectors.jira.simulator.changes import Change
from syncd.domain.events import Message, PhaseChanged
from syncd.domain.names import Quality, Visibility
from syncd.domain.timeline import Timeline
from syncd.errors import SourceRefused
from syncd.ports.connector import Parties, RawRecord
from tests.connectors.jira.site import CLOUD, DC, NOON, JiraSite, ago, codes, comment, create, edit, newest, past

BOTH = pytest.mark.parametrize("product", [CLOUD, DC], ids=["cloud", "data center"])


def steps(number: int, count: int, since: float = 7200) -> list[dict[str, object]]:
    """So many changes of status."""
    return [edit(number, ago(since - place), status="3" if place % 2 else "10100") for place in range(1, count + 1)]


def read(site: JiraSite, number: int = 1) -> RawRecord:
    return newest(past(site.reader()))[str(number)]


def timeline(site: JiraSite, number: int = 1) -> Timeline:
    return site.mapper.map(read(site, number)).timeline


@BOTH
def test_three_hundred_histories_are_all_read(product: Mapping[str, object]) -> None:
    site = JiraSite({**product, "changes": [create(1, ago(9000)), *steps(1, 300)]}, {"changelog_page_size": 50})
    found = timeline(site)
    assert found.quality is Quality.FULL
    assert sum(isinstance(event, PhaseChanged) for event in found.events) == 300


def test_a_changelog_that_spans_bulk_pages_between_other_issues_is_put_together() -> None:
    changes = [create(1, ago(9000)), create(2, ago(9000)), *steps(1, 70), *steps(2, 70)]
    site = JiraSite({"changes": changes}, {"changelog_page_size": 50})
    for number in (1, 2):
        assert sum(isinstance(event, PhaseChanged) for event in timeline(site, number).events) == 70
    assert site.asked("/changelog/bulkfetch") >= 3


def test_instants_as_numbers_and_as_text_give_the_same_timeline() -> None:
    forms = ("iso", "millis", "seconds", "mixed")
    changes = [create(1, ago(9000)), *steps(1, 20)]
    one, *others = [timeline(JiraSite({"changes": changes, "bulk_created": form})) for form in forms]
    assert all(each == one for each in others)


def test_items_without_from_and_to_are_read_by_their_names() -> None:
    changes = [create(1, ago(9000)), *steps(1, 6), edit(1, ago(600), status="5", resolution="10000")]
    whole, bare = (timeline(JiraSite({"changes": changes, "bare_items": bare})) for bare in (False, True))
    phases = [[each for each in told.events if isinstance(each, PhaseChanged)] for told in (whole, bare)]
    assert phases[0] == phases[1]


def test_cloud_and_data_center_tell_the_same_timeline() -> None:
    changes = [create(1, ago(9000)), *steps(1, 12), comment(1, ago(60), "a"), comment(1, ago(50), "b", internal="true")]
    cloud, dc = (timeline(JiraSite({**product, "changes": changes})) for product in (CLOUD, DC))
    assert [(type(each), each.at) for each in cloud.events] == [(type(each), each.at) for each in dc.events]
    assert [each.visibility for each in cloud.events if isinstance(each, Message)] == [
        each.visibility for each in dc.events if isinstance(each, Message)
    ]


@BOTH
def test_of_132_comments_the_first_public_one_is_read_behind_the_internal_ones(product: Mapping[str, object]) -> None:
    written = [comment(1, ago(5000 - place), f"c{place}", internal="true") for place in range(131)]
    site = JiraSite({**product, "changes": [create(1, ago(9000)), *written, comment(1, ago(60), "last")]})
    said = [event for event in timeline(site).events if isinstance(event, Message)]
    assert len(said) == 132
    assert [event.visibility for event in said].count(Visibility.PUBLIC) == 1
    assert said[-1].visibility is Visibility.PUBLIC


@BOTH
def test_of_132_comments_a_public_one_among_the_oldest_is_read_before_the_internal_ones(
    product: Mapping[str, object],
) -> None:
    written = [comment(1, ago(5000 - place), f"c{place}", internal="true" if place else "") for place in range(132)]
    said = [
        event for event in timeline(JiraSite({**product, "changes": [create(1, ago(9000)), *written]})).events
        if isinstance(event, Message)
    ]  # fmt: skip
    assert (len(said), said[0].visibility, said[0].at) == (132, Visibility.PUBLIC, NOON - timedelta(seconds=5000))


def test_a_comment_that_is_flagged_public_and_kept_to_a_role_is_not_public() -> None:
    site = JiraSite({
        "changes": [create(1, ago(9000)), comment(1, ago(60), "a", role="Administrators")],
        "rights": {"roles": ["Administrators"]},
    })  # fmt: skip
    assert [each.visibility for each in timeline(site).events if isinstance(each, Message)] == [Visibility.INTERNAL]


def test_few_comments_cost_no_request_of_their_own() -> None:
    site = JiraSite({"changes": [create(1, ago(9000)), comment(1, ago(60), "a"), *steps(1, 2)]})
    assert len([each for each in timeline(site).events if isinstance(each, Message)]) == 1
    assert site.asked("/comment") == 0


def test_data_centers_comments_are_asked_for_with_the_property_that_says_who_sees_them() -> None:
    changes = [create(1, ago(9000)), comment(1, ago(60), "a", internal="true"), comment(1, ago(50), "b")]
    site = JiraSite({**DC, "changes": changes})
    said = [each.visibility for each in timeline(site).events if isinstance(each, Message)]
    assert said == [Visibility.INTERNAL, Visibility.PUBLIC]


def test_a_comment_deleted_while_comments_are_paged_hides_no_other() -> None:
    written = [comment(1, ago(5000 - place), f"c{place}") for place in range(40)]
    site = JiraSite({"changes": [create(1, ago(9000)), *written], "comment_cap": 10}, {"comment_page_size": 10})
    inner_one = site.simulator.inner
    deleted: list[str] = []

    class Deleting:
        def respond(self, request: Any, now: datetime) -> Any:
            answer = inner_one.respond(request, now)
            if request.path.endswith("/comment") and not deleted:
                deleted.append("c0")
                site.world.plan(Change("delete_comment", 1, now, "admin", {"id": "c0"}))
            return answer

        options, credentials = inner_one.options, inner_one.credentials

    site.simulator.inner = Deleting()
    found = {str(row["id"]) for row in rows(read(site).payload, "comments")}
    assert {str(each.id) for each in site.world.issues[1].comments.values()} <= found
    assert len(found) == 39


def test_an_empty_changelog_of_a_changed_issue_is_held_against_the_expansion() -> None:
    changes = [create(1, ago(9000)), *steps(1, 5), edit(1, ago(60), status="5", resolution="10000")]
    site = JiraSite({"changes": changes, "faults": [{"kind": "no_changelog"}]})
    record = read(site)
    assert len(rows(inner(inner(record.payload, "issue"), "changelog"), "histories")) == 6
    assert "history_disagrees" in {each.code for each in site.mapper.map(record).problems}


def test_an_author_and_a_field_id_may_be_missing() -> None:
    changes: list[dict[str, object]] = [create(1, ago(9000)), {**edit(1, ago(60), "", status="3"), "labelled": False}]
    site = JiraSite({"changes": changes})
    assert any(isinstance(event, PhaseChanged) for event in timeline(site).events)


def test_only_what_mapping_needs_is_asked_for() -> None:
    site = JiraSite({"changes": [create(1, ago(9000), description="Secret plans"), *steps(1, 2)]})
    fields = inner(inner(read(site).payload, "issue"), "fields")
    assert "description" not in fields
    assert {"status", "customfield_10021", "customfield_10030"} <= set(fields)


@BOTH
def test_people_of_configured_groups_stand_beside_the_tickets_that_name_them(product: Mapping[str, object]) -> None:
    changes = [create(1, ago(9000)), edit(1, ago(60), "acme.rosa.keller", status="3"), create(2, ago(600))]
    site = JiraSite({**product, "changes": changes})
    (user,) = rows(inner(read(site).payload, "directory"), "users")
    assert user["groups"] == ["acme-noc"]
    assert not {"displayName", "emailAddress"} & user.keys()
    assert "users" not in inner(read(site, 2).payload, "directory")


def test_a_group_that_cannot_be_read_is_a_finding() -> None:
    parties = Parties(customer_groups=("nowhere",))
    site = JiraSite({"changes": [create(1, ago(60))]}, parties=parties)
    assert "group_unreadable" in codes(past(site.reader()))


def test_a_name_that_two_fields_have_is_refused_with_their_ids() -> None:
    scope = {"scope": {"projects": []}, "fields": {"severity": "Severity"}}
    with pytest.raises(SourceRefused, match="customfield_10040, customfield_10041") as refusal:
        past(JiraSite({"changes": [create(1, ago(60))]}, scope).reader())
    assert refusal.value.reason == "configuration"


def test_a_copy_of_a_field_for_a_project_that_is_not_read_is_no_ambiguity() -> None:
    options = {"scope": {"projects": ["VND"]}, "fields": {"severity": "Severity"}}
    site = JiraSite({"changes": [create(1, ago(60), customfield_10040="high")]}, options)
    assert inner(inner(read(site).payload, "issue"), "fields")["customfield_10040"] == "high"


def test_a_field_that_only_the_search_of_fields_tells_is_found() -> None:
    site = JiraSite({"changes": [create(1, ago(60), customfield_10050="Pune")]}, {"fields": {"site": "Site"}})
    assert inner(inner(read(site).payload, "issue"), "fields")["customfield_10050"] == "Pune"


def test_a_field_that_nobody_knows_is_a_finding() -> None:
    site = JiraSite({"changes": [create(1, ago(60))]}, {"fields": {"colour": "Colour"}})
    assert "unknown_field" in codes(past(site.reader()))


def test_names_are_asked_for_once_an_hour() -> None:
    site = JiraSite({"changes": [create(1, ago(60))]}, {"slow_every": 86_400})
    reader: Any = site.reader()
    asked = []
    for _ in range(4):
        reader.recheck(["1"])
        asked.append(site.asked("/rest/api/3/field"))
        site.now.advance(1500)
    assert asked == [1, 1, 1, 2]


@BOTH
def test_a_context_path_stays_in_front_of_every_path(product: Mapping[str, object]) -> None:
    site = JiraSite({**product, "changes": [create(1, ago(60))], "context_path": "/jira"})
    assert read(site).ticket == "1"
    assert all(request.path.startswith("/jira/") for request in site.simulator.asked)
