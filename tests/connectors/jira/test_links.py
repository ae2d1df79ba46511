"""Ties to other tickets: of the same site, and elsewhere; what leads to the same incident is measured once."""

from collections.abc import Mapping

import pytest

from syncd.domain.events import Linked
from tests.connectors.jira.site import CLOUD, DC, JiraSite, ago, create, edit, newest, past, refer, tie

BOTH = pytest.mark.parametrize("product", [CLOUD, DC], ids=["cloud", "data center"])
SNOW = "https://example.service-now.com/"
INCIDENT = f"{SNOW}nav_to.do?uri=incident.do?sys_id=0f0e"
LINKS = [
    create(1, ago(900)), create(2, ago(900)), create(3, ago(900)),
    refer(1, ago(600), "snow", INCIDENT), refer(1, ago(500), "wiki", "https://wiki.example/page"),
    edit(3, ago(400), status="3"),
]  # fmt: skip


def ties(site: JiraSite) -> dict[str, list[str]]:
    """Of each ticket the events that tie it to others."""
    mapper = site.mapper
    return {
        ticket: [
            f"{event.at:%H:%M:%S} {event.to} {event.role}"
            for event in mapper.map(record).timeline.events
            if isinstance(event, Linked)
        ]
        for ticket, record in newest(past(site.reader())).items()
    }


@BOTH
def test_a_remote_link_to_a_configured_address_ties_a_ticket_to_the_same_incident_when_it_was_made(
    product: Mapping[str, object],
) -> None:
    site = JiraSite({**product, "changes": LINKS}, {"same_incident": [SNOW]})
    assert ties(site) == {"1": [f"11:50:00 {INCIDENT} same_incident"], "2": [], "3": []}


@BOTH
def test_only_tickets_whose_history_names_a_remote_link_cost_a_request_for_it(product: Mapping[str, object]) -> None:
    site = JiraSite({**product, "changes": LINKS}, {"same_incident": [SNOW]})
    past(site.reader())
    asked = [request.path for request in site.simulator.asked if request.path.endswith("/remotelink")]
    assert asked == [f"/rest/api/{3 if product is CLOUD else 2}/issue/1/remotelink"]


def test_remote_links_are_not_asked_for_where_no_address_is_configured() -> None:
    site = JiraSite({"changes": LINKS})
    assert ties(site) == {"1": [], "2": [], "3": []}
    assert site.asked("/remotelink") == 0


def test_a_remote_link_that_only_the_expansion_tells_of_is_found() -> None:
    site = JiraSite({"changes": LINKS, "faults": [{"kind": "no_changelog"}]}, {"same_incident": [SNOW]})
    assert ties(site)["1"] == [f"11:50:00 {INCIDENT} same_incident"]


def test_a_remote_link_that_was_taken_away_ties_no_more() -> None:
    away = {"op": "unrefer", "issue": 1, "at": ago(300), "by": "mara.adler", "values": {"id": "snow"}}
    site = JiraSite({"changes": [*LINKS, away]}, {"same_incident": [SNOW]})
    assert ties(site)["1"] == []


@BOTH
def test_links_that_may_not_be_read_are_a_finding_and_withdraw_nothing(product: Mapping[str, object]) -> None:
    fault = {"kind": "403", "route": "remote_links"}
    site = JiraSite({**product, "changes": LINKS, "faults": [fault]}, {"same_incident": [SNOW]})
    records = newest(past(site.reader()))
    mapped = {ticket: site.mapper.map(record) for ticket, record in records.items()}
    assert {each.code for each in mapped["1"].problems} == {"links_unreadable"}
    assert (mapped["1"].complete, mapped["2"].complete) == (False, True)
    assert mapped["1"].timeline.quality.value == "full"


@BOTH
def test_a_link_of_a_configured_phrase_ties_both_tickets_each_by_its_own_phrase(product: Mapping[str, object]) -> None:
    made = [tie(1, ago(600), 2, "10000"), tie(3, ago(500), 4, "10001"), tie(1, ago(400), 4, "10002")]
    changes = [*(create(number, ago(900)) for number in range(1, 5)), *made]
    links = {"is caused by": "problem", "is the same incident as": "same_incident"}
    site = JiraSite({**product, "changes": changes}, {"links": links})
    assert ties(site) == {
        "1": [], "2": ["11:50:00 1 problem"], "3": ["11:51:40 4 same_incident"], "4": ["11:51:40 3 same_incident"],
    }  # fmt: skip


def test_the_other_end_of_a_link_is_left_out_where_it_may_not_be_seen() -> None:
    changes = [create(1, ago(900)), create(2, ago(900), security="10500"), tie(1, ago(600), 2, "10001")]
    site = JiraSite({"changes": changes}, {"links": {"is the same incident as": "same_incident"}})
    assert ties(site) == {"1": ["11:50:00 VND-2 same_incident"]}  # the history keeps its key
