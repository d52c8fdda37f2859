"""Broken templates, each with one defect: what was typed, where, and what must be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

FIELDS = (
    "buyer.name",
    "buyer.phone",
    "title",
    "paid",
    "lines[].no",
    "lines[].amount",
    "notes[]",
)
TITLES = {
    "buyer.name": "客戶 名稱",
    "buyer.phone": "客戶 電話",
    "title": "合同 名稱",
    "lines[].amount": "合同標的 金額",
}


@dataclass(frozen=True)
class Defect:
    """A template with one defect.

    Attributes:
        name: what is wrong, in a word.
        content: paragraphs; a list of lists is a table.
        code: message of the problem, without ``DOC-``.
        where: code of the place.
        do: what its repair names, in both languages.
        severity: error or warning.
        known: whether the fields of the records are known.
    """

    name: str
    content: tuple[object, ...]
    code: str
    where: str
    do: str = ""
    severity: str = "error"
    known: bool = True


def _d(name: str, text: str, code: str, do: str = "", **more: object) -> Defect:
    """Return a defect in the second paragraph."""
    return Defect(name, ("第一段", text, "最後一段"), code, "body/p2", do, **more)  # type: ignore[arg-type]


def _t(name: str, rows: list[list[str]], code: str, where: str, do: str = "") -> Defect:
    """Return a defect in a table."""
    return Defect(name, ("標題", rows), code, f"body/t1/{where}", do)


DEFECTS = (
    # signs
    _d("full-width braces", "｛｛ title ｝｝", "tag.fullwidth", "{{ title }}"),
    _d("full-width end", "{{ title ｝｝", "tag.fullwidth", "{{ title }}"),
    _d("full-width percent", "{％ if paid ％}x{% endif %}", "tag.fullwidth", "{% if paid %}"),
    _d(
        "full-width percent at the end",
        "{% if paid ％}x{% endif %}",
        "tag.fullwidth",
        "{% if paid %}",
    ),
    _d("spaced braces", "{ { title } }", "tag.spaced", "{{ title }}"),
    _d("spaced percent", "{ % if paid % }x{% endif %}", "tag.spaced", "{% if paid %}"),
    _d("one brace lacking at the end", "甲 {{ title } 乙", "tag.half", "{{ title }}"),
    _d("one brace lacking at the start", "甲 { title }} 乙", "tag.half", "{{ title }}"),
    _d("wrong end of a variable", "{{ title %}", "tag.mixed", "{{ title }}"),
    _d("wrong end of a block", "{% if paid %}x{% endif }}", "tag.mixed", "{% endif %}"),
    _d("no end", "甲 {{ title 乙", "tag.unclosed", "{{ title }}"),
    _d("no end of an endif", "{% if paid %}x{% endif", "tag.unclosed", "{% endif %}"),
    _d("no start", "甲 title }} 乙", "tag.unopened", "{{ title }}"),
    _d("brace too many", "{{ title }}}", "tag.extra", "{{ title }}", severity="warning"),
    # statements
    _d("blank before tr", "{% p if paid %}x{% endif %}", "keyword.misspelt", "{%p if paid %}"),
    _d(
        "else if",
        "{% if paid %}a{% else if title %}b{% endif %}",
        "keyword.misspelt",
        "{% elif title %}",
    ),
    _d(
        "elseif",
        "{% if paid %}a{% elseif title %}b{% endif %}",
        "keyword.misspelt",
        "{% elif title %}",
    ),
    _d("end if", "{% if paid %}a{% end if %}", "keyword.misspelt", "{% endif %}"),
    _d("endif with a point", "{% if paid %}a{% endif. %}", "keyword.misspelt", "{% endif %}"),
    _d(
        "misspelt endfor",
        "{% for n in notes %}{{ n }}{% enfor %}",
        "keyword.misspelt",
        "{% endfor %}",
    ),
    _d("misspelt if", "{% fi paid %}a{% endif %}", "keyword.misspelt", "{% if paid %}"),
    _d(
        "foreach",
        "{% foreach n in notes %}{{ n }}{% endfor %}",
        "keyword.misspelt",
        "{% for n in notes %}",
    ),
    _d("unknown statement", "{% repeat 3 times %}", "keyword.unknown", "elif"),
    _d("variable in a block", "{% title %}", "keyword.printed", "{{ title }}"),
    _d("include", "{% include 'x.docx' %}", "keyword.forbidden", "set"),
    _d("macro", "{% macro m() %}x{% endmacro %}", "keyword.forbidden", "set"),
    # expressions
    _d("empty tag", "甲{{ }}乙", "syntax.empty"),
    _d("if without a condition", "{% if %}x{% endif %}", "syntax.no-condition", "{% if"),
    _d(
        "one equals sign",
        "{% if title = 'x' %}y{% endif %}",
        "syntax.equals",
        "{% if title == 'x' %}",
    ),
    _d(
        "full-width equals sign",
        "{% if title ＝＝ 'x' %}y{% endif %}",
        "syntax.fullwidth",
        "{% if title == 'x' %}",
    ),
    _d(
        "full-width parentheses",
        "{{ title|default（'無'） }}",
        "syntax.fullwidth",
        "{{ title|default('無') }}",
    ),
    _d(
        "full-width comma",
        "{{ title|replace('a'，'b') }}",
        "syntax.fullwidth",
        "{{ title|replace('a','b') }}",
    ),
    _d("full-width bar", "{{ title｜upper }}", "syntax.fullwidth", "{{ title|upper }}"),
    _d("full-width point", "{{ buyer．name }}", "syntax.fullwidth", "{{ buyer.name }}"),
    _d(
        "Chinese quotes of the corner kind",
        "{% if title == 「甲」 %}y{% endif %}",
        "syntax.fullwidth",
        "'甲'",
    ),
    _d("ideographic stop", "{{ buyer。name }}", "syntax.fullwidth", "{{ buyer.name }}"),
    _d(
        "double ampersand",
        "{% if paid && title %}y{% endif %}",
        "syntax.operator",
        "{% if paid and title %}",
    ),
    _d("exclamation mark", "{% if !paid %}y{% endif %}", "syntax.operator", "{% if not paid %}"),
    _d("for of", "{% for n of notes %}{{ n }}{% endfor %}", "syntax.loop", "{% for n in notes %}"),
    _d(
        "for without a name",
        "{% for notes %}{% endfor %}",
        "syntax.loop",
        "{% for item in notes %}",
    ),
    _d("semicolon", "{{ title; }}", "syntax.tail", "{{ title }}"),
    _d("blank in a name", "{{ buyer name }}", "syntax.space", "{{ buyer.name }}"),
    _d("odd quote", "{{ title|default('無) }}", "syntax.quote", "'"),
    _d("odd parenthesis", "{{ (title }}", "syntax.bracket", ""),
    _d("dollar sign", "{{ $title }}", "syntax.sign", "{{ title }}"),
    # filters and calls
    _d("misspelt filter", "{{ title|uper }}", "unknown-filter.suggested", "{{ title|upper }}"),
    _d("unknown filter", "{{ title|zzzzqq }}", "unknown-filter", "upper"),
    _d(
        "unknown test",
        "{% if title is definned %}y{% endif %}",
        "unknown-test.suggested",
        "is defined",
    ),
    _d("len()", "{{ len(notes) }}", "call.function", "{{ notes|length }}"),
    _d("upper()", "{{ title.upper() }}", "call.method", "{{ title|upper }}"),
    _d("unknown method", "{{ title.frobnicate() }}", "call", "upper"),
    _d("inside of Python", "{{ title.__class__ }}", "forbidden.attribute"),
    _d("refused filter", "{{ title|safe }}", "forbidden.filter", "safe"),
    # blocks
    _d("no endif", "{% if paid %}x", "block.unclosed", "{% endif %}"),
    _d("no endfor", "{% for n in notes %}{{ n }}", "block.unclosed", "{% endfor %}"),
    _d("endif too many", "x{% endif %}", "block.unopened", "if"),
    _d(
        "wrong end word", "{% for n in notes %}{{ n }}{% endif %}", "block.mismatch", "{% endfor %}"
    ),
    _d("else alone", "{% else %}", "block.alone", "if"),
    _d(
        "second else", "{% if paid %}a{% else %}b{% else %}c{% endif %}", "block.else-twice", "elif"
    ),
    _d(
        "elif after else",
        "{% if paid %}a{% else %}b{% elif title %}c{% endif %}",
        "block.elif-late",
        "elif",
    ),
    _d("elif of a for", "{% for n in notes %}a{% elif title %}b{% endfor %}", "block.not-of", "if"),
    _d(
        "crossing blocks",
        "{% for n in notes %}{% if paid %}{{ n }}{% endfor %}{% endif %}",
        "block.crossing",
        "{% endif %}",
    ),
    # places
    _d("row tag outside of a table", "{%tr if paid %}x{%tr endif %}", "scope.outside", "tr"),
    Defect(
        "text beside a paragraph tag",
        ("第一段", "請看 {%p if paid %}", "x", "{%p endif %}"),
        "scope.lost",
        "body/p2",
        "p",
    ),
    _d("cell colour outside of a table", "{% cellbg title %}", "scope.cell-only"),
    Defect(
        "row loop in two tables",
        ([["{%tr for x in lines %}"], ["{{ x.no }}"]], "中間", [["a"], ["{%tr endfor %}"]]),
        "scope.tables",
        "body/t2/r2/c1/p1",
    ),
    _t(
        "text in the row of a row tag",
        [["{%tr for x in lines %}", "共"], ["{{ x.no }}", ""], ["{%tr endfor %}", ""]],
        "scope.lost",
        "r1/c1/p1",
        "tr",
    ),
    _t(
        "loop over cells without tc",
        [["{% for x in lines %}{{ x.no }}", "{{ x.amount }}{% endfor %}"]],
        "scope.cells",
        "r1/c2/p1",
        "{%tr",
    ),
    _t(
        "row tag ended by a plain one",
        [["{%tr for x in lines %}"], ["{{ x.no }}{% endfor %}"]],
        "scope.differs",
        "r2/c1/p1",
        "{%tr endfor %}",
    ),
    _t(
        "column loop over two rows",
        [["{%tc for x in lines %}", "{{ x.no }}"], ["{%tc endfor %}", ""]],
        "scope.rows",
        "r2/c1/p1",
    ),
    Defect(
        "loop out of a table",
        ("{%p for n in notes %}", [["{%p endfor %}"]]),
        "scope.holders",
        "body/t1/r1/c1/p1",
    ),
    _t(
        "row loop within one row",
        [["{%tr for x in lines %}", "{%tr endfor %}"]],
        "scope.hollow",
        "r1/c1/p1",
        "tr",
    ),
    # fields
    _d("misspelt field", "{{ buyer.nmae }}", "unknown-field.titled", "{{ buyer.name }}"),
    _d("Chinese name of a field", "{{ 客戶名稱 }}", "unknown-field.titled", "{{ buyer.name }}"),
    _d("unknown field", "{{ zzzzqq }}", "unknown-field"),
    _d(
        "misspelt field of a loop",
        "{% for line in lines %}{{ line.amuont }}{% endfor %}",
        "unknown-field.titled",
        "{{ line.amount }}",
    ),
    _d("field of a list", "{{ lines.amount }}", "unknown-field.in-list", "for item in lines"),
    _d(
        "loop variable after its loop",
        "{% for n in notes %}{{ n }}{% endfor %}{{ n }}",
        "outside-loop",
        "for",
    ),
    _d("loop over a value", "{% for x in title %}{{ x }}{% endfor %}", "shape.loop-value", "title"),
    _d("printed list", "{{ notes }}", "shape.print-list", "join"),
    _d("printed group of fields", "{{ buyer }}", "shape.print-mapping", "buyer.name"),
)


def write_template(path: Path, content: tuple[object, ...]) -> Path:
    """Write a template of paragraphs and tables whose fonts are in order."""
    document = docx.Document()
    _give_fonts(document)
    for item in content:
        if isinstance(item, str):
            document.add_paragraph(item)
            continue
        assert isinstance(item, list)
        table = document.add_table(rows=len(item), cols=len(item[0]))
        for cells, texts in zip(table.rows, item, strict=True):
            for cell, text in zip(cells.cells, texts, strict=True):
                cell.text = text
    document.save(str(path))
    return path


def _give_fonts(document: Document) -> None:
    fonts = parse_xml(
        f'<w:rFonts {nsdecls("w")} w:ascii="DejaVu Sans" w:eastAsia="Noto Sans CJK TC"/>'
    )
    properties = document.styles["Normal"].element.get_or_add_rPr()
    for old in properties.findall(fonts.tag):
        properties.remove(old)
    properties.insert(0, fonts)
