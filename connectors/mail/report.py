"""How single messages were read, as `syncd map mail --messages` prints it."""

from collections.abc import Iterable

from connectors.mail.files import FileRead
from connectors.mail.judging import Judge
from connectors.mail.recording import Grouped


def details(read: Iterable[FileRead], grouped: Grouped, judge: Judge) -> list[dict[str, object]]:
    """Return one JSON object for each message file, in the order of the files; every copy has its own."""
    return [_line(each, grouped, judge) for each in read]


def _line(each: FileRead, grouped: Grouped, judge: Judge) -> dict[str, object]:
    letter = each.found.letter
    judged = grouped.judged.get(letter.fingerprint)
    if judged is None or judged.letter != letter:  # another copy's header may say more, or less
        judged = judge.judge(letter, judge.hints(letter), each.found.sightings)
    author, kind, _, _, _ = judged.authorship
    leaf = grouped.leaves.get(letter.fingerprint)
    scoped = {token.text for tokens in leaf.tokens.values() for token in tokens} if leaf is not None else set()
    own = [token.text for token in judged.hints.tokens]
    return {
        "file": each.file,
        "message_id": letter.message_id or None,
        "in_reply_to": letter.in_reply_to[0] if letter.in_reply_to else None,
        "references": list(letter.references),
        "from": letter.senders[0] if letter.senders else None,
        "subject": letter.subject,
        "author": author.value,
        "machine_kind": kind.value if kind is not None else None,
        "tokens": [*own, *sorted(scoped - {*own})],
        "conversation": grouped.conversation.get(letter.fingerprint),
        "attachments": list(letter.attachments),
        "problems": [{"code": code, "detail": detail} for code, detail in sorted(letter.problems.items())],
    }
