"""Names of folders: IMAP's own UTF-7 (RFC 3501, section 5.1.3), and which one holds sent mail."""

import base64
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from connectors.mail.imap.answers import values, words
from connectors.mail.imap.wire import Untagged

SENT = (
    "sent", "sent items", "sent mail", "sent messages", "sent-mail", "gesendet", "gesendete elemente",
    "gesendete objekte", "éléments envoyés", "messages envoyés", "envoyés", "elementos enviados", "enviados",
    "itens enviados", "mensagens enviadas", "posta inviata", "inviati", "verzonden items", "verzonden",
    "elementy wysłane", "wysłane", "送信済みアイテム", "送信済みメール", "送信済み", "skickat", "sendt",
    "gönderilmiş öğeler", "отправленные",
)  # fmt: skip
"""What folders of sent mail are called where the server does not say which one it is (RFC 6154)."""

_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")


class Folder(NamedTuple):
    """One folder that the server lists."""

    name: str
    attributes: frozenset[str]
    """In lower case: `\\sent`, `\\noselect`."""
    delimiter: str


def wire_name(name: str) -> bytes:
    """Return a folder's name as a command has it: modified UTF-7, quoted."""
    out: list[bytes] = []
    for plain, other in re.findall(r"([\x20-\x7e]+)|([^\x20-\x7e]+)", name):
        if plain:
            out.append(plain.encode("ascii").replace(b"&", b"&-"))
        else:
            packed = base64.b64encode(other.encode("utf-16-be", "surrogatepass")).rstrip(b"=").replace(b"/", b",")
            out.append(b"&" + packed + b"-")
    return quoted(b"".join(out))


def quoted(text: bytes) -> bytes:
    """Return a text as a quoted string; raises ValueError for what none can hold."""
    if any(char in text for char in (b"\r", b"\n", b"\0")):
        raise ValueError("a line break cannot be sent")
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def plain_name(name: bytes) -> str:
    """Return the name that modified UTF-7 stands for; what is none as it is."""

    def unshifted(found: re.Match[bytes]) -> bytes:
        if not found[1]:
            return b"&"
        packed = found[1].replace(b",", b"/")
        return base64.b64decode(packed + b"=" * (-len(packed) % 4)).decode("utf-16-be").encode()

    try:
        return _SHIFTED.sub(unshifted, name).decode()
    except ValueError:
        return name.decode("utf-8", "replace")


def listed(untagged: Untagged) -> Iterator[Folder]:
    """Yield the folders of a LIST answer."""
    pieces: list[object] = []
    for piece in untagged.get("LIST", ()):
        pieces.append(piece)
        if isinstance(piece, tuple):
            continue
        said = values(pieces)
        pieces = []
        if len(said) >= 3 and isinstance(said[2], bytes):  # noqa: PLR2004  attributes, delimiter, name
            attributes = frozenset(word.lower() for word in words(said[0]))
            delimiter = said[1].decode("latin-1") if isinstance(said[1], bytes) else ""
            yield Folder(plain_name(said[2]), attributes, delimiter)


def sent_folder(folders: Sequence[Folder]) -> str | None:
    """Return the folder of sent mail: by its special use, else by its name, in the order of what names are usual."""
    for folder in folders:
        if "\\sent" in folder.attributes:
            return folder.name
    by_name: dict[str, str] = {}
    for folder in folders:
        last = folder.name.rpartition(folder.delimiter)[2] if folder.delimiter else folder.name
        by_name.setdefault(last.casefold(), folder.name)
    return next((by_name[name] for name in SENT if name in by_name), None)
