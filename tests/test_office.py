"""What other tests rely on: one call converts many files, and a missing program is not silent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.office import Office

ROOT = Path(__file__).resolve().parents[1]


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_office_converts_files_of_one_name_in_different_folders(
    office: Office, tmp_path: Path
) -> None:
    paths = [_written(tmp_path / name / "same.txt", f"{name} 客戶") for name in ("one", "two")]
    pdfs = office.to_pdf(paths)
    assert ["one" in office.text(pdfs[0]), "two" in office.text(pdfs[1])] == [True, True]
    assert [office.pages(pdf) for pdf in pdfs] == [1, 1]
    assert all(office.fonts(pdfs[0]).values())
    assert office.to_pdf(paths) == pdfs


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_without_libreoffice_tests_skip_but_fail_in_ci(
    ci: str, outcome: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    test = f"{__file__}::{test_office_converts_files_of_one_name_in_different_folders.__name__}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", test],
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
        check=False,
    )
    assert outcome in done.stdout
    assert "not installed: soffice" in done.stdout
