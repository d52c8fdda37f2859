from __future__ import annotations

from lxml import etree

from sheetsales.word.scan import PARAGRAPH_END, TABLE_END, Scan, joined
from tests.word.xml_parts import cell, document, paragraph, row, run, table


def texts(body: str) -> list[str]:
    xml = document(body)
    return [joined(xml, stream)[0] for stream in Scan("word/document.xml", xml).streams]


def test_the_runs_of_a_paragraph_are_one_text() -> None:
    assert texts(paragraph("a {", "{ x }", "} b")) == ["a {{ x }} b"]


def test_a_paragraph_and_a_table_part_the_text() -> None:
    body = paragraph("{a") + paragraph("b") + table(row(cell(paragraph("c")))) + paragraph("d")
    assert texts(body) == [f"{{a{PARAGRAPH_END}b{TABLE_END}d"]


def test_each_cell_and_box_is_a_text_of_its_own() -> None:
    box = f"<w:p>{run('{a')}<w:r><w:txbxContent>{paragraph('{b')}</w:txbxContent></w:r></w:p>"
    cells = table(row(cell(paragraph("{c")), cell(paragraph("{d"), box)))
    assert sorted(texts(cells)) == ["{b", "{c", f"{{d{PARAGRAPH_END}{{a"]


def test_texts_without_signs_are_left_out() -> None:
    assert texts(table(row(cell(paragraph("a")), cell(paragraph("{b"))))) == ["{b"]


def test_only_attributes_that_may_hold_a_tag_are_read() -> None:
    body = '<w:p w:a="{28A0092B}" w:b=\'{{ x }} "&gt;\' w:c="a &gt; b">' + run("y") + "</w:p>"
    assert texts(body) == ['{{ x }} "&gt;']


def test_comments_and_cdata_are_no_text_with_tags() -> None:
    body = f"<!-- {{{{ a }}}} <w:p> --><?x {{{{ b }}}}?>{paragraph('{c')}"
    assert texts(body) == ["{c"]


def test_every_element_is_left_where_the_parser_leaves_it() -> None:
    xml = document(paragraph("{{ a }}") + table(row(cell(paragraph("{{ b }}")))))
    for stream in Scan("word/document.xml", xml).streams:
        for piece in stream.pieces:
            element = piece.element
            whole = xml[element.start : element.end]
            head, tail = whole.split(">", 1)
            parsed = etree.fromstring(f'{head} xmlns:w="u">{tail}')
            assert parsed.text == xml[piece.start : piece.end]


def test_the_columns_of_rows_are_counted_with_spans_and_gaps() -> None:
    wide = cell(paragraph("x"), properties='<w:gridSpan w:val="3"/>')
    indented = '<w:trPr><w:gridBefore w:val="2"/></w:trPr>'
    xml = document(table(row(indented, wide, cell(paragraph("y"))), columns=6))
    (grid,) = Scan("word/document.xml", xml).grids
    assert grid.columns == 6
    assert [(found.cells, found.columns) for found in grid.rows] == [(2, 6)]
