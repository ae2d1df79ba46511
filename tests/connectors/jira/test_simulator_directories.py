"""What the simulated site says about itself: server, account, rights, fields, statuses, priorities, projects."""

import pytest

from tests.connectors.jira.simulator_desk import Desk, said


@pytest.mark.parametrize(("product", "told", "major"), [("cloud", "Cloud", 1001), ("dc", "Server", 9)])
def test_the_server_says_what_it_is(product: str, told: str, major: int) -> None:
    info = Desk(product=product).get("serverInfo")
    assert (info["deploymentType"], info["versionNumbers"][0]) == (told, major)


def test_the_server_is_reached_at_the_address_that_the_options_name() -> None:
    desk = Desk()
    desk.simulator.options("http://127.0.0.1:8080")
    assert desk.get("serverInfo")["baseUrl"] == "http://127.0.0.1:8080"


def test_one_learns_who_one_is_and_in_which_zone() -> None:
    one = Desk(time_zone="America/New_York").get("myself")
    assert (one["accountType"], one["timeZone"]) == ("atlassian", "America/New_York")
    other = Desk(product="dc").get("myself")
    assert (other["name"], "accountId" in other) == ("syncd.reader", False)


def test_rights_are_told_when_asked_for_by_name() -> None:
    desk = Desk(rights={"lost": [{"project": "OPS"}]})
    assert desk.ask("mypermissions").status == 400
    told = desk.get("mypermissions", permissions="BROWSE_PROJECTS,ADMINISTER", projectKey="VND")["permissions"]
    assert (told["BROWSE_PROJECTS"]["havePermission"], told["ADMINISTER"]["havePermission"]) == (True, False)
    lost = desk.ask("mypermissions", permissions="BROWSE_PROJECTS", projectKey="OPS")
    assert (lost.status, said(lost)) == (404, "No project could be found with key 'OPS'.")
    assert Desk(product="dc").ask("mypermissions").status == 200


def test_the_two_lists_of_fields_differ_and_a_name_is_there_twice() -> None:
    desk = Desk()
    every, found = desk.get("field"), desk.get("field/search")["values"]
    assert {each["id"] for each in found} - {each["id"] for each in every} == {"customfield_10050"}
    assert "status" not in {each["id"] for each in found}
    severe = [each for each in every if each["name"] == "Severity"]
    assert [each["id"] for each in severe] == ["customfield_10040", "customfield_10041"]
    assert severe[1]["scope"]["project"]["id"] == "10001"
    vendor = next(each for each in every if each["name"] == "Vendor")
    assert "cf[10021]" in vendor["clauseNames"]
    assert vendor["schema"]["custom"].endswith(":select")


def test_two_statuses_of_one_name_have_ids_of_their_own() -> None:
    desk = Desk()
    named = [each for each in desk.get("status") if each["name"] == "In Progress"]
    assert [each["id"] for each in named] == ["3", "10201"]
    assert {each["statusCategory"]["key"] for each in named} == {"indeterminate"}
    mine = {each["id"] for each in desk.get("statuses/search", projectId="10000")["values"]}
    assert "10201" not in mine
    assert {"1", "5"} <= mine


def test_long_lists_come_in_pages() -> None:
    page = Desk().get("priority/search", startAt=3, maxResults=1)
    assert ([each["id"] for each in page["values"]], page["total"], page["isLast"]) == (["4"], 5, False)
    assert len(Desk().get("resolution/search")["values"]) == len(Desk().get("resolution")) == 4
    assert len(Desk().get("priority")) == 5


def test_projects_tell_their_kind() -> None:
    told = {each["key"]: each["projectTypeKey"] for each in Desk().get("project/search")["values"]}
    assert told == {"VND": "service_desk", "OPS": "software", "TO": "service_desk"}
    assert len(Desk(product="dc").get("project")) == 3


def test_groups_tell_their_members_and_people_their_groups() -> None:
    desk = Desk()
    members = desk.get("group/member", groupname="acme-noc")["values"]
    assert {each["accountType"] for each in members} == {"atlassian", "app"}
    one = members[0]["accountId"]
    assert desk.get("user", accountId=one, expand="groups")["groups"]["items"] == [{"name": "acme-noc"}]
    assert desk.get("user/groups", accountId=one) == [{"name": "acme-noc"}]
    assert desk.ask("group/member", groupname="nobodies").status == 404
    assert desk.ask("user", accountId="nobody").status == 404


def test_addresses_of_people_can_be_private() -> None:
    member = Desk(emails=False).get("group/member", groupname="acme-noc")["values"][0]
    assert "emailAddress" not in member
