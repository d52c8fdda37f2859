"""What the rest of a book must learn when cells change: what to compute anew."""

from __future__ import annotations

from sheetsales.store import markup
from sheetsales.store.parts import CONTENT_TYPES, BookParts, label, relations_part

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


def recalculation_changes(book: BookParts, *, ends_formulas: bool) -> dict[str, bytes | None]:
    """Return the changed parts, so that Excel shows no stale result.

    Only a book in which Excel has listed formulas (it has a calculation chain) is touched: it
    recalculates when opened. Where a formula went away, the chain goes too, because Excel
    repairs a file whose chain names a cell without one.
    """
    if book.calc_chain is None:
        return {}
    changes: dict[str, bytes | None] = {}
    workbook = _recalculating(book)
    if workbook is not None:
        changes[book.workbook] = workbook
    if ends_formulas:
        changes[book.calc_chain] = None
        relations = book.package.find(relations_part(book.workbook))
        types = book.package.find(CONTENT_TYPES)
        for member, name in ((relations, "Relationship"), (types, "Override")):
            if member is not None:
                changes[member.name] = _without(book, member.name, name)
    return changes


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
