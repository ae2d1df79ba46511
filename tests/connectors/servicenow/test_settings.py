from typing import Any

import pytest
from pydantic import ValidationError

from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.states import Meaning
from syncd.domain.names import Awaiting, Phase

BASIC = {"kind": "basic", "username": "syncd", "password": {"env": "SNOW"}}


def options(**given: Any) -> ServiceNowOptions:
    return ServiceNowOptions.model_validate({"url": "https://example.service-now.com", "auth": BASIC, **given})


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        pytest.param({"url": "http://example.service-now.com"}, "https", id="credentials would travel in the clear"),
        pytest.param({"url": "example.service-now.com"}, "full address", id="no scheme"),
        pytest.param({"url": "ftp://example.com"}, "full address", id="another scheme"),
        pytest.param({"url": "https://user:secret@example.com"}, "without user name", id="credentials in the address"),
        pytest.param({"url": "https://example.com/?a=1"}, "without user name", id="a query in the address"),
        pytest.param({"auth": {"kind": "basic", "username": "x"}}, "password", id="no password"),
        pytest.param({"auth": {**BASIC, "password": "secret"}}, "password", id="a secret written down"),
        pytest.param({"auth": {"kind": "ntlm"}}, "kind", id="an unknown way to log in"),
        pytest.param({"tables": []}, "tables", id="no table"),
        pytest.param({"tables": ["incident^"]}, "table name", id="a table that is none"),
        pytest.param({"filter": ["a=1^NQb=2"]}, "NQ", id="a filter that would break ours"),
        pytest.param({"attributes": ["assignment_group.vendor"]}, "related record", id="an attribute without history"),
        pytest.param({"vendor_from": ["cmdb_ci.vendor"]}, "related record", id="a vendor field without history"),
        pytest.param({"phases": {"3": {"phase": "pending"}}}, "awaiting", id="pending, for nobody knows whom"),
        pytest.param({"phases": {"a/b/c": {"phase": "new"}}}, "pattern", id="a state with two reasons"),
        pytest.param({"page_size": 10_000}, "page_size", id="pages too large"),
        pytest.param({"batch": 101}, "batch", id="addresses too long"),
        pytest.param({"colour": "red"}, "colour", id="an unknown key"),
        pytest.param({"unlisted_users": "system"}, "unlisted_users", id="a party that people are not"),
    ],
)
def test_options_that_cannot_work_are_refused_by_name(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        options(**given)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80", "https://a.example/x/"]
)
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    assert options(url=url).url == url.rstrip("/")


def test_the_options_of_the_design_are_accepted() -> None:
    given = options(
        auth={"kind": "client_credentials", "client_id": {"env": "ID"}, "client_secret": {"file": "secret"}},
        tables=["incident"],
        vendor_from=["vendor", "assignment_group", "hold_reason"],
        phases={"3/4": {"phase": "pending", "awaiting": "vendor"}},
    )
    assert given.vendor_fields == ("vendor", "assignment_group", "hold_reason")
    assert given.meanings("incident")["3/4"] == Meaning(Phase.PENDING, Awaiting.VENDOR)
    assert given.meanings("incident")["3/1"] == Meaning(Phase.PENDING, Awaiting.CUSTOMER)


@pytest.mark.parametrize(
    ("phase", "awaiting"),
    [("new", "vendor"), ("active", "vendor"), ("resolved", "nobody"), ("closed", "nobody"), ("cancelled", "nobody")],
)
def test_a_phase_says_by_itself_whose_turn_it_is(phase: str, awaiting: str) -> None:
    assert options(phases={"9": {"phase": phase}}).meanings("incident")["9"].awaiting == awaiting


def test_a_list_of_attributes_names_each_as_its_field() -> None:
    assert options(attributes=["category", "u_site"]).attributes == {"category": "category", "u_site": "u_site"}
    assert options(attributes={"service": "business_service"}).attributes == {"service": "business_service"}


def test_the_history_of_every_field_that_decides_something_is_asked_for() -> None:
    tracked = options(
        vendor_from=["u_vendor"],
        attributes={"site": "location"},
        state_field="u_state",
        same_incident_from=["correlation_id"],
    ).tracked
    assert set(tracked) == {
        "u_state",
        "hold_reason",
        "priority",
        "parent_incident",
        "problem_id",
        "u_vendor",
        "location",
        "correlation_id",
    }


def test_an_unknown_table_has_the_states_of_a_plain_task() -> None:
    assert options().meanings("u_vendor_task")["2"].phase is Phase.ACTIVE
