"""Where our documents differ from docxtpl's on purpose, and what each shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docxtpl
import pytest

from sheetsales.errors import TemplateError
from sheetsales.locale.messages import Messages
from tests.word.equality.building import cell, p, row, run, table, write_docx
from tests.word.equality.comparing import Document
from tests.word.equality.engines import Case, texts, with_docxtpl, with_ours


@dataclass(frozen=True)
class Difference:
    """One difference that is meant.

    Attributes:
        name: what it is called on the page that lists them.
        text: the paragraph of the template.
        values: the record.
        theirs: what docxtpl writes; it escapes, which is not its default.
        ours: what we write, or the code of the error.
    """

    name: str
    text: str
    values: Mapping[str, Any]
    theirs: list[str]
    ours: list[str] | str


DIFFERENCES = (
    Difference(
        "a value that looks like a literal brace stays as it is",
        "{{ a }}",
        {"a": "{_{ x }_}"},
        ["{{ x }}"],
        ["{_{ x }_}"],
    ),
    Difference(
        "an ampersand inside a tag is one ampersand",
        '{{ a|default("x & y") }}',
        {},
        ["x &amp; y"],
        ["x & y"],
    ),
    Difference("a missing variable is an error", "[{{ a }}]", {}, ["[]"], "field-missing"),
    Difference("None is no text", "[{{ a }}]", {"a": None}, ["[None]"], "field-unprintable"),
    Difference(
        "a truth value is no text", "[{{ a }}]", {"a": True}, ["[True]"], "field-unprintable"
    ),
    Difference("a list is no text", "[{{ a }}]", {"a": [1]}, ["[[1]]"], "field-unprintable"),
    Difference(
        "a forbidden character refuses the record",
        "[{{ a }}]",
        {"a": "x\x00y"},
        ["[xy]"],
        "record-character",
    ),
    Difference(
        "methods are not called", "{{ a.upper() }}", {"a": "x"}, ["X"], "template-forbidden"
    ),
    Difference("a plain text in place of a paragraph is shown", "{{p a }}", {"a": "x"}, [], ["x"]),
    Difference(
        "a line break of Windows is one", "[{{ a }}]", {"a": "x\r\ny"}, ["[x\n\ny]"], ["[x\ny]"]
    ),
    Difference(
        "half a character refuses the record",
        "[{{ a }}]",
        {"a": "x\ud800y"},
        ["[x"],
        "record-character",
    ),
)


@pytest.mark.parametrize("each", [pytest.param(each, id=each.name) for each in DIFFERENCES])
def test_a_difference_is_what_the_page_says(each: Difference, tmp_path: Path) -> None:
    case = Case(
        each.name, "", lambda path: write_docx(path, p(each.text)), lambda kit, folder: each.values
    )
    path = case.build(tmp_path / "template.docx")
    assert texts(with_docxtpl(case, path)) == each.theirs
    if isinstance(each.ours, str):
        with pytest.raises(TemplateError) as caught:
            with_ours(case, path)
        assert caught.value.code == each.ours
    else:
        assert texts(with_ours(case, path)) == each.ours


def test_columns_are_repaired_by_the_rows_of_the_table_itself(tmp_path: Path) -> None:
    inner = table(row("{%tc for x in xs %}", "{{ x }}", "{%tc endfor %}"), columns=3)
    path = write_docx(tmp_path / "template.docx", table(row(cell(inner, "")), columns=1))
    case = Case("columns", "", lambda path: path, lambda kit, folder: {"xs": [1, 2]})
    theirs, ours = (Document.of(render(case, path)) for render in (with_docxtpl, with_ours))
    counted = "{*}tbl/{*}tblGrid/{*}gridCol"
    assert len(theirs.tree("word/document.xml")[0].findall(counted)) == 2
    assert len(ours.tree("word/document.xml")[0].findall(counted)) == 1


def test_properties_are_not_escaped_twice_and_all_are_rendered(tmp_path: Path) -> None:
    core = {"title": "{{ a }}", "category": "{{ a }}"}
    case = Case(
        "properties",
        "",
        lambda path: write_docx(path, p("x"), core=core),
        lambda kit, folder: {"a": "A&B"},
    )
    path = case.build(tmp_path / "template.docx")
    theirs = Document.of(with_docxtpl(case, path)).properties().values()
    ours = Document.of(with_ours(case, path)).properties().values()
    assert list(theirs) == ["A&amp;B", "{{ a }}"]
    assert list(ours) == ["A&B", "A&B"]


def test_what_docxtpl_cuts_short_by_default_is_whole_here(tmp_path: Path) -> None:
    values = {"a": "A&B <公司>"}
    path = write_docx(
        tmp_path / "template.docx", p("{{ a }}"), table(row("x"), columns=1), p("end")
    )
    theirs = docxtpl.DocxTemplate(str(path))
    theirs.render(values)
    theirs.save(str(tmp_path / "theirs.docx"))
    assert "end" not in texts((tmp_path / "theirs.docx").read_bytes())
    case = Case("whole", "", lambda path: path, lambda kit, folder: values)
    assert texts(with_ours(case, path)) == ["A&B <公司>", "end"]


LOSING = {
    "text beside a paragraph tag": (
        (p("kept"), p("gone {%p if a %}"), p("x"), p(run("also "), run("{%p endif %}", "<w:b/>"))),
        ["kept", "x"],
        "template-loses-text",
    ),
    "text beside a row tag": (
        (
            table(
                row("{%tr for x in a %}", "No."),
                row("{{ x }}", ""),
                row("{%tr endfor %}", ""),
                columns=2,
            ),
        ),
        ["1", "", "2", ""],
        "template-loses-text",
    ),
    "a tag beside a row tag": (
        (
            table(
                row("{%tr if a %}", "{{ a[0] }}"), row("y", ""), row("{%tr endif %}", ""), columns=2
            ),
        ),
        ["y", ""],
        "template-loses-text",
    ),
}
"""Templates of which docxtpl loses something without a word, what it leaves, and our error."""


@pytest.mark.parametrize("name", LOSING)
def test_nothing_of_a_template_is_lost_in_silence(name: str, tmp_path: Path) -> None:
    content, left, code = LOSING[name]
    path = write_docx(tmp_path / "template.docx", *content)
    case = Case(name, "", lambda path: path, lambda kit, folder: {"a": [1, 2]})
    theirs = Document.of(with_docxtpl(case, path)).tree("word/document.xml")
    assert ["".join(each.itertext()) for each in theirs.iter("{*}p")] == left
    with pytest.raises(TemplateError) as caught:
        with_ours(case, path)
    assert caught.value.code == code
    assert caught.value.arguments["where"]
    for locale in ("zh-Hant", "en"):
        what, do = Messages.load(locale).error_texts(caught.value)
        assert caught.value.arguments["lost"] in what
        assert "{" not in what.replace(str(caught.value.arguments["tag"]), "").replace(
            "{{ a[0] }}", ""
        )
        assert do


def test_both_ends_of_a_loop_in_one_row_are_an_error(tmp_path: Path) -> None:
    content = table(row("{%tr for x in a %}{{ x }}{%tr endfor %}"), columns=1)
    path = write_docx(tmp_path / "template.docx", content)
    case = Case("hollow", "", lambda path: path, lambda kit, folder: {"a": [1, 2]})
    with pytest.raises(TemplateError) as caught:
        with_ours(case, path)
    assert caught.value.code == "template-hollow"
    assert "body/t1/r1/c1/p1" in caught.value.arguments["where"]
    assert "列" in Messages.load("zh-Hant").error_texts(caught.value)[1]
