"""Tickets by id, whatever became of them; and the census, which finds what no search by date would tell."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from connectors.jira.cells import inner
from syncd.domain.names import GoneReason
from syncd.errors import SourceRefused
from tests.connectors.jira.site import (
    CLOUD,
    CUSTOMER,
    DC,
    NOON,
    JiraSite,
    ago,
    codes,
    comment,
    create,
    edit,
    live,
    newest,
    past,
    tickets,
)

BOTH = pytest.mark.parametrize("product", [CLOUD, DC], ids=["cloud", "data center"])


@BOTH
def test_a_ticket_is_read_as_it_is_now_though_the_index_is_behind(product: Mapping[str, object]) -> None:
    changes = [create(1, ago(600)), {**edit(1, ago(10), status="3"), "indexed": ago(-3600)}]
    site = JiraSite({**product, "changes": changes})
    (record,) = site.reader().recheck(["1"]).records
    assert inner(inner(inner(record.payload, "issue"), "fields"), "status")["id"] == "3"


@BOTH
def test_a_deleted_ticket_is_out_of_reach_and_one_that_moved_is_not(product: Mapping[str, object]) -> None:
    changes = [
        create(1, ago(600)), create(2, ago(600)), create(3, ago(600)),
        {"op": "delete", "issue": 1, "at": ago(60), "by": "admin", "values": {}},
        edit(2, ago(60), key="OPS-9", project="OPS"),
    ]  # fmt: skip
    site = JiraSite({**product, "changes": changes}, {"scope": {"projects": ["VND"]}})
    found = site.reader().recheck(["1", "2", "3"])
    assert found.gone == {"1": GoneReason.UNREACHABLE}
    moved = {record.ticket: record for record in found.records}["2"]
    assert inner(moved.payload, "issue")["key"] == "OPS-9"
    assert "moved_out_of_scope" in {each.code for each in site.mapper.map(moved).problems}


@BOTH
def test_a_ticket_whose_project_may_not_be_browsed_is_unreachable(product: Mapping[str, object]) -> None:
    lost = {"lost": [{"project": "VND", "from": 0}]}
    site = JiraSite({**product, "changes": [create(1, ago(600))], "rights": lost}, {"scope": {"projects": ["VND"]}})
    assert site.reader().recheck(["1"]).gone == {"1": GoneReason.UNREACHABLE}


HIDDEN = pytest.mark.parametrize(
    "site",
    [
        pytest.param(CLOUD, id="cloud"),
        pytest.param(DC, id="data center that owns up"),
        pytest.param({**DC, "hidden_status": 404}, id="data center that does not"),
    ],
)


@HIDDEN
def test_a_ticket_that_a_security_level_hides_is_unreachable_and_never_called_deleted(
    site: Mapping[str, object],
) -> None:
    changes = [create(1, ago(600)), create(2, ago(600)), edit(1, ago(60), security="10500")]
    jira = JiraSite({**site, "changes": changes}, {"scope": {"projects": ["VND"]}})
    found = jira.reader().recheck(["1", "2"])
    assert found.gone == {"1": GoneReason.UNREACHABLE}
    assert [record.ticket for record in found.records] == ["2"]


@HIDDEN
def test_a_ticket_that_moved_where_we_may_not_look_is_unreachable_and_never_called_deleted(
    site: Mapping[str, object],
) -> None:
    changes = [create(1, ago(600)), edit(1, ago(60), key="OPS-9", project="OPS")]
    rights = {"lost": [{"project": "OPS", "from": 0}]}
    jira = JiraSite({**site, "changes": changes, "rights": rights}, {"scope": {"projects": ["VND"]}})
    assert jira.reader().recheck(["1"]).gone == {"1": GoneReason.UNREACHABLE}


@HIDDEN
def test_a_ticket_that_is_hidden_between_two_censuses_stops_nothing(site: Mapping[str, object]) -> None:
    jira = JiraSite(
        {**site, "changes": [create(number, ago(86_400)) for number in range(1, 4)]}, {"census_every": 3600}
    )
    reader = jira.reader()
    _, cursor = live(reader, None)
    jira.world.edit(2, {"security": "10500"}, at=NOON + timedelta(seconds=5), by="admin")
    jira.now.advance(3700)
    pages, cursor = live(reader, cursor)
    assert (tickets(pages), codes(pages)) == ([], {"vanished"})


@BOTH
def test_a_ticket_that_goes_while_its_comments_are_read_takes_no_other_with_it(product: Mapping[str, object]) -> None:
    changes = [create(1, ago(600)), create(2, ago(600)), *(comment(1, ago(500), f"c{each}") for each in range(30))]
    fault = {"kind": "404", "route": "comments", "times": 1}
    site = JiraSite({**product, "changes": changes, "faults": [fault], "comment_cap": 10}, {"comment_page_size": 10})
    pages, _ = live(site.reader(), None)
    assert tickets(pages[:1]) == ["2"]
    assert tickets(pages[1:]) == ["1"]  # it was not gone after all, and is read again


def test_where_every_ticket_that_was_found_is_forbidden_a_right_is_lacking() -> None:
    site = JiraSite(
        {**DC, "changes": [create(1, ago(60)), create(2, ago(60))], "faults": [{"kind": "403", "route": "issue"}]}
    )
    with pytest.raises(SourceRefused) as refusal:
        live(site.reader(), None)
    assert refusal.value.reason == "forbidden"


@BOTH
def test_a_ticket_is_gone_for_a_while_and_back(product: Mapping[str, object]) -> None:
    lost = {"lost": [{"project": "VND", "from": 100, "until": 200}]}
    site = JiraSite({**product, "changes": [create(1, ago(600))], "rights": lost}, {"scope": {"projects": ["VND"]}})
    reader, seen = site.reader(), []
    for _ in range(3):
        seen.append(bool(reader.recheck(["1"]).gone))
        site.now.advance(110)
    assert seen == [False, True, False]


def test_nobody_is_told_that_everything_is_gone() -> None:
    site = JiraSite({"changes": [create(1, ago(600))], "faults": [{"kind": "anonymous"}]})
    with pytest.raises(SourceRefused) as refusal:
        site.reader().recheck(["1"])
    assert refusal.value.reason == "auth"


@BOTH
def test_what_is_missing_is_not_believed_while_nobody_knows_us(product: Mapping[str, object]) -> None:
    site = JiraSite({**product, "faults": [{"kind": "401", "route": "myself"}]})
    with pytest.raises(SourceRefused) as refusal:
        site.reader().recheck(["1"])
    assert refusal.value.reason == "auth"


def test_an_id_that_is_no_number_is_not_even_asked_for() -> None:
    site = JiraSite({"changes": [create(1, ago(600))]})
    assert site.reader().recheck(["../1", "VND-1"]).gone.keys() == {"../1", "VND-1"}
    assert not [request for request in site.simulator.asked if "VND" in request.path or ".." in request.path]


@BOTH
def test_the_census_hands_out_what_moved_away_and_notes_what_vanished(product: Mapping[str, object]) -> None:
    options = {"scope": {"projects": ["VND"]}, "census_every": 3600}
    site = JiraSite({**product, "changes": [create(number, ago(86_400 * 2)) for number in range(1, 5)]}, options)
    reader = site.reader()
    _, cursor = live(reader, None)
    site.world.edit(1, {"key": "OPS-9", "project": "OPS"}, at=NOON + timedelta(seconds=5), by="admin")
    site.world.delete(2, at=NOON + timedelta(seconds=5))
    site.now.advance(3700)
    pages, cursor = live(reader, cursor)
    assert tickets(pages) == ["1"]
    assert "vanished" in codes(pages)
    site.now.advance(3700)
    assert tickets(live(reader, cursor)[0]) == []


def test_the_census_reads_what_no_pass_ever_saw() -> None:
    late = {**create(1, ago(86_400 * 3)), "indexed": ago(-600)}
    site = JiraSite({"changes": [late, create(2, ago(86_400 * 3))]}, {"census_every": 3600, "slow_back": 3600})
    reader = site.reader()
    _, cursor = live(reader, None)
    site.now.advance(3700)
    assert tickets(live(reader, cursor)[0]) == ["1"]


def test_a_customer_sees_status_and_public_comments_and_nothing_else() -> None:
    changes = [
        create(1, ago(9000)), edit(1, ago(8000), status="3"),
        *(comment(1, ago(7000 - place), f"c{place}", internal="true" if place < 3 else "") for place in range(12)),
        edit(1, ago(60), status="5", resolution="10000"),
    ]  # fmt: skip
    site = JiraSite({**CUSTOMER, "changes": changes})
    timeline = site.mapper.map(newest(past(site.reader()))["1"]).timeline
    assert timeline.quality.value == "customer_view"
    kinds = [type(event).__name__ for event in timeline.events]
    assert (kinds.count("Message"), kinds.count("PhaseChanged")) == (9, 2)
    assert {request.path.split("/")[2] for request in site.simulator.asked if "request" in request.path} == {
        "servicedeskapi"
    }


def test_a_customers_pass_hands_out_what_changed_only() -> None:
    changes = [create(number, ago(9000)) for number in range(1, 6)]
    site = JiraSite({**CUSTOMER, "changes": changes}, {"overlap": 60})
    reader = site.reader()
    _, cursor = live(reader, None)
    site.world.comment(3, "Any news?", at=NOON + timedelta(seconds=30), by="mara.adler", name="n")
    site.now.advance(60)
    pages, cursor = live(reader, cursor)
    assert tickets(pages) == ["3"]


def test_a_customer_cannot_tell_a_deleted_request_from_a_hidden_one() -> None:
    site = JiraSite({**CUSTOMER, "changes": [create(1, ago(9000))]})
    found = site.reader().recheck(["1", "77"])
    assert [record.ticket for record in found.records] == ["1"]
    assert found.gone == {"77": GoneReason.UNREACHABLE}


def test_a_request_that_was_closed_between_two_passes_is_handed_out() -> None:
    site = JiraSite({**CUSTOMER, "changes": [create(1, ago(9000)), create(2, ago(9000))]}, {"overlap": 60})
    reader = site.reader()
    _, cursor = live(reader, None)
    site.world.edit(2, {"status": "5", "resolution": "10000"}, at=NOON + timedelta(seconds=30), by="mara.adler")
    site.now.advance(60)
    assert tickets(live(reader, cursor)[0]) == ["2"]
