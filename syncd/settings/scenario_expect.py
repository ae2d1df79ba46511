"""What a scenario expects: of the only clock there is, or target by target."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from syncd.domain.contract import Agreements
from syncd.domain.scenario import Expectation
from syncd.settings.document import Spot
from syncd.settings.finding import shown
from syncd.settings.scenario_words import READING, TEXT, expected_at, words_of

NOT_MEASURED = "not_measured"
"""What is written of a target that must not measure the ticket."""


@dataclass(frozen=True, slots=True)
class Context:
    """What names in an expectation can mean. `own`: the scenario carries its target, so that it need not be named."""

    agreements: Agreements
    own: bool
    about: str | None
    zone: ZoneInfo | None

    def contracts_with(self, target: str) -> list[str]:
        """Return the contracts with a target of that name."""
        return [
            contract.id
            for contract in self.agreements.contracts
            if self.about in (None, contract.id)
            and any(each.name == target for revision in contract.revisions for each in revision.targets)
        ]

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of all targets that can be meant."""
        return tuple(
            dict.fromkeys(
                target.name
                for contract in self.agreements.contracts
                if self.about in (None, contract.id)
                for revision in contract.revisions
                for target in revision.targets
            )
        )


def expectations_of(data: object, spot: Spot, context: Context) -> tuple[Expectation, ...]:
    """Return what is expected; complete only if nothing was added to the findings. Nothing at all is refused."""
    if isinstance(data, list) and data:
        return _listed(data, spot, context)
    if not isinstance(data, Mapping) or not data:
        spot.refuse(f"found {shown(data)}; a scenario that expects nothing shows nothing: say what must come of it")
        return ()
    if set(data) <= set(READING) and (context.own or set(data) == {"uncovered"}):
        return _of_the_ticket(data, spot, context)
    return _by_target(data, spot, context)


def _of_the_ticket(data: Mapping[str, object], spot: Spot, context: Context) -> tuple[Expectation, ...]:
    if not context.own:
        keys = TEXT(data["uncovered"], spot.at("uncovered"), context.zone)
        return () if keys is None else (Expectation(keys, uncovered=True),)
    keys = words_of(READING, data, spot, context.zone)
    return () if keys is None else (Expectation(keys),)


def _by_target(data: Mapping[str, object], spot: Spot, context: Context) -> tuple[Expectation, ...]:
    found: list[Expectation] = []
    for name, value in data.items():
        here = spot.at(name)
        if name not in context.targets:
            keys = f"{', '.join(READING)}, or by target: " if context.own else "targets "
            here.refuse(f"unknown key; allowed: {keys}{', '.join(context.targets) or 'none'}")
            continue
        if value == NOT_MEASURED:
            contract = _contract_of(name, None, here, context)
            found.append(Expectation(expected_at(here, None), name, contract, measured=False))
            continue
        found += _of_target(name, None, value, here, context)
    return tuple(found)


def _listed(data: list[object], spot: Spot, context: Context) -> tuple[Expectation, ...]:
    found: list[Expectation] = []
    for n, item in enumerate(data):
        here = spot.at(n)
        if not isinstance(item, Mapping) or not isinstance(item.get("target"), str):
            here.refuse("allowed: a mapping that names its target, and what must come of it")
            continue
        rest = {key: value for key, value in item.items() if key not in ("target", "contract")}
        contract = item.get("contract")
        found += _of_target(str(item["target"]), None if contract is None else str(contract), rest, here, context)
    return tuple(found)


def _of_target(name: str, contract: str | None, data: object, spot: Spot, context: Context) -> list[Expectation]:
    if isinstance(data, Mapping) and not data:
        spot.refuse(f"expects nothing of {name}; say what must come of it, or {NOT_MEASURED}")
        return []
    keys = words_of(READING, data, spot, context.zone)
    contract = _contract_of(name, contract, spot, context)
    return [] if keys is None else [Expectation(keys, name, contract)]


def _contract_of(name: str, contract: str | None, spot: Spot, context: Context) -> str | None:
    """Return the contract whose target is meant; one name in several contracts must say which."""
    having = context.contracts_with(name)
    if contract is not None and contract not in having:
        spot.at("contract").refuse(
            f'no contract "{contract}" has a target {name}; allowed: {", ".join(having) or "none"}'
        )
    elif not having:
        spot.at("target").refuse(f"found {shown(name)}; allowed: {', '.join(context.targets) or 'none'}")
    elif contract is None and len(having) > 1:
        spot.refuse(f"target {name} is in contracts {', '.join(having)}; say at the top which one it is about")
    return contract or (having[0] if having else None)
