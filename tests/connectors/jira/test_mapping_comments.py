"""Comments: who wrote them, and whether both sides see them."""

from typing import Any

import pytest

from syncd.domain.events import Message
from syncd.domain.names import Quality
from syncd.ports.connector import Parties, VendorIdentity
from tests.connectors.jira.issues import (
    ANNA,
    TICKET,
    at,
    codes,
    comment,
    gaps,
    history,
    item,
    mapped,
    mapper,
    payload,
    story,
)

PROPERTY = "sd.public.comment"


def visibility(note: dict[str, Any], kind: str | None = "service_desk", **options: Any) -> str:
    paper = payload({"project": {"key": "VND", **({"projectTypeKey": kind} if kind else {})}}, comments=[note])
    return story(paper, **options)[0].split()[3]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        pytest.param({}, "public", id="flagged public, no restriction"),
        pytest.param({"visibility": None}, "public", id="a restriction that is null"),
        pytest.param({"jsdPublic": False}, "internal", id="flagged internal"),
        pytest.param({"visibility": {"type": "role", "value": "Staff"}}, "internal",
            id="flagged public, a role's only"),
        pytest.param({"visibility": "odd"}, "internal", id="restricted in a way nobody knows"),
        pytest.param({"jsdPublic": None}, "internal", id="no flag"),
        pytest.param({"jsdPublic": "true"}, "internal", id="a flag that is no flag"),
        pytest.param(
            {"jsdPublic": None, "properties": [{"key": PROPERTY, "value": {"internal": True}}]}, "internal",
            id="on Data Center: the property says internal",
        ),
        pytest.param(
            {"jsdPublic": None, "properties": [{"key": "x"}, {"key": PROPERTY, "value": {"internal": False}}]},
            "public", id="on Data Center: the property says not internal",
        ),
        pytest.param(
            {"properties": [{"key": PROPERTY, "value": {"internal": "true"}}]}, "public",
                id="the flag of now goes first"
        ),
    ],
)  # fmt: skip
def test_public_is_flagged_public_and_not_restricted(note: dict[str, Any], expected: str) -> None:
    assert visibility(comment(5, "09:00", **note)) == expected


@pytest.mark.parametrize("kind", ["service_desk", None])
def test_a_missing_flag_is_unknown_and_unknown_is_counted(kind: str | None) -> None:
    note = comment(5, "09:00")
    del note["jsdPublic"]
    project = {"key": "VND", **({"projectTypeKey": kind} if kind else {})}
    result = mapped(payload({"project": project}, comments=[note, {**note, "id": "6"}]))
    assert [(p.code, p.detail.split()[0]) for p in result.problems] == [("visibility_unknown", "2")]


@pytest.mark.parametrize(
    ("rule", "kind", "flag", "expected"),
    [
        ("by_project", "service_desk", None, "internal"), ("by_project", "software", None, "public"),
        ("by_project", "software", True, "public"), ("by_project", "software", False, "internal"),
        ("by_project", None, True, "public"), ("service_desk", "software", None, "internal"),
        ("service_desk", "software", True, "public"), ("all", "service_desk", False, "public"),
        ("none", "service_desk", True, "internal"),
    ],
)  # fmt: skip
def test_the_flag_means_something_in_service_projects_only(
    rule: str, kind: str | None, flag: bool | None, expected: str
) -> None:
    assert visibility(comment(5, "09:00", jsdPublic=flag), kind, public_comments=rule) == expected


@pytest.mark.parametrize("rule", ["by_project", "service_desk", "all", "none"])
def test_a_restricted_comment_is_never_public(rule: str) -> None:
    note = comment(5, "09:00", visibility={"type": "group", "value": "x"})
    assert visibility(note, "software", public_comments=rule) == "internal"


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param({"accountId": "U-Dave"}, "vendor message public", id="a listed account, in any case"),
        pytest.param({"accountId": "u-x", "emailAddress": "x@noc.acme.example"}, "vendor message public",
            id="a mail domain"),
        pytest.param({"accountId": "u-x", "emailAddress": "GIL@globex.example"}, "vendor message public",
            id="an address"),
        pytest.param({"accountId": "u-gina"}, "vendor message public", id="a group"),
        pytest.param({"accountId": "u-olga"}, "customer message public", id="a group of ours"),
        pytest.param(ANNA, "customer message public", id="the reporter"),
        pytest.param({"accountId": "u-x", "accountType": "customer"}, "customer message public",
            id="a portal customer"),
        pytest.param(
            {"accountId": "u-x", "accountType": "customer", "emailAddress": "x@acme.example"}, "vendor message public",
            id="a portal customer of a vendor",
        ),
        pytest.param({"accountId": "u-x", "accountType": "app"}, "system message public automated", id="an app"),
        pytest.param({"accountId": "u-robot"}, "system message public automated", id="a configured automation"),
        pytest.param({"accountId": "svc-acme", "accountType": "app"}, "vendor message public relayed", id="a relay"),
        pytest.param({"accountId": "u-x", "accountType": "atlassian"}, "unknown message public", id="somebody"),
        pytest.param({"name": "jdoe", "key": "JIRAUSER1"}, "unknown message public", id="somebody of Data Center"),
        pytest.param({"name": "u-dave", "key": "JIRAUSER1"}, "vendor message public", id="Data Center: the name"),
        pytest.param({"name": "new", "key": "u-dave"}, "vendor message public",
            id="Data Center: the key, once renamed"),
        pytest.param({"displayName": "Dave E"}, "unknown message public", id="a name is nobody"),
        pytest.param(None, "unknown message public", id="nobody"),
        pytest.param("u-dave", "unknown message public", id="no object"),
    ],
)  # fmt: skip
def test_a_comment_is_by_account_group_domain_or_kind_of_account(by: Any, expected: str) -> None:
    paper = payload(comments=[comment(5, "09:00", by)])
    paper["directory"]["users"] = [
        {"accountId": "u-gina", "groups": {"items": [{"name": "acme noc"}]}}, {"accountId": "u-olga",
            "groups": ["our-desk"]}
    ]  # fmt: skip
    assert story(paper, relay_accounts=["svc-acme"]) == [f"09:00 {expected}"]


def test_an_app_of_a_vendor_is_the_vendors_but_automated() -> None:
    paper = payload(comments=[comment(5, "09:00", {"accountId": "svc-acme", "accountType": "app"})])
    assert story(paper) == ["09:00 vendor message public automated"]


def test_what_one_mention_of_a_user_tells_counts_for_all() -> None:
    notes = [
        comment(5, "09:00", {"accountId": "u-x"}),
        comment(6, "10:00", {"accountId": "u-x", "emailAddress": "x@acme.example"}),
    ]
    assert story(payload(comments=notes)) == ["09:00 vendor message public", "10:00 vendor message public"]


def test_the_longest_domain_tells() -> None:
    guests = Parties(("example.com",), vendors=(VendorIdentity("acme", "ACME", domains=("acme.example.com",)),))
    paper = payload(comments=[comment(5, "09:00", {"accountId": "x", "emailAddress": "x@acme.example.com"})])
    assert story(paper, parties=guests) == ["09:00 vendor message public"]


def test_unlisted_users_are_whose_the_options_say() -> None:
    paper = payload(comments=[comment(5, "09:00", {"accountId": "u-x"}), comment(6, "10:00", None)])
    assert story(paper, unlisted_users="vendor") == ["09:00 vendor message public", "10:00 unknown message public"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("From: Vera <vera@acme.example>\nHello", "vendor", id="a vendor's person"),
        pytest.param("Von: anna@example.com\n", "customer", id="one of ours"),
        pytest.param("Call me at vera@acme.example", "unknown", id="no sender"),
        pytest.param(
            {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text",
                "text": "From: v@acme.example"}]}]},
            "vendor", id="in an Atlassian document",
        ),
    ],
)  # fmt: skip
def test_a_mail_written_down_by_its_handler_is_its_senders(text: object, expected: str) -> None:
    paper = payload(comments=[comment(5, "09:00", {"accountId": "u-mail", "accountType": "app"}, body=text)])
    assert story(paper, mail_accounts=["u-mail"]) == [f"09:00 {expected} message public"]
    assert story(paper) == ["09:00 system message public automated"]


def test_all_comments_count_whatever_order_and_page_they_came_in() -> None:
    internal = [comment(n, "09:00", jsdPublic=False) for n in range(1, 101)]
    notes = [*internal, *(comment(n, "10:00") for n in range(101, 133))]
    result = mapped(payload(comments=notes))
    messages = [event for event in result.timeline.events if isinstance(event, Message)]
    assert len(messages) == 132
    assert mapped(payload(comments=[*notes[::-1], notes[0]])) == result
    assert result.complete


def test_an_edit_is_no_event_and_the_comment_edited_last_counts() -> None:
    edited = comment(5, "09:00", updated=at("12:00"), body="Other")
    before = comment(5, "09:00", updated=at("09:00"))
    assert mapped(payload(comments=[edited])) == mapped(payload(comments=[before]))
    assert (
        mapped(payload(comments=[before, {**edited, "jsdPublic": False}])).timeline.events[1].id == "comment:5:internal"
    )


def test_an_internal_comment_made_public_is_a_new_event_at_the_instant_it_was_written() -> None:
    hidden = mapped(payload(comments=[comment(5, "09:00", jsdPublic=False)])).timeline.events[1]
    shown = mapped(payload(comments=[comment(5, "09:00", updated=at("11:00"))])).timeline.events[1]
    assert (hidden.id, shown.id) == ("comment:5:internal", "comment:5:public")
    assert hidden.at == shown.at


def test_a_deleted_comment_is_missing_from_a_complete_record_and_so_withdrawn() -> None:
    rows = [history(3, "10:00", {"field": "Comment", "from": "5", "to": None})]
    result = mapped(payload(changelog=rows))
    assert (len(result.timeline.events), result.complete) == (1, True)


def test_comments_of_the_issue_are_a_truncated_page_taken_where_the_list_is_absent() -> None:
    paper = payload({"comment": {"total": 3, "comments": [comment(7, "12:00")]}})
    del paper["comments"]
    result = mapped(paper)
    assert (result.timeline.quality, result.complete) == (Quality.PARTIAL, False)
    assert gaps(paper) == ["08:00-12:00 message"]
    assert codes(paper) == ["comments_incomplete"]
    assert story(paper) == ["12:00 vendor message public"]


def test_without_any_comments_read_messages_are_unknown() -> None:
    paper = payload()
    del paper["comments"]
    assert gaps(paper) == ["08:00-18:00 message"]


@pytest.mark.parametrize("odd", [{"created": None}, {"id": None}, {"created": "yesterday"}])
def test_a_comment_without_id_or_instant_is_counted(odd: dict[str, Any]) -> None:
    paper = payload(comments=[{**comment(5, "09:00"), **odd}])
    assert (codes(paper), story(paper)) == (["unreadable_history"], [])


def test_text_of_people_and_their_addresses_do_not_survive_redaction() -> None:
    text, address = "My password is hunter2", "vera@acme.example"
    user = {"accountId": "u-v", "emailAddress": address, "displayName": "Vera Vendor", "name": address}
    rows = [history(1, "09:00", item("assignee", address, None, fromString="Vera Vendor"), by=user)]
    rows[0]["items"].append(item("description", text, text))
    paper = payload(
        {"description": text, "assignee": user, "comment": {"comments": [comment(9, "09:30", user, body=text)]}},
        rows, [comment(5, "09:00", user, body=text, renderedBody=text)], surprise=text,
        sla=[], links=[{"id": "1", "object": {"url": "https://x.example", "title": text}}],
    )  # fmt: skip
    by = mapper(mail_accounts=["u-v"], same_incident=["https://x.example"])
    left = str(by.redact(by.record(paper)))
    for secret in (text, address, "Vera Vendor", "vera@"):
        assert secret not in left
    assert f"'length': {len(text)}" in left
    assert "acme.example" in left, "whose people they are is needed"
    assert TICKET in left
