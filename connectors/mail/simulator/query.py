"""A request's options, refused where Graph refuses them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from connectors.mail.simulator.answers import Refused
from connectors.mail.simulator.box import Message
from syncd.domain.instant_text import parse_instant
from syncd.domain.timeline_error import TimelineError
from syncd.ports.toolkit import HttpRequest

PROPERTIES = frozenset({
    "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime", "sentDateTime",
    "hasAttachments", "internetMessageId", "internetMessageHeaders", "subject", "bodyPreview", "body", "uniqueBody",
    "importance", "parentFolderId", "conversationId", "conversationIndex", "isDeliveryReceiptRequested",
    "isReadReceiptRequested", "isRead", "isDraft", "webLink", "inferenceClassification", "sender", "from",
    "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "flag",
})  # fmt: skip
"""Of a message ("message resource type", Microsoft Graph v1.0)."""

FOLDER_PROPERTIES = frozenset({
    "id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "isHidden",
    "sizeInBytes",
})  # fmt: skip

_EXPAND = re.compile(r"singleValueExtendedProperties\(\$filter=id eq '(?:LONG|Long|Integer) 0x0?E08'\)", re.IGNORECASE)
_TERM = re.compile(r"receivedDateTime (ge|gt|le|lt) (\S+)")
_TESTS: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "ge": lambda one, other: one >= other,
    "gt": lambda one, other: one > other,
    "le": lambda one, other: one <= other,
    "lt": lambda one, other: one < other,
}
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a request's `Prefer` asks for (RFC 7240)."""

    immutable: bool = False
    page: int = 10
    plain: bool = False


def bad(message: str, code: str = "RequestBroker--ParseUri") -> Refused:
    """Return the refusal of a request that cannot be understood."""
    return Refused(400, code, message)


def params_of(request: HttpRequest) -> dict[str, str]:
    """Return the query's options, names in lower case."""
    return {name.lower(): value for name, value in parse_qsl(request.query, keep_blank_values=True)}


def preferences(request: HttpRequest) -> Preferences:
    """Return what is preferred; raises for values that nothing understands."""
    wanted: dict[str, str] = {}
    for each in request.headers.get("prefer", "").split(","):
        name, _, value = each.strip().partition("=")
        wanted[name.lower()] = value.strip('"')
    if wanted.get("idtype", "ImmutableId") != "ImmutableId":
        raise bad(f"The value '{wanted['idtype']}' of IdType is not supported.", "ErrorInvalidRequest")
    page = wanted.get("odata.maxpagesize", "10")
    if not page.isdecimal() or not 1 <= int(page) <= _MOST:
        raise bad("odata.maxpagesize must be a whole number from 1 to 1000.", "ErrorInvalidRequest")
    return Preferences("idtype" in wanted, int(page), wanted.get("outlook.body-content-type") == "text")


def selected(params: Mapping[str, str], known: frozenset[str]) -> tuple[str, ...]:
    """Return the properties asked for; all but those that must be named if none is."""
    if "$select" not in params:
        return tuple(sorted(known - {"internetMessageHeaders", "uniqueBody"}))
    wanted = tuple(each.strip() for each in params["$select"].split(","))
    for each in wanted:
        if each not in known:
            raise bad(f"Parsing OData Select and Expand failed: Could not find a property named '{each}'.")
    return tuple(dict.fromkeys(("id", *wanted)))


def expanded(params: Mapping[str, str]) -> bool:
    """Tell whether the size is asked for, by the one expansion that is understood here."""
    if "$expand" not in params:
        return False
    if _EXPAND.fullmatch(params["$expand"]) is None:
        raise bad("Parsing OData Select and Expand failed: Found a path that cannot be expanded.")
    return True


def filtered(where: str, operators: str = "ge gt le lt") -> Callable[[Message], bool]:
    """Return the test that a `$filter` is; only the date of reception may be compared."""
    tests: list[tuple[Callable[[datetime, datetime], bool], datetime]] = []
    for term in where.split(" and ") if where else ():
        found = _TERM.fullmatch(term.strip())
        if found is None or found[1] not in operators.split():
            raise bad(f"Invalid filter clause: {term}", "ErrorInvalidUrlQueryFilter")
        try:
            tests.append((_TESTS[found[1]], parse_instant(found[2], "$filter")))
        except TimelineError as error:
            raise bad("Invalid filter clause: not a date.", "ErrorInvalidUrlQueryFilter") from error
    return lambda message: all(test(message.received_at, bound) for test, bound in tests)


def count(params: Mapping[str, str], name: str, default: int, most: int) -> int:
    """Return a whole number among the options."""
    value = params.get(name, str(default))
    if not value.isdecimal() or int(value) > most:
        raise bad(f"The limit of '{most}' for {name} has been exceeded, or it is no number.", "ErrorInvalidRequest")
    return int(value)
