"""One noun per thing through every layer: what is described is also built, shown and tested."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from sheetsales.resources import doc_templates, workbook_templates
from sheetsales.schema import LOCALES, load_regulation

ROOT = Path(__file__).resolve().parents[1]
REGULATION = load_regulation()


def _table_names(workbook: Path) -> set[str]:
    """Return the names of the Excel Tables of a workbook."""
    with zipfile.ZipFile(workbook) as members:
        parts = [name for name in members.namelist() if name.startswith("xl/tables/")]
        roots = [members.read(name).decode("utf-8") for name in parts]
    return {match for root in roots for match in re.findall(r'<table [^>]*?\bname="([^"]+)"', root)}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", REGULATION.documents)
def test_a_document_kind_has_a_template(kind: str, locale: str) -> None:
    assert (doc_templates(locale) / f"{kind}.docx").is_file()


@pytest.mark.parametrize("kind", REGULATION.documents)
def test_a_document_kind_has_a_context_and_its_test(kind: str) -> None:
    wanted = (f"sheetsales/contexts/{kind}.py", f"tests/contexts/test_{kind}.py")
    assert [path for path in wanted if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_template_is_of_a_document_kind(locale: str) -> None:
    assert {path.stem for path in doc_templates(locale).glob("*.docx")} <= set(REGULATION.documents)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("stem", REGULATION.workbooks)
def test_the_tables_of_a_workbook_stand_in_its_template(stem: str, locale: str) -> None:
    found = list(workbook_templates(locale).glob(f"{stem}.xls[xm]"))
    assert [path.stem for path in found] == [stem]
    assert {table.name for table in REGULATION.of_workbook(stem)} <= _table_names(found[0])


def test_every_table_belongs_to_a_workbook() -> None:
    placed = [table.name for stem in REGULATION.workbooks for table in REGULATION.of_workbook(stem)]
    assert sorted(placed) == sorted(REGULATION.tables)
