from __future__ import annotations

import pytest

from sheetsales.word.prepare import prepare
from sheetsales.word.spots import Spot, root_of
from tests.word.xml_parts import cell, document, paragraph, row, table


@pytest.mark.parametrize(
    ("part", "root"),
    [
        ("word/document.xml", "body"),
        ("word/header2.xml", "header2"),
        ("word/footer1.xml", "footer1"),
        ("word/charts/chart3.xml", "chart3"),
        ("word/charts/chart.xml", "chart1"),
        ("word/diagrams/data2.xml", "diagram2"),
        ("docProps/core.xml", "property"),
        ("word/settings.xml", "part"),
    ],
)
def test_each_part_has_a_first_step(part: str, root: str) -> None:
    assert root_of(part) == root


def test_the_code_of_a_spot_is_its_steps() -> None:
    assert str(Spot("word/document.xml", ("body", "t2", "r1"))) == "body/t2/r1"


def spots(xml: str, part: str = "word/document.xml") -> list[str]:
    return [str(tag.spot) for tag in prepare(part, xml).tags]


def test_paragraphs_are_counted_in_what_holds_them() -> None:
    inner = table(row(cell(paragraph("")), cell(paragraph(""), paragraph("{{ b }}"))))
    body = paragraph("") + paragraph("{{ a }}") + table(row(cell(inner, paragraph("{{ c }}"))))
    assert spots(document(body + paragraph("{{ d }}"))) == [
        "body/p2",
        "body/t1/r1/c1/t1/r1/c2/p2",
        "body/t1/r1/c1/p1",
        "body/p3",
    ]


def test_content_controls_do_not_count() -> None:
    body = f"<w:sdt><w:sdtContent>{paragraph('{{ a }}')}</w:sdtContent></w:sdt>"
    assert spots(document(body + paragraph("{{ b }}"))) == ["body/p1", "body/p2"]


def test_both_forms_of_a_text_box_have_one_spot() -> None:
    box = f"<w:txbxContent>{paragraph('{{ a }}')}</w:txbxContent>"
    drawn = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    body = f"<w:p><w:r>{drawn}</mc:AlternateContent></w:r><w:r>{box}</w:r></w:p>"
    assert spots(document(body)) == ["body/p1/box1/p1", "body/p1/box1/p1", "body/p1/box2/p1"]


def test_notes_carry_their_own_number() -> None:
    notes = "".join(f'<w:footnote w:id="{n}">{paragraph("{{ a }}")}</w:footnote>' for n in (2, 7))
    xml = f"<w:footnotes>{notes}</w:footnotes>"
    assert spots(xml, "word/footnotes.xml") == ["footnote2/p1", "footnote7/p1"]


def test_properties_are_known_by_their_names() -> None:
    core = "<cp:coreProperties><dc:subject>{{ a }}</dc:subject></cp:coreProperties>"
    custom = (
        '<Properties><property name="Client"><vt:lpwstr>{{ a }}</vt:lpwstr></property></Properties>'
    )
    assert spots(core, "docProps/core.xml") == ["property/subject"]
    assert spots(custom, "docProps/custom.xml") == ["property/Client"]


def test_the_texts_of_a_chart_are_counted() -> None:
    xml = (
        "<c:chartSpace><a:p><a:r><a:t>{{ a</a:t></a:r><a:r><a:t>}}</a:t></a:r></a:p>"
        "<c:v>x</c:v><c:v>{{ b }}</c:v></c:chartSpace>"
    )
    assert spots(xml, "word/charts/chart1.xml") == ["chart1/p1", "chart1/v2"]
