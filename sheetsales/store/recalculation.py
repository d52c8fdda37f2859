"""What the rest of a book must learn when cells change: what to compute anew.

Results of formulas are kept in the file. After an edit they are old: Excel computes all of them
when it opens the book, because it is told to (unless the book is set to manual calculation, which
is respected); other programs show the old ones until they compute. `formula_cells` says how many
cells that can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sheetsales.store import markup
from sheetsales.store.content import Content
from sheetsales.store.parts import CONTENT_TYPES, BookParts, flag, label, relations_part

_BEHIND_CALC = (
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
)


_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_LIKELY = (b"<f>", b"<f ", b":f>", b":f ")
_SEAM = 64
_MOST_SEARCHED = 64 << 20


def recalculation_changes(
    book: BookParts, *, ends_formulas: bool, known: Mapping[str, int] | None = None
) -> dict[str, bytes | None]:
    """Return the changed parts, so that Excel shows no stale result.

    Only a book with formulas is touched: Excel computes it when it is opened. Where a formula
    went away, the calculation chain goes too, because Excel repairs a file whose chain names a
    cell without one.

    Args:
        book: the parts.
        ends_formulas: a formula went away.
        known: how many formulas a sheet will have, by part, as far as that is known.
    """
    if not _has_formulas(book, known or {}):
        return {}
    changes: dict[str, bytes | None] = {}
    workbook = _recalculating(book)
    if workbook is not None:
        changes[book.workbook] = workbook
    if ends_formulas and book.calc_chain is not None:
        changes[book.calc_chain] = None
        relations = book.package.find(relations_part(book.workbook))
        types = book.package.find(CONTENT_TYPES)
        for member, name in ((relations, "Relationship"), (types, "Override")):
            if member is not None:
                changes[member.name] = _without(book, member.name, name)
    return changes


def formula_cells(book: BookParts) -> int:
    """Return how many cells of a book hold a formula."""
    return sum(
        sum(len(_FORMULA.findall(piece)) for piece in _pieces(book.package.open_part(sheet.part)))
        for sheet in book.sheets
        if sheet.kind == "worksheet"
    )


def _has_formulas(book: BookParts, known: Mapping[str, int]) -> bool:
    """Say whether there is a formula; a book too large to be searched is taken to have one."""
    if book.calc_chain is not None or any(known.values()):
        return True
    sheets = [each.part for each in book.sheets if each.kind == "worksheet"]
    contents = [book.package.open_part(part) for part in sheets if part not in known]
    if sum(content.size for content in contents) > _MOST_SEARCHED:
        return True
    return any(
        any(mark in piece for mark in _LIKELY) for content in contents for piece in _pieces(content)
    )


def _pieces(content: Content) -> Iterator[bytes]:
    """Yield a content in pieces that cut no short tag in two, and none twice."""
    rest = b""
    for _, block in content.blocks():
        data = rest + block
        cut = data.rfind(b"<", max(0, len(data) - _SEAM))
        cut = cut if cut >= 0 else len(data)
        yield data[:cut]
        rest = data[cut:]
    yield rest


def _recalculating(book: BookParts) -> bytes | None:
    """Return the workbook part with full calculation on load, None if that is not wanted."""
    where = label(book.package, book.workbook)
    data = markup.utf8(book.package.part(book.workbook), where)
    elements = [each for each in markup.scan(data, where) if each.depth <= 1]
    for element in elements:
        if element.name == "calcPr":
            tag = data[element.start : element.open_end]
            if markup.attributes(tag).get("calcMode") == "manual":
                return None
            if flag(markup.attributes(tag).get("fullCalcOnLoad")):
                return None
            changed = markup.with_attribute(tag, "fullCalcOnLoad", "1")
            return markup.splice(data, [(element.start, element.open_end, changed)])
    root = elements[0]
    behind = [each.start for each in elements if each.name in _BEHIND_CALC]
    place = min(behind, default=root.close_start)
    prefix = f"{root.prefix}:" if root.prefix else ""
    return markup.splice(data, [(place, place, f'<{prefix}calcPr fullCalcOnLoad="1"/>'.encode())])


def _without(book: BookParts, part: str, name: str) -> bytes:
    """Return relations or content types without the entry of the calculation chain."""
    where = label(book.package, part)
    data = markup.utf8(book.package.part(part), where)
    chain = (book.calc_chain or "").casefold()
    edits: list[markup.Edit] = []
    for element in markup.scan(data, where):
        given = markup.attributes(data[element.start : element.open_end])
        kind = given.get("Type", "").endswith("/calcChain")
        same = given.get("PartName", "").lstrip("/").casefold() == chain
        if element.name == name and (kind or same):
            edits.append((element.start, element.end, b""))
    return markup.splice(data, edits)
