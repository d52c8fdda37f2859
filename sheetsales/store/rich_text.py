"""Text as cells hold it: runs joined, references and escapes read, furigana left out."""

from __future__ import annotations

import re
from functools import cache

from sheetsales.store import markup

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SPACE = " \t\n\r"


@cache
def _run(prefix: bytes) -> re.Pattern[bytes]:
    quoted = re.escape(prefix)
    return re.compile(rb"<%bt((?:\s[^<>]*?)?)(?:/>|>([^<]*)</%bt\s*>)" % (quoted, quoted))


@cache
def _furigana(prefix: bytes) -> re.Pattern[bytes]:
    quoted = re.escape(prefix)
    return re.compile(rb"<%brPh[\s>].*?</%brPh\s*>" % (quoted, quoted), re.DOTALL)


def rich_text(item: bytes, prefix: bytes) -> str:
    """Return the text of a shared string or an inline string.

    Spaces around a run count only where the run says so.

    Args:
        item: the XML of the element or of what is in it, without comments and CDATA.
        prefix: namespace prefix of its elements with the colon, or nothing.
    """
    if b"rPh" in item:
        item = _furigana(prefix).sub(b"", item)
    runs = []
    for given, raw in _run(prefix).findall(item):
        text = characters(raw)
        runs.append(text if b"preserve" in given else text.strip(_SPACE))
    return unescaped("".join(runs))


def characters(raw: bytes) -> str:
    """Return the characters that an XML text stands for; line ends are all alike."""
    text = raw.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return markup.unescape(text)


def unescaped(text: str) -> str:
    """Return the text that Excel means by ``_x000a_`` and its like; surrogates are paired."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
