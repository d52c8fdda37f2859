"""The totals row of an Excel Table: it follows when the rows above it become more or fewer.

Its cells move as they are, in the Table's columns only; what stands beside the Table stays. Row
heights, pictures and shapes stay where they are too, and so does a print area. Anything that
would go on meaning the old row is a reason to refuse: formulas, names, charts, comments,
hyperlinks, rules and merged cells that name its cells by address. Names of the totals
(``Table[[#Totals],[column]]``) go along by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetsales.errors import EditRefusedError
from sheetsales.store import markup
from sheetsales.store.content import Content
from sheetsales.store.formulas import Reference, references
from sheetsales.store.parts import BookParts, label, read_relations
from sheetsales.store.ranges import Range, cell_name, find_range
from sheetsales.store.rows import style_of
from sheetsales.store.sheet_edit import SheetEdit
from sheetsales.store.table_part import TablePart
from sheetsales.store.values import Formula
from sheetsales.store.writes import Origin, Write

_FORMULA = re.compile(
    rb"<(?:[\w.-]+:)?(f|formula|formula1|formula2|definedName)((?:\s[^<>]*?)?)>([^<]+)<"
)
_COMMENT = re.compile(rb"""<(?:[\w.-]+:)?(?:comment|threadedComment)\s[^<>]*?\bref=["']([^"']*)""")
_RULES = ("conditionalFormatting", "dataValidation", "hyperlink", "mergeCell", "protectedRange")
_TYPE = re.compile(rb"""\st\s*=\s*["']([A-Za-z]+)["']""")
_LONGEST_TAG = 64 << 10


class TotalsRow:
    """The totals row of one Excel Table.

    Args:
        part: the Table.
        sheet: the sheet it stands on.
    """

    def __init__(self, part: TablePart, sheet: SheetEdit) -> None:
        self.row = part.ref.last_row
        self._part = part
        self._sheet = sheet

    def refuse_move(self, target: int) -> None:
        """Refuse to move the row if something would go on meaning the old one.

        Raises:
            EditRefusedError: ``table-totals-row`` with the place of what names it.
        """
        for column in self._columns:
            found = self._sheet.formula(self.row, column)
            if found is not None and (found[0].get("t") or self._means_rows(found[1])):
                raise self._refusal(cell_name(self.row, column))
        user = next(self._users(target), None)
        if user is not None:
            raise self._refusal(user)

    def moved(self, target: int) -> Iterator[tuple[int, int, Write | None]]:
        """Yield the writes that put its cells into another row."""
        origin = Origin("replace", self._part.name)
        for column in self._columns:
            raw = self._sheet.raw(self.row, column)
            if raw is not None:
                formula = self._sheet.formula(self.row, column)
                stood = self._sheet.formula(target, column) is not None and formula is None
                yield target, column, _moving(raw, formula, origin, ends_formula=stood)

    def vacated(self, origin: Origin) -> Iterator[tuple[int, int, Write | None]]:
        """Yield the writes that leave nothing where it stood."""
        for column, header in zip(self._columns, self._part.columns, strict=True):
            yield self.row, column, self._sheet.clear(self.row, column, origin, header.name)

    def _users(self, target: int) -> Iterator[str]:
        """Yield what names a cell of the row by address: sheet and cell, or part."""
        parts = self._sheet.values.parts
        here = self._part.sheet.casefold()
        for part, own in _formula_parts(parts):
            content = parts.package.open_part(part)
            for kind, tag, text in _formulas(content):
                attributes = markup.attributes(tag)
                if kind == b"definedName" and attributes.get("name", "").startswith("_xlnm."):
                    continue
                area = find_range(attributes.get("ref", "")) if kind == b"f" else None
                for reference in references(markup.unescape(text.decode("utf-8", "replace"))):
                    means_here = own == here if not reference.sheet else _is(reference.sheet, here)
                    if means_here and self._is_broken(reference, area, target):
                        yield f"{part}: {markup.unescape(text.decode('utf-8', 'replace'))[:80]}"
        yield from self._rules()
        yield from self._comments(parts)

    def _is_broken(self, reference: Reference, shared: Range | None, target: int) -> bool:
        """Say whether a reference would mean something else once the row has moved."""
        area = reference.area
        if shared is not None and reference.is_relative:
            area = area.ending_at(area.last_row + shared.height - 1)
        if not area.overlaps(self._area):
            return False
        whole = area.first_row < self.row and area.last_row >= max(target, self.row)
        return shared is not None or not whole

    def _rules(self) -> Iterator[str]:
        """Yield rules, hyperlinks and merged cells that stand on the row alone."""
        xml = self._sheet.xml
        for element in xml.elements:
            if element.name not in (*_RULES, "sqref"):
                continue
            tag = markup.attributes(xml.skeleton[element.start : element.open_end])
            text = tag.get("sqref") or tag.get("ref") or ""
            if element.name == "sqref":
                text = xml.skeleton[element.open_end : element.close_start].decode()
            if any(self._is_on_row(part) for part in text.split()):
                yield f"{element.name} {text}"

    def _comments(self, parts: BookParts) -> Iterator[str]:
        for relation in read_relations(parts.package, self._sheet.part.part):
            if relation.external or relation.kind not in ("comments", "threadedComment"):
                continue
            where = label(parts.package, relation.target)
            for match in _COMMENT.finditer(markup.utf8(parts.package.part(relation.target), where)):
                if self._is_on_row(match[1].decode()):
                    yield f"comment {match[1].decode()}"

    def _is_on_row(self, text: str) -> bool:
        area = find_range(text)
        return area is not None and area.first_row == self.row and area.overlaps(self._area)

    def _means_rows(self, formula: str) -> bool:
        """Say whether a formula of the row names cells of its own sheet by address."""
        here = self._part.sheet.casefold()
        return any(not each.sheet or _is(each.sheet, here) for each in references(formula))

    def _refusal(self, where: str) -> EditRefusedError:
        name, sheet, book = self._part.name, self._part.sheet, self._sheet.book
        return EditRefusedError("table-totals-row", book=book, sheet=sheet, table=name, where=where)

    @property
    def _area(self) -> Range:
        ref = self._part.ref
        return Range(self.row, ref.first_column, self.row, ref.last_column)

    @property
    def _columns(self) -> range:
        return range(self._part.ref.first_column, self._part.ref.last_column + 1)


def _moving(
    raw: bytes, formula: tuple[dict[str, str], str] | None, origin: Origin, *, ends_formula: bool
) -> Write:
    end = raw.index(b">") + 1
    kind = _TYPE.search(raw[:end])
    closing = raw.rfind(b"</")
    content = raw[end:closing] if closing >= end else b""
    new = Formula(formula[1]) if formula is not None else None
    encoded = (kind[1] if kind else b"", content)
    return Write(None, new, encoded, style_of(raw), "", origin, ends_formula, raw)


def _is(name: str, here: str) -> bool:
    """Say whether a formula's sheet is this one; a span of sheets may hold it."""
    return ":" in name or name.casefold() == here


def _formula_parts(parts: BookParts) -> Iterator[tuple[str, str]]:
    """Yield the parts that may name cells, with the sheet that a bare address means there."""
    for sheet in parts.sheets:
        yield sheet.part, sheet.name.casefold()
    yield parts.workbook, ""
    for member in parts.package.members:
        folder = member.name.casefold().rpartition("/")[0]
        if folder.endswith("/charts") and member.name.casefold().endswith(".xml"):
            yield member.name, ""


def _formulas(content: Content) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield name, attributes and text of all elements that hold a formula."""
    rest = b""
    for _, block in content.blocks():
        data = rest + block
        end = 0
        for match in _FORMULA.finditer(data):
            yield match[1], match[2], match[3]
            end = match.end() - 1
        rest = data[max(end, len(data) - _LONGEST_TAG) :]
