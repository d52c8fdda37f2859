"""The texts that the cells of a book share, looked up without a list of them all."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator

from sheetsales.errors import WorkbookError
from sheetsales.store import markup
from sheetsales.store.content import Content, Memory, whole
from sheetsales.store.rich_text import rich_text

_ROOT_NAME = re.compile(rb"<(?:([^\s:/>!?]+):)?sst[\s/>]")
_HEAD = 1 << 16
_BLOCK = 1 << 14
_MOST_BLOCKS = 128
_WRITTEN_AS_IS = re.compile(r"[^&<>\"'_\s]*")


class SharedStrings:
    """The shared strings part of a book.

    Args:
        content: the part.
        part: its name for messages.
    """

    def __init__(self, content: Content, part: str) -> None:
        self._part = part
        self._content = _plain(content, part)
        root = _ROOT_NAME.search(self._content.slice(0, _HEAD))
        if root is None:
            raise WorkbookError("workbook-part", part=part, reason="sst")
        self._prefix = root[1] + b":" if root[1] else b""
        self._tag = b"<%bsi" % self._prefix
        self._firsts, self._starts = array("Q"), array("Q")
        self._count = self._end = 0
        self._items: dict[int, list[bytes]] = {}
        for offset, data in self._content.chunks(self._tag):
            self._note_blocks(offset, data)

    def text(self, index: int) -> str:
        """Return a text by its index.

        Raises:
            WorkbookError: ``workbook-part`` if there is none.
        """
        if not 0 <= index < self._count:
            raise WorkbookError("workbook-part", part=self._part, reason=f"si {index}")
        block = bisect_right(self._firsts, index) - 1
        return rich_text(self._block(block)[index - self._firsts[block]], self._prefix)

    def find(self, texts: Collection[str]) -> set[int]:
        """Return the indexes under which any of some texts stand; one may stand under several."""
        search = _Search(texts, self._prefix)
        found: set[int] = set()
        for block, data in self._blocks():
            if search.may_be_in(data):
                first, items = self._firsts[block], data.split(self._tag)[1:]
                found.update(first + number for number in search.places(items))
        return found

    def select(self, used: bytearray, keep: Callable[[str], bool]) -> set[int]:
        """Return those indexes, of the ones marked in `used`, whose text is to be kept."""
        found = set()
        for block, data in self._blocks():
            first = self._firsts[block]
            for number, item in enumerate(data.split(self._tag)[1:], first):
                if number < len(used) and used[number] and keep(rich_text(item, self._prefix)):
                    found.add(number)
        return found

    def _note_blocks(self, offset: int, data: bytes) -> None:
        position = data.find(self._tag)
        while position >= 0:
            following = data.find(self._tag, position + _BLOCK)
            end = following if following >= 0 else len(data)
            self._firsts.append(self._count)
            self._starts.append(offset + position)
            self._count += data.count(self._tag, position, end)
            position = following
        self._end = offset + len(data)

    def _blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield number and bytes of all blocks in order."""
        for block, start in enumerate(self._starts):
            end = self._starts[block + 1] if block + 1 < len(self._starts) else self._end
            yield block, self._content.slice(start, end)

    def _block(self, block: int) -> list[bytes]:
        """Return the texts of a block as they are written; a few blocks are kept."""
        if block not in self._items:
            if len(self._items) >= _MOST_BLOCKS:
                self._items.clear()
            start = self._starts[block]
            end = self._starts[block + 1] if block + 1 < len(self._starts) else self._end
            self._items[block] = self._content.slice(start, end).split(self._tag)[1:]
        return self._items[block]


class _Search:
    """Looks for texts among items as they are written.

    Most items are one plain run of text; they are compared as bytes. All others are taken apart.
    """

    def __init__(self, texts: Collection[str], prefix: bytes) -> None:
        self._texts = set(texts)
        self._prefix = prefix
        self._opening, self._closing = b"><%bt>" % prefix, b"</%bt></%bsi>" % (prefix, prefix)
        self._raw = {text.encode() for text in self._texts if "_x" not in text}
        self._plain = {self._opening + text + self._closing for text in self._raw}
        start = _beginning_of_all(self._texts).encode()
        self._candidates = re.compile(rb">(%b[^<]*)<" % re.escape(start))
        self._run_end = b"</%br>" % prefix
        self._expected, self._is_odd = 0, False

    def may_be_in(self, block: bytes) -> bool:
        """Say whether a block of items is worth a closer look."""
        found = map(bytes.strip, self._candidates.findall(block))
        self._expected = sum(map(self._raw.__contains__, found))
        self._is_odd = self._holds_more_than_plain_text(block)
        return self._is_odd or bool(self._expected)

    def _holds_more_than_plain_text(self, block: bytes) -> bool:
        return (
            b"&" in block
            or (b"_" in block and b"_x" in block)  # one byte is found much faster than two
            or (b"\n" in block and b">\n" in block)
            or b"> " in block
            or self._run_end in block
        )

    def places(self, items: list[bytes]) -> list[int]:
        """Return where among the items of the block just looked at the texts stand."""
        plain = self._plain.intersection(items)
        if not self._is_odd and len(plain) == self._expected:
            return [items.index(item) for item in plain]
        return [number for number, item in enumerate(items) if self._is_wanted(item)]

    def _is_wanted(self, item: bytes) -> bool:
        if item in self._plain:
            return True
        if (
            item.startswith(self._opening)
            and item.endswith(self._closing)
            and b"&" not in item
            and b"_x" not in item
            and not item[len(self._opening) : -len(self._closing)][:1].isspace()
            and not item[: -len(self._closing)][-1:].isspace()
        ):
            return False
        return rich_text(item, self._prefix) in self._texts


def _beginning_of_all(texts: Collection[str]) -> str:
    """Return what all texts begin with, as far as it is written in XML as it is."""
    first, last = min(texts, default=""), max(texts, default="")
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    begin = _WRITTEN_AS_IS.match(first[:same])
    return begin[0] if begin else ""


def _plain(content: Content, part: str) -> Content:
    """Return the part as UTF-8 without comments and CDATA, which would hide where texts begin."""
    data = b""
    is_odd = not markup.is_utf8(content.slice(0, _HEAD))
    for offset, block in content.blocks():
        is_odd = is_odd or markup.has_oddities(data[-1:] + block, is_first=offset == 0)
        data = block
    if not is_odd:
        return content
    data = markup.utf8(whole(content), part)
    return Memory(markup.plain(data) if markup.has_oddities(data) else data)
