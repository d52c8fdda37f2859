"""The workbooks as LibreOffice shows them: nothing cut to ###, no formula in error."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from sheetsales.resources import workbook_templates
from sheetsales.schema import load_regulation
from sheetsales.workbooks.build import build_all
from sheetsales.workbooks.content import Content
from sheetsales.workbooks.layout import OVERVIEW_SHEET
from sheetsales.workbooks.overview import overview_places
from sheetsales.workbooks.overview.cells import Snapshot, overview_values
from sheetsales.workbooks.wording import Wording
from tests.office import Office
from tests.workbooks.company import AS_OF, company_rows

REGULATION = load_regulation()
STEMS = REGULATION.workbooks
BROKEN = re.compile(r"###|Err:\d|#NAME\?|#VALUE!|#REF!|#DIV/0!|#N/A")
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def recalculating(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Return a LibreOffice that computes every formula anew when it opens a file."""
    folder = tmp_path_factory.mktemp("recalculating")
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
    return Office(folder)


LONG = pytest.mark.long
"""Either test runs in one locale every time; the other ones are left to the long run."""


@pytest.mark.parametrize("locale", ["zh-Hant", pytest.param("en", marks=LONG)])
def test_every_template_can_be_printed(office: Office, locale: str) -> None:
    paths = [workbook_templates(locale) / f"{stem}.xlsm" for stem in STEMS]
    wording = Wording(REGULATION, locale)
    for stem, pdf in zip(STEMS, office.to_pdf(paths), strict=True):
        text = office.text(pdf)
        assert BROKEN.findall(text) == [], stem
        assert wording.text(f"book-{stem}") in text
        for table in REGULATION.of_workbook(stem):
            assert wording.sheet(table) in text
        assert "schema_version" not in text
        assert all(office.fonts(pdf).values())


@pytest.mark.parametrize(
    "locale", ["en", pytest.param("zh-Hant", marks=LONG), pytest.param("zh-Hans", marks=LONG)]
)
def test_a_hard_recalculation_gives_the_figures_that_were_written(
    recalculating: Office, tmp_path: Path, locale: str
) -> None:
    paths = build_all(REGULATION, locale, tmp_path, company_rows(), as_of=AS_OF)
    for path in paths:
        _spoil_figures(path)
    wording = Wording(REGULATION, locale)
    given = Snapshot(Content.of_rows(wording, company_rows()), AS_OF)
    for stem, made in zip(STEMS, recalculating.convert(paths, "xlsx"), strict=True):
        sheet = openpyxl.load_workbook(made, data_only=True)[wording.title(OVERVIEW_SHEET)]
        for cell in overview_values(overview_places(stem, wording), given).cells:
            if cell.formula:
                shown = sheet[cell.address].value
                assert ("" if shown is None else shown) == pytest.approx(cell.value), cell


def _spoil_figures(path: Path) -> None:
    """Put a wrong result beside every formula, so that only a recalculation can be right."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>-777</v>", parts[name])
    with zipfile.ZipFile(path, "w") as target:
        for member, content in parts.items():
            target.writestr(member, content)
