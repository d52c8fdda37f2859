"""Many documents of one template as one file, each in sections of its own.

The file is written as the documents are read; memory hardly grows with their number.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from sheetsales.errors import TemplateError
from sheetsales.word.combined_parts import CombinedZip, Members, Parts, own_pages
from sheetsales.word.files import write_error
from sheetsales.word.lists import Lists
from sheetsales.word.sections import Body, add_margin, point, w

_MAIN = "word/document.xml"
_NUMBERING = "word/numbering.xml"
_STYLES = "word/styles.xml"
_NOTES = {
    "word/footnotes.xml": "footnote",
    "word/endnotes.xml": "endnote",
    "word/comments.xml": "comment",
}
_SAME = (_STYLES, _NUMBERING, "word/settings.xml", "word/theme/theme1.xml", "word/fontTable.xml")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def combine(documents: Iterable[Path], out: Path) -> int:
    """Write one file with all the documents, each beginning on a new page; return how many.

    Headers, footers, page numbers, numbered lists, notes and pictures are those that each
    document has by itself.

    Args:
        documents: files made from one template.
        out: the file; an existing one is replaced at once, or not at all.

    Raises:
        TemplateError: ``combine-none``, ``combine-different`` or ``combine-too-large``; or a file
            cannot be read or written.
    """
    temporary = out.with_name(f".sheetsales-{os.getpid()}-combined.tmp")
    temporary.unlink(missing_ok=True)
    try:
        with CombinedZip(temporary) as target:
            combined = _Combined(target)
            for path in documents:
                _add(combined, path)
            combined.finish()
        temporary.replace(out)
    except OSError as error:
        raise write_error(out, error) from error
    except (RuntimeError, zipfile.LargeZipFile) as error:
        raise TemplateError("combine-too-large", file=out.name) from error
    finally:
        temporary.unlink(missing_ok=True)
    return combined.count


def _add(combined: _Combined, path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as source:
            members = {name: source.read(name) for name in source.namelist()}
        combined.add(path.name, members)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise TemplateError("template-not-docx", file=path.name) from error


class _Combined:
    """The file as it grows."""

    def __init__(self, target: CombinedZip) -> None:
        self.count = 0
        self._target = target
        self._drawings = self._bookmarks = 1
        self._last: Body | None = None

    def add(self, file: str, members: Members) -> None:
        """Add one document."""
        if not self.count:
            self._begin(members)
        self.count += 1
        for name, content in self._same.items():
            if members.get(name) != content:
                raise TemplateError("combine-different", file=file, part=name)
        body = self._body(members)
        if body.split()[0] != self._head:
            raise TemplateError("combine-different", file=file, part=_MAIN)
        self._merge(members, body)
        if self._last is not None:
            self._last.end_section()
            self._target.write(_MAIN, self._last.split()[1])
        self._last = body

    def finish(self) -> None:
        """Write what is known only at the end."""
        if self._last is None:
            raise TemplateError("combine-none")
        self._target.write(_MAIN, self._last.split()[1] + self._tail)
        for notes in self._notes.values():
            notes.finish()
        if self._numbering:
            self._target.write(_NUMBERING, self._numbering[1])
        self._parts.finish()
        self._target.finish()

    def _begin(self, members: Members) -> None:
        body = self._body(members)
        self._same = {name: members.get(name) for name in _SAME}
        self._head, _, self._tail = body.split()
        self._target.write(_MAIN, _HEAD + self._head)
        self._lists = Lists(members.get(_NUMBERING, b""), members.get(_STYLES, b""))
        self._numbering = self._lists.split() if _NUMBERING in members else None
        if self._numbering:
            self._target.write(_NUMBERING, _HEAD + self._numbering[0])
        self._notes = {
            name: _Notes(name, element, self._target)
            for name, element in _NOTES.items()
            if name in members
        }
        self._parts = Parts(members, self._target, {_MAIN, _NUMBERING, *self._notes})

    def _body(self, members: Members) -> Body:
        body = Body(members[_MAIN], self.count)
        if len(body.sections) == 1:
            return Body(own_pages(members[_MAIN]), self.count)
        return body

    def _merge(self, members: Members, body: Body) -> None:
        self._parts.keeps_pages = len(body.sections) == 1
        body.point(self._parts.take(members, _MAIN))
        for name, notes in self._notes.items():
            if name in members:
                changed = self._parts.take(members, name)
                body.shift_notes(notes.element, notes.add(members[name], changed))
        self._drawings = body.number_drawings(self._drawings)
        self._bookmarks = body.rename_bookmarks(self._bookmarks)
        body.begin()
        if self.count > 1:
            body.forget_identities()
            if self._numbering:
                self._target.write(_NUMBERING, self._lists.restart(body))
            self._add_margins(body)

    def _add_margins(self, body: Body) -> None:
        for section, element, kind in body.missing_margins():
            root = etree.Element(
                w("hdr" if element == "header" else "ftr"), nsmap={"w": w("")[1:-1]}
            )
            etree.SubElement(root, w("p"))
            content = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
            name = f"word/{element}_empty.xml"
            relation = self._parts.add(_MAIN, _OFFICE + element, name, content)
            add_margin(section, element, kind, relation)


class _Notes:
    """The footnotes, endnotes or comments of all documents, numbered anew."""

    def __init__(self, name: str, element: str, target: CombinedZip) -> None:
        self.element = element
        self._name = name
        self._target = target
        self._next = 1
        self._tail = ""

    def add(self, content: bytes, changed: dict[str, str]) -> dict[str, str]:
        """Add those of one document; return new numbers by old ones."""
        root = etree.fromstring(content)
        point(root, changed)
        numbers: dict[str, str] = {}
        is_first = not self._tail
        if is_first:
            self._next = 1 + max((_number(item) for item in root if _separates(item)), default=0)
        for item in list(root):
            if _separates(item):
                # What separates notes from the text is the same in all documents.
                if not is_first:
                    root.remove(item)
                continue
            numbers[item.get(w("id"), "")] = str(self._next)
            item.set(w("id"), str(self._next))
            self._next += 1
        self._write(root, is_first=is_first)
        return numbers

    def finish(self) -> None:
        """Close the part."""
        self._target.write(self._name, self._tail)

    def _write(self, root: etree._Element, *, is_first: bool) -> None:
        text = etree.tostring(root, encoding="unicode")
        if not len(root):
            text = text.replace("/>", f"></{text[1:].split(None, 1)[0].rstrip('/>')}>")
        start, end = text.index(">") + 1, text.rindex("</")
        if is_first:
            self._target.write(self._name, _HEAD + text[:start])
            self._tail = text[end:]
        self._target.write(self._name, text[start:end])


def _separates(item: etree._Element) -> bool:
    return item.get(w("type"), "normal") != "normal"


def _number(item: etree._Element) -> int:
    return int(item.get(w("id"), "0"))
