"""The new words of a message, without what it quotes and how it is signed; linear in its length.

Not needed for any clock (a mail is a mail); only so that phrases match what the sender wrote now. Every line is looked
at once, by its beginning and by words in it: no pattern that could try again and again.
"""

from connectors.mail.charsets import folded
from connectors.mail.phrases import any_of
from connectors.mail.rules import Rules

_LONGEST = 2_000
"""Characters of a line that are looked at."""

_HEADER_BLOCK = 2
"""So many lines that look like a quoted message's header fields begin a quotation."""


def new_text(text: str, rules: Rules) -> str:
    """Return the lines that are the sender's own, before the first quotation, and between quoted lines after it."""
    kept: list[str] = []
    lines = text.split("\n")
    fields = 0
    for place, line in enumerate(lines):
        short = line[:_LONGEST].strip()
        if short.startswith((">", "|", "＞")):  # noqa: RUF001 - mail programs in East Asia quote with this one
            fields = 0
            continue
        compared = folded(short)
        if compared and _begins_quotation(compared, lines[place + 1 : place + 2], rules):
            if _quoted_below(lines, place + 1):
                continue
            break
        fields = fields + 1 if compared.lstrip("*").startswith(rules.quoted_fields) else 0 if compared else fields
        if fields > _HEADER_BLOCK:
            del kept[-_HEADER_BLOCK:]
            break
        if line.rstrip("\r ") == "--" or compared.startswith(rules.signatures):
            break
        kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return "\n".join(kept)


def _begins_quotation(compared: str, following: list[str], rules: Rules) -> bool:
    """Whether a line, or it and the next one, says that somebody else's words follow."""
    if compared.strip("-_ *") in rules.quotation_lines and compared[:2] in ("--", "__", "**"):
        return True
    if len(compared) >= _RULER and not compared.strip("_"):
        return True
    both = compared
    if not both.endswith(_COLONS):
        # Long attributions take two lines.
        goes_on = following and following[0].rstrip()[-1:] in _ENDS
        both = f"{compared} {folded(following[0][:_LONGEST])}" if goes_on else ""
    if not both.endswith(_COLONS) or len(both) > _ATTRIBUTION:
        return False
    ending = both.rstrip(": ")
    begins, dated = ending.startswith(rules.attribution_starts), any(char.isdigit() for char in ending)
    if ending.endswith(rules.attribution_ends):
        return begins or dated
    # "Am 2. März schrieb Ina:" has its verb before the name.
    return begins and dated and any_of(ending, rules.attribution_ends) is not None


def _quoted_below(lines: list[str], place: int) -> bool:
    """Whether marked lines follow: then the sender's own words may stand between and behind them."""
    below = [line[:_LONGEST].strip() for line in lines[place : place + _ATTRIBUTION_LINES]]
    return any(line.startswith(">") for line in below)


_COLONS = ":"
_ENDS = frozenset({":", "\uff1a"})
"""Folding has made one of the full-width colon too."""

_RULER = 20
_ATTRIBUTION_LINES = 4
_ATTRIBUTION = 400
"""Characters of "On …, … wrote:"; names and addresses included."""
