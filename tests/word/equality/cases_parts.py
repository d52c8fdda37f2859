"""Headers, footers, notes, properties; and the parts that docxtpl does not render."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.word.equality.building import (
    chart,
    chart_part,
    comments,
    footer,
    header,
    notes,
    p,
    reference,
    row,
    run,
    sections,
    split,
    table,
    text_box,
    write_docx,
)
from tests.word.equality.engines import Case

_BOTH = sections(header_default="rId1", footer_default="rId2")


def _data(**values: Any) -> Any:
    return lambda kit, folder: values


def _with_header(*content: str, body: tuple[str, ...] = (p("body"),)) -> Any:
    return lambda path: write_docx(
        path, *body, section=_BOTH, rId1=header(*content), rId2=footer(p("{{ name }} 第 1 頁"))
    )


def _three_headers(path: Path) -> Path:
    return write_docx(
        path,
        p("body {{ name }}"),
        section=sections(
            header_first="rId1", header_even="rId2", header_default="rId3", footer_default="rId4"
        ),
        rId1=header(p("first {{ name }}"), name="header1"),
        rId2=header(p("even {{ name }}"), name="header2"),
        rId3=header(p("no tag"), name="header3"),
        rId4=footer(p("{%p if show %}"), p("shown"), p("{%p endif %}"), p("always")),
    )


def _footnotes(path: Path) -> Path:
    return write_docx(
        path,
        p(run("Text {{ name }}"), reference("footnote", 1), run(" more"), reference("footnote", 2)),
        rId1=notes("footnotes", p("note {{ name }}"), p(split("{{ name|upper }}")) + p("plain")),
    )


def _endnotes(path: Path) -> Path:
    return write_docx(
        path,
        p(run("Text {{ name }}"), reference("endnote", 1)),
        rId1=notes("endnotes", p("end {{ name }}") + p("{% if show %}shown{% endif %}")),
    )


def _comments(path: Path) -> Path:
    return write_docx(
        path,
        p(
            '<w:commentRangeStart w:id="1"/>',
            run("{{ name }}"),
            '<w:commentRangeEnd w:id="1"/>',
            reference("comment", 1),
        ),
        rId1=comments(p("ask {{ name }}")),
    )


def _chart(path: Path) -> Path:
    title = (
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:title><c:tx>'
        "<c:rich><a:bodyPr/><a:p><a:r><a:t>Sales of {{ name }}</a:t></a:r></a:p></c:rich></c:tx>"
        "</c:title><c:plotArea><c:layout/></c:plotArea></c:chart></c:chartSpace>"
    )
    return write_docx(path, p(run("{{ name }}"), chart("rId1")), rId1=chart_part(title))


_NAMES = {"name": "A & B <公司>", "show": True}

CASES = (
    Case(
        "header and footer",
        "tags in header and footer, tables and loops in them",
        _with_header(
            p("{{ name }}"),
            table(
                row("{%tr for x in xs %}", ""),
                row("{{ x }}", "{{ loop.index }}"),
                row("{%tr endfor %}", ""),
                columns=2,
            ),
            p("{%p if show %}"),
            p("shown"),
            p("{%p endif %}"),
        ),
        _data(xs=["a", "b"], **_NAMES),
    ),
    Case(
        "header entities",
        "quotes and ampersands inside the tags of a header",
        _with_header(
            p('{{ missing|default("a b") }} {% if name == "x" or 1 < 2 %}"yes"{% endif %}'),
            p('{{ "it\'s" }} {{ \'say "x"\' }}'),
        ),
        _data(**_NAMES),
    ),
    Case(
        "header in other scripts",
        "header and footer that are not Latin",
        _with_header(p("公司：{{ name }}"), p(split("{{ заголовок }} العربية 😀", every=2))),
        _data(**{"заголовок": "Привет", **_NAMES}),
    ),
    Case(
        "several headers",
        "headers of the first page, even pages and the others",
        _three_headers,
        _data(**_NAMES),
    ),
    Case(
        "breaks in a header",
        "special characters in the values of a header",
        _with_header(p("{{ a }}"), p("{{ b }}", properties='<w:jc w:val="right"/>')),
        _data(a="one\ntwo\tthree", b="p\aq", **_NAMES),
    ),
    Case("footnotes", "tags in footnotes", _footnotes, _data(**_NAMES)),
    Case(
        "document properties",
        "tags in title, subject, author, keywords, comments",
        lambda path: write_docx(
            path,
            p("{{ name }}"),
            core={
                "title": "Contract {{ name }}",
                "subject": "{% if show %}shown{% endif %}",
                "author": "{{ name|upper }}",
                "keywords": "plain",
            },
        ),
        _data(name="公司 one", show=True),
    ),
    Case(
        "text boxes",
        "tags in text boxes, in both of the forms that Word keeps",
        lambda path: write_docx(
            path,
            p(run("a"), text_box(p("box {{ name }}")), run("b")),
            p(text_box(p("{%p if show %}"), p("shown"), p("{%p endif %}"), p("x"), number=2)),
        ),
        _data(**_NAMES),
        explained=("drawing ids",),
    ),
    Case(
        "formulas",
        "formulas and what else is not text stay as they are",
        lambda path: write_docx(
            path,
            p(run("{{ name }} "), "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", run(" y")),
            p(run("z"), '<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>'),
        ),
        _data(**_NAMES),
    ),
    Case(
        "endnotes",
        "tags in endnotes",
        _endnotes,
        _data(**_NAMES),
        beyond={"word/endnotes.xml": "end A & B <公司>\nshown"},
    ),
    Case(
        "comments of Word",
        "tags in the comments that people write in the margin",
        _comments,
        _data(**_NAMES),
        beyond={"word/comments.xml": "ask A & B <公司>"},
    ),
    Case(
        "charts",
        "tags in the texts of a chart",
        _chart,
        _data(**_NAMES),
        explained=("drawing ids",),
        beyond={"word/charts/chart1.xml": "Sales of A & B <公司>"},
    ),
)
