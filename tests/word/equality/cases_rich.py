"""RichText, paragraphs of RichText, Listing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.word.equality.building import p, row, run, table, write_docx
from tests.word.equality.engines import Case, Kit


def _body(*body: str) -> Any:
    return lambda path: write_docx(path, *body, p("end"))


_STYLES: tuple[Mapping[str, Any], ...] = (
    {"bold": True},
    {"italic": True},
    {"underline": True},
    {"underline": "single"},
    {"underline": "double"},
    {"underline": "wave"},
    {"underline": "dash"},
    {"underline": "dotDotDash"},
    {"strike": True},
    {"color": "ff0000"},
    {"color": "#00FF00"},
    {"highlight": "ffff00"},
    {"highlight": "#ffff00"},
    {"size": 14},
    {"size": 60},
    {"font": "Arial"},
    {"font": "Noto Sans CJK TC"},
    {"style": "Strong"},
    {"superscript": True},
    {"subscript": True},
    {"bold": True, "italic": True, "underline": True, "color": "0000FF", "size": 30},
)


def _all_styles(kit: Kit, folder: Path) -> Mapping[str, Any]:
    rich = kit.rich("start ")
    for style in _STYLES:
        rich.add("/".join(style), **style)
        rich.add(" plain ")
    nested = kit.rich("outer ", bold=True)
    nested.add(kit.rich("inner", italic=True))
    nested.add(" <&> \"'")
    return {"rich": rich, "nested": nested, "alone": kit.rich("x & y"), "empty": kit.rich("")}


def _rich_breaks(kit: Kit, folder: Path) -> Mapping[str, Any]:
    rich = kit.rich("line\nnext\ttab", bold=True)
    rich.add("\anew paragraph")
    rich.add("page\fbreak", color="FF0000")
    return {"rich": rich, "items": [kit.rich("a\nb"), kit.rich("c\td", italic=True)]}


def _links(kit: Kit, folder: Path) -> Mapping[str, Any]:
    rich = kit.rich("see ")
    rich.add("the site", url_id=kit.link("https://example.com/?a=1&b=2"), underline=True)
    rich.add(" or ")
    rich.add("the other", url_id=kit.link("https://example.org/路徑"), color="0000ff")
    return {"rich": rich}


def _conditional(kit: Kit, folder: Path) -> Mapping[str, Any]:
    return {"rich": kit.rich("rich", bold=True), "show": True, "hide": False}


def _fonts(kit: Kit, folder: Path) -> Mapping[str, Any]:
    rich = kit.rich("測試", font="eastAsia:微软雅黑")
    rich.add("TEST", font="Microsoft YaHei")
    rich.add("混 mixed", font="eastAsia:標楷體", bold=True, size=24)
    return {"rich": rich}


def _paragraphs(kit: Kit, folder: Path) -> Mapping[str, Any]:
    rich = kit.rich_paragraphs()
    rich.add("A heading", parastyle="Heading1")
    rich.add("A plain paragraph <&>")
    mixed = kit.rich("with ")
    mixed.add("bold", bold=True)
    rich.add(mixed, parastyle="Heading1")
    return {"paragraphs": rich}


def _listing(kit: Kit, folder: Path) -> Mapping[str, Any]:
    return {
        "listing": kit.listing("class A {\n\tint x = 1 < 2;\n}\a\nnew paragraph\fnew page"),
        "items": [kit.listing("1\n2"), kit.listing("<3>&\t4")],
    }


def _languages(kit: Kit, folder: Path) -> Mapping[str, Any]:
    rich = kit.rich("שלום", rtl=True)
    rich.add("bonjour", lang="fr-FR")
    return {"rich": rich}


CASES = (
    Case(
        "rich text",
        "RichText in all styles, nested",
        _body(
            p("{{r rich }}"),
            p(run("before "), run("{{r nested }}"), run(" after")),
            p("text {{r alone }} text", properties='<w:pStyle w:val="Heading1"/>'),
            p("{{r empty }}"),
        ),
        _all_styles,
    ),
    Case(
        "rich text breaks",
        "line, tab, paragraph and page breaks in RichText",
        _body(
            p("{{r rich }}", properties='<w:jc w:val="center"/>'),
            table(
                row("{%tr for item in items %}"),
                row("{{r item }}"),
                row("{%tr endfor %}"),
                columns=1,
            ),
        ),
        _rich_breaks,
    ),
    Case(
        "rich text links",
        "hyperlinks in RichText",
        _body(p("{{r rich }}")),
        _links,
        explained=("relation ids",),
    ),
    Case(
        "rich text and conditions",
        "`{{r` beside `{%p if` and `{%r if`",
        _body(
            p("{%p if show %}"),
            p("{{r rich }}"),
            p("{%p endif %}"),
            p(run("{%r if show %}"), run("{{r rich }}"), run("{%r endif %}"), run(" x")),
            p(run("{%r if hide %}"), run("{{r rich }}"), run("{%r endif %}"), run(" y")),
            p("{% if show %}{{r rich }}{% endif %}"),
        ),
        _conditional,
    ),
    Case(
        "east asian fonts",
        "a font for one region only: `eastAsia:…`",
        _body(p("{{r rich }}")),
        _fonts,
    ),
    Case(
        "rich paragraphs",
        "RichTextParagraph with styles of paragraphs",
        _body(p("{{p paragraphs }}"), p("after")),
        _paragraphs,
    ),
    Case(
        "listing",
        "Listing keeps its line breaks, tabs, paragraphs and pages",
        _body(
            p(run("{{ listing }}", '<w:rFonts w:ascii="Courier New"/>')),
            p("{%p for item in items %}"),
            p("{{ item }}"),
            p("{%p endfor %}"),
        ),
        _listing,
    ),
    Case(
        "languages",
        "writing direction and language in RichText",
        _body(p("{{r rich }}")),
        _languages,
    ),
)
