"""Accounts as JSON: account ids and types on Cloud, names and keys on Data Center."""

from connectors.jira.simulator.call import Call
from connectors.jira.simulator.cast import PEOPLE
from connectors.jira.simulator.stamps import ident


def account(call: Call, login: str) -> dict[str, object] | None:
    """Return an account as others see it; None for nobody. Who left the site since is a shadow."""
    if not login:
        return None
    person = PEOPLE.get(login)
    if person is None:
        return _shadow(call, login)
    shown: dict[str, object] = {"displayName": person.name, "active": True, "timeZone": "Europe/Berlin"}
    if call.habits.emails and person.email:
        shown["emailAddress"] = person.email
    if call.habits.cloud:
        address = f"{call.base_url}/rest/api/{call.version}/user?accountId={person.account_id}"
        return {"self": address, "accountId": person.account_id, "accountType": person.type, **shown}
    address = f"{call.base_url}/rest/api/2/user?username={person.login}"
    return {"self": address, "name": person.login, "key": person.key, **shown}


def _shadow(call: Call, login: str) -> dict[str, object]:
    if call.habits.cloud:
        number = f"unknown:{ident('gone', login)[:20]}"
        return {"accountId": number, "accountType": "unknown", "displayName": "Former user", "active": False}
    name = f"jirauser{int(ident('gone', login)[:4], 16)}"
    return {"name": name, "key": name.upper(), "displayName": "user-" + ident(login)[:5], "active": False}


def account_number(call: Call, login: str) -> str | None:
    """Return what histories and fields hold of a user."""
    person = PEOPLE.get(login)
    if person is None:
        return login or None
    return person.account_id if call.habits.cloud else person.key
