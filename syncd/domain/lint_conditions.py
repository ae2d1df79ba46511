"""Conditions as sets of values: which tickets can meet several of them at once."""

from collections.abc import Iterator

from syncd.domain.contract import Conditions, Cover, Revision, Target


def clash(*conditions: Conditions) -> str | None:
    """Return an attribute of which no value meets all of the conditions; None where every attribute has one."""
    return next((name for name in _names(conditions) if not _common(name, conditions)), None)


def both(*conditions: Conditions) -> Conditions | None:
    """Return the conditions that hold where all of these do; None where no ticket can meet them all."""
    if clash(*conditions) is not None:
        return None
    return {name: _common(name, conditions) for name in _names(conditions)}


def differs_in_case_only(name: str, one: Conditions, other: Conditions) -> bool:
    """Return whether two conditions exclude each other for capital letters alone."""
    folded = {value.casefold() for value in one.get(name, ())}
    return any(value.casefold() in folded for value in other.get(name, ()))


def implies(narrow: Conditions, wide: Conditions) -> bool:
    """Return whether every ticket that meets `narrow` meets `wide` as well."""
    return all(name in narrow and set(narrow[name]) <= set(values) for name, values in wide.items())


def example_ticket(source: str, conditions: Conditions) -> str:
    """Return a ticket that meets the conditions, in words."""
    having = ", ".join(f"{name}: {values[0]}" for name, values in conditions.items())
    return f"a ticket of {source} with {having}" if having else f"any ticket of {source}"


def common_tickets(revision: Revision, *targets: Target) -> Iterator[tuple[Cover, Conditions]]:
    """Yield each cover under which one ticket can fall under all of the targets, with what such a ticket has."""
    for cover in revision.covers:
        found = both(cover.attributes, *(target.when for target in targets))
        if found is not None:
            yield cover, found


def can_meet(revision: Revision, *targets: Target) -> bool:
    """Return whether one ticket can fall under all of the targets."""
    return any(True for _ in common_tickets(revision, *targets))


def _names(conditions: tuple[Conditions, ...]) -> list[str]:
    return list(dict.fromkeys(name for each in conditions for name in each))


def _common(name: str, conditions: tuple[Conditions, ...]) -> tuple[str, ...]:
    """Return the values of an attribute that meet every condition that names it, in the order of the first one."""
    stated = [each[name] for each in conditions if name in each]
    return tuple(value for value in stated[0] if all(value in values for values in stated[1:]))
