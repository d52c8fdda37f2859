"""What must be unique, and what must begin anew, where many documents are one file."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from PIL import Image

from sheetsales.word import Template
from sheetsales.word.combining import combine

RECORDS = [{"value": f"v{n}"} for n in range(3)]


def combined(folder: Path, build: Callable[[Document], None]) -> Document:
    """Return one file made of three documents of a template."""
    source = docx.Document()
    source.add_paragraph("{{ value }}")
    build(source)
    source.save(str(folder / "template.docx"))
    results = Template(folder / "template.docx").render_many(RECORDS, folder / "out")
    combine((one.path for one in results if one.path), folder / "all.docx")
    return docx.Document(str(folder / "all.docx"))


def values(document: Document, path: str) -> list[str]:
    return [str(value) for value in document.element.xpath(path)]


def test_numbered_lists_begin_anew_in_each_document(tmp_path: Path) -> None:
    def build(source: Document) -> None:
        for text in ("one", "two"):
            source.add_paragraph(text, style="List Number")

    document = combined(tmp_path, build)
    numbers = [
        [str(value) for value in paragraph._p.xpath("w:pPr/w:numPr/w:numId/@w:val")]
        for paragraph in document.paragraphs
        if paragraph.style is not None and paragraph.style.name == "List Number"
    ]
    assert numbers[:2] == [[], []]
    assert numbers[2] == numbers[3] != numbers[4] == numbers[5]
    lists = {item.get(qn("w:numId")): item for item in document.part.numbering_part.element}
    for (number,) in numbers[2:]:
        assert lists[number].find(f"{qn('w:lvlOverride')}/{qn('w:startOverride')}") is not None


def test_pictures_have_ids_of_their_own_and_are_stored_once(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")

    def build(source: Document) -> None:
        source.add_picture(str(tmp_path / "red.png"))

    document = combined(tmp_path, build)
    ids = values(document, "//wp:docPr/@id")
    assert len(ids) == len(set(ids)) == 3
    with zipfile.ZipFile(tmp_path / "all.docx") as package:
        assert sum(name.startswith("word/media/") for name in package.namelist()) == 1


def test_bookmarks_and_what_refers_to_them_are_renamed_together(tmp_path: Path) -> None:
    def build(source: Document) -> None:
        paragraph = source.add_paragraph("here")._p
        for tag in ('bookmarkStart w:id="7" w:name="spot"', 'bookmarkEnd w:id="7"'):
            paragraph.append(parse_xml(f"<w:{tag} {nsdecls('w')}/>"))
        paragraph.append(
            parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" REF spot "><w:r/></w:fldSimple>')
        )

    document = combined(tmp_path, build)
    names = values(document, "//w:bookmarkStart/@w:name")
    ids = values(document, "//w:bookmarkStart/@w:id")
    assert names == ["spot", "spot_2", "spot_3"]
    assert len(set(ids)) == 3
    assert values(document, "//w:bookmarkEnd/@w:id") == ids
    fields = [text.split() for text in values(document, "//w:fldSimple/@w:instr")]
    assert fields == [["REF", name] for name in names]


def test_a_landscape_section_stays_within_its_document(tmp_path: Path) -> None:
    def build(source: Document) -> None:
        section = source.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        source.add_paragraph("wide")

    document = combined(tmp_path, build)
    upright, wide = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert [section.orientation for section in document.sections] == [upright, wide] * 3
    starts = [section._sectPr.find(qn("w:pgNumType")) is not None for section in document.sections]
    assert starts == [True, False] * 3


def test_a_template_whose_body_lacks_a_section_gets_one_per_document(tmp_path: Path) -> None:
    def build(source: Document) -> None:
        source.element.body.remove(source.element.body.sectPr)

    document = combined(tmp_path, build)
    assert len(document.sections) == 3
    assert [paragraph.text for paragraph in document.paragraphs] == ["v0", "v1", "v2"]
