"""The demo company as LibreOffice prints and computes it: nothing cut, nothing wrong, no tofu."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest

from sheetsales.actions.check import check
from sheetsales.actions.documents import Batch, make_documents
from sheetsales.actions.score import score
from sheetsales.actions.update import update
from sheetsales.contexts import keys_of
from sheetsales.workspace import Workspace
from tests.office import Office
from tests.office.company import AS_OF, REGULATION, filled_company
from tests.office.session import LibreOffice

pytestmark = [pytest.mark.libreoffice, pytest.mark.long]

OVERVIEWS = {"zh-Hant": "總覽", "en": "Overview"}
BROKEN = re.compile(r"###|Err:\d|#NAME\?|#VALUE!|#REF!|#DIV/0!|#N/A|\{\{|\{%|\bNaT\b|\bnan\b")
TOFU = re.compile("[\ufffd\u25a1\ue000-\uf8ff]")
ROWS = 60
"""Rows of each sheet that are printed; the whole company would be a thousand pages."""
PER_KIND = 3
PAGES = {
    "sales_contract": range(5, 11),
    "target_letter": range(2, 5),
    "score_card": range(2, 3),
    "training_plan": range(3, 5),
    "audit_report": range(8, 15),
    "customer_card": range(2, 5),
}
"""Pages that a document of a kind has."""


@dataclass(frozen=True)
class Demo:
    """A whole company, scored, checked and updated, with some documents of each kind."""

    workspace: Workspace
    documents: dict[str, list[Path]]

    @property
    def locale(self) -> str:
        return self.workspace.locale

    @property
    def books(self) -> dict[str, Path]:
        return {stem: paths[0] for stem, paths in self.workspace.books.items()}


@pytest.fixture(scope="session", params=["zh-Hant", "en"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    locale: str = request.param
    workspace = filled_company(tmp_path_factory.mktemp("demo") / locale, locale)
    score(workspace, (), as_of=AS_OF)
    workspace.reload()
    report = check(workspace, as_of=AS_OF)
    found = {}
    for kind in REGULATION.documents:
        keys = keys_of(kind, workspace.frames, as_of=AS_OF)[: 4 * PER_KIND : 4]
        made = make_documents(
            workspace,
            Batch(kind, keys=keys),
            report,
            as_of=AS_OF,
            now=datetime.combine(AS_OF, time(9)),
        )
        found[kind] = [one.path for one in made.documents]
        workspace.reload()
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    workspace.reload()
    return Demo(workspace, found)


@pytest.fixture(scope="session")
def printed(
    demo: Demo, libreoffice: LibreOffice, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, list[str]]]:
    """PDF and names of the sheets of each workbook."""
    folder = tmp_path_factory.mktemp(f"printed-{demo.locale}")
    return {
        stem: (folder / f"{stem}.pdf", _print(libreoffice, path, folder / f"{stem}.pdf"))
        for stem, path in demo.books.items()
    }


def _print(libreoffice: LibreOffice, book: Path, pdf: Path) -> list[str]:
    (sheets,) = libreoffice.do(book, [("print_rows", ROWS)], [pdf])
    assert isinstance(sheets, list)
    return sheets


def _pages(office: Office, pdf: Path) -> list[str]:
    pages = office.text(pdf).split("\f")
    return pages[:-1] if pages[-1].strip() == "" else pages


def test_nothing_is_cut_or_wrong_on_a_printed_workbook(
    demo: Demo, printed: dict[str, tuple[Path, list[str]]], office: Office
) -> None:
    for stem, (pdf, _) in printed.items():
        text = office.text(pdf)
        assert BROKEN.findall(text) == [], stem
        assert TOFU.findall(text) == [], stem


def test_every_sheet_is_printed_and_no_page_is_empty(
    demo: Demo, printed: dict[str, tuple[Path, list[str]]], office: Office
) -> None:
    for stem, (pdf, sheets) in printed.items():
        pages = [page.split() for page in _pages(office, pdf)]
        assert all(len(words) > 8 for words in pages), stem
        headed = [" ".join(words[:3]) for words in pages]
        for sheet in sheets:
            assert any(text.startswith(sheet) for text in headed), (stem, sheet)
        assert not any(text.startswith("_") for text in headed)


def test_a_sheet_says_what_its_cells_hold(
    demo: Demo, printed: dict[str, tuple[Path, list[str]]], office: Office
) -> None:
    for stem, (pdf, _) in printed.items():
        text = re.sub(r"\s", "", office.text(pdf))
        for table in REGULATION.of_workbook(stem):
            sheet = openpyxl.load_workbook(demo.books[stem], read_only=True)[
                table.title.written(demo.locale)
            ]
            first = next(sheet.iter_rows(min_row=4, max_row=4, max_col=2, values_only=True))
            for value in first:
                if isinstance(value, str) and len(value) < 16:
                    assert re.sub(r"\s", "", value) in text, (stem, table.name, value)


def test_all_fonts_are_embedded_and_chinese_has_one(
    demo: Demo, printed: dict[str, tuple[Path, list[str]]], office: Office
) -> None:
    made = office.to_pdf([paths[0] for paths in demo.documents.values()])
    for pdf in (*made, *(pdf for pdf, _ in printed.values())):
        fonts = office.fonts(pdf)
        assert fonts
        assert all(fonts.values()), pdf.name
        if demo.locale == "zh-Hant":
            assert any("CJK" in name for name in fonts), pdf.name


def test_every_formula_of_an_overview_gives_what_was_written(
    demo: Demo, libreoffice: LibreOffice
) -> None:
    overview = OVERVIEWS[demo.locale]
    for stem, path in demo.books.items():
        written = openpyxl.load_workbook(path, data_only=True)[overview]
        (formulas,) = libreoffice.do(path, [("recalculated", overview)])
        assert len(formulas) > 30, stem
        for address, formula, _, result in formulas:
            expected = written[address].value
            place = f"{stem} {address} {formula}"
            if isinstance(result, str):
                assert (expected or "") == result, place
            else:
                assert expected == pytest.approx(result, rel=1e-9, abs=1e-9), place


def test_a_document_has_the_pages_of_its_kind_and_none_is_empty(demo: Demo, office: Office) -> None:
    paths = [path for found in demo.documents.values() for path in found]
    pdfs = dict(zip(paths, office.to_pdf(paths), strict=True))
    company = demo.workspace.settings.company
    for kind, found in demo.documents.items():
        assert found, kind
        for path in found:
            text = office.text(pdfs[path])
            assert office.pages(pdfs[path]) in PAGES[kind], path.name
            assert all(len(page.split()) > 8 for page in _pages(office, pdfs[path])), path.name
            assert BROKEN.findall(text) == [], path.name
            assert TOFU.findall(text) == [], path.name
            assert company in text
            assert REGULATION.documents[kind].title.written(demo.locale).split()[0] in text
