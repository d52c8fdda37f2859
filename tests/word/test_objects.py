"""Formatted texts, pictures and subdocuments in a record."""

from __future__ import annotations

import pickle
import re
from io import BytesIO
from pathlib import Path

import docx
import docxtpl
import pytest
from docx.shared import Mm
from PIL import Image

from sheetsales.errors import TemplateError
from sheetsales.word import (
    RP,
    InlineImage,
    Listing,
    R,
    Record,
    RichText,
    RichTextParagraph,
    Subdocument,
    Template,
)
from tests.word.docx_files import paragraphs, part, template

BODY = "word/document.xml"


def rendered(made: Template, **context: object) -> bytes:
    return made.render_bytes(Record(context))


def picture(folder: Path, colour: str = "red", name: str = "a.png") -> Path:
    path = folder / name
    Image.new("RGB", (30, 20), colour).save(path, dpi=(96, 96))
    return path


STYLES = [
    {},
    {"bold": True, "italic": True, "strike": True},
    {"color": "#ff0000", "highlight": "#00ff00", "size": 24},
    {"subscript": True},
    {"superscript": True},
    {"underline": True},
    {"underline": "double"},
    {"font": "eastAsia:微軟正黑體"},
    {"font": "Arial", "rtl": True, "lang": "ar-SA", "bold": True},
    {"style": "Strong", "url_id": "rId9"},
]


@pytest.mark.parametrize("style", STYLES)
def test_rich_text_makes_the_runs_of_docxtpl(style: dict[str, object]) -> None:
    text = "A & <b>"
    assert R(text, **style).xml == docxtpl.RichText(text, **style).xml  # type: ignore[arg-type]


def test_rich_text_nests_and_paragraphs_take_styles() -> None:
    ours, theirs = RichText("a"), docxtpl.RichText("a")
    ours.add(RichText("b", bold=True))
    theirs.add(docxtpl.RichText("b", bold=True))
    assert ours.xml == theirs.xml
    both = RichTextParagraph(ours, parastyle="Heading1"), docxtpl.RichTextParagraph()
    both[1].add(theirs, parastyle="Heading1")
    assert both[0].xml == both[1].xml


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        RichText("a", colour="red")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="no name"):
        RichText("a", style="x\a")


@pytest.mark.parametrize(
    ("value", "tag"),
    [(RichText("x"), "{{r }}"), (RP("x"), "{{p }}"), (docxtpl.RichText("x"), "{{r }}")],
)
def test_a_plain_tag_that_prints_formatted_text_says_which_tag_to_write(
    tmp_path: Path, value: object, tag: str
) -> None:
    with pytest.raises(TemplateError, match="field-unprintable") as caught:
        rendered(template(tmp_path, "{{ value }}"), value=value)
    assert tag in str(caught.value.arguments["reason"])


def test_a_plain_text_in_the_place_of_a_run_or_paragraph_is_shown(tmp_path: Path) -> None:
    made = template(tmp_path, "a {{r value }} b", "{{p value }}", "c")
    assert paragraphs(rendered(made, value="<x>")) == ["a <x> b", "<x>", "c"]
    assert paragraphs(rendered(made, value="")) == ["a  b", "c"]


def test_objects_of_docxtpl_are_taken_for_our_own(tmp_path: Path) -> None:
    made = template(tmp_path, "{{r rich }}", "{{ listing }}", "{{ picture }}")
    image = docxtpl.InlineImage(None, str(picture(tmp_path)), width=Mm(10))
    context = {
        "rich": docxtpl.RichText("<a>"),
        "listing": docxtpl.Listing("b\nc"),
        "picture": image,
    }
    found = rendered(made, **context)
    assert paragraphs(found)[:2] == ["<a>", "b\nc"]
    assert len(docx.Document(BytesIO(found)).inline_shapes) == 1


def test_a_control_character_in_formatted_text_is_refused_by_field(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="record-character") as caught:
        rendered(template(tmp_path, "{{r value }}"), value=RichText("a\x00"))
    assert caught.value.arguments["field"] == "value"


BREAKS = ["x\ny", "x\ty", "x\ay", "x\fy", "\t\t", "\a\a", "x\n\ty\fz", "a&\t<b>"]


@pytest.mark.parametrize("value", BREAKS)
@pytest.mark.parametrize("kind", ["text", "listing", "rich"])
def test_breaks_in_values_are_those_of_docxtpl(tmp_path: Path, value: str, kind: str) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("before ", style="Heading 1")
    paragraph.add_run("{{r value }}" if kind == "rich" else "a{{ value }}b").bold = True
    path = tmp_path / "template.docx"
    document.save(str(path))
    ours = {"text": value, "listing": Listing(value), "rich": RichText(value, italic=True)}
    theirs = {
        "text": value,
        "listing": docxtpl.Listing(value),
        "rich": docxtpl.RichText(value, italic=True),
    }
    other = docxtpl.DocxTemplate(str(path))
    other.render({"value": theirs[kind]}, autoescape=True)
    out = tmp_path / "other.docx"
    other.save(str(out))
    found = part(rendered(Template(path), value=ours[kind]), BODY)
    assert _paragraphs_xml(found) == _paragraphs_xml(part(out.read_bytes(), BODY))


def _paragraphs_xml(blob: bytes) -> bytes:
    text = re.sub(rb"^.*?<w:body>|<w:sectPr.*", b"", blob, flags=re.DOTALL)
    text = re.sub(rb">\n\s*<", b"><", text).strip()
    return text.replace(b'<w:t xml:space="preserve"></w:t>', b'<w:t xml:space="preserve"/>')


def test_a_paragraph_break_within_a_link_stays_within_it(tmp_path: Path) -> None:
    made = template(tmp_path, "{{r value }}", "last")
    link = RichText("a\ab\fc", url_id=made.build_url_id("https://example.com/?a=1&b=2"))
    found = rendered(made, value=link)
    assert paragraphs(found)[-1] == "last"
    assert b'r:id="link1"' in part(found, BODY)
    assert b"https://example.com/?a=1&amp;b=2" in part(found, "word/_rels/document.xml.rels")


@pytest.mark.parametrize("url", ["file:///C:/x.exe", "javascript:alert(1)"])
def test_an_unsafe_link_is_refused(tmp_path: Path, url: str) -> None:
    made = template(tmp_path, "{{ value }}")
    with pytest.raises(TemplateError, match="template-link"):
        made.build_url_id(url)
    with pytest.raises(TemplateError, match="template-link"):
        rendered(made, value=InlineImage(picture(tmp_path), anchor=url))


def test_a_picture_belongs_to_the_part_that_shows_it_and_is_kept_once(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ a }}", "{{ b }}", header="{{ a }}")
    path = picture(tmp_path)
    a, b = InlineImage(made, path, width=Mm(30)), InlineImage(path.read_bytes())
    found = rendered(made, a=a, b=b)
    document = docx.Document(BytesIO(found))
    first, second = document.inline_shapes
    assert (first.width, first.height) == (Mm(30), Mm(20))
    assert second.width == 30 * 914400 // 96
    assert b"media/image-1.png" in part(found, "word/_rels/header1.xml.rels")
    assert found.count(b"word/media/image-1.png") == 2  # its header and its entry
    assert b"image-2" not in found


def test_drawings_have_ids_of_their_own_in_the_whole_document(tmp_path: Path) -> None:
    made = template(tmp_path, "{% for x in n %}{{ a }}{% endfor %}", header="{{ a }}")
    found = rendered(made, a=InlineImage(picture(tmp_path)), n=[1, 2, 3])
    xml = part(found, BODY) + part(found, "word/header1.xml")
    ids = re.findall(rb'<wp:docPr id="(\d+)"', xml)
    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize("image", [b"no picture", Path("/none/such.png")])
def test_a_file_that_is_no_picture_refuses_the_record(tmp_path: Path, image: bytes | Path) -> None:
    with pytest.raises(TemplateError, match="record-picture"):
        rendered(template(tmp_path, "{{ value }}"), value=InlineImage(image))


def test_a_subdocument_brings_its_styles_and_pictures(tmp_path: Path) -> None:
    inner = docx.Document()
    inner.styles.add_style("Own Style", 1)
    inner.add_paragraph("styled", style="Own Style")
    inner.add_picture(str(picture(tmp_path)))
    inner.save(str(tmp_path / "inner.docx"))
    made = template(tmp_path, "before", "{{p value }}", "after", header="{{ name }}")
    found = rendered(made, value=Subdocument(tmp_path / "inner.docx"), name="N")
    document = docx.Document(BytesIO(found))
    assert [one.text for one in document.paragraphs] == ["before", "styled", "", "after"]
    assert document.paragraphs[1].style.name == "Own Style"
    assert len(document.inline_shapes) == 1
    assert document.sections[0].header.paragraphs[0].text == "N"
    assert paragraphs(rendered(made, value="", name="N")) == ["before", "after"]


def test_a_subdocument_made_in_code_travels(tmp_path: Path) -> None:
    made = template(tmp_path, "{{p value }}", "after")
    coded = made.new_subdoc()
    coded.add_paragraph("coded", style="Heading 1")
    travelled = pickle.loads(pickle.dumps(coded))
    for one in (coded, travelled):
        assert paragraphs(rendered(made, value=one)) == ["coded", "after"]


def test_what_is_no_word_file_refuses_the_record(tmp_path: Path) -> None:
    made = template(tmp_path, "{{p value }}")
    for source in (b"no zip", tmp_path / "none.docx"):
        with pytest.raises(TemplateError, match="record-subdocument"):
            rendered(made, value=Subdocument(source))


def test_pictures_and_members_are_exchanged_and_travel(tmp_path: Path) -> None:
    old, new = picture(tmp_path), picture(tmp_path, "blue", "b.png")
    document = docx.Document()
    document.add_picture(str(old))
    document.add_paragraph("{{ x }}")
    document.save(str(tmp_path / "t.docx"))
    made = Template(tmp_path / "t.docx")
    media = "word/media/image1.png"
    assert part(rendered(made, x=1), media) == old.read_bytes()
    for exchange in (
        lambda: made.replace_media(old, new),
        lambda: made.replace_pic("a.png", new.read_bytes()),
        lambda: made.replace_zipname(media, BytesIO(new.read_bytes())),
    ):
        exchange()
        for one in (made, pickle.loads(pickle.dumps(made))):
            assert part(rendered(one, x=1), media) == new.read_bytes()
        made.reset_replacements()
        assert part(rendered(made, x=1), media) == old.read_bytes()


def test_an_exchange_of_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    made = template(tmp_path, "x")
    made.replace_pic("none.png", b"x")
    with pytest.raises(TemplateError, match="template-no-such"):
        rendered(made)


def test_fields_are_brought_up_to_date_only_if_asked(tmp_path: Path) -> None:
    path = template(tmp_path, "x").path
    update = b'<w:updateFields w:val="true"/>'
    assert update not in part(rendered(Template(path)), "word/settings.xml")
    settings = part(rendered(Template(path, update_fields=True)), "word/settings.xml")
    assert settings.index(b"<w:zoom") < settings.index(update) < settings.index(b"<w:compat")


def test_own_filters_print(tmp_path: Path) -> None:
    made = Template(template(tmp_path, "{{ a|double }}").path, {"double": lambda text: text * 2})
    assert paragraphs(rendered(made, a="<x>")) == ["<x><x>"]
