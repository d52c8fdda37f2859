from __future__ import annotations

import random

import pytest
from docxtpl import DocxTemplate
from lxml import etree

from sheetsales.word.columns import repair_tables, with_paragraphs
from sheetsales.word.prepare import prepare
from tests.word.xml_parts import cell, document, paragraph, row, table

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def spans(*widths: int) -> str:
    return row(*(cell(paragraph("x"), properties=f'<w:gridSpan w:val="{w}"/>') for w in widths))


def widths(tree: etree._Element) -> list[str | None]:
    return [column.get(f"{W}w") for column in tree.iter(f"{W}gridCol")]


def repaired(xml: str) -> list[str | None]:
    tree = etree.fromstring(xml)
    repair_tables(tree)
    return widths(tree)


def test_a_table_keeps_its_width_when_columns_are_added() -> None:
    assert repaired(document(table(spans(1, 1, 1, 1)))) == ["50"] * 4


def test_a_table_keeps_its_width_when_columns_go() -> None:
    assert repaired(document(table(spans(1), columns=4))) == ["400"]


def test_columns_before_and_after_a_row_are_counted() -> None:
    indented = "<w:tr><w:trPr><w:gridBefore w:val='1'/><w:gridAfter w:val='1'/></w:trPr>"
    xml = document(table(f"{indented}{cell(paragraph('x'))}</w:tr>", columns=3))
    assert repaired(xml) == ["100"] * 3


def test_rows_in_a_content_control_are_counted() -> None:
    rows = f"<w:sdt><w:sdtContent>{spans(1, 1)}</w:sdtContent></w:sdt>"
    assert repaired(document(table(rows))) == ["100", "100"]


def test_each_nested_table_is_repaired_by_its_own_rows() -> None:
    inner = table(spans(1), columns=2)
    assert repaired(document(table(row(cell(inner, paragraph(""))), columns=1))) == ["100", "200"]


def test_a_sound_table_is_left_alone() -> None:
    assert not repair_tables(etree.fromstring(document(table(spans(1, 1), spans(2)))))


def test_columns_are_those_of_docxtpl() -> None:
    chance = random.Random(4)
    for _ in range(300):
        grid = "".join(
            f'<w:gridCol w:w="{chance.randint(1, 3000)}"/>' for _ in range(chance.randint(0, 7))
        )
        rows = [
            spans(*chance.choices([1, 1, 1, 2, 3], k=chance.randint(0, 8)))
            for _ in range(chance.randint(0, 4))
        ]
        xml = document(f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>")
        assert repaired(xml) == widths(DocxTemplate("").fix_tables(xml)), xml


@pytest.mark.parametrize(
    "content",
    ["", "<w:tcPr/>", "<w:tcPr><w:tcW/></w:tcPr>", "<w:tbl><w:tblPr/></w:tbl>"],
)
def test_a_cell_without_a_paragraph_at_its_end_gets_one(content: str) -> None:
    assert with_paragraphs(f"<w:tc>{content}</w:tc>") == f"<w:tc>{content}<w:p/></w:tc>"


def test_a_cell_with_a_paragraph_is_left_alone() -> None:
    xml = document(table(row(cell(paragraph("x")))))
    assert with_paragraphs(xml) == xml


HEADER = row(cell(paragraph("a")), cell(paragraph("b")))
LOOP = (
    row(cell(paragraph("{%tr for i in items %}")))
    + row(cell(paragraph("{{ i }}")), cell(paragraph("x")))
    + row(cell(paragraph("{%tr endfor %}")))
)


def test_a_loop_over_rows_below_a_header_needs_no_repair() -> None:
    assert not prepare("word/document.xml", document(table(HEADER, LOOP))).repairs_tables


@pytest.mark.parametrize(
    "rows",
    [
        LOOP,
        row(cell(paragraph("{%tc for i in items %}"))),
        row(cell(paragraph("{% colspan 2 %}"))),
        row(cell(paragraph("{% hm %}"))),
        row(*[cell(paragraph("x"))] * 3),
    ],
)
def test_a_table_whose_columns_may_change_is_repaired(rows: str) -> None:
    assert prepare("word/document.xml", document(table(rows))).repairs_tables
