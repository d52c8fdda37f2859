"""Tabs, new paragraphs and page breaks that a value asks for, set into the rendered text.

While values are printed only line breaks can be written at once. The other ones end the run or the
paragraph that shows the value and begin another like it, so they wait, as characters that no XML
holds, until the part is complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

TAB, PARAGRAPH, PAGE = "\x01", "\x02", "\x03"
_MARKS = re.compile(f"[{TAB}{PARAGRAPH}{PAGE}]")
_LINE_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_PAGE_BREAK = '<w:br w:type="page"/>'
_PLAIN = str.maketrans({"\a": "\n", "\f": "\n"})
_MARKED = str.maketrans({"\t": TAB, "\a": PARAGRAPH, "\f": PAGE})
_TEXT = '<w:t xml:space="preserve">'
_STRUCTURE = re.compile(
    r"<(/?)w:(p|r|hyperlink|smartTag|sdtContent|fldSimple|ins)(?=[ >/])[^>]*?(/?)>"
)
_PROPERTIES = {
    "p": re.compile(r"<w:p(?: [^>]*)?>\s*(<w:pPr(?:/>|>.*?</w:pPr>))", re.DOTALL),
    "r": re.compile(r"<w:r(?: [^>]*)?>\s*(<w:rPr(?:/>|>.*?</w:rPr>))", re.DOTALL),
}


def marked(text: str) -> str:
    """Return an escaped text of a run with its line breaks, the other breaks marked."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", _LINE_BREAK).translate(_MARKED)


def plain(text: str) -> str:
    """Return an escaped text for a place that knows no breaks but the end of a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_PLAIN)


def is_marked(text: str) -> bool:
    """Return whether a rendered text holds a mark."""
    return TAB in text or PARAGRAPH in text or PAGE in text


def with_breaks(text: str) -> str:
    """Return a rendered text with Word's own breaks in the place of the marks."""
    return "".join(_pieces(text)) if is_marked(text) else text


def _pieces(text: str) -> Iterator[str]:
    run, at = "", 0
    paragraph: str | None = None
    opened: list[tuple[str, str | None]] = []
    for match in _STRUCTURE.finditer(text):
        yield from _replaced(text[at : match.start()], run, paragraph)
        yield match.group()
        at = match.end()
        closing, name, empty = match.groups()
        if empty:
            continue
        if closing:
            run, paragraph = opened.pop() if opened else ("", None)
            continue
        opened.append((run, paragraph))
        found = _PROPERTIES[name].match(text, match.start()) if name in _PROPERTIES else None
        properties = found.group(1) if found else ""
        if name == "r":
            run = properties
        else:
            # What lies within a link or a field cannot end the paragraph around it.
            paragraph = properties if name == "p" else None
    yield text[at:]


def _replaced(text: str, run: str, paragraph: str | None) -> Iterator[str]:
    if not is_marked(text):
        yield text
        return
    end, start = "</w:t></w:r>", f"<w:r>{run}{_TEXT}"
    made = {TAB: f"{end}<w:r>{run}<w:tab/></w:r>{start}"}
    if paragraph is None:
        made |= {PARAGRAPH: _LINE_BREAK, PAGE: f"</w:t>{_PAGE_BREAK}{_TEXT}"}
    else:
        begun = f"</w:p><w:p>{paragraph}{start}"
        made[PARAGRAPH] = f"{end}{begun}"
        made[PAGE] = f"{end}</w:p><w:p><w:r>{_PAGE_BREAK}</w:r>{begun}"
    yield _MARKS.sub(lambda match: made[match.group()], text)
