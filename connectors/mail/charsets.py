"""Bytes to text, whatever a message says about them: allowed charsets only, never an exception."""

import codecs
import re
import unicodedata

_ALLOWED = frozenset({
    "ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "cp1250", "cp1251", "cp1252", "cp1253",
    "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5",
    "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15",
    "iso8859-16", "koi8-r", "koi8-u", "cp437", "cp850", "cp852", "cp866", "cp874", "tis-620", "gb18030", "big5",
    "big5hkscs", "cp949", "euc_kr", "iso2022_kr", "shift_jis", "cp932", "euc_jp", "iso2022_jp", "iso2022_jp_1",
    "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext", "mac-roman",
})  # fmt: skip
"""Codecs that turn bytes into text; Python also has some that unpack archives (`zlib`) or raise by design."""

_WIDER = {
    "iso8859-1": "cp1252", "ascii": "utf-8", "gb2312": "gb18030",
    "gbk": "gb18030", "hz": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254",
    "tis-620": "cp874", "iso8859-8": "cp1255",
}  # fmt: skip
"""Charsets that senders name while they mean a larger one (WHATWG Encoding, section 4.2)."""

_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


def codec_of(name: str) -> str | None:
    """Return the Python codec to use for a charset; None for one that is unknown or not allowed."""
    asked = name.strip().strip("\"'").partition("*")[0].lower()
    asked = asked.removesuffix("-i").removesuffix("-e") if asked.startswith("iso-8859-8-") else asked
    try:
        found = codecs.lookup(asked).name if asked and asked.isascii() and "\0" not in asked else ""
    except (LookupError, ValueError, UnicodeError):
        found = ""
    found = _WIDER.get(found, found)
    return found if found in _ALLOWED else None


def decoded(data: bytes, charset: str | None) -> str:
    """Return bytes as text: in the charset if that is known, else as UTF-8, else as Windows-1252."""
    codec = codec_of(charset) if charset else None
    if codec is not None and codec != "utf-8":
        try:
            return data.decode(codec, "replace")
        except (UnicodeError, ValueError, LookupError):
            codec = None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8" if codec == "utf-8" else "cp1252", "replace")


def clean(text: str) -> str:
    """Return text on one line without control, direction and zero-width characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_UNWANTED.sub("", text.replace("\t", " ").replace("\r", " ").replace("\n", " ")).split())


def clean_lines(text: str) -> str:
    """Return text without control characters, its lines ended by a line feed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _UNWANTED.sub("", lines)


def folded(text: str) -> str:
    """Return text as it is compared: compatibility forms unified, case folded, blanks single."""
    unified = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(unified.casefold().split())
