"""What the states of a stock ServiceNow mean, table by table; options override them.

Sources: the `sys_choice` rows that ServiceNow ships, as its documentation lists them. Keys are `state`, or
`state/hold_reason` where the reason decides whose turn it is. On hold without a known reason the vendor is awaited:
a pause needs evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from syncd.domain.names import Awaiting, Phase


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a state says in our words."""

    phase: Phase
    awaiting: Awaiting


Meanings = Mapping[str, Meaning]

_NEW = Meaning(Phase.NEW, Awaiting.VENDOR)
_ACTIVE = Meaning(Phase.ACTIVE, Awaiting.VENDOR)
_HELD = Meaning(Phase.PENDING, Awaiting.VENDOR)
_ASKED = Meaning(Phase.PENDING, Awaiting.CUSTOMER)
_ELSEWHERE = Meaning(Phase.PENDING, Awaiting.THIRD_PARTY)
_RESOLVED = Meaning(Phase.RESOLVED, Awaiting.NOBODY)
_CLOSED = Meaning(Phase.CLOSED, Awaiting.NOBODY)
_CANCELLED = Meaning(Phase.CANCELLED, Awaiting.NOBODY)

_TASK = {"-5": _HELD, "1": _NEW, "2": _ACTIVE, "3": _CLOSED, "4": _CLOSED, "7": _CANCELLED}

DEFAULTS: Mapping[str, Meanings] = {
    "incident": {
        "1": _NEW, "2": _ACTIVE, "3": _HELD, "3/1": _ASKED, "3/3": _HELD, "3/4": _ELSEWHERE, "3/5": _HELD,
        "4": _ASKED, "5": _ASKED, "6": _RESOLVED, "7": _CLOSED, "8": _CANCELLED,
    },
    "problem": {
        "101": _NEW, "102": _ACTIVE, "103": _ACTIVE, "104": _ACTIVE, "106": _RESOLVED, "107": _CLOSED,
        "1": _NEW, "2": _ACTIVE, "3": _HELD, "4": _CLOSED,
    },
    "change_request": {
        "-5": _NEW, "-4": _ACTIVE, "-3": _ASKED, "-2": _ACTIVE, "-1": _ACTIVE, "0": _ACTIVE, "3": _CLOSED,
        "4": _CANCELLED,
    },
    "sn_customerservice_case": {
        "1": _NEW, "10": _ACTIVE, "18": _ASKED, "6": _RESOLVED, "3": _CLOSED, "7": _CANCELLED,
    },
    "task": _TASK,
    "sc_req_item": _TASK,
    "sc_task": _TASK,
}  # fmt: skip

PRIORITIES: Mapping[str, str] = {"1": "P1", "2": "P2", "3": "P3", "4": "P4", "5": "P5"}
"""Priority 1 is Critical, 5 is Planning."""

REFERENCES: Mapping[str, str] = {
    "assignment_group": "sys_user_group",
    "vendor": "core_company",
    "u_vendor": "core_company",
    "u_supplier": "core_company",
    "company": "core_company",
    "location": "cmn_location",
    "cmdb_ci": "cmdb_ci",
    "business_service": "cmdb_ci_service",
    "service_offering": "service_offering",
    "contract": "ast_contract",
}
"""Which table a reference column points to, so that its value can be shown by name."""


def meaning_of(meanings: Meanings, state: str, reason: str) -> tuple[Meaning | None, bool]:
    """Return what a state means, and whether the hold reason was understood as well.

    A reason is looked at only where the table of meanings tells this state's reasons apart.
    """
    exact = meanings.get(f"{state}/{reason}") if reason else None
    if exact is not None:
        return exact, True
    told_apart = bool(reason) and any(key.startswith(f"{state}/") for key in meanings)
    return meanings.get(state), not told_apart
