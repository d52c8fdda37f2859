"""Our documents say what docxtpl's say, in the same XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word import Record, Template
from tests.word.equality import table
from tests.word.equality.building import p, write_docx
from tests.word.equality.cases import BY_NAME, CASES
from tests.word.equality.comparing import LEVELLED, REASONS, Document, compare
from tests.word.equality.engines import Case, texts, with_docxtpl, with_ours


def _template(case: Case, folder: Path) -> Path:
    folder.mkdir()
    return case.build(folder / "template.docx")


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_text_and_xml_are_those_of_docxtpl(case: Case, tmp_path: Path) -> None:
    theirs = with_docxtpl(case, _template(case, tmp_path / "theirs"))
    ours = with_ours(case, _template(case, tmp_path / "ours"))
    found = compare(theirs, ours)
    assert found.texts == []
    assert found.xml == []
    assert not found.media
    assert set(found.explained) <= set(case.explained)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name) for case in CASES if case.beyond]
)
def test_parts_that_docxtpl_leaves_alone_are_rendered(case: Case, tmp_path: Path) -> None:
    theirs = Document.of(with_docxtpl(case, _template(case, tmp_path / "theirs")))
    ours = Document.of(with_ours(case, _template(case, tmp_path / "ours")))
    assert case.beyond is not None
    for part, text in case.beyond.items():
        assert "{{" in theirs.said(part)
        assert text in ours.said(part)


def test_a_template_renders_many_records_as_docxtpl_one_by_one(tmp_path: Path) -> None:
    case = BY_NAME["several renderings"]
    path = _template(case, tmp_path / "one")
    template = Template(path)
    for name in ("A", "B & C", "D"):
        context = {"name": name, "xs": list(name)}
        again = Case(case.name, case.covers, case.build, lambda kit, folder, c=context: c)
        assert compare(with_docxtpl(again, path), template.render_bytes(Record(context))).is_equal


def test_an_error_is_one_in_both_engines_and_ours_says_where(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "broken.docx", p("fine"), p("{% if a %}"), p("{{ b"))
    case = Case("broken", "", lambda path: path)
    with pytest.raises(Exception, match=r"unexpected|expected|Unexpected|syntax"):
        with_docxtpl(case, path)
    with pytest.raises(TemplateError) as caught:
        with_ours(case, path)
    assert caught.value.arguments["part"] == "word/document.xml"


@pytest.mark.parametrize("name", ["values", "footnotes", "nested loops", "document properties"])
def test_our_fields_hold_the_variables_that_docxtpl_finds(name: str, tmp_path: Path) -> None:
    import docxtpl

    path = _template(BY_NAME[name], tmp_path / "one")
    theirs = docxtpl.DocxTemplate(str(path)).get_undeclared_template_variables()
    ours = {field.partition(".")[0].partition("[")[0] for field in Template(path).fields}
    assert theirs - ours == set()


def test_every_difference_that_is_levelled_out_has_a_reason() -> None:
    assert set(LEVELLED) == set(REASONS)
    assert {name for case in CASES for name in case.explained} <= set(REASONS)


def test_names_of_cases_are_unique_and_there_are_enough() -> None:
    assert len(BY_NAME) == len(CASES)
    assert len(CASES) >= 60


@pytest.mark.parametrize(
    ("one", "other", "figure"),
    [
        ((p("a"),), (p("b"),), "texts"),
        ((p("a"),), (p("a", properties="<w:keepNext/>"),), "xml"),
    ],
)
def test_a_planted_difference_is_found(
    tmp_path: Path, one: tuple[str, ...], other: tuple[str, ...], figure: str
) -> None:
    left = write_docx(tmp_path / "1.docx", *one).read_bytes()
    right = write_docx(tmp_path / "2.docx", *other).read_bytes()
    assert getattr(compare(left, right), figure) == ["word/document.xml"]
    assert compare(left, left).is_equal
    assert texts(left) != texts(right) or figure == "xml"


def test_the_page_of_results_is_up_to_date() -> None:
    page = table.PAGE.read_text(encoding="utf-8")
    assert page == "\n".join(table.lines()) + "\n", "run: python -m tests.word.equality.table"
