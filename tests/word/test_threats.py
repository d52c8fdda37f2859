from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word import Record, Template
from sheetsales.word.links import is_safe_link
from sheetsales.word.package import Package
from sheetsales.word.threats import stripped, threats
from tests.word import lean_files as lean

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WIDE = "utf-16-le"
RELATIONS = "word/_rels/x.xml.rels"
MACROS, ACTIVE, EXTERNAL = "template-macros", "template-active", "template-external"
LINK, ENTITIES, ENCODING = "template-link", "template-entities", "template-encoding"
MAIL_MERGE = f"<w:s xmlns:w='{W}'><w:mailMerge><w:connectString w:val='DSN=x'/></w:mailMerge></w:s>"
REMOTE_PICTURE = (
    "<x xmlns:v='urn:schemas-microsoft-com:vml'><v:imagedata src='http://e.example/a'/></x>"
)
BODY = {"word/document.xml": lean.document(lean.paragraph("{{ x }}"), lean.paragraph("last"))}


def found(folder: Path, parts: dict[str, str | bytes]) -> list[TemplateError]:
    path = lean.lean_file(folder / "threat.docx", {**BODY, **parts})
    return threats(Package.read(path), path.name)


def codes(folder: Path, parts: dict[str, str | bytes]) -> list[str]:
    return [error.code for error in found(folder, parts)]


def field(*instructions: str) -> str:
    runs = "".join(
        f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>'
        for text in instructions
    )
    start = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    middle = '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r>'
    return f'{start}{runs}{middle}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def relation(kind: str, target: str, *, external: bool = True) -> str:
    return lean.relations(("e1", lean.relation_type(kind), target), external=external)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"word/vbaProject.bin": b"x"}, MACROS),
        ({"word/VBAPROJECT.BIN": b"x"}, MACROS),
        ({"unrelated/vbaData.xml": "<x/>"}, MACROS),
        ({"customUI/customUI14.xml": "<x/>"}, MACROS),
        ({"word/media/image1.png": COMPOUND + "_VBA_PROJECT".encode(WIDE)}, MACROS),
        ({"word/activeX/activeX1.xml": "<x/>"}, ACTIVE),
        ({"word/webextensions/taskpanes.xml": "<x/>"}, ACTIVE),
        ({"word/embeddings/a.exe": b"x"}, ACTIVE),
        ({"word/media/image1.png": b"MZ\x90"}, ACTIVE),
        ({"word/media/image1.svg": "<svg><script>1</script></svg>"}, ACTIVE),
        ({"word/embeddings/o.bin": COMPOUND + "\x01Ole10Native".encode(WIDE)}, ACTIVE),
        ({"word/embeddings/o.bin": COMPOUND + "Equation Native".encode(WIDE)}, ACTIVE),
        ({RELATIONS: relation("image", "https://evil.example/x.png")}, EXTERNAL),
        ({RELATIONS: relation("oleObject", "file:///c:/x.xls")}, EXTERNAL),
        ({RELATIONS: relation("subDocument", "a.docx")}, ACTIVE),
        ({RELATIONS: relation("aFChunk", "a.htm", external=False)}, ACTIVE),
        ({RELATIONS: relation("control", "a.bin", external=False)}, ACTIVE),
        ({RELATIONS: relation("attachedTemplate", "https://e.example/t.dotm")}, EXTERNAL),
        ({RELATIONS: relation("attachedTemplate", "\\\\host\\t.dotm")}, EXTERNAL),
        ({RELATIONS: relation("attachedTemplate", "file://host/t.dotm")}, EXTERNAL),
        ({RELATIONS: relation("hyperlink", "javascript:alert(1)")}, LINK),
        ({RELATIONS: relation("hyperlink", "ms-word:ofe|u|x")}, LINK),
        ({RELATIONS: relation("hyperlink", "file:///c:/windows/x.exe")}, LINK),
        ({RELATIONS: relation("hyperlink", "\\\\host\\share")}, LINK),
        ({"word/x.xml": "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///x'>]><x>&a;</x>"}, ENTITIES),
        ({"customXml/item1.xml": "<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;&a;</x>"}, ENTITIES),
        ({"word/x.xml": "<!DOCTYPE x><x/>".encode("utf-16")}, ENTITIES),
        ({"word/x.xml": b"<?xml version='1.0' encoding='utf-7'?><x/>"}, ENCODING),
        ({"word/x.xml": b"<?xml version='1.0' encoding='cp037'?><x/>"}, ENCODING),
        ({"word/x.xml": b"<x>\xff\xfa</x>"}, ENCODING),
        ({"word/x.xml": f"<w:x xmlns:w='{W}'><w:altChunk/></w:x>"}, ACTIVE),
        ({"word/settings.xml": MAIL_MERGE}, EXTERNAL),
        ({"word/x.xml": REMOTE_PICTURE}, EXTERNAL),
    ],
)  # fmt: skip
def test_what_runs_or_fetches_is_found_in_its_part(
    tmp_path: Path, parts: dict[str, str | bytes], code: str
) -> None:
    errors = found(tmp_path, parts)
    assert [error.code for error in errors] == [code]
    assert errors[0].arguments["part"] in parts


def test_a_macro_type_of_the_main_part_is_found(tmp_path: Path) -> None:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
        'PartName="/word/document.xml" '
        'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    )
    assert codes(tmp_path, {"[Content_Types].xml": types}) == ["template-macros"]


@pytest.mark.parametrize(
    "instructions",
    [
        ["DDEAUTO c:\\\\cmd.exe"], ["D", "DE", " x y"], [" dde ", "x"], ["INCLUDE", "TEXT x"],
        ["IncludePicture x"], ["LINK Word.Document.8 x"], ["IMPORT x"], ["DATABASE \\d x"],
        ["RTF x"],
        ["MACROBUTTON AutoOpen x"], ["PRINT 27"], ["RD c:\\\\x.docx"], ["&#68;DE x"], ["{{ x }} y"],
        [field("QUOTE 68 68 69").replace("instrText xml:space=\"preserve\"", "instrText"), " cmd"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", ["body", "header", "footnote", "box"])
def test_a_field_that_reads_or_starts_something_is_found_with_its_place(
    tmp_path: Path, instructions: list[str], part: str
) -> None:
    runs = field(*instructions)
    if "QUOTE" in instructions[0]:
        begin, rest = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', instructions[0]
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        runs = f"{begin}{rest}<w:r><w:instrText> cmd</w:instrText></w:r>{end}"
    content = f"<w:p>{runs}</w:p>"
    first = lean.paragraph("first")
    parts: dict[str, dict[str, str | bytes]] = {
        "body": {"word/document.xml": lean.document(first, content)},
        "header": {"word/header1.xml": lean.header(first, content)},
        "footnote": {"word/footnotes.xml": lean.footnotes(first, content)},
        "box": {
            "word/document.xml": lean.document(
                first, f"<w:p><w:r><w:txbxContent>{first}{content}</w:txbxContent></w:r></w:p>"
            )
        },
    }
    places = {
        "body": "body/p2",
        "header": "header1/p2",
        "footnote": "footnote2/p2",
        "box": "body/p2/box1/p2",
    }
    errors = found(tmp_path, parts[part])
    assert [(error.code, error.arguments["where"]) for error in errors] == [
        ("template-field", places[part])
    ]


def test_a_simple_field_is_read_as_well(tmp_path: Path) -> None:
    content = '<w:p><w:fldSimple w:instr=" DDE x y "/></w:p>'
    cell = f"<w:tbl><w:tr><w:tc/><w:tc>{content}</w:tc></w:tr></w:tbl>"
    errors = found(tmp_path, {"word/document.xml": lean.document(cell)})
    assert [error.arguments["where"] for error in errors] == ["body/t1/r1/c2/p1"]


@pytest.mark.parametrize(
    "instruction",
    [
        "PAGE", "NUMPAGES \\* Arabic", "TOC \\o &quot;1-3&quot; \\h", "REF x \\h",
        "SEQ 表 \\* ARABIC",
        "HYPERLINK &quot;https://example.com/a?b=c&quot;", "HYPERLINK \\l &quot;place&quot;",
        "HYPERLINK &quot;https://example.com/{{ x }}&quot;",
        "DATE \\@ &quot;yyyy&quot;", "= 1 + 1", "MERGEFIELD x", "IF 1 = 1 &quot;{{ x }}&quot;",
        "EMBED Excel.Sheet.12", "HYPERLINK &quot;mailto:a@b.example&quot;", "STYLEREF 標題",
    ],
)  # fmt: skip
def test_an_ordinary_field_is_no_threat(tmp_path: Path, instruction: str) -> None:
    body = lean.document(f"<w:p>{field(instruction)}</w:p>")
    assert codes(tmp_path, {"word/document.xml": body}) == []


@pytest.mark.parametrize("target", ["file:///c:/x.exe", "{{ x }}", " {% if x %}a{% endif %}"])
def test_a_field_may_link_neither_to_a_program_nor_where_a_value_says(
    tmp_path: Path, target: str
) -> None:
    body = lean.document(f"<w:p>{field(f'HYPERLINK &quot;{target}&quot;')}</w:p>")
    assert codes(tmp_path, {"word/document.xml": body}) == ["template-link"]


@pytest.mark.parametrize("path", sorted(Path("doc_templates").rglob("*.docx")), ids=str)
def test_our_own_templates_hold_no_threat(path: Path) -> None:
    assert threats(Package.read(path), path.name) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"word/_rels/x.xml.rels": relation("hyperlink", "https://example.com/")},
        {"word/_rels/x.xml.rels": relation("hyperlink", "other.docx")},
        {"customXml/item1.xml": "<x xmlns='urn:a'>bound</x>"},
        {"word/media/image1.png": b"\x89PNG\r\n"},
        {"word/embeddings/sheet.xlsx": b"PK\3\4 no directory"},
        {"word/x.xml": "<?xml version='1.0' encoding='UTF-16'?><x/>".encode("utf-16")},
        {"word/x.xml": b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><x/>"},
    ],
)
def test_what_every_document_may_hold_is_no_threat(
    tmp_path: Path, parts: dict[str, str | bytes]
) -> None:
    assert codes(tmp_path, parts) == []


def test_an_embedded_workbook_with_macros_is_found(tmp_path: Path) -> None:
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w") as book:
        book.writestr("xl/vbaProject.bin", b"x")
    parts: dict[str, str | bytes] = {"word/embeddings/book.xlsx": inner.getvalue()}
    assert codes(tmp_path, parts) == ["template-macros"]


@pytest.mark.parametrize(
    "target", ["C:\\Users\\a\\Normal.dotm", "file:///C:\\a.dotx", "Normal.dotm"]
)
def test_the_path_of_a_template_on_a_disk_is_taken_out(tmp_path: Path, target: str) -> None:
    settings = (
        f'<w:settings xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships"><w:attachedTemplate r:id="e1"/><w:zoom/></w:settings>'
    )
    parts: dict[str, str | bytes] = {
        "word/settings.xml": settings,
        "word/_rels/settings.xml.rels": relation("attachedTemplate", target),
    }
    path = lean.lean_file(tmp_path / "t.docx", {**BODY, **parts})
    assert threats(Package.read(path), "t.docx") == []
    package, notices = stripped(Package.read(path), "t.docx")
    assert [notice.arguments["target"] for notice in notices] == [target]
    assert b"attachedTemplate" not in package.content("word/settings.xml")
    assert b"zoom" in package.content("word/settings.xml")
    told = [one for one in Template(path).check() if one.code == "DOC-attached"]
    assert [(one.severity, one.arguments["target"]) for one in told] == [("warning", target)]
    assert b"dot" not in Template(path).render_bytes(Record({"x": "1"})).replace(b"dots", b"")


def test_links_to_programs_and_shares_are_not_safe() -> None:
    assert all(map(is_safe_link, ["https://a.example", "mailto:a@b", "#x", "a/b.docx", "tel:1"]))
    unsafe = ["file:///a", "JaVaScript:x", "\tjavascript:x", "ms-msdt:/x", "//host/x", "\\\\h\\x"]
    assert not any(map(is_safe_link, [*unsafe, "vbscript:x", "data:text/html,x", "search-ms:x"]))


def test_a_threat_stops_the_rendering(tmp_path: Path) -> None:
    path = lean.lean_file(tmp_path / "t.docx", {**BODY, "word/vbaProject.bin": b"x"})
    with pytest.raises(TemplateError, match="template-macros"):
        Template(path).render_bytes(Record({"x": "1"}))


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["word/a.xml", "word/a.xml"], "template-ambiguous"),
        (["word/a.xml", "WORD/A.xml"], "template-ambiguous"),
        (["../a.xml"], "template-ambiguous"),
        (["/etc/passwd"], "template-ambiguous"),
        (["C:/a"], "template-ambiguous"),
        (["word/../../a"], "template-ambiguous"),
        ([f"word/{number}.xml" for number in range(10_001)], "template-too-large"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_ambiguous_archive_is_refused(tmp_path: Path, names: list[str], code: str) -> None:
    path = lean.lean_file(tmp_path / "t.docx", BODY)
    with zipfile.ZipFile(path, "a") as package:
        for name in names:
            package.writestr(name, b"<x/>")
    with pytest.raises(TemplateError, match=code):
        Template(path).render_bytes(Record({"x": "1"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb: dict[str, str | bytes] = {"word/media/image1.png": bytes(32 * 1024 * 1024)}
    path = lean.lean_file(tmp_path / "t.docx", {**BODY, **bomb})
    with pytest.raises(TemplateError, match="template-too-large"):
        Template(path).render_bytes(Record({"x": "1"}))


def test_a_file_with_a_password_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "locked.docx"
    path.write_bytes(COMPOUND + bytes(512))
    with pytest.raises(TemplateError, match="template-locked"):
        Template(path).render_bytes(Record({}))
