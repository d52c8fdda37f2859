from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image

from sheetsales.errors import TemplateError
from sheetsales.word.comparing import Edit, compare_readings
from sheetsales.word.reading import Reading, read_document
from tests.office import Office


def reading(document: Document) -> Reading:
    blob = BytesIO()
    document.save(blob)
    return read_document(blob.getvalue(), "a.docx")


def of_paragraphs(*contents: str) -> Reading:
    """Read a document of paragraphs given as what stands within ``w:p``."""
    document = docx.Document()
    for content in contents:
        paragraph = parse_xml(f"<w:p {nsdecls('w', 'r')}>{content}</w:p>")
        document.element.body.insert(len(document.paragraphs), paragraph)
    return reading(document)


def texts(found: Reading) -> list[tuple[str, str]]:
    return [(one.spot, one.text) for one in found.paragraphs]


def field(instruction: str, result: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r><w:t>{result}</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def picture(colour: str) -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (4, 4), colour).save(file, "png")
    return BytesIO(file.getvalue())


def test_every_paragraph_with_text_is_read_with_its_place():
    document = docx.Document()
    document.add_paragraph("甲")
    document.add_paragraph("")
    document.add_paragraph("乙")
    table = document.add_table(1, 2)
    table.cell(0, 1).text = "丙"
    table.cell(0, 1).add_paragraph("丁")
    table.cell(0, 0).add_table(1, 1).cell(0, 0).text = "戊"
    document.sections[0].header.paragraphs[0].text = "己"
    document.sections[0].footer.paragraphs[0].text = "庚"
    assert texts(reading(document)) == [
        ("body/p1", "甲"),
        ("body/p3", "乙"),
        ("body/t1/r1/c1/t1/r1/c1/p1", "戊"),
        ("body/t1/r1/c2/p1", "丙"),
        ("body/t1/r1/c2/p2", "丁"),
        ("header1/p1", "己"),
        ("footer1/p1", "庚"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "<w:r><w:t>甲乙</w:t></w:r>",
        (
            '<w:r w:rsidR="00A1"><w:t>甲</w:t></w:r><w:proofErr w:type="spellStart"/>'
            "<w:r><w:lastRenderedPageBreak/><w:t>乙</w:t></w:r>"
        ),
        '<w:smartTag w:uri="x" w:element="y"><w:r><w:t>甲乙</w:t></w:r></w:smartTag>',
        (
            '<w:bookmarkStart w:id="0" w:name="a"/><w:r><w:t>甲</w:t></w:r>'
            '<w:bookmarkEnd w:id="0"/><w:hyperlink><w:r><w:t>乙</w:t></w:r></w:hyperlink>'
        ),
        "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>甲乙</w:t></w:r></w:sdtContent></w:sdt>",
        '<w:r><w:br w:type="page"/><w:t>甲乙</w:t></w:r>',
        '<w:r><w:t xml:space="preserve">甲乙  </w:t></w:r>',
        (
            '<w:r><w:t>甲</w:t></w:r><w:del w:id="1"><w:r><w:delText>丙</w:delText></w:r>'
            "</w:del><w:r><w:t>乙</w:t></w:r>"
        ),
    ],
)
def test_what_programs_write_differently_reads_the_same(content: str):
    assert of_paragraphs(content).text == "甲乙"


def test_the_number_of_a_page_is_no_text():
    for instruction in ("PAGE", "NUMPAGES \\* MERGEFORMAT", "DATE"):
        plain = of_paragraphs(field(instruction, "1"))
        assert plain.text == of_paragraphs(field(instruction, "27")).text
        simple = f'<w:fldSimple w:instr="{instruction}"><w:r><w:t>3</w:t></w:r></w:fldSimple>'
        assert plain.text == of_paragraphs(simple).text
    assert of_paragraphs(field("MERGEFIELD a", "甲")).text == "甲"


def test_tracked_changes_are_told_with_who_made_them():
    found = of_paragraphs(
        '<w:r><w:t>甲</w:t></w:r><w:ins w:id="1" w:author="林一"><w:r><w:t>乙</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="陳二"><w:r><w:delText>丙</w:delText></w:r></w:del>'
    )
    assert found.text == "甲乙"
    assert [(one.spot, one.kind, one.author, one.text) for one in found.tracked] == [
        ("body/p1", "inserted", "林一", "乙"),
        ("body/p1", "deleted", "陳二", "丙"),
    ]


def test_a_text_box_is_read_once():
    box = "<w:txbxContent><w:p><w:r><w:t>盒</w:t></w:r></w:p></w:txbxContent>"
    found = of_paragraphs(
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
        f'markup-compatibility/2006"><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
        "<w:t>外</w:t></w:r>"
    )
    assert texts(found) == [("body/p1", "外"), ("body/p1/box1/p1", "盒")]


def edited(change) -> list[Edit]:
    documents = []
    for _ in range(2):
        document = docx.Document()
        for text in ("第一條 標的", "第二條 價款共一百元", "第三條 交貨", "第四條 保固一年"):
            document.add_paragraph(text)
        document.add_picture(picture("red"))
        document.sections[0].header.paragraphs[0].text = "頁首"
        documents.append(document)
    change(documents[1])
    return compare_readings(*map(reading, documents))


def test_a_changed_word_an_added_and_a_removed_paragraph_are_told_apart():
    def change(document: Document) -> None:
        first, second, third, fourth = document.paragraphs[:4]
        second.runs[0].text = "第二條 價款共二百元"
        third._p.getparent().remove(third._p)
        fourth.insert_paragraph_before("XYZ")
        first.insert_paragraph_before("ABC")

    assert edited(change) == [
        Edit("added", "body/p1", "", "ABC"),
        Edit("changed", "body/p3", "第二條 價款共一百元", "第二條 價款共二百元"),
        Edit("changed", "body/p4", "第三條 交貨", "XYZ"),
    ]


def test_bold_is_a_change_of_format_only():
    def change(document: Document) -> None:
        document.paragraphs[2].runs[0].bold = True

    assert edited(change) == [Edit("format", "body/p3", "第三條 交貨", "第三條 交貨")]


def test_a_change_in_a_header_is_named():
    def change(document: Document) -> None:
        document.sections[0].header.paragraphs[0].text = "別的"

    assert edited(change) == [Edit("changed", "header1/p1", "頁首", "別的")]


def test_a_picture_that_was_replaced_is_named():
    def change(document: Document) -> None:
        (link,) = (one for one in document.part.rels.values() if one.reltype.endswith("/image"))
        link.target_part._blob = picture("blue").getvalue()

    assert edited(change) == [Edit("picture-changed", "body/p5")]


def test_a_file_that_is_damaged_is_refused(tmp_path: Path):
    path = tmp_path / "a.docx"
    docx.Document().save(str(path))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(TemplateError):
        read_document(path, path.name)


def test_saving_in_libreoffice_changes_nothing_that_is_read(tmp_path: Path, office: Office):
    document = docx.Document()
    document.add_heading("一、標題", 1)
    document.add_paragraph("甲\t乙　丙  丁\n戊")
    document.add_table(2, 2, style="Table Grid").cell(1, 1).text = "己"
    document.add_picture(picture("red"))
    document.sections[0].header.paragraphs[0].text = "頁首"
    document.sections[0].footer.paragraphs[0]._p.append(
        parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        )
    )
    path = tmp_path / "a.docx"
    document.save(str(path))
    (saved,) = office.convert([path], "docx")
    before, after = read_document(path, "a"), read_document(saved, "b")
    assert after.application.startswith("LibreOffice")
    assert compare_readings(before, after, formats=False) == []
