"""The drawing at the top of syncd/errors.py is the truth about its classes."""

import inspect

import pytest

from syncd import errors

DRAWING = """Words before.

Root
├─ A            what happens next
│  ├─ B         more
│  └─ C(x, y)
└─ D

Words after, with a - dash.
"""


def drawn(text: str) -> dict[str, str]:
    """Return each class of a drawing with its parent; the root's parent is `Exception`."""
    tree: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    before = ""
    for line in text.splitlines():
        branch, mark, entry = line.partition("─ ")
        if mark and branch[-1:] in {"├", "└"}:
            if not tree:
                above = [(-1, before.strip())]
                tree[above[0][1]] = "Exception"
            name = entry.split()[0].partition("(")[0]
            above = [(column, parent) for column, parent in above if column < len(branch)]
            tree[name] = above[-1][1]
            above.append((len(branch), name))
        before = line
    return tree


def test_the_drawing_names_every_exception_below_its_parent() -> None:
    defined = {
        name: thing.__base__.__name__
        for name, thing in inspect.getmembers(errors, inspect.isclass)
        if thing.__module__ == errors.__name__ and issubclass(thing, BaseException) and thing.__base__
    }
    assert drawn(errors.__doc__ or "") == defined


@pytest.mark.parametrize("name", [name for name, parent in drawn(errors.__doc__ or "").items() if parent])
def test_an_exception_has_a_sentence_that_a_person_can_read(name: str) -> None:
    assert inspect.cleandoc(vars(errors)[name].__doc__ or "").partition("\n")[0].endswith(".")


def test_the_drawing_is_read_as_people_read_it() -> None:
    assert drawn(DRAWING) == {"Root": "Exception", "A": "Root", "B": "A", "C": "A", "D": "Root"}
