"""Pictures, embedded files, subdocuments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx
from docx.shared import Mm

from tests.word.equality.building import (
    embedded,
    footer,
    header,
    image,
    p,
    picture,
    png,
    row,
    run,
    sections,
    table,
    write_docx,
)
from tests.word.equality.engines import Case, Kit

RED, GREEN, BLUE = png(255, 0, 0), png(0, 255, 0, 16), png(0, 0, 255, 32)


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _body(*body: str) -> Any:
    return lambda path: write_docx(path, *body, p("end"))


def _pictures(kit: Kit, folder: Path) -> Mapping[str, Any]:
    red = _file(folder, "red.png", RED)
    green = _file(folder, "green.png", GREEN)
    return {
        "plain": kit.image(red),
        "wide": kit.image(red, width=40),
        "high": kit.image(green, height=20),
        "both": kit.image(green, width=30, height=10),
        "items": [
            {"name": "a & b", "picture": kit.image(red, width=10)},
            {"name": "c", "picture": kit.image(green, width=10)},
            {"name": "d", "picture": kit.image(red, width=20)},
        ],
    }


def _with_header(path: Path) -> Path:
    return write_docx(
        path,
        p("body {{ high }}"),
        section=sections(header_default="rId1", footer_default="rId2"),
        rId1=header(p("{{ plain }} in the header"), p("{{ wide }}")),
        rId2=footer(p("{{ both }}")),
    )


def _placeholders(path: Path) -> Path:
    return write_docx(
        path,
        p(picture("rId1", number=1, name="Picture 1", alt="logo.png")),
        p(picture("rId2", number=2, name="by name.png")),
        p(picture("rId3", number=3, name="Picture 3", title="by title")),
        p("{{ name }}"),
        rId1=image(RED, "image1.png"),
        rId2=image(GREEN, "image2.png"),
        rId3=image(BLUE, "image3.png"),
    )


def _replace_pictures(template: Any, folder: Path) -> None:
    template.replace_pic("logo.png", str(_file(folder, "new1.png", png(1, 1, 1))))
    template.replace_pic("by name.png", str(_file(folder, "new2.png", png(2, 2, 2))))
    template.replace_pic("by title", str(_file(folder, "new3.png", png(3, 3, 3))))


def _replace_media(template: Any, folder: Path) -> None:
    old = _file(folder, "old.png", RED)
    template.replace_media(str(old), str(_file(folder, "new.png", png(9, 9, 9))))


def _replace_media_by_stream(template: Any, folder: Path) -> None:
    old, new = _file(folder, "old.png", RED), _file(folder, "new.png", png(9, 9, 9))
    with old.open("rb") as one, new.open("rb") as two:
        template.replace_media(one, two)


def _header_picture(path: Path) -> Path:
    return write_docx(
        path,
        p("{{ name }}"),
        section=sections(header_default="rId1"),
        rId1=header(p(run("{{ name }} "), picture("rId1", name="x.png")), rId1=image(RED)),
    )


def _small(folder: Path, name: str, text: str) -> Path:
    return write_docx(folder / name, p(text))


def _embeddings(path: Path) -> Path:
    first = _small(path.parent, "inner1.docx", "first")
    second = _small(path.parent, "inner2.docx", "second")
    return write_docx(
        path,
        p("{{ name }}"),
        rId1=embedded(first.read_bytes(), "one.docx"),
        rId2=embedded(second.read_bytes(), "two.docx"),
    )


def _replace_embedded(template: Any, folder: Path) -> None:
    template.replace_embedded(
        str(folder / "inner1.docx"), str(_small(folder, "inner3.docx", "third"))
    )
    template.replace_zipname(
        "word/embeddings/two.docx", str(_small(folder, "inner4.docx", "fourth"))
    )


def _chapter(folder: Path) -> Path:
    """Write a file with a heading, a list, a table and a picture."""
    document = docx.Document()
    document.add_heading("章節", level=1)
    document.add_paragraph("plain & <text>")
    document.add_paragraph("bullet one", style="List Bullet")
    document.add_paragraph("number one", style="List Number")
    made = document.add_table(rows=1, cols=2, style="Table Grid")
    made.rows[0].cells[0].text = "left"
    made.rows[0].cells[1].text = "right"
    document.add_picture(str(_file(folder, "chapter.png", BLUE)), width=Mm(20))
    path = folder / "chapter.docx"
    document.save(str(path))
    return path


def _in_word(*texts: str, headers: bool = False) -> Any:
    """Return what builds a template by python-docx, with all its styles."""

    def build(path: Path) -> Path:
        document = docx.Document()
        for text in texts:
            document.add_paragraph(text)
        if headers:
            document.sections[0].header.paragraphs[0].text = "頁首 {{ name }}"
            document.sections[0].footer.paragraphs[0].text = "Footer {{ name }}"
        document.save(str(path))
        return path

    return build


def _one_file(kit: Kit, folder: Path) -> Mapping[str, Any]:
    return {"name": "公司 <&>", "sub": kit.file(_chapter(folder))}


def _made_in_code(kit: Kit, folder: Path) -> Mapping[str, Any]:
    sub = kit.template.new_subdoc()
    sub.add_paragraph("a paragraph & <more>").add_run(" in bold").bold = True
    sub.add_paragraph("a heading", style="Heading 1")
    sub.add_picture(str(_file(folder, "made.png", GREEN)), width=Mm(15))
    made = sub.add_table(rows=2, cols=2)
    made.rows[0].cells[0].text = "Qty"
    made.rows[1].cells[1].text = "12"
    return {"name": "x", "sub": sub}


def _two_files(kit: Kit, folder: Path) -> Mapping[str, Any]:
    other = docx.Document()
    other.add_paragraph("other, quoted", style="Intense Quote")
    other.save(str(folder / "other.docx"))
    return {
        "name": "x",
        "subs": [kit.file(_chapter(folder)), kit.file(folder / "other.docx")],
    }


_NAMED: Any = lambda kit, folder: {"name": "A & B"}  # noqa: E731 - a table of cases, not a function

CASES = (
    Case(
        "pictures",
        "InlineImage with width, height, both or none",
        _body(p("{{ plain }}"), p("a {{ wide }} b"), p("{{ high }}"), p("{{ both }}")),
        _pictures,
        explained=("drawing ids", "picture names", "relation ids"),
    ),
    Case(
        "pictures in loops",
        "InlineImage in loops of rows and paragraphs",
        _body(
            table(
                row("{%tr for item in items %}", ""),
                row("{{ item.name }}", "{{ item.picture }}"),
                row("{%tr endfor %}", ""),
                columns=2,
            ),
            p("{% for item in items %}{{ item.picture }}{% endfor %}"),
        ),
        _pictures,
        explained=("drawing ids", "picture names", "relation ids"),
    ),
    Case(
        "pictures in header and footer",
        "InlineImage gets the relations of the part it stands in",
        _with_header,
        _pictures,
        explained=("drawing ids", "picture names", "relation ids"),
    ),
    Case(
        "replaced pictures",
        "replace_pic by alternative text, name and title",
        _placeholders,
        _NAMED,
        replace=_replace_pictures,
        explained=("drawing ids",),
    ),
    Case(
        "replaced media in a header",
        "replace_media of a picture in the header",
        _header_picture,
        _NAMED,
        replace=_replace_media,
    ),
    Case(
        "replaced media by streams",
        "replace_media with open files in place of names",
        _header_picture,
        _NAMED,
        replace=_replace_media_by_stream,
    ),
    Case(
        "replaced embedded files",
        "replace_embedded and replace_zipname",
        _embeddings,
        _NAMED,
        replace=_replace_embedded,
    ),
    Case(
        "subdocument of a file",
        "a file with styles, lists, a table and a picture put into another",
        _in_word("before {{ name }}", "{{p sub }}", "after"),
        _one_file,
        explained=("drawing ids", "picture names", "relation ids"),
    ),
    Case(
        "subdocument in code",
        "a subdocument made paragraph by paragraph, with a picture and a table",
        _in_word("before {{ name }}", "{{p sub }}", "after"),
        _made_in_code,
        explained=("drawing ids", "picture names", "relation ids"),
    ),
    Case(
        "subdocuments in a loop",
        "several files one after the other",
        _in_word("{%p for sub in subs %}", "{{p sub }}", "{%p endfor %}", "after"),
        _two_files,
        explained=("drawing ids", "picture names", "relation ids"),
    ),
    Case(
        "subdocument beside a header",
        "header and footer with tags, a subdocument in the body",
        _in_word("{{ name }}", "{{p sub }}", headers=True),
        _one_file,
        explained=("drawing ids", "picture names", "relation ids"),
    ),
)
