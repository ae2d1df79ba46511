"""The keys of our own tools in a message: which ticket of Jira or ServiceNow a conversation is about."""

from collections.abc import Iterable
from typing import NamedTuple

from connectors.mail.tokens import find


class Reference(NamedTuple):
    """A key, or a template of keys, and the source whose tickets bear such ones; empty for any source."""

    source: str
    key: str

    @property
    def name(self) -> str:
        """The name by which tickets are linked: `source:key`, or the key alone."""
        return f"{self.source}:{self.key}" if self.source else self.key


def references_in(subject: str, text: str, templates: Iterable[Reference]) -> tuple[tuple[Reference, ...], bool]:
    """Return the keys in a message, each template's in the subject before those in the text, and whether it lists some.

    Several keys of one template are a list of tickets and count for nothing. Case does not matter in a template's
    letters, so keys of a template in capitals are written in capitals.
    """
    found: dict[str, Reference] = {}
    listed = False
    for source, template in templates:
        tokens = find(subject, (template,)) or find(text, (template,))
        listed = listed or len(tokens) > 1
        for token in tokens if len(tokens) == 1 else ():
            key = "".join(token.text.split())
            reference = Reference(source, key.upper() if _is_in_capitals(template) else key)
            found.setdefault(reference.name, reference)
    return tuple(found.values()), listed


def _is_in_capitals(template: str) -> bool:
    literal = "".join(piece.partition("}")[2] if n else piece for n, piece in enumerate(template.split("{")))
    return literal == literal.upper()


def references_from(value: object) -> tuple[Reference, ...]:
    """Return the references that JSON values are; what is no pair is left out."""
    items = value if isinstance(value, list | tuple) else ()
    pairs = (each for each in items if isinstance(each, list | tuple) and len(each) == len(Reference._fields))
    return tuple(Reference(str(source), str(key)) for source, key in pairs)
