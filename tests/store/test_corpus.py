"""Workbooks that others made, edited by the store and judged by other people's parsers."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookError
from sheetsales.store import Workbook
from tests.store.corpus.run import Summary, try_all, try_book, workbooks

DATA = Path(__file__).resolve().parents[1] / "data"
ALL = workbooks(DATA)
TRICKY = (
    "apache-poi/56278.xlsx",  # rows and cells without addresses
    "apache-poi/59746_NoRowNums.xlsx",  # prefixed, without addresses
    "apache-poi/49609.xlsx",  # content types and names in other cases
    "apache-poi/50867_with_table.xlsx",
    "apache-poi/DataTableCities.xlsx",  # tables with totals rows
    "apache-poi/StructuredReferences.xlsx",
    "apache-poi/tableStyle.xlsx",  # a totals row and a calculation chain
    "apache-poi/SampleSS.strict.xlsx",
    "apache-poi/sample.strict.xlsx",
    "apache-poi/WithVariousData.xlsx",
    "apache-poi/49928.xlsx",
    "apache-poi/50755_workday_formula_example.xlsx",
    "apache-poi/54764.xlsx",  # an entity bomb in the shared strings
    "apache-poi/57828.xlsx",
    "apache-poi/NewStyleConditionalFormattings.xlsx",
    "apache-poi/hello-world-signed.xlsx",
    "apache-poi/61060-conditional-number-formatting.xlsx",
    "apache-poi/Tables.xlsx",
    "apache-poi/ExcelTables.xlsx",
    "apache-poi/FormulaSheetRange.xlsx",
    "apache-poi/MatrixFormulaEvalTestData.xlsx",
    "apache-poi/SimpleWithComments.xlsx",
    "apache-poi/TablesWithDifferentHeaders.xlsx",
    "apache-poi/workbookProtection_workbook_revision_protected.xlsx",
    "apache-poi/evaluate_formula_with_structured_table_references.xlsx",
    "apache-poi/protect.xlsx",
    "apache-poi/poc-shared-strings.xlsx",
    "apache-poi/shared_formulas.xlsx",
    "apache-poi/xlsx-jdbc.xlsx",
    "libxlsxwriter/data03.xlsx",  # cells in all four corners
    "libxlsxwriter/table09.xlsx",  # totals row
    "libxlsxwriter/macro01.xlsm",
)
SAMPLE = 90
LONG_SAMPLE = 350
LIBREOFFICE_SAMPLE = 60
HANGING = "poc-shared-strings.xlsx"
"""LibreOffice does not come back from this one, edited or not."""
_BATCH = 20
_PATIENCE = 120


def sample(count: int) -> list[Path]:
    """Return the tricky ones and some of the others, the same every time."""
    chosen = [path for name in TRICKY if (path := DATA / name).exists()]
    others = sorted(set(ALL) - set(chosen))
    return [*chosen, *random.Random(3).sample(others, count - len(chosen))]


def told(summary: Summary) -> str:
    """Return problems and figures for a failing test."""
    found = [f"{name}: {each}" for name, many in summary.problems.items() for each in many]
    return "\n".join([*found, *summary.lines()])


def test_there_are_workbooks_enough() -> None:
    assert len(ALL) >= 330
    assert {path.suffix for path in ALL} >= {".xlsx", ".xlsm"}


def test_a_sample_is_edited_without_loss() -> None:
    summary = try_all(sample(SAMPLE))
    assert not summary.problems, told(summary)
    assert summary.edits >= 200, told(summary)
    assert summary.appended >= 5, told(summary)


@pytest.mark.long
def test_a_large_sample_is_edited_without_loss() -> None:
    """All of them: ``python -m tests.store.corpus tests/data``."""
    summary = try_all(sample(LONG_SAMPLE))
    assert not summary.problems, told(summary)
    assert summary.edits >= 2000, told(summary)
    assert summary.untouched >= 3000, told(summary)
    assert summary.reopened["calamine"] >= 250, told(summary)


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.xlsb")), ids=lambda path: path.name)
def test_a_binary_workbook_is_refused_as_one(path: Path) -> None:
    with pytest.raises(WorkbookError) as caught:
        Workbook.open(path)
    encrypted = path.name.startswith("protected")
    assert caught.value.code == ("workbook-encrypted" if encrypted else "workbook-xlsb")


@pytest.mark.long
@pytest.mark.libreoffice
def test_libreoffice_opens_what_it_opened_before(tmp_path: Path) -> None:
    pairs: list[tuple[Path, Path]] = []
    chosen = (path for path in sample(LIBREOFFICE_SAMPLE) if path.name != HANGING)
    for number, path in enumerate(chosen):
        before = tmp_path / f"before-{number}{path.suffix}"
        after = tmp_path / f"after-{number}{path.suffix}"
        try_book(path, {}, keep=after)
        if after.exists():
            shutil.copyfile(path, before)
            pairs.append((before, after))
    opened = _opened_by_libreoffice([path for pair in pairs for path in pair], tmp_path)
    lost = [pair for pair in pairs if pair[0].stem in opened and pair[1].stem not in opened]
    again = _opened_by_libreoffice([after for _, after in lost], tmp_path) if lost else set()
    assert [after.name for _, after in lost if after.stem not in again] == []
    assert len(opened) >= LIBREOFFICE_SAMPLE // 2


def _opened_by_libreoffice(paths: Iterable[Path], folder: Path) -> set[str]:
    """Return the names of those that LibreOffice converts; it hangs on some."""
    paths, out = list(paths), folder / "converted"
    for start in range(0, len(paths), _BATCH):
        command = [
            "soffice",
            f"-env:UserInstallation={(folder / f'profile-{start}').as_uri()}",
            *("--headless", "--norestore", "--convert-to", "ods", "--outdir", str(out)),
            *map(str, paths[start : start + _BATCH]),
        ]
        office = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            office.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(office.pid, signal.SIGKILL)
            office.wait()
    return {path.stem for path in out.glob("*.ods")}
