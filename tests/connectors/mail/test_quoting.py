"""The new words of a message: what phrases may be looked for in."""

import time

import pytest

from connectors.mail.charsets import folded
from connectors.mail.phrases import stated
from connectors.mail.quoting import new_text
from connectors.mail.rules import shipped

QUOTED = "\n> It is not working.\n> Ina"

CASES = {
    "nothing quoted": ("Fixed.\nVera", "Fixed.\nVera"),
    "english": ("Fixed.\n\nOn Mon, 2 Mar 2026 at 08:00, Ina <ina@c.example> wrote:" + QUOTED, "Fixed."),
    "english over two lines": ("Fixed.\n\nOn Mon, 2 Mar 2026 at 08:00, Ina Ours\n<ina@c.example> wrote:\nold",
        "Fixed."),
    "german": ("Behoben.\n\nAm 02.03.2026 um 08:00 schrieb Ina:\nalt", "Behoben."),
    "french": ("Réparé.\n\nLe lun. 2 mars 2026 à 08:00, Ina a écrit :\nvieux", "Réparé."),
    "spanish": ("Resuelto.\n\nEl lun, 2 mar 2026 a las 8:00, Ina escribió:\nviejo", "Resuelto."),
    "portuguese": ("Feito.\n\nEm 02/03/2026 08:00, Ina escreveu:\nvelho", "Feito."),
    "italian": ("Fatto.\n\nIl giorno 2 marzo 2026 Ina ha scritto:\nvecchio", "Fatto."),
    "dutch": ("Klaar.\n\nOp 2 maart 2026 om 08:00 schreef Ina:\noud", "Klaar."),
    "polish": ("Gotowe.\n\nW dniu 2 marca 2026 Ina napisała:\nstare", "Gotowe."),
    "japanese": ("直りました。\n\n2026年3月2日(月) 8:00 Ina <ina@c.example>のメール:\n古い", "直りました。"),
    "outlook's line": ("Fixed.\n\n-----Original Message-----\nFrom: Ina\nold", "Fixed."),
    "outlook's block": ("Fixed.\n\nFrom: Ina\nSent: Monday\nTo: Vera\nSubject: Line\n\nold", "Fixed."),
    "german block": ("Behoben.\n\nVon: Ina\nGesendet: Montag\nAn: Vera\nBetreff: Leitung\n\nalt", "Behoben."),
    "a ruler": ("Fixed.\n________________________________\nold", "Fixed."),
    "answers between the lines": ("On 2 March Ina wrote:\n> is it fixed?\nYes.\n> and why?\nA card.", "Yes.\nA card."),
    "a signature": ("Fixed.\n-- \nVera, is resolved at once", "Fixed."),
    "a sentence with a colon": ("The cause was:\na card.", "The cause was:\na card."),
    "a sentence that begins like a quotation": ("On it.\nDone", "On it.\nDone"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_new_words_are_kept_and_old_ones_cut(case: str) -> None:
    text, expected = CASES[case]
    assert new_text(text, shipped()) == expected


HOSTILE = {
    "on on on": "On " * 350_000,
    "marks": ">" * 1_000_000,
    "lines that begin like a quotation": "On a\n" * 200_000,
    "colons": "On a:\n" * 160_000,
    "rulers": "_" * 1_000_000,
    "fields": "From: x\n" * 120_000,
    "blanks": " " * 1_000_000,
    "one word": "a" * 1_000_000,
    "almost quotations": "On 1 wrote\n:\n" * 80_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_megabyte_of_anything_is_cut_in_linear_time(case: str) -> None:
    text, rules = HOSTILE[case], shipped()

    def seconds(of: str) -> float:
        begun = time.process_time()
        new_text(of, rules)
        return time.process_time() - begun

    whole = seconds(text)
    assert whole < 5, whole
    # Quadratic work would take sixteen times as long for four times as much.
    assert whole < 10 * seconds(text[: len(text) // 4]) + 0.2


STATED = {
    "said": ("the line is resolved.", True),
    "denied before": ("the line is not yet resolved, and is resolved never", False),
    "denied after": ("is resolved not", False),
    "asked": ("is resolved?", False),
    "conditional": ("once the line is resolved we close", False),
    "denied in another sentence": ("it was not the card. it is resolved now", True),
    "denied, then said": ("we thought it is not resolved. now it is resolved.", True),
    "part of a word": ("this is resolvedish", False),
}


@pytest.mark.parametrize("case", STATED)
def test_a_phrase_counts_where_it_is_stated(case: str) -> None:
    text, expected = STATED[case]
    assert stated(folded(text), "is resolved", shipped().denials) is expected
